"""From some signed permutations to the group that they generate, and from its product table to its name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product as tuples
from math import factorial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symprior.symmetry.errors import SympriorError
from symprior.symmetry.groups import Group, cyclic, dihedral, product, symmetric, trivial

LARGEST = 192
"""Elements of a closed group at most: agents make as many copies of what they see."""

MOST_ASSIGNMENTS = 20_000
"""Images of generators that are tried for one name."""


QUARTER = np.pi / 2


@dataclass(frozen=True, eq=False)
class SignedMap:
    """(f x)[i] = sign[i] · x[source[i]] + ½π · turn[i] for vectors x [..., n].

    Attributes:
        source: a permutation, [n].
        sign: ±1, [n].
        turn: quarter turns that are added to angles, 0 … 3 and 0 for everything else, [n].
    """

    source: NDArray[np.int64]
    sign: NDArray[np.int64]
    turn: NDArray[np.int64]

    def __call__(self, x: ArrayLike) -> NDArray[np.float64]:
        """F x for a batch of vectors, [..., n]."""
        return np.asarray(np.asarray(x, dtype=np.float64)[..., self.source] * self.sign + QUARTER * self.turn)

    def after(self, first: SignedMap) -> SignedMap:
        """The map x ↦ f(first(x))."""
        turn = (self.sign * first.turn[self.source] + self.turn) % 4
        return SignedMap(first.source[self.source], self.sign * first.sign[self.source], turn)

    def part(self, start: int, stop: int) -> SignedMap:
        """What it does to a block of entries that it maps onto itself."""
        return SignedMap(self.source[start:stop] - start, self.sign[start:stop], self.turn[start:stop])

    @property
    def key(self) -> bytes:
        """Equal for equal maps."""
        return np.concatenate([self.source, self.sign, self.turn]).astype(np.int64).tobytes()

    @property
    def is_identity(self) -> bool:
        """Whether nothing moves and no sign changes."""
        return bool(
            (self.source == np.arange(len(self.source))).all() and (self.sign == 1).all() and not self.turn.any()
        )


def signed_map(source: ArrayLike, sign: ArrayLike | None = None, turn: ArrayLike | None = None) -> SignedMap:
    """The map of a permutation, of signs that are 1 by default and of turns that are 0."""
    moved = np.asarray(source, dtype=np.int64)
    signs = np.ones_like(moved) if sign is None else np.asarray(sign, dtype=np.int64)
    return SignedMap(moved, signs, np.zeros_like(moved) if turn is None else np.asarray(turn, dtype=np.int64))


def unchanged(size: int) -> SignedMap:
    """The identity on vectors of that size."""
    return signed_map(np.arange(size))


def end_to_end(*parts: SignedMap) -> SignedMap:
    """The map that acts on vectors laid end to end by its parts."""
    offsets = np.cumsum([0, *(len(part.source) for part in parts)])
    source = [part.source + offset for part, offset in zip(parts, offsets[:-1], strict=True)]
    sign, turn = (np.concatenate([getattr(part, name) for part in parts]) for name in ("sign", "turn"))
    return SignedMap(np.concatenate(source), sign, turn)


def close(generators: Sequence[SignedMap], size: int, largest: int = LARGEST) -> list[SignedMap]:
    """Every product of the generators, the identity first.

    Args:
        generators: maps of vectors of one size.
        size: that size.
        largest: how many elements are too many.

    Raises:
        SympriorError: there are more.
    """
    found = {unchanged(size).key: unchanged(size)}
    frontier = list(found.values())
    while frontier:
        element = frontier.pop(0)
        for generator in generators:
            following = generator.after(element)
            if following.key not in found:
                found[following.key] = following
                frontier.append(following)
        if len(found) > largest:
            raise SympriorError(f"These maps generate a group of more than {largest} elements.")
    return list(found.values())


def table_of(elements: Sequence[SignedMap]) -> NDArray[np.int64]:
    """The product table of a closed list of maps."""
    number = {element.key: i for i, element in enumerate(elements)}
    return np.array([[number[g.after(h).key] for h in elements] for g in elements])


def named(table: NDArray[np.int64]) -> tuple[Group, list[int]]:
    """The group with this product table under its name, and the row of the table that each of its elements is.

    Cyclic, dihedral and symmetric groups and products of up to three of them have names; another one is called by its order.
    """
    given = Group(f"order {len(table)}", tuple(f"g{i}" for i in range(len(table))), table)
    profile = _profile(given)
    for candidate in _candidates(len(table)):
        if _profile(candidate) == profile:
            images = _isomorphism(candidate, given)
            if images is not None:
                return candidate, images
    return given, list(range(len(table)))


def _candidates(order: int) -> Iterator[Group]:
    """Groups of that order that have a name, the simplest first."""
    simple = {n: list(_simple(n)) for n in range(2, order + 1) if order % n == 0}
    yield from simple.get(order, [trivial()] if order == 1 else [])
    pairs = [(m, n) for m in simple for n in simple if m * n == order]
    for m, n in pairs:
        yield from (product(a, b) for a in simple[m] for b in simple[n])
    for k, m, n in tuples(simple, repeat=3):
        if k * m * n == order and k <= m <= n:
            yield from (product(product(a, b), c) for a in simple[k] for b in simple[m] for c in simple[n])


def _simple(n: int) -> Iterator[Group]:
    yield cyclic(n)
    yield from (symmetric(k) for k in (3, 4, 5) if factorial(k) == n)
    if n % 2 == 0 and n >= 8:
        yield dihedral(n // 2)


def _profile(group: Group) -> tuple[dict[int, int], int]:
    """How many elements have which order, and how many pairs commute."""
    orders = Counter(group.order_of(g) for g in range(len(group)))
    return dict(orders), int((group.table == group.table.T).sum())


def _isomorphism(source: Group, target: Group) -> list[int] | None:
    """The image of each element under an isomorphism, or None where none was found."""
    orders = [target.order_of(h) for h in range(len(target))]
    choices = [
        [h for h in range(len(target)) if orders[h] == source.order_of(generator)] for generator in source.generators
    ]
    for tried, images in enumerate(tuples(*choices)):
        if tried > MOST_ASSIGNMENTS:
            return None
        extended = _extended(source, target, dict(zip(source.generators, images, strict=True)))
        if extended is not None:
            return extended
    return None


def _extended(source: Group, target: Group, images: dict[int, int]) -> list[int] | None:
    """The homomorphism with these images of generators as a list, or None where there is none that is one-to-one."""
    found, frontier = {0: 0}, [0]
    while frontier:
        g = frontier.pop()
        for generator, image in images.items():
            following, moved = int(source.table[generator, g]), int(target.table[image, found[g]])
            if following not in found:
                found[following] = moved
                frontier.append(following)
            elif found[following] != moved:
                return None
    return [found[g] for g in range(len(source))] if len(set(found.values())) == len(source) else None
