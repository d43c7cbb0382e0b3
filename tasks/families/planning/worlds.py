"""Small worlds as tables: what each action makes of every state, and the picture of each."""

from __future__ import annotations

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import Array
from symprior.tasks.families.grid_worlds.layout.tables import Table
from symprior.tasks.families.grid_worlds.layout.uniform_starts import UniformStarts

STEPS, LIMIT = 20, 50
"""Of an episode of the data, and of one with a goal."""
STEP_REWARD = -0.02


class TableWorld(UniformStarts):
    """States are numbers, [batch, 1]; every step costs 0.02, nothing is random, and an episode may start anywhere.

    Args:
        following: the next state, [states, actions].
        pictures: what is seen in each state, [states, channels, height, width] uint8.
    """

    max_episode_steps = STEPS

    def __init__(self, following: NDArray[np.int64], pictures: NDArray[np.uint8]) -> None:
        self.states, actions = following.shape
        self.observation_space = gymnasium.spaces.Box(0, 255, pictures.shape[1:], np.uint8)
        self.action_space = gymnasium.spaces.Discrete(actions)
        self._following = Table(following.ravel()[:, None])
        self._pictures = Table(pictures)
        self._rewards = Table(np.full(self.states, STEP_REWARD))
        self._ends = Table(np.zeros(self.states, dtype=bool))

    def step(self, states: Array, actions: Array, uniforms: Array) -> tuple[Array, Array, Array]:
        """What the table says."""
        number = states[:, 0]
        following = self._following(number * int(self.action_space.n) + actions)  # type: ignore[attr-defined]
        return following, self._rewards(number), self._ends(number)

    def observe(self, states: Array) -> Array:
        """The picture of each state."""
        return self._pictures(states[:, 0])

    def all_states(self) -> NDArray[np.int64]:
        """Every number."""
        return np.arange(self.states)[:, None]

    def step_support(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Nothing is random."""
        return np.empty((1, 0)), np.ones(1)
