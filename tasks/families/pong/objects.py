"""Pong from objects: where ball and paddles are and how they move, as numbers from the console's memory."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.tasks.families.pong.emulator import (
    BALL_DOWN,
    BALL_LEFT,
    BALL_X,
    BALL_Y,
    FRAMES_PER_STEP,
    MIDDLE,
    MIDDLE_X,
    OPPONENT,
    PLAYER,
    Emulator,
    mirrored,
)
from symprior.tasks.families.pong.view import View

ENTRIES = (
    "ball in play",
    "ball x",
    "ball y",
    "ball velocity x",
    "ball velocity y",
    "player y",
    "player velocity",
    "opponent y",
    "opponent velocity",
)
POSITION, VELOCITY = 80.0, 16.0
"""Positions come in halves of the field, velocities in heights of a paddle a step; 80 and 16 pixels."""
PIXELS = np.array([POSITION, POSITION, POSITION, VELOCITY, VELOCITY, POSITION, VELOCITY, POSITION, VELOCITY])
FARTHEST, FASTEST = 2.0, 4.0
PADDLES = (PLAYER, OPPONENT)


class Objects(View):
    """Nine numbers, float32, in the order of `ENTRIES`: x to the right, y up, both from the middle of the field.

    Without a ball in play its numbers are 0. Velocities are what an object has moved in the last step; the ball's are what
    the console adds to its place in four frames.
    """

    def __init__(self) -> None:
        high = np.where(PIXELS == POSITION, FARTHEST, FASTEST).astype(np.float32)
        self.space = gymnasium.spaces.Box(-high, high, dtype=np.float32)
        self.memory = np.zeros(4, dtype=np.uint8)  # the paddles' cells, now and before

    def start(self, emulator: Emulator) -> None:
        """The paddles have not moved."""
        self.memory = np.tile(emulator.memory[[*PADDLES]], 2)

    def advance(self, emulator: Emulator) -> None:
        """Where the paddles are now."""
        self.memory = np.concatenate([emulator.memory[[*PADDLES]], self.memory[:2]])

    def observe(self, emulator: Emulator) -> NDArray[np.float32]:
        """The nine numbers."""
        memory = emulator.memory
        player, opponent, player_before, opponent_before = self.memory.astype(float)
        ball = np.zeros(5)
        if memory[BALL_Y]:
            left, down = (FRAMES_PER_STEP * float(memory[cell].astype(np.int8)) for cell in (BALL_LEFT, BALL_DOWN))
            ball[:] = POSITION, memory[BALL_X] - float(MIDDLE_X), MIDDLE[BALL_Y] - memory[BALL_Y], -left, -down
        paddles = (
            MIDDLE[PLAYER] - player,
            player_before - player,
            MIDDLE[OPPONENT] - opponent,
            opponent_before - opponent,
        )
        return np.asarray((*ball, *paddles) / PIXELS, dtype=np.float32)

    def mirror_memory(self) -> None:
        """Upside down."""
        self.memory = np.array(
            [mirrored(int(m), c) % 256 for m, c in zip(self.memory, PADDLES * 2, strict=True)], np.uint8
        )

    def positions(self, observation: NDArray[Any]) -> dict[str, NDArray[np.float64]]:
        """The same numbers in pixels, to half of one, in which all of them come."""
        numbers = np.round(2 * PIXELS * observation) / 2
        return {"ball": numbers[:5], "player": numbers[5:7], "opponent": numbers[7:]}
