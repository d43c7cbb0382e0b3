"""Student's t over weighted means: Welch's where it is his, and calibrated where spreads and sizes differ."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from symprior.leaderboard.statistics.closed_forms.weighted_means import of_log_mean, of_mean, total

X = np.random.default_rng(0).normal(1.0, 0.2, 12)
Y = np.random.default_rng(1).normal(0.8, 0.5, 30)


def test_a_difference_of_two_means_is_welchs() -> None:
    ours = total([of_mean(X), of_mean(Y, -1)])
    welch = stats.ttest_ind(X, Y, equal_var=False)
    low, high = welch.confidence_interval(0.95)
    assert ours.p_value() == pytest.approx(welch.pvalue)
    assert ours.freedom == pytest.approx(welch.df)
    assert ours.interval(0.95) == pytest.approx((low, high))
    split = total([of_mean(X)]) - total([of_mean(Y)])
    assert (split.value, split.variance, split.freedom) == pytest.approx((ours.value, ours.variance, ours.freedom))


def test_weights_and_logarithms_by_hand() -> None:
    ours = total([of_log_mean(Y, 0.5), of_log_mean(X, -0.5)])
    assert ours.value == pytest.approx(0.5 * np.log(Y.mean() / X.mean()))
    parts = [0.25 * arm.var(ddof=1) / len(arm) / arm.mean() ** 2 for arm in (X, Y)]
    assert ours.variance == pytest.approx(sum(parts))
    assert ours.freedom == pytest.approx(sum(parts) ** 2 / (parts[0] ** 2 / 11 + parts[1] ** 2 / 29))


def test_runs_that_do_not_differ_have_no_interval() -> None:
    same = total([of_mean(np.ones(10)), of_mean(np.ones(5), -1)])
    assert same.interval(0.95) is None
    assert same.p_value() == 1


@pytest.mark.parametrize("runs", [5, 10, 20])
def test_equal_arms_are_told_apart_in_about_five_percent(runs: int) -> None:
    generator, trials = np.random.default_rng(runs), 2_000
    found = 0
    for _ in range(trials):
        arms = generator.gamma(8, 1, (2, runs)), generator.gamma(8, 1, (2, runs))
        ours = total([of_log_mean(a, w) for pair in arms for a, w in zip(pair, (0.5, -0.5), strict=True)])
        found += ours.p_value() < 0.05
    assert 0.03 < found / trials < 0.065
