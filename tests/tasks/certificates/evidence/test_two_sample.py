"""The equivalence test: equal samples pass, shifted ones do not, small ones prove nothing."""

from __future__ import annotations

import numpy as np
import pytest

from symprior.tasks.certificates.evidence.two_sample import (
    AUC_BORDER,
    Separation,
    area_under_roc,
    detectable_auc,
    separation,
    standard_error_of_auc,
    standard_error_where_equal,
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


def test_entries_that_are_tied_with_another_sign_are_told_apart() -> None:
    """Both have the same mean, spread and shape: only the product of two of ten entries has another sign."""
    rng = np.random.default_rng(0)
    first, second = rng.standard_normal((2, 1000, 10))
    first[:, 1] += first[:, 0]
    second[:, 1] -= second[:, 0]
    assert separation(first, second, rng).auc > 0.7


def test_what_is_smaller_than_the_resolution_is_no_asymmetry() -> None:
    """Two entries that determine each other but for a shift: by a thousandth of their spread, and by a tenth."""
    for shift, is_seen in ((0.001, False), (0.1, True)):
        rng = np.random.default_rng(0)
        first, second = np.repeat(rng.standard_normal((2, 3000, 1)), 2, axis=2)
        first[:, 1] += shift
        assert (upper_bounds({"r": separation(first, second, rng)})["r"] > AUC_BORDER) == is_seen


def in_clusters(rng: np.random.Generator, clusters: int, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows that are nearly equal within clusters, and each row's cluster."""
    centres = rng.standard_normal((clusters, 3))
    rows = np.repeat(centres, size, axis=0) + 0.1 * rng.standard_normal((clusters * size, 3))
    return rows, np.repeat(np.arange(clusters), size)


def test_rows_that_depend_on_each_other_count_as_one() -> None:
    """Thirty clusters of twenty rows: the error bounds the spread, and is four times as large as of independent rows."""
    rng, found, naive = np.random.default_rng(0), [], []
    for _ in range(60):
        (first, one), (second, other) = in_clusters(rng, 30, 20), in_clusters(rng, 30, 20)
        found.append(separation(first, second, rng, (one, other)))
        naive.append(separation(first, second, rng))
    spread = np.std([each.auc for each in found])
    assert 0.5 < spread / np.mean([each.standard_error for each in found]) < 1.05
    assert np.mean([each.standard_error for each in found]) > 2.5 * np.mean([each.standard_error for each in naive])
    assert np.mean([each.auc for each in naive]) > 0.8, "rows of one cluster would be in both parts, and known again"
    assert abs(np.mean([each.auc for each in found]) - 0.5) < 0.05


def test_the_error_of_an_auc_is_that_of_delong() -> None:
    """Against the variance of placements written out."""
    rng = np.random.default_rng(0)
    positive, negative = rng.normal(1, 1, 40), rng.normal(0, 1, 60)
    wins = (positive[:, None] > negative).astype(float)
    variance = wins.mean(axis=1).var(ddof=1) / 40 + wins.mean(axis=0).var(ddof=1) / 60
    expected = max(np.sqrt(variance), standard_error_where_equal(40, 60))
    assert standard_error_of_auc(positive, negative, np.arange(40), np.arange(60)) == pytest.approx(expected)
