"""What each element of a symmetry does to observations and actions, as sentences that name every entry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.names import BETWEEN, PICTURE_AXES, Names, numbered
from symprior.symmetry.representations import ImageTransform, Representation, SignedPermutation
from symprior.symmetry.symmetry import Symmetry

MOTIONS: dict[tuple[int, ...], str] = {
    (1, 0, 0, 1): "unchanged",
    (0, -1, 1, 0): "turned anticlockwise by 90°",
    (-1, 0, 0, -1): "turned by 180°",
    (0, 1, -1, 0): "turned clockwise by 90°",
    (-1, 0, 0, 1): "mirrored left and right",
    (1, 0, 0, -1): "mirrored top and bottom",
    (0, 1, 1, 0): "mirrored at the rising diagonal",
    (0, -1, -1, 0): "mirrored at the falling diagonal",
}
"""The symmetries of the square by their matrices on the plane (x to the right, y up), row by row."""

UNCHANGED = "unchanged"

ROUND_OFF = 1e-9

Things = tuple[str, ...]
"""One thing that stays where it is, or two that change places."""

Told = dict[str, list[str]]
"""What things change, such as their places, and what of them does; a name that is only a thing's gives an empty word."""


@dataclass(frozen=True)
class ElementDescription:
    """One group element: its name, the smallest power that is the identity, what it does."""

    element: str
    order: int
    observation: str
    action: str


@dataclass(frozen=True)
class Cycle:
    """Entries that move along each other: ρ(g) e_first = sign · e_second, and so on, round to the first.

    Attributes:
        entries: the first has the smallest number.
        signs: before each entry of the chain first → second → … → first, [len(entries) + 1], the first +1.
    """

    entries: tuple[int, ...]
    signs: tuple[int, ...]

    @property
    def is_chain(self) -> bool:
        """It is more than two entries that change places, or an entry that changes sign."""
        return len(self.entries) > 2 or (len(self.entries) == 2 and self.signs[-1] < 0)

    @property
    def moves(self) -> bool:
        """It is more than an entry that stays as it is."""
        return len(self.entries) > 1 or self.signs[-1] < 0


def describe(symmetry: Symmetry, names: Names | None = None) -> list[ElementDescription]:
    """One description for each group element, the identity first; without names entries are numbered."""
    names = numbered(symmetry) if names is None else names
    return [
        ElementDescription(
            name,
            symmetry.group.order_of(g),
            describe_action(symmetry.observation, g, names.observation),
            describe_action(symmetry.action, g, names.action),
        )
        for g, name in enumerate(symmetry.group.elements)
    ]


def describe_action(representation: Representation, g: int, names: Sequence[str]) -> str:
    """ρ(g) as text that says of every entry where it goes; of pictures how they are moved.

    A chain such as `x → y → −x` says that what points along x points along y, and what points along y along −x.

    Args:
        representation: ρ.
        g: the element's number.
        names: of the entries, or of a picture's channels.
    """
    if isinstance(representation, ImageTransform):
        return _picture_in_words(representation, g, names)
    if isinstance(representation, SignedPermutation):
        if len(representation.shape) == PICTURE_AXES:
            moved = int((representation.source[g] != np.arange(representation.size)).sum())
            return f"{moved} of {representation.size} pixels move"
        return _in_words(cycles(representation, g), names)
    return _matrix_in_words(representation.matrix(g), names)


def cycles(representation: SignedPermutation, g: int) -> list[Cycle]:
    """The cycles of ρ(g) on the flattened sample, those of one entry too."""
    target, found, seen = np.argsort(representation.source[g]), [], set[int]()
    for start in range(representation.size):
        entries, signs, place = [], [1], start
        while place not in seen:
            seen.add(place)
            entries.append(place)
            place = int(target[place])
            signs.append(signs[-1] * int(representation.sign[g][place]))
        if entries:
            found.append(Cycle(tuple(entries), tuple(signs)))
    return found


def _picture_in_words(representation: ImageTransform, g: int, names: Sequence[str]) -> str:
    motion = MOTIONS[tuple(map(int, representation.planar.matrix(g).ravel()))]
    channels = _in_words(cycles(representation.fibre, g), names)
    if channels == UNCHANGED:
        return f"the picture is {motion}"
    return channels if motion == UNCHANGED else f"the picture is {motion}; {channels}"


def _in_words(found: Sequence[Cycle], names: Sequence[str]) -> str:
    """Sentences on all cycles that move; those of things that do the same are told together."""
    moving = [cycle for cycle in found if cycle.moves]
    if not moving:
        return UNCHANGED
    if len(moving) == len(found) > 1 and all(len(cycle.entries) == 1 for cycle in moving):
        return "all change sign"
    said = [_sentence(things, told) for things, told in _alike(moving, names)]
    chains = "; ".join(_chain(cycle, names) for cycle in moving if cycle.is_chain)
    said += [chains] if chains else []
    return ". ".join(said if len(moving) == len(found) else [*said, "All else stays"])


def _chain(cycle: Cycle, names: Sequence[str]) -> str:
    """`x → y → −x`; where signs return to what they were, the first entry closes it."""
    places = [*cycle.entries, cycle.entries[0]]
    return " → ".join(f"{'−' if sign < 0 else ''}{names[i]}" for i, sign in zip(places, cycle.signs, strict=True))


def _alike(moving: Iterable[Cycle], names: Sequence[str]) -> Iterator[tuple[list[Things], Told]]:
    """Things that move alike, chains left out, with what of them moves and how."""
    by_things: dict[Things, Told] = {}
    for cycle in moving:
        if not cycle.is_chain:
            things, of_them = _split([names[entry] for entry in cycle.entries])
            by_things.setdefault(things, {}).setdefault(_changed(cycle), []).append(of_them)
    together: dict[str, tuple[list[Things], Told]] = {}
    for things, told in by_things.items():
        together.setdefault(repr((len(things), told)), ([], told))[0].append(things)
    yield from together.values()


def _changed(cycle: Cycle) -> str:
    if len(cycle.entries) == 1:
        return "sign"
    return "places" if cycle.signs[1] > 0 else "places and sign"


def _split(names: Sequence[str]) -> tuple[Things, str]:
    """The things, and what of them is named, if that is the same of all."""
    things, _, of_them = zip(*(name.rpartition(BETWEEN) for name in names), strict=True)
    if all(things) and len(set(of_them)) == 1:
        return things, of_them[0]
    return tuple(names), ""


def _sentence(things: Sequence[Things], told: Told) -> str:
    """`left leg ↔ right leg: angle, velocity change places; torque change places and sign`."""
    subject = ", ".join(" ↔ ".join(each) for each in things)
    is_one = len(things) * len(things[0]) == 1
    said = [_told(of_them, changed, is_one) for changed, of_them in told.items()]
    of_them_is_named = any(filter(None, next(iter(told.values()))))
    return f"{subject}{':' if of_them_is_named else ''} {'; '.join(said)}"


def _told(of_them: Sequence[str], changed: str, of_one: bool) -> str:
    verb = "changes" if of_one and len(of_them) == 1 else "change"
    return " ".join(filter(None, [", ".join(filter(None, of_them)), verb, changed]))


def _matrix_in_words(matrix: NDArray[np.float64], names: Sequence[str]) -> str:
    """An equation for each entry that does not stay: `x ← 0.71 x − 0.71 y`."""
    moved = [i for i, row in enumerate(matrix) if not np.allclose(row, np.eye(len(matrix))[i])]
    said = "; ".join(f"{names[i]} ← {_sum(matrix[i], names)}" for i in moved)
    if not moved:
        return UNCHANGED
    return said if len(moved) == len(matrix) else f"{said}. All else stays"


def _sum(row: NDArray[np.float64], names: Sequence[str]) -> str:
    terms = [(value, names[i]) for i, value in enumerate(row) if abs(value) > ROUND_OFF]
    first, *more = ((("−" if value < 0 else ""), abs(value), name) for value, name in terms)
    return f"{first[0]}{_term(*first[1:])}" + "".join(
        f" {sign or '+'} {_term(size, name)}" for sign, size, name in more
    )


def _term(size: float, name: str) -> str:
    return name if abs(size - 1) < ROUND_OFF else f"{size:.3g} {name}"
