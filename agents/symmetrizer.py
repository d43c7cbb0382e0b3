"""Bases of the linear maps that commute with a group: the symmetrizer of MDP homomorphic networks, and its controls.

Source: van der Pol, Worrall, van Hoof, Oliehoek and Welling, "MDP Homomorphic Networks" (NeurIPS 2020), section 4. There
the subspace is found by projecting random matrices, S(W) = 1/|G| Σ_g K_g⁻¹ W L_g, and a singular value decomposition.
Signed permutations need neither: the entries of W fall into orbits, and each orbit that carries no contradictory sign is
one basis vector, exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symprior.tasks.representations import Representation, SignedPermutation, as_signed_permutation

Vectors = NDArray[np.float64]


@dataclass(frozen=True)
class Basis:
    """Orthonormal vectors in the space of matrices [output size, input size].

    Attributes:
        output_size, input_size: sizes of the two representations.
        vectors: [output size · input size, rank].
    """

    output_size: int
    input_size: int
    vectors: Vectors

    @property
    def rank(self) -> int:
        """The number of vectors."""
        return int(self.vectors.shape[1])


BasisRule = Callable[[Representation, Representation, np.random.Generator], Basis]


def equivariant_basis(source: Representation, target: Representation, rng: np.random.Generator | None = None) -> Basis:
    """All W with ρ_target(g) W = W ρ_source(g) for every g; deterministic, `rng` is not used."""
    signed_source, signed_target = as_signed_permutation(source), as_signed_permutation(target)
    if signed_source is not None and signed_target is not None:
        return _orbit_basis(signed_source, signed_target)
    return _projector_basis(source, target)


def _orbit_basis(source: SignedPermutation, target: SignedPermutation) -> Basis:
    """Equivariance reads W[i, j] = s_target[g, i] s_source[g, j] W[target(g, i), source(g, j)]: entries tie in orbits."""
    order, entries = len(source.group), target.size * source.size
    tied_to = (target.source[:, :, None] * source.size + source.source[:, None, :]).reshape(order, entries)
    sign = (target.sign[:, :, None] * source.sign[:, None, :]).reshape(order, entries)
    chosen = tied_to.argmin(axis=0)
    everywhere = np.arange(entries)
    contradictory = ((tied_to == everywhere) & (sign < 0)).any(axis=0)  # W[i, j] = −W[i, j]
    representative = np.where(contradictory, -1, tied_to[chosen, everywhere])
    names, orbit = np.unique(representative, return_inverse=True)
    orbit = np.where(contradictory, 0, orbit - (names[0] == -1))
    rank = int((names >= 0).sum())
    size = np.bincount(orbit[~contradictory], minlength=max(rank, 1))
    live = everywhere[~contradictory]
    vectors = np.zeros((entries, rank))
    vectors[live, orbit[live]] = sign[chosen[live], live] / np.sqrt(size[orbit[live]])
    return Basis(target.size, source.size, vectors)


def _projector_basis(source: Representation, target: Representation, tolerance: float = 1e-6) -> Basis:
    """The eigenvectors with eigenvalue 1 of the projector 1/|G| Σ_g ρ_target(g) ⊗ ρ_source(g⁻¹)ᵀ, for any real matrices."""
    group = source.group
    projector = np.mean(
        [np.kron(target.matrix(g), source.matrix(int(group.inverse[g])).T) for g in range(len(group))], axis=0
    )
    left, singular, _ = np.linalg.svd(projector)
    return Basis(target.size, source.size, left[:, singular > 1 - tolerance])


def random_basis(source: Representation, target: Representation, rng: np.random.Generator) -> Basis:
    """As many orthonormal vectors as the equivariant basis has, in random directions (control)."""
    rank, entries = equivariant_basis(source, target).rank, target.size * source.size
    return Basis(target.size, source.size, _orthonormal(rng.standard_normal((entries, rank))))


def nullspace_basis(source: Representation, target: Representation, rng: np.random.Generator) -> Basis:
    """Random orthonormal vectors that the symmetrizer sends to zero, as many as the equivariant basis has (control).

    Where the complement has fewer dimensions, all of them.
    """
    equivariant = equivariant_basis(source, target)
    entries = target.size * source.size
    rank = min(equivariant.rank, entries - equivariant.rank)
    drawn = rng.standard_normal((entries, rank))
    drawn -= equivariant.vectors @ (equivariant.vectors.T @ drawn)
    return Basis(target.size, source.size, _orthonormal(drawn))


def _orthonormal(columns: Vectors) -> Vectors:
    return np.linalg.qr(columns)[0] if columns.shape[1] else columns
