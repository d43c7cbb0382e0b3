"""Transitions that are given beforehand: episodes of random actions in a world without a goal, and how they are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import Array, NumpyArray, as_numpy
from symprior.symmetry.errors import SympriorError
from symprior.tasks.environments.simulators import Simulator
from symprior.tasks.environments.streams import Streams, seed_from

SIZES = (10, 30, 100, 300, 1000)
"""Episodes of the data sets that results are published at."""

Region = Callable[[NumpyArray], NDArray[np.bool_]]
"""Whether states [batch, …] of a world lie in it, [batch]."""


@dataclass(frozen=True)
class Transitions:
    """Whole episodes of one length; what is seen is computed from the states when it is asked for.

    Transition `i` is step `i mod T` of episode `i div T`.

    Attributes:
        states: of the world, [episodes, T + 1, …].
        taken: actions, [episodes, T].
        earned: rewards of the world without a goal, [episodes, T] float64.
        observe: observations [batch, …] of states [batch, …].
    """

    states: NumpyArray
    taken: NDArray[np.int64]
    earned: NDArray[np.float64]
    observe: Callable[[NumpyArray], Array]

    def __len__(self) -> int:
        return self.taken.size

    @property
    def steps(self) -> int:
        """T, the transitions of an episode."""
        return int(self.taken.shape[1])

    @property
    def episodes(self) -> NDArray[np.int64]:
        """The number of each transition's episode, [n]."""
        return np.repeat(np.arange(len(self.taken)), self.steps)

    @property
    def actions(self) -> NDArray[np.int64]:
        """The action of each transition, [n]."""
        return self.taken.reshape(-1)

    @property
    def rewards(self) -> NDArray[np.float64]:
        """The reward of each transition, [n]: a planner adds its goal's."""
        return self.earned.reshape(-1)

    @property
    def ends(self) -> NDArray[np.bool_]:
        """Whether a transition is the last of its episode, [n]; no world ends by itself."""
        return np.asarray(np.arange(1, len(self) + 1) % self.steps == 0)

    def observations(self, index: NDArray[np.int64]) -> NumpyArray:
        """What was seen of the world before transitions `index`, [len(index), …]: no goal."""
        episode, step = np.divmod(index, self.steps)
        return as_numpy(self.observe(self.states[episode, step]))

    def next_observations(self, index: NDArray[np.int64]) -> NumpyArray:
        """What was seen of the world behind transitions `index`, [len(index), …]: no goal."""
        episode, step = np.divmod(index, self.steps)
        return as_numpy(self.observe(self.states[episode, step + 1]))


def everywhere(states: NumpyArray) -> NDArray[np.bool_]:
    """The region that holds every state."""
    return np.ones(len(states), dtype=bool)


@dataclass(frozen=True)
class GivenData:
    """How the transitions of a task are made.

    An episode starts as the world does and takes `steps` uniformly random actions. Where regions are stated, it has one
    of them, drawn uniformly: it starts there, and takes no action that would leave it.

    Attributes:
        world: makes the dynamics without a goal, with discrete actions.
        steps: of an episode.
        regions: where episodes may be; with several, no single episode shows what only lies in another.
        sizes: numbers of episodes that are given one after the other.
    """

    world: Callable[[], Simulator]
    steps: int
    regions: tuple[Region, ...] = (everywhere,)
    sizes: tuple[int, ...] = SIZES

    def __post_init__(self) -> None:
        if self.steps < 1 or not self.sizes or self.sizes[0] < 1 or list(self.sizes) != sorted(set(self.sizes)):
            raise SympriorError(
                f"Given data have episodes of at least one step and growing numbers of them; these have {self.steps} "
                f"steps and {', '.join(map(str, self.sizes))} episodes."
            )

    @property
    def portions(self) -> tuple[int, ...]:
        """The numbers of transitions that are given one after the other."""
        return tuple(size * self.steps for size in self.sizes)

    def check(self, task: str, budget: int, evaluate_every: int | None = None) -> None:
        """Whether a run may learn from the first so many transitions.

        Args:
            task: whose data these are.
            budget: transitions.
            evaluate_every: transitions between evaluations, where somebody asks for that.

        Raises:
            SympriorError: the budget is no portion, or evaluations are asked for between portions.
        """
        if budget not in self.portions:
            raise SympriorError(
                f"{task} gives {', '.join(f'{portion:,}' for portion in self.portions)} transitions, not {budget:,}: take "
                "one of these budgets."
            )
        if evaluate_every is not None:
            raise SympriorError(
                f"An agent that learns from given transitions is evaluated before each portion of {task}, not every "
                f"{evaluate_every:,} of them: leave that out."
            )

    @property
    def in_words(self) -> str:
        """The largest data set, `1,000 episodes of 20 transitions`."""
        return f"{self.sizes[-1]:,} episodes of {self.steps} transitions"

    def transitions(self, task: str, seed: int, episodes: int) -> Transitions:
        """The first so many episodes of a task's data under a seed; fewer are a part of more.

        Args:
            task: its id.
            seed: of the run.
            episodes: how many.

        Raises:
            SympriorError: there is not one episode, or a region has a state that every action leaves.
        """
        if episodes < 1:
            raise SympriorError(f"Transitions are given in whole episodes, at least 1, not {episodes}.")
        world = self.world()
        streams = Streams(np.array([seed_from(task, seed, "given", i) for i in range(episodes)], dtype=np.int64))
        region = (streams.draw(1)[:, 0] * len(self.regions)).astype(np.int64)
        states = [self._starts(world, streams, region)]
        taken, earned = [], []
        for _ in range(self.steps):
            actions = self._actions(world, streams, states[-1], region)
            following, rewards, _ = world.step(states[-1], actions, streams.draw(world.step_draws))
            taken.append(actions)
            earned.append(as_numpy(rewards))
            states.append(as_numpy(following))
        return Transitions(np.stack(states, 1), np.stack(taken, 1), np.stack(earned, 1), world.observe)

    def _inside(self, states: NumpyArray, region: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether each state lies in its episode's region."""
        return np.stack([inside(states) for inside in self.regions])[region, np.arange(len(states))]

    def _starts(self, world: Simulator, streams: Streams[NumpyArray], region: NDArray[np.int64]) -> NumpyArray:
        """Starts of the world, drawn again until each lies in its region."""
        states = np.asarray(world.initial(streams.draw(world.reset_draws)))
        outside = ~self._inside(states, region)
        while outside.any():
            drawn = np.asarray(world.initial(streams.draw_where(outside, world.reset_draws)))
            states[outside] = drawn[outside]
            outside = ~self._inside(states, region)
        return states

    def _actions(
        self, world: Simulator, streams: Streams[NumpyArray], states: NumpyArray, region: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """For each state one of the actions that do not leave its region, uniformly."""
        count = int(world.action_space.n)  # type: ignore[attr-defined]
        draws = streams.draw(1)[:, 0]
        if len(self.regions) == 1 and self.regions[0] is everywhere:
            return (draws * count).astype(np.int64)
        stays = np.stack([self._stays(world, states, action, region) for action in range(count)], axis=1)
        if not stays.any(axis=1).all():
            raise SympriorError(
                f"Every action leaves the data's region from the state {states[~stays.any(axis=1)][0].tolist()}."
            )
        wanted = (draws * stays.sum(axis=1)).astype(np.int64)
        return np.asarray((stays.cumsum(axis=1) > wanted[:, None]).argmax(axis=1))

    def _stays(self, world: Simulator, states: NumpyArray, action: int, region: NDArray[np.int64]) -> NDArray[np.bool_]:
        following, _, _ = world.step(
            states, np.full(len(states), action), np.full((len(states), world.step_draws), 0.5)
        )
        return self._inside(np.asarray(following), region)
