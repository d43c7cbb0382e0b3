"""A test that two samples come from one distribution: a classifier must not tell them apart.

"Not rejected" would be no evidence, so this is an equivalence test: the upper bound of the classifier's area
under the ROC curve (AUC) must lie under a border. It sees only what its classifier can separate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

AUC_BORDER = 0.55
LEVEL = 0.05
POWER = 0.9
RELU_FEATURES, RIDGE = 64, 1.0


@dataclass(frozen=True)
class Separation:
    """How well a cross-fitted classifier tells two samples apart: its AUC and the standard error."""

    auc: float
    standard_error: float


def separation(first: NDArray[np.float64], second: NDArray[np.float64], rng: np.random.Generator) -> Separation:
    """Ridge regression on the entries and on random ReLU features, cross-fitted: each half is scored by the other's.

    The standard error is that of one half, which bounds that of the mean of two AUCs however they are correlated.

    Args:
        first: a sample, [n, entries].
        second: an independent one.
        rng: draws the halves and the features.
    """
    values = np.concatenate([first, second])
    values = (values - values.mean(axis=0)) / np.maximum(values.std(axis=0), 1e-12)
    weights = rng.standard_normal((values.shape[1], RELU_FEATURES)) / np.sqrt(values.shape[1])
    hidden = np.maximum(values @ weights + rng.standard_normal(RELU_FEATURES), 0)
    features = np.concatenate([np.ones((len(values), 1)), values, hidden], axis=1)
    labels = np.repeat([1.0, -1.0], [len(first), len(second)])
    half = np.concatenate([rng.permutation(len(sample)) % 2 == 0 for sample in (first, second)])
    auc = (_held_out_auc(features, labels, half) + _held_out_auc(features, labels, ~half)) / 2
    return Separation(auc, _standard_error(auc, len(first) // 2, len(second) // 2))


def _held_out_auc(features: NDArray[np.float64], labels: NDArray[np.float64], held: NDArray[np.bool_]) -> float:
    kept = features[~held]
    gram = kept.T @ kept + RIDGE * np.eye(kept.shape[1])
    scores = features[held] @ np.linalg.solve(gram, kept.T @ labels[~held])
    return area_under_roc(scores[labels[held] > 0], scores[labels[held] < 0])


def area_under_roc(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> float:
    """The probability that a positive scores over a negative, ties counted half (Mann and Whitney, 1947)."""
    ordered = np.sort(negative)
    below, up_to = np.searchsorted(ordered, positive, "left"), np.searchsorted(ordered, positive, "right")
    return float((below + up_to).mean() / (2 * len(negative)))


def _standard_error(auc: float, positives: int, negatives: int) -> float:
    """Hanley and McNeil, "The meaning and use of the area under a ROC curve", Radiology 143 (1982)."""
    area = max(auc, 1 - auc)
    one, two = area / (2 - area), 2 * area**2 / (1 + area)
    spread = area * (1 - area) + (positives - 1) * (one - area**2) + (negatives - 1) * (two - area**2)
    return float(np.sqrt(spread / (positives * negatives)))


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


def _deviations_under_border(found: Separation) -> float:
    return (AUC_BORDER - max(found.auc, 0.5)) / max(found.standard_error, 1e-12)


def detectable_auc(size: int) -> float:
    """The AUC that two samples of this size tell from one half (5 %, one-sided) nine times in ten."""
    normal = NormalDist()
    return 0.5 + (normal.inv_cdf(1 - LEVEL) + normal.inv_cdf(POWER)) * _standard_error(0.5, size // 2, size // 2)
