"""Exact expected returns on tasks that can be enumerated, by backward induction (Bellman, 1957)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symprior.tasks.simulators import TabularSimulator


@dataclass(frozen=True)
class TabularMDP:
    """An enumerated task; terminal states have no number and value 0.

    Attributes:
        transitions: probability of the next state, [actions, states, states]; rows fall short of 1 by what
            terminates.
        rewards: expected reward, [actions, states].
        start: probability of each start state, [states].
    """

    transitions: NDArray[np.float64]
    rewards: NDArray[np.float64]
    start: NDArray[np.float64]


def tabulate(simulator: TabularSimulator) -> TabularMDP:
    """Enumerate every state, action and random outcome of the simulator."""
    states = simulator.all_states()
    number = {tuple(state): i for i, state in enumerate(states.tolist())}
    count, actions = len(states), int(simulator.action_space.n)  # type: ignore[attr-defined]
    transitions, rewards = np.zeros((actions, count, count)), np.zeros((actions, count))
    for action in range(actions):
        for uniforms, probability in zip(*simulator.step_support(), strict=True):
            taken = np.full(count, action)
            following, reward, terminated = simulator.step(states, taken, np.tile(uniforms, (count, 1)))
            rewards[action] += probability * reward
            for i in np.flatnonzero(~terminated):
                transitions[action, i, number[tuple(following[i].tolist())]] += probability
    start = np.zeros(count)
    uniforms, probabilities = simulator.reset_support()
    for state, probability in zip(simulator.initial(uniforms).tolist(), probabilities, strict=True):
        start[number[tuple(state)]] += probability
    return TabularMDP(transitions, rewards, start)


def _action_values(mdp: TabularMDP, values: NDArray[np.float64]) -> NDArray[np.float64]:
    return mdp.rewards + mdp.transitions @ values  # [actions, states]


def _induct(mdp: TabularMDP, horizon: int, choose: Callable[[int, NDArray[np.float64]], NDArray[np.float64]]) -> float:
    """The expected return when `choose(step, action values)` gives the states' values at each step."""
    values = np.zeros(len(mdp.start))
    for step in reversed(range(horizon)):
        values = choose(step, _action_values(mdp, values))
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


def optimal_actions(mdp: TabularMDP, horizon: int) -> NDArray[np.int64]:
    """An optimal action for each state with `horizon` steps to go, [states]; the lowest among equals."""
    values = np.zeros(len(mdp.start))
    for _ in range(horizon - 1):
        values = _action_values(mdp, values).max(axis=0)
    preference = 1e-12 * np.arange(len(mdp.rewards))  # decides among actions that are equal but for round-off
    return np.asarray((_action_values(mdp, values) - preference[:, None]).argmax(axis=0))
