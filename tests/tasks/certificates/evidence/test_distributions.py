"""Differences of outcome distributions: zero for equal ones however they are written, else what was put in."""

from __future__ import annotations

from dataclasses import replace

import gymnasium
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symprior.tasks.certificates.evidence.distributions import (
    DOUBLE_ROUND_OFF,
    ROUND_OFF,
    Scales,
    difference,
    left_over,
    round_off,
)
from symprior.tasks.environments.probes.probe import Outcome

SCALES = Scales(entry=np.array([1.0, 10.0]), step=np.array([0.5, 2.0]), reward=1.0)


def outcome(probability: float, *entries: float, reward: float = 0.0, end: bool = False) -> Outcome:
    return Outcome(probability, np.array(entries), reward, end, False)


@given(st.lists(st.tuples(st.integers(-2, 2), st.integers(1, 9), st.booleans()), min_size=1, max_size=6), st.randoms())
def test_order_and_splitting_of_equal_outcomes_do_not_matter(
    parts: list[tuple[int, int, bool]], random: object
) -> None:
    total = sum(weight for _, weight, _ in parts)
    one = [outcome(weight / total, value, 0, end=end) for value, weight, end in parts]
    halves = [outcome(weight / total / 2, value, 0, end=end) for value, weight, end in parts for _ in range(2)]
    random.shuffle(halves)  # type: ignore[attr-defined]
    found = difference(one, halves, SCALES)
    assert found.total_variation == pytest.approx(0, abs=1e-9) and found.worst == pytest.approx(0, abs=1e-9)


@given(st.lists(st.floats(0.01, 1), min_size=3, max_size=3), st.lists(st.floats(0.01, 1), min_size=3, max_size=3))
def test_total_variation_is_half_the_difference_of_probabilities(first: list[float], second: list[float]) -> None:
    p, q = np.array(first) / sum(first), np.array(second) / sum(second)
    one, two = ([outcome(float(mass), i, 0) for i, mass in enumerate(masses)] for masses in (p, q))
    assert difference(one, two, SCALES).total_variation == pytest.approx(0.5 * np.abs(p - q).sum(), abs=1e-9)


def test_residuals_are_relative_to_the_step_and_the_worst_entry_is_named() -> None:
    found = difference([outcome(1, 0, 0)], [outcome(1, 0.1, 1.0)], SCALES)
    assert (found.total_variation, found.observation, found.entry, found.residual) == (1, 0.5, 1, 1.0)
    assert found.worst == 0.5


def test_rewards_and_ends_are_measured_apart() -> None:
    found = difference([outcome(1, 0, 0)], [outcome(1, 0, 0, reward=0.25, end=True)], SCALES)
    assert (found.observation, found.reward, found.ends, found.total_variation) == (0, 0.25, 1, 1)
    half = difference([outcome(1, 0, 0)], [outcome(0.5, 0, 0), outcome(0.5, 0, 0, end=True)], SCALES)
    assert (half.ends, half.total_variation, half.worst) == (0.5, 0.5, 0.5)


def test_round_off_is_equal_and_more_is_not() -> None:
    for factor, variation in ((0.9, 0), (1.1, 1)):
        found = difference([outcome(1, 0, 5.0)], [outcome(1, 0, 5.0 + factor * ROUND_OFF * 10)], SCALES)
        assert found.total_variation == variation


def test_double_precision_is_compared_more_closely() -> None:
    assert (
        round_off(gymnasium.spaces.Box(-1, 1, dtype=np.float64)) < round_off(gymnasium.spaces.Box(-1, 1)) == ROUND_OFF
    )
    closely = replace(SCALES, round_off=DOUBLE_ROUND_OFF)
    one, other = [outcome(1, 0, 5.0)], [outcome(1, 0, 5.0 + 0.9 * ROUND_OFF * 10)]
    assert difference(one, other, SCALES).total_variation == 0 and difference(one, other, closely).total_variation == 1


def test_what_has_an_equal_partner_is_set_off() -> None:
    first = [outcome(0.5, 0, 1), outcome(0.25, 0.0, 2), outcome(0.25, 3, 3)]
    second = [outcome(0.125, -0.0, 2), outcome(0.375, 0, 1), outcome(0.125, 0, 1), outcome(0.375, 4, 4)]
    more, less = left_over(first, second)
    assert [(o.probability, *o.observation) for o in more] == [(0.125, 0, 2), (0.25, 3, 3)]
    assert [(o.probability, *o.observation) for o in less] == [(0.375, 4, 4)]
    assert left_over(first, list(reversed(first))) == ([], [])
    apart = left_over([outcome(1, 0, 0)], [outcome(1, 0, 0, end=True)])
    assert [len(each) for each in apart] == [1, 1], "an end tells them apart"


def test_an_entry_that_never_moves_may_not_move() -> None:
    still = Scales(entry=np.array([1.0, 0.0]), step=np.array([1.0, 0.0]), reward=0.0)
    found = difference([outcome(1, 0, 0)], [outcome(1, 0, 1e-3)], still)
    assert found.total_variation == 1 and found.worst > 1 and np.isfinite(found.worst)
