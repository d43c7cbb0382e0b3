"""What many draws have together is, draw by draw, what the board's own functions give for each."""

from __future__ import annotations

import numpy as np
import pytest

from symprior.leaderboard.calibration.numbers import RESAMPLES, Groups, Versus, found
from symprior.leaderboard.calibration.populations import Arm
from symprior.leaderboard.calibration.totals import LogRatios, Totals, of_means, rank_p_values
from symprior.leaderboard.statistics.closed_forms.log_ratios import (
    LogRatio,
    log_ratio,
    resampled_log_ratio,
    rise_with_lost_run,
    studentised,
)
from symprior.leaderboard.statistics.closed_forms.placements import improvement_interval
from symprior.leaderboard.statistics.closed_forms.proportions import wilson
from symprior.leaderboard.statistics.closed_forms.weighted_means import Total, of_mean, total
from symprior.leaderboard.statistics.intervals import CONFIDENCE
from symprior.leaderboard.statistics.ranks import p_value
from symprior.leaderboard.statistics.resamples.resampling import (
    Floats,
    Resampled,
    counted,
    resample_indices,
    resampled_means,
)

DRAWS, RUNS, TASKS, BUDGET = 6, 8, 2, 1_000
WEIGHTS = (0.4, 0.6)
STEPS = np.linspace(0, BUDGET, 9)


def arm(task: int, spread: float) -> Arm:
    """Forty runs, of which the first twelve are all alike."""
    generator = np.random.default_rng(task)
    scores = np.clip(np.outer(spread * generator.gamma(4, 0.5, 40), STEPS / BUDGET), 0, 1)
    scores[:12] = STEPS / BUDGET
    return Arm(STEPS, scores, scores.mean(axis=1), scores.max(axis=1) < 1, 1.0, BUDGET)


PRIORS, PLAINS = [arm(task, 2) for task in range(TASKS)], [arm(task, 1) for task in range(TASKS)]


@pytest.fixture(scope="module")
def pair() -> Versus:
    """In the last draw no runs of either side differ."""
    sides = []
    for side, arms in enumerate((PRIORS, PLAINS)):
        orders = [
            np.random.default_rng([side, task]).permuted(np.tile(np.arange(40), (DRAWS, 1)), axis=1) for task in (0, 1)
        ]
        drawn = [order[:, :RUNS] for order in orders]
        for of_task in drawn:
            of_task[-1] = np.arange(RUNS)
        sides.append(Groups(tuple(arms), tuple(drawn), WEIGHTS))
    return Versus(*sides)


def resampled(values: Floats, place: int) -> Resampled:
    drawn = resample_indices(("calibrate", str(place)), RUNS, RESAMPLES)
    return resampled_means(values[:, None], counted(drawn, RUNS))[0]


def boards(pair: Versus, draw: int) -> LogRatio:
    """The logarithm of the gain of one draw, by the board's functions."""
    sides = [[values[draw] for values in group.losses("lost")] for group in (pair.prior, pair.plain)]
    whole = log_ratio(zip(*sides, WEIGHTS, strict=True))
    ours, theirs = (
        [resampled(of[task], first + task) for task in range(TASKS)] for of, first in zip(sides, (2, 0), strict=True)
    )
    return studentised(whole, resampled_log_ratio(list(zip(ours, theirs, WEIGHTS, strict=True))))


@pytest.mark.parametrize("draw", range(DRAWS))
def test_gains_are_the_boards(pair: Versus, draw: int) -> None:
    ours, theirs = pair.gain, boards(pair, draw)
    assert (ours.value[draw], ours.variance[draw]) == pytest.approx((theirs.value, theirs.variance))
    assert ours.p_values[draw] == pytest.approx(theirs.p_value())
    ends = theirs.interval(CONFIDENCE)
    assert ours.ends[:, draw] == pytest.approx(ends or (np.nan, np.nan), nan_ok=True)
    assert found(ours)[draw] == (0 if ends is None else int(ends[0] > 0) - int(ends[1] < 0))
    assert (ends is None) == (draw == DRAWS - 1)


@pytest.mark.parametrize("draw", range(DRAWS))
def test_one_more_lost_run_costs_what_it_costs_on_the_board(pair: Versus, draw: int) -> None:
    for group, moved in ((pair.prior, pair.gain_with_lost_run), (pair.plain, pair.gain_with_lost_plain_run)):
        rises = [w * rise_with_lost_run(of[draw], BUDGET) for of, w in zip(group.losses("lost"), WEIGHTS, strict=True)]
        assert abs(moved[draw] - pair.gain.value[draw]) == pytest.approx(max(rises))


@pytest.mark.parametrize("draw", range(DRAWS))
def test_headlines_and_shares_are_the_boards(pair: Versus, draw: int) -> None:
    prior, plain = ([of[draw] for of in group.efficiencies] for group in (pair.prior, pair.plain))
    ours, theirs = (total(of_mean(x, w) for x, w in zip(side, WEIGHTS, strict=True)) for side in (prior, plain))
    of_prior = pair.prior.headline
    assert (of_prior.value[draw], of_prior.variance[draw]) == pytest.approx((ours.value, ours.variance))
    assert rank_p_values(of_prior, pair.plain.headline)[draw] == pytest.approx(p_value(ours, theirs))
    value, ends = improvement_interval(list(zip(prior, plain, strict=True)))
    assert pair.improvement.value[draw] == value
    assert tuple(pair.improvement.ends[:, draw]) == ends
    failed = sum(int(each.failed[drawn[draw]].sum()) for each, drawn in zip(PRIORS, pair.prior.drawn, strict=True))
    assert tuple(pair.prior.failures.ends[:, draw]) == wilson(failed, RUNS * TASKS)


def test_equal_runs_have_no_interval_and_rank_by_their_values() -> None:
    alike = of_means([(np.ones((2, 5)), 1.0)])
    higher = of_means([(np.array([[1.0] * 5, [2.0] * 5]), 1.0)])
    assert np.isnan(alike.ends).all()
    assert rank_p_values(alike, higher).tolist() == [1, 0]
    assert rank_p_values(alike, higher)[1] == p_value(Total(1, 0, np.inf), Total(2, 0, np.inf))


def test_too_many_resamples_without_spread_find_nothing() -> None:
    two = Totals(np.array([3.0, 3.0]), np.ones(2), np.full(2, 10.0))
    ours = LogRatios(two.value, two.variance, two.freedom, np.array([1.2, np.inf]))
    theirs = [LogRatio(3.0, 1.0, 10.0, widening) for widening in (1.2, np.inf)]
    assert ours.p_values == pytest.approx([of.p_value() for of in theirs])
    assert found(ours).tolist() == [1, 0]
    assert [of.interval(CONFIDENCE) is not None for of in theirs] == [True, False]
