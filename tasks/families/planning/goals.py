"""Goal tasks as simulators: a finite world, some of its states as goals, and both seen one upon the other."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Literal

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import Array, NumpyArray, array_namespace
from symprior.symmetry.errors import SympriorError
from symprior.tasks.environments.gymnasium_types import Space
from symprior.tasks.environments.simulators import TabularSimulator
from symprior.tasks.families.grid_worlds.layout.tables import Table
from symprior.tasks.families.grid_worlds.layout.uniform_starts import UniformStarts
from symprior.tasks.references.dynamic_programming import Numbering

GoalSet = Literal["seen", "unseen"]
GOAL_SETS: tuple[GoalSet, ...] = ("seen", "unseen")
GOAL_REWARD = 1.0
EPISODES = 40
"""Of an evaluation: twenty with seen goals, twenty with others."""


class GoalSimulator(TabularSimulator):
    """A world with a goal: [batch, entries + 1] integers, the world's state and the goal's number.

    To be in the goal's state gives 1 beside the world's reward and ends the episode. What is seen is the world and, behind
    it along the first axis, what would be seen of the world at the goal. An episode starts as the world does, but not at
    its goal; half of the episodes have one of the seen goals, half one of the unseen, uniformly.

    Args:
        world: the dynamics without a goal, deterministic.
        goals: its states that are goals, [goals, entries], the seen ones first.
        seen: how many of them are seen.
        max_episode_steps: the time limit.
        part: which part of the world each of some states [batch, entries] lies in, where no action leads from one to
            another: a goal lies in the part of its start. None: there is but one part.
    """

    reset_draws = 1

    def __init__(
        self,
        world: UniformStarts,
        goals: NDArray[np.int64],
        seen: int,
        max_episode_steps: int,
        part: Callable[[NDArray[np.int64]], NDArray[np.int64]] | None = None,
    ) -> None:
        self.world, self.goals = world, goals
        self.max_episode_steps = max_episode_steps
        self.observation_space, self.action_space = stacked(world.observation_space), world.action_space
        self._part = part
        self.seen, self._goals = seen, Table(goals)
        self._shown = Table(np.asarray(world.observe(goals)))

    def step(self, states: Array, actions: Array, uniforms: Array) -> tuple[Array, Array, Array]:
        """The world's step, and whether it leads to the goal."""
        xp = array_namespace(states)
        following, rewards, _ = self.world.step(states[:, :-1], actions, uniforms)
        reached = xp.all(following == self._goals(states[:, -1]), axis=1)
        rewards = rewards + GOAL_REWARD * xp.astype(reached, xp.float64)
        return xp.concat([following, states[:, -1:]], axis=1), rewards, reached

    def observe(self, states: Array) -> Array:
        """The world, and the world at the goal."""
        xp = array_namespace(states)
        return xp.concat([self.world.observe(states[:, :-1]), self._shown(states[:, -1])], axis=1)

    def picture(self, state: Array) -> NDArray[np.uint8] | None:
        """The world's picture on the left, the goal's on the right."""
        halves = [self.world.picture(half) for half in (state[:, :-1], self._goals(state[:, -1]))]
        present, goal = halves
        if present is None or goal is None:
            return None
        line = np.full((len(present), 1, 3), 255, dtype=np.uint8)
        return np.concatenate([present, line, goal], axis=1)

    def recognise(self, observations: NumpyArray) -> NDArray[np.int64]:
        """Both halves, as the world recognises them."""
        present, shown = np.split(np.asarray(observations), 2, axis=1)
        place = self._number(self.world.recognise(shown))
        return np.concatenate([self.world.recognise(present), self._goal_of[place][:, None]], axis=1)

    def all_states(self) -> NDArray[np.int64]:
        """Every state of the world with every goal but the one that it is."""
        return self._with_goals(self.world.all_states(), np.arange(len(self.goals)))

    def start_states(self, goal_set: GoalSet) -> NDArray[np.int64]:
        """Starts of the world with every goal of a set but the one that it is."""
        split = np.split(np.arange(len(self.goals)), [self.seen])
        return self._with_goals(self.world.start_states(), split[GOAL_SETS.index(goal_set)])

    def initial(self, uniforms: Array) -> Array:
        """By one number: which set, and which of its starts."""
        xp = array_namespace(uniforms)
        starts, (seen, unseen) = self._starts
        scaled = uniforms[:, 0] * 2
        first, second = xp.astype(scaled * seen, xp.int64), seen + xp.astype((scaled - 1) * unseen, xp.int64)
        return starts(xp.where(scaled < 1, first, second))

    @cached_property
    def _starts(self) -> tuple[Table, list[int]]:
        """The starts with goals of each set, one below the other, and how many each set has."""
        of_sets = [self.start_states(each) for each in GOAL_SETS]
        return Table(np.concatenate(of_sets)), [len(each) for each in of_sets]

    def reset_support(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Every start; those of a set are equally likely."""
        counts = self._starts[1]
        uniforms = np.concatenate([(i + (np.arange(n) + 0.5) / n) / len(counts) for i, n in enumerate(counts)])
        return uniforms[:, None], np.concatenate([np.full(n, 1 / (n * len(counts))) for n in counts])

    def step_support(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The world's: nothing is random."""
        return self.world.step_support()

    def _with_goals(self, states: NDArray[np.int64], goals: NDArray[np.int64]) -> NDArray[np.int64]:
        pairs = np.concatenate([np.repeat(states, len(goals), axis=0), np.tile(goals, len(states))[:, None]], axis=1)
        present, wanted = pairs[:, :-1], self.goals[pairs[:, -1]]
        possible = (present != wanted).any(axis=1)
        if self._part is not None:
            possible &= self._part(present) == self._part(wanted)
        return np.asarray(pairs[possible])

    @cached_property
    def _number(self) -> Numbering:
        return Numbering(self.world.all_states())

    @cached_property
    def _goal_of(self) -> NDArray[np.int64]:
        """The goal that each of the world's states is, 0 where it is none, [states]."""
        numbers = np.zeros(len(self.world.all_states()), dtype=np.int64)
        numbers[self._number(self.goals)] = np.arange(len(self.goals))
        return numbers


def stacked(space: Space) -> gymnasium.spaces.Box:
    """The space of two observations, one behind the other along the first axis.

    Raises:
        SympriorError: it is no box.
    """
    if not isinstance(space, gymnasium.spaces.Box):
        raise SympriorError(f"A goal is shown beside observations in a Box, not in {space}.")
    low, high = (np.concatenate([bound, bound]) for bound in (space.low, space.high))
    return gymnasium.spaces.Box(low, high, dtype=space.dtype.type)
