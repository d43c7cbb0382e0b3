"""rliable's estimators over all resamples in one call.

Agarwal et al., Deep Reinforcement Learning at the Edge of the Statistical Precipice, NeurIPS 2021. The
printed value of each is what `rliable.metrics` gives for the runs themselves. Over thousands of resamples rliable takes
minutes for what takes a tenth of a second here, so that intervals come from the same definitions in one call; the
tests hold both to the same numbers from the same resamples. Everywhere a *sample* is one task's scores
`[resamples, runs]`; tasks may differ in their number of runs, and where they do not, every number is
rliable's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from rliable import metrics

from symprior.leaderboard.statistics.resamples.resampling import Floats, Indices, counted

TRIMMED = 0.25


def mean(samples: Sequence[Floats]) -> Floats:
    """Mean over tasks of the mean over runs, `[resamples]`."""
    return np.asarray(np.mean(_task_means(samples), axis=1))


def median(samples: Sequence[Floats]) -> Floats:
    """Median over tasks of the mean over runs, `[resamples]`."""
    return np.asarray(np.median(_task_means(samples), axis=1))


def optimality_gap(samples: Sequence[Floats]) -> Floats:
    """How far the scores, cut at 1, fall short of 1 on average, `[resamples]`."""
    return 1 - mean([np.minimum(sample, 1) for sample in samples])


def interquartile_mean(samples: Sequence[Floats]) -> Floats:
    """Mean of the middle half of all runs of all tasks, `[resamples]`: `scipy.stats.trim_mean` at 25 %."""
    return trimmed_mean(np.concatenate(samples, axis=1))


def trimmed_mean(scores: Floats) -> Floats:
    """Mean of runs without the lowest and highest quarter: `[resamples, runs, …]` to `[resamples, …]`."""
    runs = scores.shape[1]
    cut = int(TRIMMED * runs)
    kth = sorted({cut, runs - cut - 1})
    return np.asarray(np.mean(np.partition(scores, kth, axis=1)[:, cut : runs - cut], axis=1))


AGGREGATES: Mapping[str, Callable[[Sequence[Floats]], Floats]] = {
    "iqm": interquartile_mean,
    "mean": mean,
    "median": median,
    "optimality_gap": optimality_gap,
}


def point_estimates(scores: Sequence[Floats]) -> dict[str, float]:
    """Each of `AGGREGATES` for the runs themselves, by rliable's own functions.

    Those that are means over tasks are given the tasks' means as the one run of each, so that tasks may differ in their
    number of runs.

    Args:
        scores: for each task its runs' scores `[runs]`.
    """
    means = np.array([[score.mean() for score in scores]])
    cut_means = np.array([[np.minimum(score, 1).mean() for score in scores]])
    return {
        "iqm": float(metrics.aggregate_iqm(np.concatenate(scores))),
        "mean": float(metrics.aggregate_mean(means)),
        "median": float(metrics.aggregate_median(means)),
        "optimality_gap": float(metrics.aggregate_optimality_gap(cut_means)),
    }


def probability_of_improvement(
    pairs: Sequence[tuple[Floats, Floats]], draws: Sequence[tuple[Indices, Indices]]
) -> Floats:
    """P(X > Y) + ½ P(X = Y) for a random run of each, averaged over tasks, `[resamples]`.

    With c counting how often a resample drew each run, the probability of a task is cₓᵀ W c_y / (n m), where
    W holds who wins.

    Args:
        pairs: for each task the scores of X `[n]` and of Y `[m]`.
        draws: for each task the drawn indices `[resamples, n]` and `[resamples, m]`.
    """
    of_tasks = []
    for (x, y), (drawn_x, drawn_y) in zip(pairs, draws, strict=True):
        wins = (x[:, None] > y) + 0.5 * (x[:, None] == y)
        counts_x, counts_y = counted(drawn_x, len(x)), counted(drawn_y, len(y))
        of_tasks.append(np.sum((counts_x @ wins) * counts_y, axis=1) / (drawn_x.shape[1] * drawn_y.shape[1]))
    return np.asarray(np.mean(of_tasks, axis=0))


def family_weights(families: Mapping[str, str]) -> dict[str, float]:
    """The weight of each task in a headline: the tasks of a family count together as one, families with equal weight.

    Args:
        families: the family of each task.
    """
    members = Counter(families.values())
    return {task: 1 / (len(members) * members[family]) for task, family in families.items()}


def _task_means(samples: Sequence[Floats]) -> Floats:
    return np.stack([np.mean(sample, axis=1) for sample in samples], axis=1)
