"""Gains on a logarithmic scale: Student's t, widened where resamples say that it promises too much."""

from __future__ import annotations

from functools import cache
from math import inf, log

import numpy as np
import pytest
from scipy import special

from symprior.leaderboard.statistics.closed_forms.log_ratios import (
    LogRatio,
    log_ratio,
    ratio_interval,
    resampled_log_ratio,
    rise_with_lost_run,
    studentised,
)
from symprior.leaderboard.statistics.resamples.resampling import (
    Floats,
    Resampled,
    counted,
    resample_indices,
    resampled_means,
)

GENERATOR = np.random.default_rng(0)
X, Y = GENERATOR.gamma(8, 1, 12), GENERATOR.gamma(4, 2, 20)


@cache
def drawn(name: str, runs: int) -> Floats:
    return counted(resample_indices((name,), runs, 1_000), runs)


def resampled(values: Floats, name: str) -> Resampled:
    return resampled_means(values[:, None], drawn(name, len(values)))[0]


def gain(prior: Floats, plain: Floats) -> LogRatio:
    both = resampled_log_ratio([(resampled(prior, "prior"), resampled(plain, "plain"), 1.0)])
    return studentised(log_ratio([(prior, plain, 1.0)]), both)


def test_the_widening_is_that_of_the_resamples_by_hand() -> None:
    found = gain(X, Y)
    reached = []
    for x_drawn, y_drawn in zip(
        resample_indices(("prior",), 12, 1_000), resample_indices(("plain",), 20, 1_000), strict=True
    ):
        x, y = X[x_drawn], Y[y_drawn]
        away = log(y.mean() / x.mean()) - log(Y.mean() / X.mean())
        error = np.sqrt(x.var(ddof=1) / 12 / x.mean() ** 2 + y.var(ddof=1) / 20 / y.mean() ** 2)
        reached.append(abs(away) / error)
    quantile = np.quantile(reached, 0.95, method="higher")
    ends = found.interval(0.95)
    assert ends is not None
    assert ends[1] - found.value == pytest.approx(quantile * found.variance**0.5)
    assert found.value == pytest.approx(log(Y.mean() / X.mean()))
    assert found.widening == pytest.approx(quantile / special.stdtrit(found.freedom, 0.975))


@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.999])
def test_an_interval_excludes_what_its_p_value_rejects(confidence: float) -> None:
    found = gain(X, Y)
    width = found.interval(confidence)
    assert width is not None
    at_the_end = LogRatio(width[1] - found.value, found.variance, found.freedom, found.widening)
    assert at_the_end.p_value() == pytest.approx(1 - confidence)


def with_disasters(generator: np.random.Generator, runs: int) -> Floats:
    """One run in thirty loses twenty times what the others do."""
    return generator.gamma(20, 1, runs) * np.where(generator.random(runs) < 1 / 30, 20, 1)


def test_rare_disasters_are_no_difference() -> None:
    """Where Student's t tells equal arms apart too often, the widened one does not."""
    generator, trials, alarms = np.random.default_rng(3), 1_500, {"t": 0, "widened": 0}
    for _ in range(trials):
        prior, plain = with_disasters(generator, 20), with_disasters(generator, 20)
        alarms["t"] += log_ratio([(prior, plain, 1.0)]).p_value() < 0.05
        alarms["widened"] += gain(prior, plain).p_value() < 0.05
    assert alarms["t"] / trials > 0.1
    assert alarms["widened"] / trials < 0.07


@pytest.mark.parametrize("runs", [5, 10, 20])
def test_equal_arms_without_disasters_are_told_apart_in_about_five_percent(runs: int) -> None:
    generator, trials = np.random.default_rng(runs), 1_500
    found = sum(gain(*generator.gamma(8, 1, (2, runs))).p_value() < 0.05 for _ in range(trials))
    assert 0.03 < found / trials < 0.065


def test_runs_that_do_not_differ_have_no_interval() -> None:
    same = gain(np.ones(10), np.full(10, 2.0))
    assert same.interval(0.95) is None and ratio_interval(same, 0.95) is None
    assert same.p_value() == 1


def test_where_resamples_have_no_spread_there_is_no_interval() -> None:
    # A third of an arm's resamples lacks the one run that differs.
    found = gain(np.append(np.ones(9), 5.0), np.append(np.ones(9), 3.0))
    assert found.widening == inf
    assert found.interval(0.95) is None
    assert LogRatio(1.0, found.variance, found.freedom, inf).p_value() == 1


def test_one_more_lost_run_raises_the_mean() -> None:
    assert rise_with_lost_run(X, 100.0) == pytest.approx(log(np.append(X, 100.0).mean() / X.mean()))
