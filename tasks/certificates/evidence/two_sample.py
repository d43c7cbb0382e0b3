"""A test that two samples come from one distribution: a classifier must not tell them apart.

"Not rejected" would be no evidence, so this is an equivalence test: the upper bound of the classifier's area
under the ROC curve (AUC) must lie under a border. It sees only what its classifier can separate.
Too little data shows neither that samples are equal nor that they differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.symmetry import Exactness

AUC_BORDER = 0.55
LEVEL = 0.05
POWER = 0.9
CLEARLY = 3.0
"""Standard errors over one half from which on the classifier clearly tells two samples apart."""
RELU_FEATURES, RIDGE = 64, 1.0

PRODUCTS_UP_TO = 40
"""Samples with no more entries than this are also compared in the products of their entries."""

OUTLIERS = 3.0
"""Standard deviations beyond which an entry is cut off, so that no few rows decide the fit."""

RESOLUTION = 0.03
"""The part of an entry's standard deviation by which it is blurred: what differs by less is no asymmetry here.

Without it a classifier finds a physics engine's order of summation, of a thousandth of the spread, wherever entries
determine each other.
"""

SPLITS, TRAINED_PART = 6, 0.3
"""Random splits over which the AUC is averaged, and the part of a sample that trains the classifier in each."""


@dataclass(frozen=True)
class Separation:
    """How well a classifier tells two samples apart on what it was not trained on: its AUC and the standard error."""

    auc: float
    standard_error: float

    @property
    def is_clear(self) -> bool:
        """The classifier clearly tells the samples apart."""
        return self.auc - CLEARLY * self.standard_error > 0.5


def separation(
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    rng: np.random.Generator,
    clusters: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None,
) -> Separation:
    """Ridge regression on the entries, their products and random ReLU features, in several random splits.

    The products show every covariance that differs, such as one of the wrong sign. The AUC is the mean over the
    splits; the standard error is that of one split, which bounds the mean's however the splits are correlated.

    Args:
        first: a sample, [n, entries].
        second: an independent one, [m, entries].
        rng: draws the splits and the features.
        clusters: a number for each row of the two samples; rows of one number, such as steps of one episode, may
            depend on each other. They are split together, and the standard error counts them as one. None: all rows
            are independent.
    """
    if clusters is None:
        clusters = np.arange(len(first)), np.arange(len(second))
    features = _features(np.concatenate([first, second]), rng)
    samples = features[: len(first)], features[len(first) :]
    found = [_split(samples, clusters, rng) for _ in range(SPLITS)]
    return Separation(*(float(np.mean(values)) for values in zip(*found, strict=True)))


def _features(values: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    values = (values - values.mean(axis=0)) / np.maximum(values.std(axis=0), 1e-12)
    values = np.clip(values + RESOLUTION * rng.standard_normal(values.shape), -OUTLIERS, OUTLIERS)
    entries = values.shape[1]
    weights = rng.standard_normal((entries, RELU_FEATURES)) / np.sqrt(entries)
    hidden = np.maximum(values @ weights + rng.standard_normal(RELU_FEATURES), 0)
    parts = [np.ones((len(values), 1)), values, hidden]
    if entries <= PRODUCTS_UP_TO:
        one, other = np.triu_indices(entries)
        parts.append(values[:, one] * values[:, other])
    return np.concatenate(parts, axis=1)


def _split(
    samples: tuple[NDArray[np.float64], NDArray[np.float64]],
    clusters: tuple[NDArray[np.int64], NDArray[np.int64]],
    rng: np.random.Generator,
) -> tuple[float, float]:
    """Train on some clusters of both samples, test on the others: the AUC and its standard error."""
    trains = [_some(numbers, rng) for numbers in clusters]
    kept = np.concatenate([sample[train] for sample, train in zip(samples, trains, strict=True)])
    labels = np.repeat([1.0, -1.0], [train.sum() for train in trains])
    weights = np.linalg.solve(kept.T @ kept + RIDGE * np.eye(kept.shape[1]), kept.T @ labels)
    scores = [sample[~train] @ weights for sample, train in zip(samples, trains, strict=True)]
    held = [numbers[~train] for numbers, train in zip(clusters, trains, strict=True)]
    return area_under_roc(scores[0], scores[1]), standard_error_of_auc(scores[0], scores[1], held[0], held[1])


def _some(clusters: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.bool_]:
    """A mask of the rows of randomly chosen clusters, of at least one and not of all."""
    names = np.unique(clusters)
    count = min(max(1, int(TRAINED_PART * len(names))), len(names) - 1)
    return np.isin(clusters, rng.choice(names, count, replace=False))


def area_under_roc(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> float:
    """The probability that a positive scores over a negative, ties counted half (Mann and Whitney, 1947)."""
    return float(_share_below(positive, negative).mean())


def _share_below(scores: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each score the share of others that lie below it, ties counted half."""
    ordered = np.sort(others)
    below, up_to = np.searchsorted(ordered, scores, "left"), np.searchsorted(ordered, scores, "right")
    return np.asarray((below + up_to) / (2 * len(others)))


def standard_error_of_auc(
    positive: NDArray[np.float64],
    negative: NDArray[np.float64],
    positive_clusters: NDArray[np.int64],
    negative_clusters: NDArray[np.int64],
) -> float:
    """The standard error of a clustered AUC (Obuchowski, "Nonparametric analysis of clustered ROC curve data", 1997).

    At least that of as many independent scores of equal samples, so that few or tied scores are no evidence.
    """
    parts = (
        (_share_below(positive, negative), positive_clusters),
        (1 - _share_below(negative, positive), negative_clusters),
    )
    clustered = np.sqrt(sum(_variance_of_mean(*part) for part in parts))
    return float(max(clustered, standard_error_where_equal(len(positive), len(negative))))


def standard_error_where_equal(positives: float, negatives: float) -> float:
    """The standard error of the AUC between two samples of one distribution (Mann and Whitney, 1947)."""
    return float(np.sqrt((positives + negatives + 1) / (12 * positives * negatives)))


def _variance_of_mean(values: NDArray[np.float64], clusters: NDArray[np.int64]) -> float:
    """The variance of the mean of values that depend on each other within clusters; infinite for a single cluster."""
    _, number = np.unique(clusters, return_inverse=True)
    sums = np.bincount(number, values - values.mean())
    if len(sums) < 2:
        return np.inf
    return float(len(sums) / (len(sums) - 1) * (sums**2).sum() / len(values) ** 2)


def upper_bounds(separations: Mapping[str, Separation]) -> dict[str, float]:
    """Upper 95 % bounds of the AUCs that hold together (Holm, 1979): the clearest has the strictest level.

    An AUC under one half counts as one half: a classifier that did not learn is no evidence.
    """
    ordered = sorted(separations, key=lambda name: _deviations_under_border(separations[name]), reverse=True)
    levels = {name: LEVEL / (len(ordered) - rank) for rank, name in enumerate(ordered)}
    return {
        name: max(found.auc, 0.5) + NormalDist().inv_cdf(1 - levels[name]) * found.standard_error
        for name, found in separations.items()
    }


def verdict(separations: Mapping[str, Separation]) -> Exactness:
    """In distribution where every upper bound lies under the border, broken where some are clear, else not shown."""
    if all(bound <= AUC_BORDER for bound in upper_bounds(separations).values()):
        return Exactness.IN_DISTRIBUTION
    return Exactness.BROKEN if any(found.is_clear for found in separations.values()) else Exactness.NOT_SHOWN


def _deviations_under_border(found: Separation) -> float:
    return (AUC_BORDER - max(found.auc, 0.5)) / max(found.standard_error, 1e-12)


def detectable_auc(size: int) -> float:
    """The AUC that two samples of this size tell from one half (5 %, one-sided) nine times in ten."""
    tested = (1 - TRAINED_PART) * size
    return told_from_one_half(standard_error_where_equal(tested, tested))


def told_from_one_half(standard_error: float) -> float:
    """The AUC that is told from one half (5 %, one-sided) nine times in ten."""
    normal = NormalDist()
    return min(1.0, 0.5 + (normal.inv_cdf(1 - LEVEL) + normal.inv_cdf(POWER)) * standard_error)
