"""Pong from objects: where ball and paddles are and how they move, as numbers from the console's memory."""

from __future__ import annotations

from collections.abc import Sequence

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import NumpyArray
from symprior.tasks.families.pong.emulator import (
    BALL_DOWN,
    BALL_LEFT,
    BALL_X,
    BALL_Y,
    CELLS,
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
PADDLES = [PLAYER, OPPONENT]
BALL = [BALL_Y, BALL_X, BALL_Y, BALL_LEFT, BALL_DOWN]
"""The cells of the ball's numbers; in play it is where its row is not 0."""
SLOPE = np.array([0, 1, -1, -FRAMES_PER_STEP, -FRAMES_PER_STEP, -1, 1, -1, 1], dtype=float)
OFFSET = np.array([POSITION, -MIDDLE_X, MIDDLE[BALL_Y], -0.0, -0.0, MIDDLE[PLAYER], 0, MIDDLE[OPPONENT], 0])
"""A number in pixels is slope · cell + offset; adding −0 leaves the sign of a speed of zero."""


class Objects(View):
    """Nine numbers, float32, in the order of `ENTRIES`: x to the right, y up, both from the middle of the field.

    Without a ball in play its numbers are 0. Velocities are what an object has moved in the last step; the ball's are what
    the console adds to its place in four frames.
    """

    def __init__(self, games: int = 1) -> None:
        high = np.where(PIXELS == POSITION, FARTHEST, FASTEST).astype(np.float32)
        self.space = gymnasium.spaces.Box(-high, high, dtype=np.float32)
        self.memory = np.zeros((games, 4), dtype=np.uint8)  # the paddles' cells, now and before
        self._console = np.zeros((games, CELLS), dtype=np.uint8)

    def start(self, emulators: Sequence[Emulator], which: Sequence[int]) -> None:
        """The paddles have not moved."""
        self._read(emulators)
        self.memory[which] = self._console[which].take(PADDLES * 2, axis=1)

    def advance(self, emulators: Sequence[Emulator], which: Sequence[int]) -> None:
        """Where the paddles are now."""
        self._read(emulators)
        self.memory[which, 2:] = self.memory[which, :2]
        self.memory[which, :2] = self._console[which].take(PADDLES, axis=1)

    def observe(self, emulators: Sequence[Emulator]) -> NDArray[np.float32]:
        """The nine numbers of every game, [games, 9]."""
        self._read(emulators)
        return self._numbers()

    def _read(self, emulators: Sequence[Emulator]) -> None:
        for emulator, cells in zip(emulators, self._console, strict=True):
            emulator.read_memory(cells)

    def _numbers(self) -> NDArray[np.float32]:
        """In few operations: between frames of the emulator each costs several times what it costs alone."""
        cells = np.concatenate([self._console.take(BALL, axis=1), self.memory.take([0, 2, 1, 3], axis=1)], axis=1)
        numbers = cells.astype(float)
        numbers[:, 3:5] = cells[:, 3:5].view(np.int8)
        numbers[:, 6::2] -= numbers[:, 5::2]
        numbers *= SLOPE
        numbers += OFFSET
        numbers[cells[:, 0] == 0, :5] = 0
        numbers /= PIXELS
        return numbers.astype(np.float32)

    def mirror_memory(self) -> None:
        """Upside down."""
        turned = [[mirrored(int(m), c) % 256 for m, c in zip(row, PADDLES * 2, strict=True)] for row in self.memory]
        self.memory = np.array(turned, dtype=np.uint8)

    def positions(self, observation: NumpyArray) -> dict[str, NDArray[np.float64]]:
        """The same numbers in pixels, to half of one, in which all of them come."""
        numbers = np.round(2 * PIXELS * observation) / 2
        parts = {"ball": numbers[:3], "player": numbers[5:6], "opponent": numbers[7:8]}
        speeds = {"ball velocity": numbers[3:5], "player velocity": numbers[6:7], "opponent velocity": numbers[8:]}
        return parts | speeds
