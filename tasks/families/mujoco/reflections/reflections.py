"""Reflections of robots, declared by the names of what changes places and of what changes sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from symprior.symmetry.errors import SympriorError
from symprior.symmetry.groups import cyclic
from symprior.symmetry.representations import SignedPermutation

C2 = cyclic(2)


@dataclass(frozen=True)
class Plane:
    """The plane of a mirror, by the signs that it gives to the x, y and z of a vector: (1, −1, 1) keeps x and z.

    Lengths, velocities and forces are vectors. Rotations, angular velocities and torques are pseudo-vectors: they keep
    what is perpendicular to the plane and reverse what lies in it.
    """

    vector: tuple[int, int, int]

    @property
    def pseudovector(self) -> tuple[int, int, int]:
        """The signs of angular velocities and torques: the mirror's determinant is −1."""
        x, y, z = self.vector
        return -x, -y, -z

    @property
    def quaternion(self) -> tuple[int, ...]:
        """The signs of (cos ½φ, axis · sin ½φ)."""
        return (1, *self.pseudovector)

    @property
    def spatial(self) -> tuple[int, ...]:
        """The signs of MuJoCo's spatial velocities and forces: three of the rotation, then three of the translation."""
        return (*self.pseudovector, *self.vector)

    @property
    def inertia(self) -> tuple[int, ...]:
        """The signs of a row of MuJoCo's `cinert`: xx, yy, zz, xy, xz, yz, mass · (x, y, z), mass."""
        x, y, z = self.vector
        return (1, 1, 1, x * y, x * z, y * z, x, y, z, 1)


LEFT_RIGHT, FRONT_BACK = Plane((1, -1, 1)), Plane((-1, 1, 1))


@dataclass(frozen=True)
class Reflection:
    """What changes places and what changes sign when a robot's two sides do.

    Attributes:
        swapped: pairs of names that change places.
        reversed: names of what changes sign; both names of a pair, where a pair does.
    """

    swapped: tuple[tuple[str, str], ...] = ()
    reversed: tuple[str, ...] = ()

    def on(self, names: Sequence[str], signs: Sequence[int] = (1,)) -> SignedPermutation:
        """How C2 acts on the values of these names, laid end to end.

        Args:
            names: in the order of the vector.
            signs: of the entries that every name has, before `reversed` changes them.

        Raises:
            SympriorError: a name stands there without the one that it changes places with.
        """
        partner = {first: second for pair in self.swapped for first, second in (pair, pair[::-1])}
        alone = [name for name in names if partner.get(name, name) not in names]
        if alone:
            raise SympriorError(
                f"{alone[0]} changes places with {partner[alone[0]]}, which is not among {list(names)}."
            )
        place = {name: i for i, name in enumerate(names)}
        width = len(signs)
        source = [place[partner.get(name, name)] * width + entry for name in names for entry in range(width)]
        sign = [(-1 if name in self.reversed else 1) * each for name in names for each in signs]
        return SignedPermutation(C2, np.array([range(len(source)), source]), np.array([[1] * len(sign), sign]))


def reflected(signs: Sequence[int]) -> SignedPermutation:
    """C2 on a vector of which nothing changes places, by the signs of its entries."""
    return Reflection().on(["vector"], signs)
