"""The equivalence test: equal samples pass, shifted ones do not, small ones prove nothing."""

from __future__ import annotations

import numpy as np
import pytest

from symprior.tasks.certificates.two_sample import (
    AUC_BORDER,
    Separation,
    area_under_roc,
    detectable_auc,
    separation,
    upper_bounds,
)


def samples(kind: str, size: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    first, second = rng.uniform(-1, 1, (2, size, 4))
    if kind == "shifted":
        second[:, 0] += 0.3
    elif kind == "wider":
        second[:, 1] *= 1.3
    elif kind == "tied together":
        second[:, 3] = second[:, 2]
    return first, second


def bound(kind: str, size: int, seed: int) -> float:
    rng = np.random.default_rng(seed)
    return upper_bounds({"r": separation(*samples(kind, size, rng), rng)})["r"]


def test_equal_distributions_pass() -> None:
    assert all(bound("equal", 3000, seed) <= AUC_BORDER for seed in range(5))


@pytest.mark.parametrize("kind", ["shifted", "wider", "tied together"])
def test_different_distributions_do_not(kind: str) -> None:
    assert all(bound(kind, 3000, seed) > AUC_BORDER for seed in range(3))


def test_small_samples_prove_nothing() -> None:
    assert all(bound("equal", 100, seed) > AUC_BORDER for seed in range(10))


def test_the_area_is_the_chance_that_a_positive_scores_higher() -> None:
    rng = np.random.default_rng(0)
    positive, negative = rng.integers(0, 5, 30).astype(float), rng.integers(0, 5, 40).astype(float)
    wins = [(p > n) + 0.5 * (p == n) for p in positive for n in negative]
    assert area_under_roc(positive, negative) == pytest.approx(np.mean(wins))


def test_bounds_are_corrected_for_the_number_of_elements() -> None:
    alone = upper_bounds({"r": Separation(0.5, 0.01)})["r"]
    together = upper_bounds({name: Separation(0.5 + 0.001 * i, 0.01) for i, name in enumerate("abc")})
    assert alone == pytest.approx(0.5 + 1.645 * 0.01, abs=1e-4)
    assert together["a"] == pytest.approx(0.5 + 2.128 * 0.01, abs=1e-4), "the clearest at a third of the level"
    assert together["c"] == pytest.approx(0.502 + 1.645 * 0.01, abs=1e-4), "the last at the whole"


def test_an_area_under_one_half_is_no_better_than_one_half() -> None:
    assert upper_bounds({"r": Separation(0.3, 0.01)}) == upper_bounds({"r": Separation(0.5, 0.01)})


def test_the_standard_error_bounds_the_spread_over_repeated_samples() -> None:
    rng = np.random.default_rng(0)
    found = [separation(*rng.standard_normal((2, 300, 2)), rng) for _ in range(200)]
    spread = np.std([one.auc for one in found])
    assert 0.5 < spread / np.mean([one.standard_error for one in found]) < 1.05


def test_larger_samples_detect_less() -> None:
    assert 0.5 < detectable_auc(4000) < detectable_auc(1000) < detectable_auc(100) < 0.7
