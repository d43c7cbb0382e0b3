"""Lost data: what a brute-force mean over levels gives, and what does not enter it."""

from __future__ import annotations

import numpy as np
import pytest

from symprior.leaderboard.statistics.runs.lost_data import falls_back, lost_data, lost_in_reaching
from symprior.leaderboard.statistics.runs.scores import time_to_threshold

BUDGET = 1_000
STEPS = np.array([0.0, 100, 200, 400, 700, 960])


def random_curves(runs: int = 40) -> np.ndarray:
    return np.random.default_rng(5).normal(0.5, 0.6, (runs, len(STEPS))).cumsum(axis=1) / 2


def under_levels(scores: np.ndarray, threshold: float) -> float:
    """The mean over levels of the steps under each, on a fine grid of both; after the last evaluation the curve stays."""
    grid = np.linspace(0, BUDGET, 20_001)
    levels = np.linspace(0, threshold, 2_001)[:-1] + threshold / 4_000
    curve = np.interp(grid, STEPS, scores)
    return BUDGET * float((curve[:, None] < levels).mean())


@pytest.mark.parametrize("threshold", [0.9, 0.3, 1.4])
def test_lost_data_is_the_mean_time_under_levels(threshold: float) -> None:
    curves = random_curves(6)
    lost = lost_data(STEPS, curves, threshold, BUDGET)
    assert lost == pytest.approx([under_levels(curve, threshold) for curve in curves], abs=1)


@pytest.mark.parametrize("threshold", [0.9, 0.3])
def test_lost_in_reaching_is_the_mean_time_to_levels(threshold: float) -> None:
    levels = np.linspace(0, threshold, 20_001)[1:] - threshold / 40_000
    for curve in random_curves(10):
        times = [time_to_threshold(STEPS, curve, level) for level in levels]
        mean = np.mean([BUDGET if time is None else time for time in times])
        assert float(lost_in_reaching(STEPS, curve, threshold, BUDGET)) == pytest.approx(mean, abs=0.2)


def test_both_lie_between_nothing_and_the_budget() -> None:
    curves = random_curves(500)
    for lost in (lost_data(STEPS, curves, 0.9, BUDGET), lost_in_reaching(STEPS, curves, 0.9, BUDGET)):
        assert ((lost >= -1e-9) & (lost <= BUDGET + 1e-9)).all()
    for level, expected in ((-3.0, BUDGET), (0.0, BUDGET), (2.0, 0)):
        flat = np.full(len(STEPS), level)
        assert float(lost_data(STEPS, flat, 0.9, BUDGET)) == expected
        assert float(lost_in_reaching(STEPS, flat, 0.9, BUDGET)) == expected


def test_what_lies_under_zero_or_over_the_threshold_does_not_enter() -> None:
    curve = np.array([0.0, 0.0, 0.5, 0.9, 0.9, 0.9])
    deeper = np.array([-5.0, 0.0, 0.5, 0.9, 1.0, 3.0])  # from 0 on to 100 both are under every level
    assert float(lost_data(STEPS, curve, 0.9, BUDGET)) == pytest.approx(float(lost_data(STEPS, deeper, 0.9, BUDGET)))


def test_a_fall_costs_lost_data_but_no_time_to_reach() -> None:
    steady = np.array([0.0, 1, 1, 1, 1, 1])
    falling = np.array([0.0, 1, 1, 1, 0, 1])
    assert float(lost_data(STEPS, falling, 0.9, BUDGET)) > 2 * float(lost_data(STEPS, steady, 0.9, BUDGET))
    assert lost_in_reaching(STEPS, falling, 0.9, BUDGET) == lost_in_reaching(STEPS, steady, 0.9, BUDGET)
    assert falls_back(falling, 0.9)
    assert not falls_back(steady, 0.9)


def test_who_never_arrives_does_not_fall_back() -> None:
    assert not falls_back(np.array([0.0, 1, 0, 1, 0, 1]), 0.9)
    assert falls_back(np.array([0.0, 1, 1, 0, 0, 0]), 0.9)


def test_a_rise_of_nothing_is_no_division_by_nothing() -> None:
    curve = np.array([0.4, 0.4 + 1e-17, 0.4, 0.4, 0.4 + 1e-13, 0.4])
    assert float(lost_data(STEPS, curve, 0.8, BUDGET)) == pytest.approx(BUDGET / 2)


def test_a_run_as_fast_as_another_twice_loses_half() -> None:
    """Compressed time: prior(t) = plain(2 t), until the plain one is over the threshold for good."""
    plain = np.array([0.0, 0.1, 0.5, 0.95, 0.95, 0.95])
    slow = lost_data(STEPS, plain, 0.9, BUDGET)
    fast = lost_data(STEPS / 2, plain, 0.9, BUDGET)
    assert float(slow / fast) == pytest.approx(2)


def test_a_threshold_at_score_zero_loses_nothing() -> None:
    assert float(lost_data(STEPS, random_curves(1)[0], 0.0, BUDGET)) == 0
    assert float(lost_in_reaching(STEPS, random_curves(1)[0], -0.1, BUDGET)) == 0
