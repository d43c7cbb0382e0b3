"""Bases of the linear maps that commute with a group: the symmetrizer of MDP homomorphic networks, and its controls.

Source: van der Pol, Worrall, van Hoof, Oliehoek and Welling, "MDP Homomorphic Networks" (NeurIPS 2020), section 4. There
the subspace is found by projecting random matrices, S(W) = 1/|G| Σ_g K_g⁻¹ W L_g, and a singular value decomposition.
Signed permutations need neither: the entries of W fall into orbits, and each orbit that carries no contradictory sign is
one basis vector, exactly. Other matrices take the averaging projector itself and its singular vectors.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.errors import SympriorError
from symprior.symmetry.representations import Representation, SignedPermutation, as_signed_permutation

Vectors = NDArray[np.float64]

TOLERANCE = 1e-6
"""Singular values of an averaging projector under this are 0, others must be over 1 minus this: its rank is then certain."""


@dataclass(frozen=True, eq=False)
class Basis(ABC):
    """Orthonormal vectors in the space of matrices [output size, input size].

    Attributes:
        output_size, input_size: sizes of the two representations.
    """

    output_size: int
    input_size: int

    @property
    @abstractmethod
    def rank(self) -> int:
        """The number of vectors."""

    @property
    @abstractmethod
    def vectors(self) -> Vectors:
        """[output size · input size, rank]."""

    @property
    def deviations(self) -> Vectors:
        """Standard deviations of coefficients [rank, 1, 1], or one for all, that give entries of root mean square 1."""
        return np.full((1, 1, 1), np.sqrt(self.output_size * self.input_size / max(self.rank, 1)))

    @property
    def penalties(self) -> Vectors | None:
        """What the loss grows by for each coefficient's square, [rank]; None: nothing."""
        return None

    def start(self, drawn: Vectors) -> Vectors:
        """Coefficients [rank, …] to start from, of independent normal numbers as large as the vectors ask for."""
        return drawn


@dataclass(frozen=True, eq=False)
class DenseBasis(Basis):
    """Any orthonormal vectors; `table` is [output size · input size, rank]."""

    table: Vectors

    @property
    def rank(self) -> int:
        """The number of vectors."""
        return int(self.table.shape[1])

    @property
    def vectors(self) -> Vectors:
        """[output size · input size, rank]."""
        return self.table


@dataclass(frozen=True, eq=False)
class OrbitBasis(Basis):
    """One vector for each orbit of entries, with which no other vector shares an entry.

    Attributes:
        orbit: the vector in which each entry stands, [output size · input size]; −1 for entries that are zero in all.
        weight: the entry's value in that vector.
    """

    orbit: NDArray[np.int64]
    weight: Vectors

    @property
    def rank(self) -> int:
        """The number of vectors."""
        return int(self.orbit.max(initial=-1)) + 1

    @cached_property
    def vectors(self) -> Vectors:
        """[output size · input size, rank]."""
        table = np.zeros((len(self.orbit), self.rank))
        live = np.flatnonzero(self.orbit >= 0)
        table[live, self.orbit[live]] = self.weight[live]
        return table


@dataclass(frozen=True, eq=False)
class RelaxedBasis(DenseBasis):
    """Equivariant vectors first, and behind them free ones that complete them to a basis of all matrices.

    Attributes:
        equivariant: the basis of the first ones.
        penalty: λ of a loss λ Σ b² over the free vectors' coefficients b.
    """

    equivariant: Basis
    penalty: float

    @property
    def deviations(self) -> Vectors:
        """Each part starts as a layer on it alone would; the free one times its vectors' length."""
        entries, free = self.output_size * self.input_size, self.rank - self.equivariant.rank
        sizes = (self.equivariant.rank, free)
        each = [np.full(size, np.sqrt(entries / max(size, 1))) for size in sizes]
        return np.concatenate(each)[:, None, None]

    @property
    def penalties(self) -> Vectors | None:
        """The penalties of the free ones only."""
        free = np.arange(self.rank) >= self.equivariant.rank
        return self.penalty * free.astype(np.float64) if free.any() else None


@dataclass(frozen=True, eq=False)
class TurnedBasis(DenseBasis):
    """Other orthonormal vectors of the same space; weights start as they would on the original ones.

    Attributes:
        original: a basis of the space.
        turn: an orthogonal matrix [rank, rank]; the vectors are the original ones times it.
    """

    original: Basis
    turn: Vectors

    def start(self, drawn: Vectors) -> Vectors:
        """The coefficients that give what the drawn ones would on the original vectors."""
        return np.tensordot(self.turn.T, drawn, axes=1)


BasisRule = Callable[[Representation, Representation, np.random.Generator], Basis]


def equivariant_basis(source: Representation, target: Representation, rng: np.random.Generator | None = None) -> Basis:
    """All W with ρ_target(g) W = W ρ_source(g) for every g; deterministic, `rng` is not used."""
    signed_source, signed_target = as_signed_permutation(source), as_signed_permutation(target)
    if signed_source is not None and signed_target is not None:
        return orbit_basis(signed_source, signed_target)
    return projector_basis(source, target)


def orbit_basis(source: SignedPermutation, target: SignedPermutation) -> OrbitBasis:
    """Equivariance reads W[i, j] = s_target[g, i] s_source[g, j] W[target(g, i), source(g, j)]: entries tie in orbits."""
    order, entries = len(source.group), target.size * source.size
    tied_to = (target.source[:, :, None] * source.size + source.source[:, None, :]).reshape(order, entries)
    sign = (target.sign[:, :, None] * source.sign[:, None, :]).reshape(order, entries)
    chosen = tied_to.argmin(axis=0)
    everywhere = np.arange(entries)
    contradictory = ((tied_to == everywhere) & (sign < 0)).any(axis=0)  # W[i, j] = −W[i, j]
    live = np.flatnonzero(~contradictory)
    _, orbit, size = np.unique(tied_to[chosen[live], live], return_inverse=True, return_counts=True)
    orbits, weight = np.full(entries, -1), np.zeros(entries)
    orbits[live], weight[live] = orbit, sign[chosen[live], live] / np.sqrt(size[orbit])
    return OrbitBasis(target.size, source.size, orbits, weight)


def projector_basis(source: Representation, target: Representation, tolerance: float = TOLERANCE) -> DenseBasis:
    """The image of the projector 1/|G| Σ_g ρ_target(g) ⊗ ρ_source(g⁻¹)ᵀ by its singular vectors, for any real matrices.

    A projector's singular values are 0, or at least 1 (just 1 where both representations are orthogonal).

    Raises:
        SympriorError: a singular value lies between `tolerance` and 1 − `tolerance`: the matrices are too inaccurate.
    """
    group = source.group
    projector = np.mean(
        [np.kron(target.matrix(g), source.matrix(int(group.inverse[g])).T) for g in range(len(group))], axis=0
    )
    left, singular, _ = np.linalg.svd(projector)
    if ((singular > tolerance) & (singular < 1 - tolerance)).any():
        raise SympriorError(
            f"The matrices of {group.name} are too inaccurate: averaging over it has singular values "
            f"{singular[(singular > tolerance) & (singular < 1 - tolerance)]}, which should be 0 or at least 1 to within "
            f"{tolerance:g}."
        )
    return DenseBasis(target.size, source.size, left[:, singular > 0.5])


def turned_basis(source: Representation, target: Representation, rng: np.random.Generator) -> Basis:
    """The equivariant maps by orthonormal vectors in random directions, as decomposing random equivariant matrices gives."""
    basis = equivariant_basis(source, target)
    turn = _orthonormal(rng.standard_normal((basis.rank, basis.rank)))
    return TurnedBasis(basis.output_size, basis.input_size, basis.vectors @ turn, basis, turn)


def random_basis(source: Representation, target: Representation, rng: np.random.Generator) -> Basis:
    """Orthonormal vectors in random directions, as many as the equivariant basis has (control)."""
    rank, entries = equivariant_basis(source, target).rank, target.size * source.size
    return DenseBasis(target.size, source.size, _orthonormal(rng.standard_normal((entries, rank))))


def nullspace_basis(source: Representation, target: Representation, rng: np.random.Generator) -> Basis:
    """Random orthonormal vectors that the symmetrizer sends to zero, as many as the equivariant basis has (control).

    Where the complement has fewer dimensions, all of them.
    """
    equivariant = equivariant_basis(source, target)
    entries = target.size * source.size
    rank = min(equivariant.rank, entries - equivariant.rank)
    drawn = rng.standard_normal((entries, rank))
    drawn -= equivariant.vectors @ (equivariant.vectors.T @ drawn)
    return DenseBasis(target.size, source.size, _orthonormal(drawn))


def relaxed_basis(source: Representation, target: Representation, deviation: float, penalty: float) -> RelaxedBasis:
    """The equivariant basis, completed by orthogonal vectors of length `deviation`; see `RelaxedBasis`."""
    basis = equivariant_basis(source, target)
    vectors = np.concatenate([basis.vectors, deviation * _complement(basis.vectors)], axis=1)
    return RelaxedBasis(basis.output_size, basis.input_size, vectors, basis, penalty)


def _complement(columns: Vectors) -> Vectors:
    """Orthonormal vectors that complete these to a basis; where no two have an entry in common, as sparse as they are."""
    entries, rank = columns.shape
    if ((columns != 0).sum(axis=1) > 1).any():
        return np.asarray(np.linalg.qr(columns, mode="complete")[0][:, rank:])
    supports = [np.flatnonzero(column) for column in columns.T]
    parts = [np.eye(entries)[:, (columns == 0).all(axis=1)]]
    for support, column in zip(supports, columns.T, strict=True):
        part = np.zeros((entries, len(support) - 1))
        part[support] = np.linalg.qr(column[support, None], mode="complete")[0][:, 1:]
        parts.append(part)
    return np.concatenate(parts, axis=1)


def _orthonormal(columns: Vectors) -> Vectors:
    return np.linalg.qr(columns)[0] if columns.shape[1] else columns
