"""When an interval is printed, and how wide the expanded one is."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from symprior.leaderboard.statistics.intervals import (
    by_percentiles,
    expanded_interval,
    expanded_tail,
    in_words,
    percentile_interval,
    studentised_interval,
    with_interval,
)
from symprior.leaderboard.statistics.resamples.resampling import resample_indices

DISTRIBUTION = np.linspace(0, 1, 10_001)


def test_expanded_tail_is_hesterbergs() -> None:
    # Φ(−√(10/9) · 2.2622) and Φ(−√(20/19) · 2.0930), with the quantiles of Student's t from a printed table.
    assert expanded_tail(10) == pytest.approx(0.0086, abs=5e-5)
    assert expanded_tail(20) == pytest.approx(0.0159, abs=5e-5)
    assert expanded_tail(100_000) == pytest.approx(0.025, abs=1e-5)


def test_the_expanded_interval_of_a_mean_is_nearly_students() -> None:
    runs = np.random.default_rng(3).normal(size=12)
    means = runs[resample_indices(("t",), 12, 100_000)].mean(axis=1)
    expanded = expanded_interval(means, 12)
    narrow = percentile_interval(means)
    low, high = stats.t.interval(0.95, 11, loc=runs.mean(), scale=runs.std(ddof=1) / np.sqrt(12))
    assert expanded[1] - expanded[0] == pytest.approx(high - low, rel=0.05)
    assert narrow[1] - narrow[0] < 0.9 * (high - low)


def bootstrap(runs: np.ndarray, resamples: int = 10_000) -> tuple[float, float, np.ndarray, np.ndarray]:
    drawn = runs[resample_indices(("studentised",), len(runs), resamples)]
    root = np.sqrt(len(runs))
    return float(runs.mean()), float(runs.std(ddof=1) / root), drawn.mean(axis=1), drawn.std(axis=1, ddof=1) / root


def test_the_studentised_interval_is_of_a_pivot() -> None:
    runs = np.random.default_rng(7).exponential(size=15)
    ends = studentised_interval(*bootstrap(runs))
    moved = studentised_interval(*bootstrap(3 + 2 * runs))
    assert ends is not None and moved is not None
    assert moved == pytest.approx((3 + 2 * ends[0], 3 + 2 * ends[1]))
    assert ends[1] - runs.mean() > 1.3 * (runs.mean() - ends[0])  # it follows the skewness of the runs


def test_the_studentised_interval_covers_skewed_means_better_than_percentiles() -> None:
    generator, trials, hits = np.random.default_rng(1), 400, [0, 0]
    for _ in range(trials):
        runs = generator.exponential(size=10)
        value, error, means, errors = bootstrap(runs, 1_000)
        for place, ends in enumerate((studentised_interval(value, error, means, errors), percentile_interval(means))):
            assert ends is not None
            hits[place] += ends[0] <= 1 <= ends[1]
    assert hits[0] / trials > 0.92
    assert hits[1] / trials < 0.90


def test_one_odd_run_gives_no_studentised_interval() -> None:
    assert studentised_interval(*bootstrap(np.array([0.0] + [1.0] * 9))) is None
    assert studentised_interval(*bootstrap(np.ones(10))) is None


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
    shown = by_percentiles(0.5, DISTRIBUTION, runs, tasks)
    assert shown.value == 0.5
    assert shown.interval is None
    assert shown.note == note


@pytest.mark.parametrize(("runs", "tasks", "mark"), [(5, 2, "†"), (10, 1, "†"), (19, 8, "†"), (20, 1, ""), (20, 8, "")])
def test_under_twenty_runs_per_task_are_marked_on_one_task_or_many(runs: int, tasks: int, mark: str) -> None:
    interval = by_percentiles(0.5, DISTRIBUTION, runs, tasks).interval
    assert interval is not None
    assert interval.mark == mark
    assert (interval.low, interval.high) == pytest.approx((0.025, 0.975))


def test_no_interval_has_the_width_zero() -> None:
    for ends in (None, (0.5, 0.5)):
        shown = with_interval(0.5, ends, 20, 2)
        assert shown.interval is None
        assert shown.note == "the runs do not differ, so there is no interval"


@pytest.mark.parametrize(
    ("low", "high", "digits", "words"),
    [
        (0.1, 0.25, 2, "0.10 – 0.25"),
        (0.99961, 1.0, 3, "0.9996 – 1.0000"),
        (12_345.1, 12_345.9, 0, "12,345 – 12,346"),
        (0.0, 0.004, 0, "0.000 – 0.004"),
        (1.0, 1.0, 2, "1.00 – 1.00"),
    ],
)
def test_ends_are_printed_apart(low: float, high: float, digits: int, words: str) -> None:
    assert in_words(low, high, digits) == words
