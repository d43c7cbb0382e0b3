"""When a run is evaluated, and with which seeds: the same for every agent and every learner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symprior.leaderboard.records.evaluation_points import evaluation_steps
from symprior.tasks.environments.streams import seed_from


@dataclass(frozen=True)
class EvaluationPoint:
    """An evaluation that is due: its number, and the environment steps from which on it is."""

    number: int
    step: int


def evaluation_points(budget: int, every: int | None = None, portions: Sequence[int] = ()) -> list[EvaluationPoint]:
    """The points of a budget: 0, 1, 2, 3, 5 % and every 5 % from there, or every so many steps, and the end.

    Where transitions are given, it is each of the `portions` that are given one after the other instead. Points of small
    budgets that fall on the same step count once.
    """
    steps = evaluation_steps(budget, every, portions)
    return [EvaluationPoint(number, step) for number, step in enumerate(steps)]


def episode_seeds(
    task: str, seed: int, point: EvaluationPoint, episodes: int, purpose: str = "episode"
) -> NDArray[np.int64]:
    """A seed for each episode of one evaluation of one run, [episodes]; no two evaluations share their noise."""
    return np.array([seed_from(task, seed, point.step, purpose, i) for i in range(episodes)], dtype=np.int64)
