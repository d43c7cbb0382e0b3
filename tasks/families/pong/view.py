"""What an agent sees of the console: the interface, and the environment that shows one game."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.errors import SympriorError
from symprior.tasks.environments.gymnasium_types import Action, Infos
from symprior.tasks.families.pong.emulator import STAY, Emulator

LONGEST_GAME = 4500
"""Steps: the five minutes of play after which Mnih et al. (2015) stop a game."""


class View(ABC):
    """Makes observations of games of Pong, and remembers of each game's past what they show.

    Attributes:
        space: of the observations of one game.
        memory: what is remembered, uint8 [games, …].
    """

    space: gymnasium.spaces.Box
    memory: NDArray[np.uint8]

    @abstractmethod
    def start(self, emulators: Sequence[Emulator], which: Sequence[int]) -> None:
        """Remember of these games the start alone."""

    @abstractmethod
    def advance(self, emulators: Sequence[Emulator], which: Sequence[int]) -> None:
        """Remember what the last step of these games led to."""

    @abstractmethod
    def observe(self, emulators: Sequence[Emulator]) -> NumpyArray:
        """The observations, [games, …]; they may be the memory itself, and are not to be written to."""

    @abstractmethod
    def mirror_memory(self) -> None:
        """Turn what is remembered into its mirror image."""

    @abstractmethod
    def positions(self, observation: NumpyArray) -> dict[str, NDArray[np.float64]]:
        """Where ball, player and opponent of one observation are, and how they move, in screen pixels; each [numbers]."""


ALONE = [0]
"""The only game of an environment that holds one."""


class PongEnv(gymnasium.Env[NumpyArray, np.int64]):
    """One game of Pong, seen through a view; the actions are stay, up, down.

    A step is four frames. +1 for a point of the player, −1 for one of the opponent; 21 points end the game.
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": 15}  # noqa: RUF012  (gymnasium's own declaration)

    def __init__(self, view: View, render_mode: str | None = None) -> None:
        self.emulator = Emulator()
        self.view = view
        self.observation_space = self.view.space
        self.action_space = gymnasium.spaces.Discrete(3)
        self.render_mode = render_mode
        self.last_action = STAY
        self._is_started = False

    def reset(self, *, seed: int | None = None, options: Infos | None = None) -> tuple[NumpyArray, Infos]:
        """Start a game; with a seed also start the random numbers anew."""
        super().reset(seed=seed)
        if seed is None and not self._is_started:
            seed = int(self.np_random.integers(1 << 31))
        self._is_started = True
        self.emulator.reset(seed)
        self.view.start([self.emulator], ALONE)
        self.last_action = STAY
        return self._observation(), {}

    def step(self, action: Action) -> tuple[NumpyArray, float, bool, bool, Infos]:
        """Four frames."""
        if not self._is_started:
            raise SympriorError("Call reset before step.")
        if not self.action_space.contains(action):
            raise SympriorError(f"The action {action!r} is not in {self.action_space}.")
        self.last_action = int(action)
        reward = self.emulator.step(self.last_action)
        self.view.advance([self.emulator], ALONE)
        return self._observation(), reward, self.emulator.is_over, False, {}

    def _observation(self) -> NumpyArray:
        return np.array(self.view.observe([self.emulator])[0])

    def render(self) -> NDArray[np.uint8] | None:
        """The whole screen, [210, 160, 3]."""
        return self.emulator.picture
