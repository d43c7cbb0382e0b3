"""The frozen states of a task: observations on which the equivariance error of every agent is measured."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count as count_up

import numpy as np

from symprior.symmetry.arrays import NumpyArray, as_numpy
from symprior.symmetry.errors import SympriorError
from symprior.tasks.environments.streams import seed_from
from symprior.tasks.environments.uniform_actions import uniform_actions
from symprior.tasks.task import Task

Policy = Callable[[NumpyArray], NumpyArray]

HELD = 8
"""Steps for which a random action is held where a task has no reference policy."""
ENVIRONMENTS, APART = 16, 8
"""Where every step of a single environment takes its time, so many give an observation every so many steps."""


def frozen_observations(task: Task, count: int = 256) -> NumpyArray:
    """Half from uniformly random play, half from the reference policy, [≤ count, *observation shape].

    A task without one has random actions that are held for some steps instead.

    They depend on the task's id and `count` alone; an observation met twice is kept once. The caller closes
    them under the group.

    Raises:
        SympriorError: `count` is under 2.
    """
    if count < 2:
        raise SympriorError(f"Frozen states come in two halves, so at least 2, not {count}.")
    second = held_play(task) if task.reference_policy is None else task.reference_policy
    halves = ((uniform_play(task), count - count // 2), (second, count // 2))
    collect = _spaced if task.simulator is None else _scattered
    observations = np.concatenate([collect(task, i, *half) for i, half in enumerate(halves)])
    _, first = np.unique(observations.reshape(len(observations), -1), axis=0, return_index=True)
    kept: NumpyArray = observations[np.sort(first)]
    return kept


def uniform_play(task: Task) -> Policy:
    """Uniformly random actions for batches of states, from a generator seeded by the task's id."""
    space = task.action_space
    rng = np.random.default_rng(seed_from(task.id, "uniform play"))
    return lambda states: uniform_actions(space, rng, len(states))


def held_play(task: Task) -> Policy:
    """Random actions, each held for `HELD` calls: they lead further from the start than new ones at every step."""
    draw, steps = uniform_play(task), count_up()
    held: list[NumpyArray] = []

    def policy(states: NumpyArray) -> NumpyArray:
        if next(steps) % HELD == 0:
            held[:] = [draw(states)]
        return held[0]

    return policy


def _spaced(task: Task, half: int, policy: Policy, count: int) -> NumpyArray:
    """Observations of a few environments at every `APART`th step, [count, …]."""
    environments = task.make_vector(min(ENVIRONMENTS, count))
    observations, _ = environments.reset(seed=seed_from(task.id, "frozen states", half) >> 33)
    taken = [as_numpy(observations).copy()]
    while sum(map(len, taken)) < count:
        for _ in range(APART):
            observations, *_ = environments.step(policy(np.asarray(environments.states)))
        taken.append(as_numpy(observations).copy())
    environments.close()
    return np.concatenate(taken)[:count]


def _scattered(task: Task, half: int, policy: Policy, count: int) -> NumpyArray:
    """One observation from each of `count` environments, at a step drawn uniformly up to the time limit."""
    environments = task.make_vector(count)
    observations, _ = environments.reset(seed=seed_from(task.id, "frozen states", half) >> 1)
    rng = np.random.default_rng(seed_from(task.id, "scattered steps", half))
    due = rng.integers(task.max_episode_steps, size=count)
    taken = as_numpy(observations).copy()
    for step in range(1, due.max() + 1):
        observations, *_ = environments.step(policy(np.asarray(environments.states)))
        taken[due == step] = observations[due == step]
    return np.asarray(taken)
