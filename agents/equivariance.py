"""How far a policy is from being equivariant: the total variation between π(g s) and g π(s), against that by chance."""

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
    """Total variation between π(g s) and g π(s) over states s and elements g ≠ e.

    Attributes:
        mean, maximum: divided by the mean total variation between π at two independent states; None for a policy that
            is nearly constant.
        raw_maximum: not divided.
    """

    mean: float | None
    maximum: float | None
    raw_maximum: float


def equivariance_error(
    probabilities: Callable[[NDArray[Any]], NDArray[np.float64]], symmetry: Symmetry, observations: NDArray[Any]
) -> EquivarianceErrors:
    """The error of a discrete policy on frozen observations [states, …], closed here under the group.

    Args:
        probabilities: the policy as executed, [batch, …] → [batch, actions].
        symmetry: what acts.
        observations: the states that it is measured on.
    """
    group = symmetry.group
    images = np.concatenate([symmetry.observation(g, observations) for g in range(len(group))])
    policy = probabilities(images).reshape(len(group), len(observations), -1)
    distances = np.stack(
        [
            _total_variation(policy[group.table[g, h]], symmetry.action(g, policy[h]))
            for g in range(1, len(group))
            for h in range(len(group))
        ]
    )
    closed = policy.reshape(-1, policy.shape[-1])
    order = np.random.default_rng(0).permutation(len(closed))
    between_independent = float(_total_variation(closed, closed[order]).mean())
    if between_independent < CONSTANT_BELOW:
        return EquivarianceErrors(None, None, float(distances.max()))
    return EquivarianceErrors(
        float(distances.mean() / between_independent),
        float(distances.max() / between_independent),
        float(distances.max()),
    )


def _total_variation(p: NDArray[np.float64], q: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.abs(p - q).sum(axis=-1) / 2)
