"""An estimate with its intervals, and the rule that says when there are too few seeds to print one."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy import special

from symprior.leaderboard.statistics.resampling import Floats

CONFIDENCE = 0.95
FEWEST_RUNS = 5
FEWEST_RUNS_ON_ONE_TASK = 10
FEW_RUNS_ON_ONE_TASK = 20
FEW_RUNS_MARK = "†"


@dataclass(frozen=True)
class Interval:
    """A 95 % bootstrap interval: rliable's percentile interval, and the expanded one for few runs.

    `mark` is `†` where a single task has fewer than 20 runs.
    """

    low: float
    high: float
    expanded_low: float
    expanded_high: float
    mark: str = ""


@dataclass(frozen=True)
class Estimate:
    """A number, the fewest runs of a cell behind it, and its interval or why there is none."""

    value: float
    runs: int
    interval: Interval | None
    note: str = ""


def expanded_tail(runs: int, confidence: float = CONFIDENCE) -> float:
    """The tail probability α'/2 = Φ(−√(n/(n−1)) · t_{α/2, n−1}).

    Percentiles of n runs are taken there instead of at α/2.

    Source: Hesterberg, What Teachers Should Know About the Bootstrap, The American Statistician 69 (2015),
    section 5.
    """
    t = special.stdtrit(runs - 1, 1 - (1 - confidence) / 2)
    return float(special.ndtr(-sqrt(runs / (runs - 1)) * t))


def why_no_interval(runs: int, tasks: int) -> str:
    """Empty if `runs` runs on each of `tasks` tasks carry an interval, else what to print in its place."""
    if runs < FEWEST_RUNS:
        return f"too few seeds for an interval (n = {runs})"
    if tasks == 1 and runs < FEWEST_RUNS_ON_ONE_TASK:
        return f"too few seeds for an interval on one task (n = {runs})"
    return ""


def estimate(value: float, distribution: Floats, runs: int, tasks: int) -> Estimate:
    """The estimate of a statistic.

    Args:
        value: the statistic of the runs themselves.
        distribution: the statistic of each resample, `[resamples]`.
        runs: the fewest runs of any cell that went into it.
        tasks: the number of tasks that went into it.
    """
    note = why_no_interval(runs, tasks)
    if note:
        return Estimate(value, runs, None, note)
    tail, wide = (1 - CONFIDENCE) / 2, expanded_tail(runs)
    low, high, expanded_low, expanded_high = np.percentile(
        distribution, [100 * p for p in (tail, 1 - tail, wide, 1 - wide)]
    )
    mark = FEW_RUNS_MARK if tasks == 1 and runs < FEW_RUNS_ON_ONE_TASK else ""
    interval = Interval(float(low), float(high), float(expanded_low), float(expanded_high), mark)
    return Estimate(value, runs, interval)
