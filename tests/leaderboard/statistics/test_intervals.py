"""When an interval is printed, and how wide the expanded one is."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from symprior.leaderboard.statistics.intervals import estimate, expanded_tail
from symprior.leaderboard.statistics.resampling import resample_indices

DISTRIBUTION = np.linspace(0, 1, 10_001)


def test_expanded_tail_is_hesterbergs() -> None:
    # Φ(−√(10/9) · 2.2622) and Φ(−√(20/19) · 2.0930), with the quantiles of Student's t from a printed table.
    assert expanded_tail(10) == pytest.approx(0.0086, abs=5e-5)
    assert expanded_tail(20) == pytest.approx(0.0159, abs=5e-5)
    assert expanded_tail(100_000) == pytest.approx(0.025, abs=1e-5)


def test_the_expanded_interval_of_a_mean_is_nearly_students() -> None:
    runs = np.random.default_rng(3).normal(size=12)
    means = runs[resample_indices(("t",), 12, 100_000)].mean(axis=1)
    interval = estimate(float(runs.mean()), means, 12, tasks=2).interval
    assert interval is not None
    low, high = stats.t.interval(0.95, 11, loc=runs.mean(), scale=runs.std(ddof=1) / np.sqrt(12))
    assert interval.expanded_high - interval.expanded_low == pytest.approx(high - low, rel=0.05)
    assert interval.high - interval.low < 0.9 * (high - low)


@pytest.mark.parametrize(
    ("runs", "tasks", "note"),
    [
        (1, 1, "too few seeds for an interval (n = 1)"),
        (3, 8, "too few seeds for an interval (n = 3)"),
        (4, 1, "too few seeds for an interval (n = 4)"),
        (9, 1, "too few seeds for an interval on one task (n = 9)"),
    ],
)
def test_no_interval_from_too_few_seeds(runs: int, tasks: int, note: str) -> None:
    shown = estimate(0.5, DISTRIBUTION, runs, tasks)
    assert shown.value == 0.5
    assert shown.interval is None
    assert shown.note == note


@pytest.mark.parametrize(("runs", "tasks", "mark"), [(5, 2, ""), (10, 1, "†"), (19, 1, "†"), (20, 1, "")])
def test_single_tasks_are_marked_under_twenty_runs(runs: int, tasks: int, mark: str) -> None:
    interval = estimate(0.5, DISTRIBUTION, runs, tasks).interval
    assert interval is not None
    assert interval.mark == mark
    assert (interval.low, interval.high) == pytest.approx((0.025, 0.975))
    assert interval.expanded_low < interval.low < interval.high < interval.expanded_high
