"""The area over the logarithm of the data: a difference of areas is the logarithm of how many times fewer data are needed."""

from __future__ import annotations

from math import exp, log

import numpy as np
import pytest

from symprior.leaderboard.statistics.runs.log_area import area_over_log

STEPS = np.array([0.0, 100, 300, 1000, 3000, 10_000])


def area(*scores: float, first: int = 100, last: int = 10_000) -> float:
    return float(area_over_log(STEPS, np.array([scores], dtype=float), first, last)[0])


def test_an_agent_that_always_scores_has_the_whole_width_and_one_that_never_does_has_nothing() -> None:
    assert area(0, 1, 1, 1, 1, 1) == pytest.approx(log(100))
    assert area(1, 0, 0, 0, 0, 0) == 0  # what comes before any data counts for nothing


def test_a_curve_that_is_moved_by_a_factor_gains_this_factor() -> None:
    grid = np.geomspace(100, 10_000, 400)
    slow, fast = (np.clip(np.log(grid * speed / 300), 0, 1) for speed in (1.0, 2.5))
    areas = area_over_log(grid, np.stack([slow, fast]), 100, 10_000)
    assert exp(areas[1] - areas[0]) == pytest.approx(2.5, rel=1e-3)


def test_scores_beyond_both_references_are_clipped() -> None:
    assert area(0, -3, 2, 2, 2, 2) == area(0, 0, 1, 1, 1, 1)


def test_curves_are_cut_at_the_budget_and_interpolated_in_the_logarithm() -> None:
    assert area(0, 0, 1, 1, 1, 1, last=1000) == pytest.approx(0.5 * log(3) + log(10 / 3))
    between = area_over_log(np.array([0.0, 100, 10_000]), np.array([[0.0, 0, 1]]), 100, 1000)
    assert between[0] == pytest.approx(0.25 * log(10))


def test_the_number_before_any_data_may_be_missing() -> None:
    assert area_over_log(STEPS[1:], np.ones((2, 5)), 100, 10_000) == pytest.approx([log(100)] * 2)
