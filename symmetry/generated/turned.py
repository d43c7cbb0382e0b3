"""How a group acts on states with angles: signed permutations, and quarter turns that are added."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symprior.symmetry.arrays import A, array_namespace, device
from symprior.symmetry.groups import Group
from symprior.symmetry.representations import SignedPermutation


class TurnedSignedPermutation(SignedPermutation):
    """(ρ(g) x)[i] = sign[g, i] · x[source[g, i]] + ½π · turn[g, i]; a homomorphism up to whole turns.

    It acts on a simulator's states alone: what agents see and do is acted on linearly.

    Attributes:
        turn: [|G|, size] quarter turns; entries that are no angles take none.

    Raises:
        SympriorError: the maps do not multiply as the group's elements do.
    """

    def __init__(self, group: Group, source: ArrayLike, sign: ArrayLike, turn: ArrayLike) -> None:
        self.turn: NDArray[np.int64] = np.asarray(turn, dtype=np.int64)
        super().__init__(group, source, sign)

    def _check_homomorphism(self) -> None:
        super()._check_homomorphism()
        for g, products in enumerate(self.group.table):
            moved = (self.sign[g] * self.turn[:, self.source[g]] + self.turn[g]) % 4
            same = (moved == self.turn[products] % 4).all(axis=1)
            if not same.all():
                raise self._refuse(g, int(np.argmin(same)))

    def __call__(self, g: int, x: A) -> A:
        """ρ(g) x for a batch of states, [..., size]."""
        xp = array_namespace(x)
        return cast(A, super().__call__(g, x) + xp.asarray(0.5 * np.pi * self.turn[g], dtype=x.dtype, device=device(x)))

    def restrict(self, elements: Sequence[int], subgroup: Group) -> TurnedSignedPermutation:
        """The same action for a group whose i-th element acts as `elements[i]` of this group, such as a subgroup."""
        chosen = list(elements)
        return TurnedSignedPermutation(subgroup, self.source[chosen], self.sign[chosen], self.turn[chosen])
