"""Evaluation: separate environments, episode seeds of their own, and no trace left in the training's random numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symprior.agents.agent import Agent
from symprior.agents.agent.abilities import KeepsGeneratorsApart, SeedsItsPolicy
from symprior.agents.agent.generators import isolated_random_numbers
from symprior.agents.agent.given import checked_actions
from symprior.benchmark.run.protocol import EvaluationPoint, episode_seeds
from symprior.symmetry.arrays import NumpyArray, as_numpy
from symprior.symmetry.errors import SympriorError
from symprior.tasks.environments.streams import seed_from
from symprior.tasks.task import Task, TaskVectorEnv

Act = Callable[[NumpyArray], NumpyArray]
"""Actions [batch, …] for observations [batch, …]."""

MOST_RETURN = 1e100
"""Either way: squares of larger ones are no numbers, so that they have no spread."""
DECIMALS = 9
"""Of a recorded return: what lies beyond is round-off of the sum, and would be most of a record's size."""


def evaluate(
    agent: Agent,
    task: Task,
    seeds: tuple[int, ...],
    point: EvaluationPoint,
    act: Act | None = None,
    environments: TaskVectorEnv | None = None,
) -> list[list[float]]:
    """The undiscounted returns of `task.evaluation_episodes` episodes of each run, [seeds][episodes].

    The arguments are those of `play`.
    """
    return play(agent, task, seeds, point, act, environments).returns


@dataclass(frozen=True)
class Episodes:
    """What an evaluation found.

    Attributes:
        returns: undiscounted, [seeds][episodes].
        lengths: steps of each episode, [seeds][episodes].
    """

    returns: list[list[float]]
    lengths: list[list[int]]


def play(
    agent: Agent,
    task: Task,
    seeds: tuple[int, ...],
    point: EvaluationPoint,
    act: Act | None = None,
    environments: TaskVectorEnv | None = None,
) -> Episodes:
    """`task.evaluation_episodes` episodes of each run.

    Args:
        agent: acts for all runs at once; the rows of a run lie together.
        task: what is played.
        seeds: of the runs.
        point: the evaluation; it decides the episodes' seeds.
        act: the way of acting; `agent.act` where None.
        environments: one for each episode, where they are made already; every evaluation seeds them anew.
    """
    episodes = task.evaluation_episodes
    environments = environments or task.make_evaluation(len(seeds))
    with _isolated(agent, seed_from(task.id, *seeds, point.step, "evaluation")):
        if isinstance(agent, SeedsItsPolicy):
            agent.seed_policy(
                np.concatenate([episode_seeds(task.id, seed, point, episodes, "policy") for seed in seeds])
            )
        starts = np.concatenate([episode_seeds(task.id, seed, point, episodes) for seed in seeds])
        returns, lengths = _play(environments, starts, act or agent.act)
    usable = np.abs(returns) <= MOST_RETURN
    if not usable.all():
        raise SympriorError(
            f"An episode of {task.id} returned {returns[~usable][0]:g}, but rewards are finite numbers whose sum is "
            f"{MOST_RETURN:g} at most."
        )
    shape = len(seeds), episodes
    return Episodes(returns.round(DECIMALS).reshape(shape).tolist(), lengths.reshape(shape).tolist())


@contextmanager
def _isolated(agent: Agent, seed: int) -> Iterator[None]:
    """The global generators, and those of an agent that has others."""
    apart = agent.isolated_random_numbers(seed) if isinstance(agent, KeepsGeneratorsApart) else nullcontext()
    with isolated_random_numbers(seed), apart:
        yield


def _play(
    environments: TaskVectorEnv, seeds: NDArray[np.int64], act: Act
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """One episode in every environment: its return and its steps, [environments]."""
    observations, _ = environments.reset(seed=seeds)
    returns, running = np.zeros(len(seeds)), np.ones(len(seeds), dtype=bool)
    lengths = np.zeros(len(seeds), dtype=np.int64)
    while running.any():
        actions = checked_actions(act(as_numpy(observations)), environments.single_action_space, len(seeds))
        observations, rewards, terminated, truncated, _ = environments.step(actions)
        returns += rewards * running
        lengths += running
        running &= ~(terminated | truncated)
        environments.rest(~running)
    return returns, lengths
