"""Finite groups by their product tables; the axioms are checked when a group is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symprior.symmetry.errors import SympriorError


def whole_numbers(given: ArrayLike, complaint: str) -> NDArray[np.int64]:
    """The array of integers that was given, also as signless ones or as floats that are whole.

    Raises:
        SympriorError: with this complaint: it holds anything else, or its rows have different lengths.
    """
    try:
        numbers = np.asarray(given)
        with np.errstate(invalid="ignore"):  # of NaN, which is refused below
            whole = numbers.astype(np.int64)
        are_whole = numbers.dtype.kind in "iu" or (numbers.dtype.kind == "f" and np.array_equal(numbers, whole))
    except (TypeError, ValueError, OverflowError):
        are_whole = False
    if not are_whole:
        raise SympriorError(complaint)
    return whole


@dataclass(frozen=True, eq=False)
class Group:
    """A finite group; elements are the numbers 0 … order − 1, and 0 is the identity.

    Attributes:
        name: such as `C4`.
        elements: a name for each element, [order].
        table: product table, [order, order]; `table[g, h]` is the element g·h.

    Raises:
        SympriorError: the table violates a group axiom; the message says which and where.
    """

    name: str
    elements: tuple[str, ...]
    table: NDArray[np.int64]

    def __post_init__(self) -> None:
        object.__setattr__(self, "elements", tuple(self.elements))
        object.__setattr__(
            self, "table", whole_numbers(self.table, f"{self.name}: a product table holds whole numbers.")
        )
        order, table = len(self.elements), self.table
        if table.shape != (order, order) or order == 0:
            raise SympriorError(
                f"{self.name}: {order} elements need a {order}×{order} product table, got {table.shape}."
            )
        if table.min() < 0 or table.max() >= order:
            raise SympriorError(f"{self.name} is not closed: its table holds an element outside 0 … {order - 1}.")
        if not (np.array_equal(table[0], range(order)) and np.array_equal(table[:, 0], range(order))):
            raise SympriorError(f"{self.name}: element 0 ({self.elements[0]}) is not the identity.")
        if any(len(set(row)) < order for row in table.tolist()) or any(
            len(set(row)) < order for row in table.T.tolist()
        ):
            raise SympriorError(
                f"{self.name}: an element has no inverse (a row or column of the table repeats an element)."
            )
        broken = np.argwhere(table[table] != table[:, table])  # (gh)k against g(hk)
        if len(broken):
            g, h, k = (self.elements[i] for i in broken[0])
            raise SympriorError(f"{self.name} is not associative: ({g}·{h})·{k} ≠ {g}·({h}·{k}).")
        table.setflags(write=False)

    def __len__(self) -> int:
        return len(self.elements)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Group) and self.elements == other.elements and np.array_equal(self.table, other.table)

    def __hash__(self) -> int:
        return hash((self.elements, self.table.tobytes()))

    @cached_property
    def inverse(self) -> NDArray[np.int64]:
        """The inverse of each element, [order]."""
        return np.asarray(np.argmin(self.table, axis=1))

    def order_of(self, element: int) -> int:
        """The smallest k ≥ 1 with elementᵏ = identity."""
        power, k = element, 1
        while power != 0:
            power, k = int(self.table[power, element]), k + 1
        return k

    def generated_by(self, generators: Sequence[int]) -> tuple[int, ...]:
        """The elements of the smallest subgroup that holds the generators, sorted.

        Raises:
            SympriorError: a generator is no element.
        """
        if any(not 0 <= g < len(self) for g in generators):
            raise SympriorError(
                f"Elements of {self.name} are numbers from 0 to {len(self) - 1}, not {list(generators)}."
            )
        found = {0}
        frontier = [0]
        while frontier:
            g = frontier.pop()
            for h in generators:
                product = int(self.table[g, h])
                if product not in found:
                    found.add(product)
                    frontier.append(product)
        return tuple(sorted(found))

    @cached_property
    def generators(self) -> tuple[int, ...]:
        """A small generating set, found greedily."""
        chosen: list[int] = []
        while len(covered := self.generated_by(chosen)) < len(self):
            chosen.append(next(g for g in range(len(self)) if g not in covered))
        return tuple(chosen)

    @cached_property
    def subgroups(self) -> tuple[tuple[int, ...], ...]:
        """All subgroups, each as its sorted elements, smallest first."""
        found: set[tuple[int, ...]] = {(0,)}
        frontier: list[tuple[int, ...]] = [(0,)]
        while frontier:
            subgroup = frontier.pop()
            for g in set(range(len(self))) - set(subgroup):
                larger = self.generated_by((*subgroup, g))
                if larger not in found:
                    found.add(larger)
                    frontier.append(larger)
        return tuple(sorted(found, key=lambda subgroup: (len(subgroup), subgroup)))

    def subgroup(self, elements: Sequence[int], name: str | None = None) -> Group:
        """The subgroup on exactly these elements, as a group of its own (renumbered in sorted order).

        Raises:
            SympriorError: the elements do not form a subgroup.
        """
        chosen = sorted(set(elements))
        if self.generated_by(chosen) != tuple(chosen):
            raise SympriorError(f"The elements {[self.elements[g] for g in chosen]} form no subgroup of {self.name}.")
        number = {g: i for i, g in enumerate(chosen)}
        table = np.array([[number[int(self.table[g, h])] for h in chosen] for g in chosen])
        names = tuple(self.elements[g] for g in chosen)
        return Group(name or f"{{{','.join(names)}}}⊂{self.name}", names, table)


@dataclass(frozen=True, eq=False)
class Homomorphism:
    """A map between groups that keeps products.

    Attributes:
        source, target: the groups.
        images: the element of the target that each element of the source becomes, [|source|].

    Raises:
        SympriorError: a product is not kept; the message says which.
    """

    source: Group
    target: Group
    images: NDArray[np.int64]

    def __post_init__(self) -> None:
        names = f"{self.source.name} → {self.target.name}"
        object.__setattr__(self, "images", whole_numbers(self.images, f"{names}: images are whole numbers."))
        images = self.images
        if images.shape != (len(self.source),) or images.min() < 0 or images.max() >= len(self.target):
            raise SympriorError(
                f"{names} names one of {len(self.target)} elements for each of {len(self.source)}, got {images.tolist()}."
            )
        broken = np.argwhere(images[self.source.table] != self.target.table[images[:, None], images])
        if len(broken):
            g, h = (self.source.elements[i] for i in broken[0])
            raise SympriorError(f"{names} is no homomorphism: it does not keep the product {g}·{h}.")

    @property
    def kernel(self) -> tuple[int, ...]:
        """The elements that become the identity."""
        return tuple(np.flatnonzero(self.images == 0).tolist())


def _from_permutations(name: str, elements: Sequence[str], images: Sequence[tuple[int, ...]]) -> Group:
    """The group of these permutations (first the identity) under (p·q)(i) = p(q(i))."""
    number = {image: i for i, image in enumerate(images)}
    table = np.array([[number[tuple(p[i] for i in q)] for q in images] for p in images])
    return Group(name, tuple(elements), table)


def _check_order(n: Any) -> None:
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 1:
        raise SympriorError(f"The order of a group is a whole number ≥ 1, not {n!r}.")


def trivial() -> Group:
    """The group of one element."""
    return Group("C1", ("e",), np.zeros((1, 1), dtype=np.int64))


def cyclic(n: int) -> Group:
    """Cₙ: element k is the k-th power of the generator r."""
    _check_order(n)
    powers = np.arange(n)
    names = ("e", "r", *(f"r{k}" for k in range(2, n)))[:n]
    return Group(f"C{n}", names, (powers[:, None] + powers) % n)


def dihedral(n: int) -> Group:
    """Dₙ, of order 2n: elements rᵏ (numbers 0 … n − 1), then rᵏ·s with a reflection s, where s·r = r⁻¹·s."""
    _check_order(n)
    elements = [(k, m) for m in (0, 1) for k in range(n)]
    number = {element: i for i, element in enumerate(elements)}
    table = np.array([[number[(k + (-j if m else j)) % n, m ^ p] for j, p in elements] for k, m in elements])
    rotations = ("e", "r", *(f"r{k}" for k in range(2, n)))[:n]
    return Group(f"D{n}", (*rotations, *("s" if name == "e" else f"{name}s" for name in rotations)), table)


def symmetric(n: int) -> Group:
    """Sₙ: all permutations of n things, in lexicographic order, under (p·q)(i) = p(q(i))."""
    _check_order(n)
    images = list(permutations(range(n)))
    return _from_permutations(f"S{n}", ["".join(map(str, image)) for image in images], images)


def product(first: Group, second: Group) -> Group:
    """The direct product; element (g, h) has the number g·|second| + h."""
    size = len(second)
    g, h = np.divmod(np.arange(len(first) * size), size)
    table = first.table[g[:, None], g] * size + second.table[h[:, None], h]
    names = tuple(f"({a},{b})" for a in first.elements for b in second.elements)
    return Group(f"{first.name}×{second.name}", names, table)


def projections(first: Group, second: Group) -> tuple[Homomorphism, Homomorphism]:
    """The homomorphisms from `product(first, second)` to its factors: (g, h) ↦ g and (g, h) ↦ h."""
    both = product(first, second)
    g, h = np.divmod(np.arange(len(both)), len(second))
    return Homomorphism(both, first, g), Homomorphism(both, second, h)
