"""An estimate with its intervals, and the rule that says when there are too few seeds to print one.

`low` and `high` are what is printed and what sentences use: the form that keeps its promise on the project's own
records, which `symprior calibrate` measures. Beside them stands rliable's percentile interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
from scipy import special

from symprior.leaderboard.statistics.resamples.resampling import Floats

CONFIDENCE = 0.95
FEWEST_RUNS = 5
FEWEST_RUNS_ON_ONE_TASK = 10
FEW_RUNS = 20
FEW_RUNS_MARK = "†"
NO_SPREAD = "the runs do not differ, so there is no interval"
MOST_DEGENERATE = 0.01
"""Of the resamples without any spread: more of them would decide the studentised interval's ends."""

Bound = Literal["", "≥", "≤"]


@dataclass(frozen=True)
class Interval:
    """A 95 % interval: the printed one and rliable's percentile interval (None where nothing was resampled).

    `mark` is `†` where a cell has fewer than 20 runs.
    """

    low: float
    high: float
    percentile_low: float | None = None
    percentile_high: float | None = None
    mark: str = ""


@dataclass(frozen=True)
class Estimate:
    """A number, the fewest runs of a cell behind it, and its interval or why there is none.

    `bound` says on which side of the number the truth lies, where something is missing: it is at least (≥) or at
    most (≤) this.
    """

    value: float
    runs: int
    interval: Interval | None
    note: str = ""
    bound: Bound = ""


def why_no_interval(runs: int, tasks: int) -> str:
    """Empty if `runs` runs on each of `tasks` tasks carry an interval, else what to print in its place."""
    if runs < FEWEST_RUNS:
        return f"too few seeds for an interval (n = {runs})"
    if tasks == 1 and runs < FEWEST_RUNS_ON_ONE_TASK:
        return f"too few seeds for an interval on one task (n = {runs})"
    return ""


def few_runs_mark(runs: int) -> str:
    """By the number of runs per task, on one task or many."""
    return FEW_RUNS_MARK if runs < FEW_RUNS else ""


def with_interval(
    value: float,
    ends: tuple[float, float] | None,
    runs: int,
    tasks: int,
    *,
    percentiles: tuple[float, float] | None = None,
    note: str = NO_SPREAD,
) -> Estimate:
    """The estimate with these ends, if there are enough runs and the ends differ.

    Args:
        value: of the runs themselves.
        ends: of the printed interval; None where there is none.
        runs: the fewest runs of any cell that went into it.
        tasks: the number of tasks that went into it.
        percentiles: of rliable's interval.
        note: why there are no ends.
    """
    too_few = why_no_interval(runs, tasks)
    if too_few or ends is None or not ends[0] < ends[1]:
        return Estimate(value, runs, None, too_few or note)
    low, high = percentiles or (None, None)
    return Estimate(value, runs, Interval(*ends, low, high, few_runs_mark(runs)))


def in_words(low: float, high: float, digits: int) -> str:
    """Both ends to so many digits after the point, or to as many more as tell them apart: no interval has the width zero."""
    ends = [f"{end:,.{digits}f}" for end in (low, high)]
    return " – ".join(ends) if ends[0] != ends[1] or not low < high else in_words(low, high, digits + 1)


def percentile_interval(distribution: Floats) -> tuple[float, float]:
    """Rliable's 95 % interval of a statistic's resamples, `[resamples]`."""
    tail = 100 * (1 - CONFIDENCE) / 2
    low, high = np.percentile(distribution, [tail, 100 - tail])
    return float(low), float(high)


def by_percentiles(value: float, distribution: Floats, runs: int, tasks: int) -> Estimate:
    """The estimate with rliable's percentile interval: for its own aggregates, which are shown as it would show them."""
    ends = percentile_interval(distribution)
    return with_interval(value, ends, runs, tasks, percentiles=ends)


def expanded_interval(distribution: Floats, runs: int) -> tuple[float, float]:
    """Percentiles at α'/2 = Φ(−√(n/(n−1)) · t_{α/2, n−1}) instead of α/2.

    Source: Hesterberg, What Teachers Should Know About the Bootstrap, The American Statistician 69 (2015), section 5.
    """
    tail = 100 * expanded_tail(runs)
    low, high = np.percentile(distribution, [tail, 100 - tail])
    return float(low), float(high)


def expanded_tail(runs: int, confidence: float = CONFIDENCE) -> float:
    """The tail probability of `expanded_interval`."""
    t = special.stdtrit(runs - 1, 1 - (1 - confidence) / 2)
    return float(special.ndtr(-sqrt(runs / (runs - 1)) * t))


def studentised_interval(
    value: float, error: float, distribution: Floats, errors: Floats
) -> tuple[float, float] | None:
    """The bootstrap-t interval: value − z·error at the quantiles of z = (resample − value) / resample's error.

    It follows the skewness that Student's t leaves out. Source: Efron and Tibshirani, An Introduction to the
    Bootstrap (1993), 12.5.

    Args:
        value: the statistic of the runs themselves.
        error: its standard error.
        distribution: the statistic of each resample, `[resamples]`.
        errors: the standard error of each, `[resamples]`.

    Returns:
        None where too many resamples have no spread to be divided by.
    """
    spread = errors > 0
    if error <= 0 or np.mean(~spread) > MOST_DEGENERATE:
        return None
    tail = 100 * (1 - CONFIDENCE) / 2
    low, high = np.percentile((distribution[spread] - value) / errors[spread], [tail, 100 - tail])
    return value - float(high) * error, value - float(low) * error
