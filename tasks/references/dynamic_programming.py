"""Exact expected returns on tasks that can be enumerated, by backward induction (Bellman, 1957)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.errors import SympriorError
from symprior.tasks.environments.simulators import TabularSimulator

if TYPE_CHECKING:
    from scipy.sparse import csr_array


@dataclass(frozen=True)
class TabularMDP:
    """An enumerated task; terminal states have no number and value 0.

    Attributes:
        transitions: for each action the probability of the next state, sparse, [states, states]; rows fall short of 1 by
            what terminates.
        rewards: expected reward, [actions, states].
        start: probability of each start state, [states].
    """

    transitions: tuple[csr_array, ...]
    rewards: NDArray[np.float64]
    start: NDArray[np.float64]

    @cached_property
    def _stacked(self) -> csr_array:
        """All transitions one below the other, [actions · states, states]: one product is quicker than several."""
        from scipy.sparse import csr_array, vstack

        return csr_array(vstack(self.transitions))

    def expected(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The expected value of the next state, [actions, states], from values [states]."""
        return np.asarray((self._stacked @ values).reshape(self.rewards.shape))

    def following(self, taken: NDArray[np.float64]) -> NDArray[np.float64]:
        """How often each state is next, [states], where the actions are taken so often in the states, [actions, states]."""
        return np.asarray(taken.ravel() @ self._stacked)

    def action_values(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Reward and expected value of the next state, [actions, states], from values [states]."""
        return self.rewards + self.expected(values)


class Numbering:
    """The number of each state in a table of states [count, …] of small integers."""

    def __init__(self, states: NDArray[np.int64]) -> None:
        flat = states.reshape(len(states), -1)
        self._low, self._high = flat.min(axis=0), flat.max(axis=0)
        keys = self._keys(flat)
        self._order = np.argsort(keys)
        self._sorted = keys[self._order]

    def _keys(self, flat: NDArray[np.int64]) -> NDArray[np.int64]:
        """One integer for each row, as in a mixed radix."""
        return np.asarray(np.ravel_multi_index(tuple((flat - self._low).T), tuple(self._high - self._low + 1)))

    def __call__(self, states: NDArray[np.int64]) -> NDArray[np.int64]:
        """The numbers [batch] of states [batch, …] of the table.

        Raises:
            SympriorError: one of them is not in the table.
        """
        flat = states.reshape(len(states), -1)
        strange = ((flat < self._low) | (flat > self._high)).any(axis=1)
        keys = self._keys(np.where(strange[:, None], self._low, flat))
        place = np.searchsorted(self._sorted, keys).clip(max=len(self._sorted) - 1)
        strange |= self._sorted[place] != keys
        if strange.any():
            raise SympriorError(
                f"The state {states[strange][0].tolist()} is reached, but is not among the states listed."
            )
        return np.asarray(self._order[place])


def tabulate(simulator: TabularSimulator) -> TabularMDP:
    """Enumerate every state, action and random outcome of the simulator.

    Raises:
        SympriorError: a state is reached that the simulator does not list.
    """
    from scipy.sparse import csr_array  # not needed until a task is enumerated, and slow to import

    states = simulator.all_states()
    number, count = Numbering(states), len(states)
    actions = int(simulator.action_space.n)  # type: ignore[attr-defined]
    transitions, rewards = [], np.zeros((actions, count))
    for action in range(actions):
        rows, columns, chances = [], [], []
        for uniforms, probability in zip(*simulator.step_support(), strict=True):
            taken = np.full(count, action)
            following, reward, terminated = simulator.step(states, taken, np.tile(uniforms, (count, 1)))
            rewards[action] += probability * reward
            rows.append(np.flatnonzero(~terminated))
            columns.append(number(np.asarray(following)[rows[-1]]))
            chances.append(np.full(len(rows[-1]), probability))
        entries = np.concatenate(chances), (np.concatenate(rows), np.concatenate(columns))
        transitions.append(csr_array(entries, shape=(count, count)))
    uniforms, probabilities = simulator.reset_support()
    starts = number(np.asarray(simulator.initial(uniforms)))
    start = np.bincount(starts, weights=probabilities, minlength=count).astype(np.float64)
    return TabularMDP(tuple(transitions), rewards, start)


def _induct(mdp: TabularMDP, horizon: int, choose: Callable[[int, NDArray[np.float64]], NDArray[np.float64]]) -> float:
    """The expected return when `choose(step, action values)` gives the states' values at each step."""
    values = np.zeros(len(mdp.start))
    for step in reversed(range(horizon)):
        values = choose(step, mdp.action_values(values))
    return float(mdp.start @ values)


def optimal_return(mdp: TabularMDP, horizon: int) -> float:
    """The greatest expected undiscounted return within `horizon` steps."""
    return _induct(mdp, horizon, lambda _, q: q.max(axis=0))


def uniform_return(mdp: TabularMDP, horizon: int) -> float:
    """The expected undiscounted return of uniformly random actions."""
    return _induct(mdp, horizon, lambda _, q: q.mean(axis=0))


def blind_return(mdp: TabularMDP, horizon: int, policy: Callable[[int], int]) -> float:
    """The expected undiscounted return of actions that depend on the step only."""
    return _induct(mdp, horizon, lambda step, q: q[policy(step)])


def optimal_steps(mdp: TabularMDP, horizon: int) -> float:
    """The expected steps of an episode of an optimal policy; among equal actions it takes the lowest."""
    values, steps = np.zeros(len(mdp.start)), np.zeros(len(mdp.start))
    for _ in range(horizon):
        action_values = mdp.action_values(values)
        chosen = (action_values - _preference(mdp)).argmax(axis=0)
        steps = 1 + np.take_along_axis(mdp.expected(steps), chosen[None], axis=0)[0]
        values = action_values.max(axis=0)
    return float(mdp.start @ steps)


def _preference(mdp: TabularMDP) -> NDArray[np.float64]:
    """What decides among actions that are equal but for round-off, [actions, 1]."""
    return np.asarray(1e-12 * np.arange(len(mdp.rewards)))[:, None]


def optimal_actions(mdp: TabularMDP, horizon: int) -> NDArray[np.int64]:
    """An optimal action for each state with `horizon` steps to go, [states]; the lowest among equals."""
    values = np.zeros(len(mdp.start))
    for _ in range(horizon - 1):
        values = mdp.action_values(values).max(axis=0)
    return np.asarray((mdp.action_values(values) - _preference(mdp)).argmax(axis=0))


def optimal_policy(make: Callable[[], TabularSimulator]) -> Callable[[NDArray[np.int64]], NDArray[np.int64]]:
    """An optimal policy with the whole time limit to go: states [batch, entries] → actions [batch].

    The task is enumerated and solved when the policy is first asked.
    """

    @cache
    def solved() -> tuple[Numbering, NDArray[np.int64]]:
        simulator = make()
        return Numbering(simulator.all_states()), optimal_actions(tabulate(simulator), simulator.max_episode_steps)

    def act(states: NDArray[np.int64]) -> NDArray[np.int64]:
        number, actions = solved()
        return np.asarray(actions[number(states)])

    return act
