"""How far a policy is from being equivariant: the total variation between π(g s) and g π(s), against that by chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symprior.tasks.symmetry import Symmetry

CONSTANT_BELOW = 0.01
"""Under this distance between independent states a policy is called constant, and the ratio is undefined."""


@dataclass(frozen=True)
class EquivarianceErrors:
    """Total variation between π(g s) and g π(s) over states s and elements g ≠ e.

    Attributes:
        mean, maximum: divided by the mean total variation between π at two independent states; None for a policy that
            is nearly constant.
        raw_maximum: not divided.
    """

    mean: float | None
    maximum: float | None
    raw_maximum: float


def closed_under(symmetry: Symmetry, observations: NDArray[Any]) -> NDArray[Any]:
    """The images of the observations [states, …] under every element, element by element, [|G| · states, …]."""
    return np.concatenate([symmetry.observation(g, observations) for g in range(len(symmetry.group))])


def equivariance_error(policy: NDArray[np.float64], symmetry: Symmetry) -> EquivarianceErrors:
    """The error of a discrete policy.

    Args:
        policy: action probabilities, as executed, at states closed under the group, [|G| · states, actions].
        symmetry: what acts.
    """
    group = symmetry.group
    images = policy.reshape(len(group), -1, policy.shape[-1])
    distances = np.stack(
        [
            _total_variation(images[group.table[g, h]], symmetry.action(g, images[h]))
            for g in range(1, len(group))
            for h in range(len(group))
        ]
    )
    order = np.random.default_rng(0).permutation(len(policy))
    between_independent = float(_total_variation(policy, policy[order]).mean())
    if between_independent < CONSTANT_BELOW:
        return EquivarianceErrors(None, None, float(distances.max()))
    mean, maximum = float(distances.mean()), float(distances.max())
    return EquivarianceErrors(mean / between_independent, maximum / between_independent, maximum)


def _total_variation(p: NDArray[np.float64], q: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.abs(p - q).sum(axis=-1) / 2)
