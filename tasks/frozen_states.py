"""The frozen states of a task: observations on which the equivariance error of every agent is measured."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.tasks.errors import SympriorError
from symprior.tasks.simulators import SimulatorVectorEnv
from symprior.tasks.streams import seed_from
from symprior.tasks.task import Task

Policy = Callable[[NDArray[Any]], NDArray[Any]]


def frozen_observations(task: Task, count: int = 256) -> NDArray[Any]:
    """Half from uniformly random play, half from the reference policy, [≤ count, *observation shape].

    They depend on the task's id and `count` alone; an observation met twice is kept once. The caller closes
    them under the group.

    Raises:
        SympriorError: `count` is under 2.
    """
    if count < 2:
        raise SympriorError(f"Frozen states come in two halves, so at least 2, not {count}.")
    halves = ((uniform_play(task), count - count // 2), (task.reference_policy, count // 2))
    observations = np.concatenate([_scattered(task, i, *half) for i, half in enumerate(halves)])
    _, first = np.unique(observations.reshape(len(observations), -1), axis=0, return_index=True)
    kept: NDArray[Any] = observations[np.sort(first)]
    return kept


def uniform_play(task: Task) -> Policy:
    """Uniformly random actions for batches of states, from a generator seeded by the task's id."""
    space = task.simulator().action_space
    rng = np.random.default_rng(seed_from(task.id, "uniform play"))
    if isinstance(space, gymnasium.spaces.Discrete):
        return lambda states: rng.integers(int(space.n), size=len(states))
    assert isinstance(space, gymnasium.spaces.Box)
    return lambda states: rng.uniform(space.low, space.high, (len(states), *space.shape)).astype(space.dtype)


def _scattered(task: Task, half: int, policy: Policy, count: int) -> NDArray[Any]:
    """One observation from each of `count` environments, at a step drawn uniformly up to the time limit."""
    simulator = task.simulator()
    environments = SimulatorVectorEnv(simulator, count)
    observations, _ = environments.reset(seed=seed_from(task.id, "frozen states", half) >> 1)
    rng = np.random.default_rng(seed_from(task.id, "scattered steps", half))
    due = rng.integers(simulator.max_episode_steps, size=count)
    taken = observations.copy()
    for step in range(1, due.max() + 1):
        observations, *_ = environments.step(policy(environments.states))
        taken[due == step] = observations[due == step]
    return np.asarray(taken)
