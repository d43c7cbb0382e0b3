"""How a group acts on a space: signed permutations (images and discrete actions too), matrices, sums.

Act by ρ(g); a map f is equivariant when ρ_out(g) f(x) = f(ρ_in(g) x). Homomorphisms are checked when one is
made.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from itertools import permutations
from math import prod
from typing import TypeVar, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symprior.symmetry.arrays import A, array_namespace, device
from symprior.symmetry.errors import SympriorError
from symprior.symmetry.groups import Group, Homomorphism, symmetric, whole_numbers

TOLERANCE = 1e-9


class Representation(ABC):
    """A homomorphism from a group to linear maps on arrays of one shape.

    Attributes:
        group: the group that acts.
        shape: the shape of one sample.
        size: the number of its entries.
    """

    def __init__(self, group: Group, shape: Sequence[int]) -> None:
        self.group = group
        self.shape = tuple(shape)
        self.size = prod(self.shape)
        self._check_homomorphism()

    @abstractmethod
    def matrix(self, g: int) -> NDArray[np.float64]:
        """ρ(g) on flattened samples, [size, size]."""

    @abstractmethod
    def __call__(self, g: int, x: A) -> A:
        """ρ(g) x for a batch of samples, numpy or torch, [..., *shape]."""

    @abstractmethod
    def restrict(self, elements: Sequence[int], subgroup: Group) -> Representation:
        """The same action for a group whose i-th element acts as `elements[i]` of this group, such as a subgroup."""

    @abstractmethod
    def _check_homomorphism(self) -> None: ...

    @property
    def character(self) -> NDArray[np.float64]:
        """The trace of ρ(g) for each g, [|G|]."""
        return np.array([np.trace(self.matrix(g)) for g in range(len(self.group))])

    def _refuse(self, g: int, h: int) -> SympriorError:
        names = self.group.elements
        return SympriorError(
            f"This is no representation of {self.group.name}: ρ({names[g]})ρ({names[h]}) ≠ ρ({names[g]}·{names[h]})."
        )


R = TypeVar("R", bound=Representation)


class SignedPermutation(Representation):
    """(ρ(g) x)[i] = sign[g, i] · x[source[g, i]] on the flattened sample: exact in any number format.

    Attributes:
        source: [|G|, size] integers.
        sign: [|G|, size] of ±1.
    """

    def __init__(
        self,
        group: Group,
        source: ArrayLike,
        sign: ArrayLike | None = None,
        shape: Sequence[int] | None = None,
    ) -> None:
        self.source = _permutations(source)
        self.sign = np.ones_like(self.source) if sign is None else _signs(sign)
        super().__init__(group, shape if shape is not None else self.source.shape[1:])

    def _check_homomorphism(self) -> None:
        order = len(self.group)
        if self.source.shape != (order, self.size) or self.sign.shape != (order, self.size):
            raise SympriorError(
                f"A representation of {self.group.name} on {self.size} entries needs arrays of shape "
                f"({order}, {self.size}), got {self.source.shape} and {self.sign.shape}."
            )
        for g, products in enumerate(self.group.table):
            moved = self.source[g]  # ρ(g)ρ(h) for all h at once
            same = (self.source[:, moved] == self.source[products]) & (
                self.sign[g] * self.sign[:, moved] == self.sign[products]
            )
            if not same.all():
                raise self._refuse(g, int(np.argmin(same.all(axis=1))))

    def matrix(self, g: int) -> NDArray[np.float64]:
        """ρ(g) on flattened samples, [size, size]."""
        matrix = np.zeros((self.size, self.size))
        matrix[np.arange(self.size), self.source[g]] = self.sign[g]
        return matrix

    @property
    def character(self) -> NDArray[np.float64]:
        """The trace of ρ(g) for each g, [|G|]: the signs of the entries that stay."""
        stays = self.source == np.arange(self.size)
        return np.asarray((stays * self.sign).sum(axis=1), dtype=np.float64)

    def __call__(self, g: int, x: A) -> A:
        """ρ(g) x for a batch of samples, [..., *shape]; the number format stays."""
        xp = array_namespace(x)
        leading = x.shape[: x.ndim - len(self.shape)]
        flat = xp.reshape(x, (*leading, self.size))
        moved = xp.take(flat, xp.asarray(self.source[g], device=device(x)), axis=-1)
        if (self.sign[g] < 0).any():
            moved = moved * xp.asarray(self.sign[g], dtype=x.dtype, device=device(x))
        return cast(A, xp.reshape(moved, x.shape))

    def restrict(self, elements: Sequence[int], subgroup: Group) -> SignedPermutation:
        """The same action for a group whose i-th element acts as `elements[i]` of this group, such as a subgroup."""
        chosen = list(elements)
        return SignedPermutation(subgroup, self.source[chosen], self.sign[chosen], self.shape)

    def move_index(self, g: int, index: A) -> A:
        """Where ρ(g) moves the basis vector `index`: how g acts on a discrete action, [...] integers."""
        xp = array_namespace(index)
        images = xp.asarray(np.argsort(self.source[g]), device=device(index))
        return cast(A, xp.reshape(xp.take(images, xp.reshape(index, (-1,)), axis=0), index.shape))


def _permutations(rows: ArrayLike) -> NDArray[np.int64]:
    """Permutations, [rows, size], checked before anything sorts or rounds them."""
    complaint = "Each row of a permutation of n entries must name each of 0 … n − 1 once."
    found = np.atleast_2d(whole_numbers(rows, complaint))
    wrong = np.flatnonzero((np.sort(found, axis=1) != np.arange(found.shape[1])).any(axis=1))
    if len(wrong):
        raise SympriorError(f"{complaint} Row {wrong[0]} does not.")
    return found


def _signs(rows: ArrayLike) -> NDArray[np.int64]:
    """Signs, [rows, size], checked before anything rounds them."""
    complaint = "The signs of a signed permutation are +1 or −1."
    found = np.atleast_2d(whole_numbers(rows, complaint))
    if not np.all(np.abs(found) == 1):
        raise SympriorError(complaint)
    return found


class Matrices(Representation):
    """ρ(g) given as matrices, [|G|, size, size]."""

    def __init__(self, group: Group, matrices: ArrayLike) -> None:
        try:
            self.matrices = np.asarray(matrices, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise SympriorError(f"Matrices of a representation are numbers of shape (|G|, n, n): {error}.") from error
        if self.matrices.ndim != 3 or self.matrices.shape[1] != self.matrices.shape[2]:
            raise SympriorError(f"Matrices of a representation have shape (|G|, n, n), got {self.matrices.shape}.")
        super().__init__(group, self.matrices.shape[1:2])

    def _check_homomorphism(self) -> None:
        if len(self.matrices) != len(self.group):
            raise SympriorError(
                f"{self.group.name} has {len(self.group)} elements, {len(self.matrices)} matrices are given."
            )
        if not np.allclose(self.matrices[0], np.eye(self.size), atol=TOLERANCE):
            raise SympriorError(
                f"This is no representation of {self.group.name}: the identity's matrix is not the identity."
            )
        for g, products in enumerate(self.group.table):
            found = self.matrices[g] @ self.matrices  # ρ(g)ρ(h) for all h at once
            same = np.isclose(found, self.matrices[products], atol=TOLERANCE).all(axis=(1, 2))
            if not same.all():
                raise self._refuse(g, int(np.argmin(same)))

    def matrix(self, g: int) -> NDArray[np.float64]:
        """ρ(g), [size, size]."""
        return np.asarray(self.matrices[g])

    def __call__(self, g: int, x: A) -> A:
        """ρ(g) x for a batch of vectors, [..., size]."""
        xp = array_namespace(x)
        return cast(A, x @ xp.asarray(self.matrices[g].T, dtype=x.dtype, device=device(x)))

    def restrict(self, elements: Sequence[int], subgroup: Group) -> Matrices:
        """The same action for a group whose i-th element acts as `elements[i]` of this group, such as a subgroup."""
        return Matrices(subgroup, self.matrices[list(elements)])


class ImageTransform(SignedPermutation):
    """Rotations and reflections of square images [channels, size, size] by the symmetries of the square.

    `planar` says what each element does to the plane (x to the right, y up): a 2×2 signed permutation matrix
    M(g). The value at the centred pixel position p moves to M(g) p. Channels stay, or are permuted by a
    representation of their own, as colours are.

    Attributes:
        planar: the representation on the plane.
        fibre: the representation on the channels of a pixel, of size 1 where all of them stay.
    """

    def __init__(self, planar: SignedPermutation, channels: int | SignedPermutation, size: int) -> None:
        if planar.size != 2:
            raise SympriorError(
                f"An image is turned through a representation on the plane, of size 2, not {planar.size}."
            )
        group = planar.group
        permuted = trivial_representation(group, channels) if isinstance(channels, int) else channels
        if permuted.group != group:
            raise SympriorError("An image takes one group on the plane and on its channels.")
        self.planar = planar
        self.fibre = trivial_representation(group) if isinstance(channels, int) else channels
        centre = (size - 1) / 2
        row, column = np.divmod(np.arange(size * size), size)
        position = np.stack([column - centre, centre - row])  # [2, size²], x to the right and y up
        sources = []
        for g in range(len(group)):
            x, y = planar.matrix(g).T @ position  # M(g)⁻¹ p, as M(g) is orthogonal
            pixel = np.rint(centre - y) * size + np.rint(x + centre)
            sources.append((permuted.source[g][:, None] * size * size + pixel).reshape(-1))
        sign = np.repeat(permuted.sign, size * size, axis=1)
        super().__init__(group, np.array(sources), sign, shape=(permuted.size, size, size))

    def restrict(self, elements: Sequence[int], subgroup: Group) -> ImageTransform:
        """The same action for a group whose i-th element acts as `elements[i]` of this group, such as a subgroup."""
        fibre = self.fibre.restrict(elements, subgroup)
        channels = self.shape[0] if fibre.size == 1 else fibre
        return ImageTransform(self.planar.restrict(elements, subgroup), channels, self.shape[1])


def halved(representation: Representation) -> Representation:
    """The action on one of two samples that lie one behind the other along the first axis, and are acted on alike.

    Raises:
        SympriorError: the group mixes the two, or does not act on both in one way.
    """
    if representation.shape[0] % 2:
        raise _no_halves(representation)
    if isinstance(representation, ImageTransform):
        trivial = representation.fibre.size == 1
        channels = representation.shape[0] // 2 if trivial else _half_of_permutation(representation.fibre)
        return ImageTransform(representation.planar, channels, representation.shape[1])
    signed = as_signed_permutation(representation)
    return _half_of_matrices(representation) if signed is None else _half_of_permutation(signed)


def _half_of_permutation(whole: SignedPermutation) -> SignedPermutation:
    half = whole.size // 2
    (source, other), (sign, other_sign) = (np.split(part, 2, axis=1) for part in (whole.source, whole.sign))
    if not ((source < half).all() and (other == source + half).all() and (sign == other_sign).all()):
        raise _no_halves(whole)
    return SignedPermutation(whole.group, source, sign, (whole.shape[0] // 2, *whole.shape[1:]))


def _half_of_matrices(whole: Representation) -> Matrices:
    matrices = np.stack([whole.matrix(g) for g in range(len(whole.group))])
    half = whole.size // 2
    first, second = matrices[:, :half, :half], matrices[:, half:, half:]
    mixed = np.concatenate([matrices[:, :half, half:], matrices[:, half:, :half].swapaxes(1, 2)])
    if not (np.allclose(mixed, 0, atol=TOLERANCE) and np.allclose(first, second, atol=TOLERANCE)):
        raise _no_halves(whole)
    return Matrices(whole.group, first)


def _no_halves(whole: Representation) -> SympriorError:
    return SympriorError(
        f"{whole.group.name} does not act alike on two halves of observations of shape {whole.shape}: what is seen and the "
        "goal must lie one behind the other, each acted on in the same way."
    )


def equivariant_rank(source: Representation, target: Representation) -> int:
    """How many independent linear maps W commute with the group, W ρ(g) = σ(g) W, by the character formula.

    It is the mean over g of the product of both traces, as the representations are real.
    """
    return round(float(np.mean(source.character * target.character)))


def trivial_representation(group: Group, size: int = 1) -> SignedPermutation:
    """Every element leaves every entry as it is."""
    return SignedPermutation(group, np.tile(np.arange(size), (len(group), 1)))


def regular(group: Group) -> SignedPermutation:
    """The group acts on functions on itself: (ρ(g) f)(h) = f(g⁻¹ h)."""
    return SignedPermutation(group, group.table[group.inverse])


def quotient(group: Group, subgroup: Sequence[int]) -> SignedPermutation:
    """The group permutes the cosets aH of a subgroup H, numbered by their first elements: ρ(g) moves aH to gaH.

    H = {e} gives the regular representation, H = G the trivial one.

    Raises:
        SympriorError: the elements do not form a subgroup.
    """
    if group.generated_by(subgroup) != tuple(sorted(set(subgroup))):
        raise SympriorError(f"The elements {[group.elements[g] for g in subgroup]} form no subgroup of {group.name}.")
    first = group.table[:, sorted(set(subgroup))].min(axis=1)  # of each element's coset
    names, coset = np.unique(first, return_inverse=True)
    return permutation(group, coset[group.table[:, names]])


def permutation(group: Group, images: ArrayLike) -> SignedPermutation:
    """Element g moves basis vector i, and so discrete action i, to `images[g, i]`; images [|G|, n].

    Raises:
        SympriorError: a row is no permutation, or the rows do not multiply as the group's elements do.
    """
    return SignedPermutation(group, np.argsort(_permutations(images), axis=1))


def things(n: int) -> SignedPermutation:
    """Sₙ moves n things: an element p moves thing i to place p(i)."""
    return permutation(symmetric(n), list(permutations(range(n))))


def permuted(representation: Representation, vectors: ArrayLike) -> SignedPermutation:
    """How a representation permutes some vectors among themselves: g moves i to the j with vⱼ = ρ(g) vᵢ.

    Args:
        representation: acts on the vectors, such as the rotations of the plane on the moves of a grid.
        vectors: [n, size], all different.

    Raises:
        SympriorError: an element moves one of the vectors to none of them.
    """
    given = np.asarray(vectors, dtype=np.float64)
    images = []
    for g, name in enumerate(representation.group.elements):
        equal = np.isclose(representation(g, given)[:, None], given, atol=TOLERANCE).all(axis=2)
        if not (equal.sum(axis=1) == 1).all():
            raise SympriorError(f"{name} does not permute the vectors {given.tolist()}.")
        images.append(equal.argmax(axis=1))
    return permutation(representation.group, images)


def pulled_back(representation: R, along: Homomorphism) -> R:
    """The representation of a homomorphism's source that acts as its images do: g acts by ρ(φ(g)).

    Raises:
        SympriorError: the homomorphism leads to another group.
    """
    if representation.group != along.target:
        raise SympriorError(
            f"A representation of {representation.group.name} is not pulled back along a map to {along.target.name}."
        )
    return cast(R, representation.restrict(along.images.tolist(), along.source))


def signs(group: Group, sign: ArrayLike) -> SignedPermutation:
    """Element g multiplies entry i by `sign[g, i]` = ±1.

    Raises:
        SympriorError: a number is no sign, or the rows do not multiply as the group's elements do.
    """
    checked = _signs(sign)
    return SignedPermutation(group, np.tile(np.arange(checked.shape[1]), (len(checked), 1)), checked)


def generated(group: Group, images: dict[int, ArrayLike]) -> Matrices:
    """The representation that sends each generator to the given matrix; the others follow by products.

    Raises:
        SympriorError: the elements given do not generate the group, or the matrices do not fit its relations.
    """
    if not images:
        raise SympriorError(f"No element generates {group.name}: give a matrix for at least one.")
    size = len(np.asarray(next(iter(images.values()))))
    known: dict[int, NDArray[np.float64]] = {0: np.eye(size)}
    frontier = [0]
    while frontier:
        g = frontier.pop()
        for h, matrix in images.items():
            product = int(group.table[g, h])
            if product not in known:
                known[product] = known[g] @ np.asarray(matrix, dtype=np.float64)
                frontier.append(product)
    if len(known) < len(group):
        raise SympriorError(f"The elements {[group.elements[g] for g in images]} do not generate {group.name}.")
    return Matrices(group, np.stack([known[g] for g in range(len(group))]))


def as_signed_permutation(representation: Representation) -> SignedPermutation | None:
    """The same action as a signed permutation, or None where a matrix is none."""
    if isinstance(representation, SignedPermutation):
        return representation
    matrices = np.stack([representation.matrix(g) for g in range(len(representation.group))])
    rounded = np.rint(matrices)
    if not np.allclose(matrices, rounded, atol=TOLERANCE) or not np.all(np.abs(rounded).sum(axis=2) == 1):
        return None
    source = np.abs(rounded).argmax(axis=2)
    return SignedPermutation(
        representation.group, source, np.take_along_axis(rounded, source[..., None], axis=2)[..., 0]
    )


def direct_sum(*parts: Representation) -> Representation:
    """The action on flattened samples laid end to end: a signed permutation where every part is one.

    Raises:
        SympriorError: there is no part, or they are representations of different groups.
    """
    if not parts:
        raise SympriorError("A direct sum takes at least one representation.")
    group = parts[0].group
    if any(part.group != group for part in parts):
        raise SympriorError("A direct sum takes representations of one group.")
    permutations = [as_signed_permutation(part) for part in parts]
    offsets = np.cumsum([0, *(part.size for part in parts)])
    if all(part is not None for part in permutations):
        signed = [part for part in permutations if part is not None]
        source = np.concatenate(
            [part.source + offset for part, offset in zip(signed, offsets[:-1], strict=True)], axis=1
        )
        return SignedPermutation(group, source, np.concatenate([part.sign for part in signed], axis=1))
    matrices = np.zeros((len(group), offsets[-1], offsets[-1]))
    for part, start, stop in zip(parts, offsets[:-1], offsets[1:], strict=True):
        for g in range(len(group)):
            matrices[g, start:stop, start:stop] = part.matrix(g)
    return Matrices(group, matrices)


def rotations_of_the_plane(group: Group) -> SignedPermutation:
    """C2, C4 or D4 on the plane: r turns it anticlockwise by 360°/n, s mirrors left and right (x → −x).

    Raises:
        SympriorError: the group is not one of these.
    """
    turn = {"C1": 0, "C2": 2, "C4": 1, "D4": 1}.get(group.name)
    if turn is None:
        raise SympriorError(f"{group.name} does not act on square images here; C1, C2, C4 and D4 do.")
    matrix = np.linalg.matrix_power(np.array([[0, -1], [1, 0]]), turn)
    images: dict[int, ArrayLike] = {1: matrix} if len(group) > 1 else {0: np.eye(2)}
    if group.name == "D4":
        images[4] = np.array([[-1, 0], [0, 1]])
    planar = as_signed_permutation(generated(group, images))
    assert planar is not None
    return planar


def tensor_product(first: SignedPermutation, second: SignedPermutation) -> SignedPermutation:
    """ρ₁ ⊗ ρ₂ on arrays of shape [first.size, second.size].

    Raises:
        SympriorError: the two are representations of different groups.
    """
    if first.group != second.group:
        raise SympriorError("A tensor product takes representations of one group.")
    source = first.source[:, :, None] * second.size + second.source[:, None, :]
    sign = first.sign[:, :, None] * second.sign[:, None, :]
    order = len(first.group)
    return SignedPermutation(first.group, source.reshape(order, -1), sign.reshape(order, -1), (first.size, second.size))
