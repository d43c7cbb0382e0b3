"""How far an agent is from being equivariant: the distance between π(g s) and g π(s), or of Q, against that by chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symprior.tasks.symmetry import Symmetry

CONSTANT_BELOW = 0.01
"""Under this distance between independent states a policy is called constant, and the ratio is undefined."""


@dataclass(frozen=True)
class EquivarianceErrors:
    """Distances between the images under g and the values at g s, over states s and elements g ≠ e.

    Attributes:
        mean, maximum: divided by the mean distance between two independent states; None for an agent that is nearly
            constant.
        raw_maximum: not divided.
    """

    mean: float | None
    maximum: float | None
    raw_maximum: float


def closed_under(symmetry: Symmetry, observations: NDArray[Any]) -> NDArray[Any]:
    """The images of the observations [states, …] under every element, element by element, [|G| · states, …]."""
    return np.concatenate([symmetry.observation(g, observations) for g in range(len(symmetry.group))])


def equivariance_error(policy: NDArray[np.float64], symmetry: Symmetry) -> EquivarianceErrors:
    """The error of a discrete policy, by total variation.

    Args:
        policy: action probabilities, as executed, at states closed under the group, [|G| · states, actions].
        symmetry: what acts.
    """
    return _errors(policy, symmetry, _total_variation)


def value_equivariance_error(values: NDArray[np.float64], symmetry: Symmetry) -> EquivarianceErrors:
    """The error of action values: |Q(g s, g a) − Q(s, a)| over Q's standard deviation, the mean over actions.

    Args:
        values: Q at states closed under the group, [|G| · states, actions].
        symmetry: what acts.
    """
    return _errors(values / max(float(values.std()), np.finfo(np.float64).tiny), symmetry, _mean_difference)


def _errors(
    outputs: NDArray[np.float64],
    symmetry: Symmetry,
    distance: Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]],
) -> EquivarianceErrors:
    group = symmetry.group
    images = outputs.reshape(len(group), -1, outputs.shape[-1])
    distances = np.stack(
        [
            distance(images[group.table[g, h]], symmetry.action(g, images[h]))
            for g in range(1, len(group))
            for h in range(len(group))
        ]
    )
    order = np.random.default_rng(0).permutation(len(outputs))
    between_independent = float(distance(outputs, outputs[order]).mean())
    if between_independent < CONSTANT_BELOW:
        return EquivarianceErrors(None, None, float(distances.max()))
    mean, maximum = float(distances.mean()), float(distances.max())
    return EquivarianceErrors(mean / between_independent, maximum / between_independent, maximum)


def _total_variation(p: NDArray[np.float64], q: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.abs(p - q).sum(axis=-1) / 2)


def _mean_difference(p: NDArray[np.float64], q: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.abs(p - q).mean(axis=-1))
