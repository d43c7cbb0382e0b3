"""A weighted mean over tasks with its studentised interval, as the headline and every mean of a task are printed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from symprior.leaderboard.statistics.closed_forms.weighted_means import Range, Total
from symprior.leaderboard.statistics.intervals import expanded_interval, studentised_interval
from symprior.leaderboard.statistics.resamples.resampling import Floats, Resampled


def weighted_resamples(parts: Sequence[tuple[float, Resampled]]) -> Resampled:
    """The weighted mean of each resample; tasks are resampled independently.

    Args:
        parts: for each task its weight and its resampled mean.
    """
    means: Floats = np.sum([weight * of.means for weight, of in parts], axis=0)
    variances: Floats = np.sum([weight**2 * of.variances for weight, of in parts], axis=0)
    return Resampled(means, variances)


def headline_interval(whole: Total, resampled: Resampled, runs: int, possible: Range) -> Range:
    """The studentised interval, within what a mean can be at all; the expanded one where too many resamples have no spread.

    Args:
        whole: the weighted mean and its variance.
        resampled: the same of each resample.
        runs: the fewest of a task.
        possible: the least and the greatest value.
    """
    ends = studentised_interval(whole.value, whole.variance**0.5, resampled.means, np.sqrt(resampled.variances))
    low, high = ends or expanded_interval(resampled.means, max(runs, 2))
    return max(low, possible[0]), min(high, possible[1])
