"""How large coefficients on a basis start, so that activations are as large behind many layers as behind one.

Where weights are tied, inputs that share one add up correlated, and the correlation grows with depth: the entries of one
channel are the same function of transformed observations. So second moments are followed from layer to layer, as in the
limit of wide networks (Cho and Saul, "Kernel methods for deep learning", 2009), and coefficients are scaled to keep their
diagonal. Moments are E[x_i x_j] of two entries of a fibre [size, size], scaled so that their diagonal is 1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.symmetrizer import Basis, OrbitBasis, RelaxedBasis, TurnedBasis

Moments = NDArray[np.float64]

RECTIFIED = 1 / np.pi
"""E[x y] / E[x²] of two independent outputs of a ReLU whose inputs are normal and centred."""


def fitted_factors(basis: Basis, moments: Moments) -> NDArray[np.float64]:
    """What to multiply each coefficient's deviation with, [rank], so that all outputs are as large as a plain layer's.

    On a random basis outputs are so without it; on orbits, rows of the weights differ in how many orbits they meet, and in
    whether they meet one more than once.
    """
    if isinstance(basis, TurnedBasis):
        return fitted_factors(basis.original, moments)
    factors = np.ones(basis.rank)
    if isinstance(basis, RelaxedBasis):
        factors[: basis.equivariant.rank] = fitted_factors(basis.equivariant, moments)
    if not isinstance(basis, OrbitBasis):
        return factors
    orbits, weights = (each.reshape(basis.output_size, -1) for each in (basis.orbit, basis.weight))
    first = np.where(orbits >= 0, orbits, basis.rank).min(axis=1)  # equal in rows that are images of each other
    for name in np.unique(first[first < basis.rank]):
        row = int(np.argmax(first == name))
        orbit, weight = orbits[row], weights[row]
        variance = (np.outer(weight, weight) * moments)[orbit[:, None] == orbit].sum()
        factors[orbit[orbit >= 0]] = np.sqrt(basis.rank / (basis.output_size * variance))
    return factors


def rectified_moments(basis: Basis, factors: NDArray[np.float64], moments: Moments) -> Moments:
    """The moments behind a layer on this basis and a ReLU, where those of the layer's input are given."""
    if isinstance(basis, RelaxedBasis):  # whose other vectors start small
        return rectified_moments(basis.equivariant, factors[: basis.equivariant.rank], moments)
    if isinstance(basis, TurnedBasis):
        return rectified_moments(basis.original, factors, moments)
    vectors = basis.vectors.reshape(basis.output_size, basis.input_size, -1) * factors
    covariance = np.einsum(
        "ojv,pjv->op", np.einsum("oiv,ij->ojv", vectors, moments, optimize=True), vectors, optimize=True
    )
    size = np.sqrt(np.maximum(np.diag(covariance), np.finfo(np.float64).tiny))
    cosine = np.clip(covariance / np.outer(size, size), -1, 1)
    return np.asarray((np.sqrt(1 - cosine**2) + cosine * (np.pi - np.arccos(cosine))) / np.pi)


def uniform_moments(size: int, correlation: float) -> Moments:
    """One correlation between any two entries."""
    return np.where(np.eye(size, dtype=bool), 1.0, correlation)
