"""The probability of improvement: its variance is Brunner and Munzel's, and its interval stays between 0 and 1."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from symprior.leaderboard.statistics.placements import improvement_interval, placed

X, Y = np.random.default_rng(2).normal(0.4, 1, 10), np.random.default_rng(3).normal(0, 2, 14).round(1)


def test_the_statistic_is_brunner_and_munzels() -> None:
    ours = placed([(X, Y)])
    theirs = stats.brunnermunzel(Y, X)
    assert (ours.value - 0.5) / ours.variance**0.5 == pytest.approx(theirs.statistic)
    assert 2 * stats.t.sf(abs(theirs.statistic), ours.freedom) == pytest.approx(theirs.pvalue)


def test_it_is_averaged_over_tasks_and_stays_a_probability() -> None:
    value, interval = improvement_interval([(X, Y), (X + 3, Y)])
    assert value == pytest.approx((placed([(X, Y)]).value + placed([(X + 3, Y)]).value) / 2)
    assert interval is not None
    assert 0 < interval[0] < value < interval[1] < 1


def test_complete_separation_has_no_interval_of_width_zero() -> None:
    assert improvement_interval([(X + 100, Y)]) == (1.0, None)
    assert improvement_interval([(X - 100, Y)]) == (0.0, None)
