"""Evaluation: separate environments, episode seeds of their own, and no trace left in the training's random numbers."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.agents.agent import Agent
from symprior.agents.agent.abilities import SeedsItsPolicy
from symprior.benchmark.run.protocol import EvaluationPoint, episode_seeds
from symprior.symmetry.arrays import NumpyArray, as_numpy
from symprior.symmetry.errors import SympriorError
from symprior.tasks.environments.gymnasium_types import Space
from symprior.tasks.environments.streams import seed_from
from symprior.tasks.task import Task, TaskVectorEnv

Act = Callable[[NumpyArray], NumpyArray]
"""Actions [batch, …] for observations [batch, …]."""

DECIMALS = 9
"""Of a recorded return: what lies beyond is round-off of the sum, and would be most of a record's size."""


@contextmanager
def isolated_random_numbers(seed: int) -> Iterator[None]:
    """Seed the global generators of `random`, numpy and torch, and put them back as they were."""
    torch: Any = sys.modules.get("torch")
    on_device = torch is not None and torch.cuda.is_initialized()
    states = random.getstate(), np.random.get_state(), torch and torch.get_rng_state()
    device_states = torch.cuda.get_rng_state_all() if on_device else None
    seed_global_generators(seed)
    try:
        yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])
        if torch:
            torch.set_rng_state(states[2])
        if on_device:
            torch.cuda.set_rng_state_all(device_states)


def seed_global_generators(seed: int) -> None:
    """Seed the generators that agents from outside may draw from; what is shipped draws from its own."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    if torch := sys.modules.get("torch"):
        torch.manual_seed(seed)


def evaluate(
    agent: Agent,
    task: Task,
    seeds: tuple[int, ...],
    point: EvaluationPoint,
    act: Act | None = None,
    environments: TaskVectorEnv | None = None,
) -> list[list[float]]:
    """The undiscounted returns of `task.evaluation_episodes` episodes of each run, [seeds][episodes].

    Args:
        agent: acts for all runs at once; the rows of a run lie together.
        task: what is played.
        seeds: of the runs.
        point: the evaluation; it decides the episodes' seeds.
        act: the way of acting; `agent.act` where None.
        environments: one for each episode, where they are made already; every evaluation seeds them anew.
    """
    episodes = task.evaluation_episodes
    environments = environments or task.make_vector(episodes * len(seeds))
    with isolated_random_numbers(seed_from(task.id, *seeds, point.step, "evaluation")):
        if isinstance(agent, SeedsItsPolicy):
            agent.seed_policy(
                np.concatenate([episode_seeds(task.id, seed, point, episodes, "policy") for seed in seeds])
            )
        starts = np.concatenate([episode_seeds(task.id, seed, point, episodes) for seed in seeds])
        returns = _play(environments, starts, act or agent.act)
    if not np.isfinite(returns).all():
        odd = returns[~np.isfinite(returns)][0]
        raise SympriorError(f"An episode of {task.id} returned {odd}, but rewards are finite numbers.")
    returns = returns.round(DECIMALS)
    return [list(map(float, row)) for row in returns.reshape(len(seeds), episodes)]


def _play(environments: TaskVectorEnv, seeds: NDArray[np.int64], act: Act) -> NDArray[np.float64]:
    """One episode in every environment, [environments]."""
    observations, _ = environments.reset(seed=seeds)
    returns, running = np.zeros(len(seeds)), np.ones(len(seeds), dtype=bool)
    while running.any():
        actions = checked_actions(act(as_numpy(observations)), environments.single_action_space, len(seeds))
        observations, rewards, terminated, truncated, _ = environments.step(actions)
        returns += rewards * running
        running &= ~(terminated | truncated)
        environments.rest(~running)
    return returns


def checked_actions(actions: object, space: Space, rows: int, giver: str = "`act` returned") -> NumpyArray:
    """The actions as an array, if there is one for each row and each lies in the space; vectors are clipped to it.

    Args:
        actions: what an agent gave.
        space: of a single environment.
        rows: how many actions there must be.
        giver: how the sentence of an error begins.

    Raises:
        SympriorError: they are of another shape or type, discrete ones leave the space, or vectors hold what is no number.
    """
    try:
        array = np.asarray(actions)
    except ValueError:
        raise SympriorError(
            f"{giver} rows of unequal length; {space} needs one action for each of {rows} rows."
        ) from None
    expected = (rows, *(space.shape or ()))
    if array.shape != expected:
        raise SympriorError(
            f"{giver} actions of shape {array.shape} for {rows} observations; {space} needs shape {expected}."
        )
    if isinstance(space, gymnasium.spaces.Discrete):
        if not np.issubdtype(array.dtype, np.integer):
            raise SympriorError(f"{giver} actions of type {array.dtype}; {space} needs integers.")
        if array.min() < space.start or array.max() >= space.start + space.n:
            raise SympriorError(f"{giver} actions from {array.min()} to {array.max()}; {space} has 0 … {space.n - 1}.")
    if isinstance(space, gymnasium.spaces.Box):
        if not np.issubdtype(array.dtype, np.number) or np.issubdtype(array.dtype, np.complexfloating):
            raise SympriorError(f"{giver} actions of type {array.dtype}; {space} needs numbers.")
        if not np.isfinite(array).all():
            raise SympriorError(f"{giver} actions that are infinite or no numbers; {space} needs finite ones.")
        array = np.clip(array, space.low, space.high).astype(space.dtype)
    return array
