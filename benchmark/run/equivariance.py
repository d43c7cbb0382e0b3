"""How far an agent is from being equivariant: the distance between π(g s) and g π(s), or of Q, against that by chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.environments.gymnasium_types import Space

CONSTANT_BELOW = 0.01
"""Under this distance between independent states a policy is called constant, and the ratio is undefined."""
ROUND_OFF = 1e-5
"""Part of their size by which values in single precision may differ where they should be equal."""


@dataclass(frozen=True)
class EquivarianceErrors:
    """Distances between the images under g and the values at g s, over states s and elements g ≠ e, or e where it is alone.

    Attributes:
        mean, maximum: divided by the mean distance between two independent states; None for an agent that is nearly
            constant.
        raw_maximum: not divided.
    """

    mean: float | None
    maximum: float | None
    raw_maximum: float


def closed_under(symmetry: Symmetry, observations: NumpyArray) -> NumpyArray:
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

    Values that differ by round-off alone are constant: a network whose units all died has no error, and no infinite one.

    Args:
        values: Q at states closed under the group, [|G| · states, actions].
        symmetry: what acts.
    """
    least = ROUND_OFF * float(np.abs(values).max())
    return _errors(values / (max(float(values.std()), least) or 1.0), symmetry, _mean_difference)


def mean_equivariance_error(means: NDArray[np.float64], symmetry: Symmetry, space: Space) -> EquivarianceErrors:
    """The error of a policy's means, over half the action's range (1 where it has no bounds), the mean over entries.

    Means are clipped to the action space, as they are executed: beyond it they are one action.

    Args:
        means: at states closed under the group, [|G| · states, size].
        symmetry: what acts.
        space: of the actions, a `Box`.
    """
    assert isinstance(space, gymnasium.spaces.Box)
    low, high = space.low.astype(np.float64), space.high.astype(np.float64)
    half_range = np.where(np.isfinite(high - low), (high - low) / 2, 1.0)

    def distance(p: NDArray[np.float64], q: NDArray[np.float64]) -> NDArray[np.float64]:
        return _mean_difference(p / half_range, q / half_range)

    return _errors(np.clip(means, low, high), symmetry, distance)


def log_std_equivariance_error(log_stds: NDArray[np.float64], symmetry: Symmetry) -> float:
    """The largest |log σ(g s) − log σ'|, with σ' the standard deviations of the entries of g·a where a has σ(s).

    On signed permutations σ' = |ρ(g)| σ(s).

    Args:
        log_stds: at states closed under the group, [|G| · states, size].
        symmetry: what acts.
    """
    group = symmetry.group
    images = log_stds.reshape(len(group), -1, log_stds.shape[-1])
    shift = float(images.max())  # variances of any size stay within the numbers there are
    variances = np.exp(2 * (images - shift))
    squares = [np.square(symmetry.action.matrix(g)) for g in range(len(group))]
    return max(
        float(np.abs(images[group.table[g, h]] - shift - np.log(variances[h] @ squares[g].T) / 2).max())
        for g in range(len(group))
        for h in range(len(group))
    )


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
            for g in range(len(group) > 1, len(group))
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
