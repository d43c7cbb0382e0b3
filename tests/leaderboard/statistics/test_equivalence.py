"""Two one-sided tests: right level, right power, and no claim from little data."""

import numpy as np
import pytest

from symprior.leaderboard.statistics.equivalence import (
    EFFICIENCY_MARGIN,
    GAIN_MARGIN,
    Arm,
    efficiencies_equal,
    gains_equal,
    runs_needed,
)


def _arm(rng, runs, efficiency=0.7, spread=0.08, time=10_000.0):
    return Arm(rng.normal(efficiency, spread, runs), time * np.exp(rng.normal(0, 0.3, runs)))


def _share_that_holds(shift, runs, trials=400):
    rng = np.random.default_rng(0)
    return np.mean([efficiencies_equal(_arm(rng, runs, 0.7 + shift), _arm(rng, runs)).holds for _ in range(trials)])


def test_learners_that_differ_by_the_margin_are_seldom_called_equal():
    assert _share_that_holds(EFFICIENCY_MARGIN, runs=150) < 0.08


def test_equal_learners_are_called_equal_with_the_power_that_was_planned():
    rng = np.random.default_rng(1)
    needed = [runs_needed(efficiencies_equal(_arm(rng, 40), _arm(rng, 40)))[0][1] for _ in range(50)]
    assert _share_that_holds(0.0, runs=int(np.median(needed))) > 0.85


def test_the_planned_power_is_reached_with_unequal_numbers_of_runs():
    rng = np.random.default_rng(2)
    needed = [runs_needed(efficiencies_equal(_arm(rng, 40), _arm(rng, 40)), ratio=4)[0] for _ in range(50)]
    assert all(many == 4 * few for many, few in needed)
    few = int(np.median([few for _, few in needed]))
    assert few < np.median([runs_needed(efficiencies_equal(_arm(rng, 40), _arm(rng, 40)))[0][1] for _ in range(50)])
    assert np.mean([efficiencies_equal(_arm(rng, 4 * few), _arm(rng, few)).holds for _ in range(400)]) > 0.85


def test_the_cheapest_allocation_is_the_root_of_the_ratio_of_costs():
    rng = np.random.default_rng(3)
    pilot = efficiencies_equal(_arm(rng, 400), _arm(rng, 400))
    costs = {ratio: sum(np.array(runs_needed(pilot, ratio)[0]) * (1 / 16, 1)) for ratio in (1, 2, 4, 8, 16)}
    assert min(costs, key=costs.get) == 4


def test_few_runs_show_nothing():
    assert _share_that_holds(0.0, runs=5) < 0.1


def test_gains_are_compared_as_ratios_of_mean_times():
    constant = np.array([0.7, 0.7])
    plain, prior = Arm(constant, np.array([900.0, 1100.0])), Arm(constant, np.array([450.0, 550.0]))
    slower = Arm(constant, np.array([495.0, 605.0]))
    test = gains_equal((plain, prior), (plain, slower))
    assert test.difference == pytest.approx(np.log(1.1))
    assert test.margin == GAIN_MARGIN
    assert not test.holds


def test_no_gain_follows_from_runs_that_are_all_cut_at_the_budget():
    arm = Arm(np.array([0.1, 0.2]), np.array([1000.0, 1000.0]))
    test = gains_equal((arm, arm), (arm, arm))
    assert test.difference == 0 and not test.holds and not test.hints_at_a_difference


def test_an_arm_whose_runs_differ_more_gets_more_of_them_and_the_power_is_reached():
    def gains(runs):
        return [
            tuple(
                Arm(np.zeros(number), mean * np.exp(rng.normal(0, spread, number)))
                for number, mean, spread in zip(numbers, (10_000, 4_000), (0.1, 0.4), strict=True)
            )
            for numbers in zip(*runs, strict=True)
        ]

    rng = np.random.default_rng(4)
    (many_plain, plain), (many_prior, prior) = runs = runs_needed(gains_equal(*gains([(400, 400)] * 2)), ratio=3)
    assert 3.5 < prior / plain < 5
    assert (many_plain, many_prior) == (3 * plain, 3 * prior)
    assert np.mean([gains_equal(*gains(runs)).holds for _ in range(400)]) > 0.85
    of_each = (plain + prior) // 2
    alike = [(3 * of_each, of_each)] * 2
    assert np.mean([gains_equal(*gains(alike)).holds for _ in range(400)]) < 0.85, "as many in all, but shared equally"
