"""What each element of a symmetry does to observations and actions, in words and as permutations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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

MOST_ENTRIES = 12
"""Longer vectors are described by how many entries move and change sign."""


@dataclass(frozen=True)
class ElementDescription:
    """One group element: its name, the smallest power that is the identity, what it does."""

    element: str
    order: int
    observation: str
    action: str


def describe(symmetry: Symmetry) -> list[ElementDescription]:
    """One description for each group element, the identity first."""
    return [
        ElementDescription(
            name,
            symmetry.group.order_of(g),
            describe_action(symmetry.observation, g),
            _on_actions(symmetry, g),
        )
        for g, name in enumerate(symmetry.group.elements)
    ]


def describe_action(representation: Representation, g: int) -> str:
    """ρ(g) as text: what it does to an image or to a vector, `(x0, x1) ↦ (−x1, x0)`; else its matrix."""
    if isinstance(representation, ImageTransform):
        return _image_in_words(representation, g)
    if isinstance(representation, SignedPermutation):
        return _signed_permutation_in_words(representation.source[g], representation.sign[g])
    rows = (" ".join(f"{entry:.4g}" for entry in row) for row in representation.matrix(g))
    return f"matrix [{'; '.join(rows)}]"


def cycles(images: NDArray[np.int64]) -> str:
    """The permutation i ↦ images[i] in cycles such as `(1 2 3 4)`, without fixed points; identity: `()`."""
    found, seen = [], set[int]()
    for start in range(len(images)):
        cycle, place = [], start
        while place not in seen:
            seen.add(place)
            cycle.append(str(place))
            place = int(images[place])
        if len(cycle) > 1:
            found.append(f"({' '.join(cycle)})")
    return "".join(found) or "()"


def _on_actions(symmetry: Symmetry, g: int) -> str:
    if symmetry.discrete:
        return cycles(symmetry.act_on_actions(g, np.arange(symmetry.action.size)))
    return describe_action(symmetry.action, g)


def _image_in_words(representation: ImageTransform, g: int) -> str:
    motion = MOTIONS[tuple(map(int, representation.planar.matrix(g).ravel()))]
    channels = cycles(representation.fibre.move_index(g, np.arange(representation.fibre.size)))
    if channels == "()":
        return f"the image is {motion}"
    return f"the channels permute as {channels}" + ("" if motion == "unchanged" else f", the image is {motion}")


def _signed_permutation_in_words(source: NDArray[np.int64], sign: NDArray[np.int64]) -> str:
    still, kept = np.array_equal(source, np.arange(len(source))), (sign > 0).all()
    if still and kept:
        return "unchanged"
    if still and (sign < 0).all():
        return "every entry changes sign"
    if len(source) > MOST_ENTRIES:
        moved, turned = int((source != np.arange(len(source))).sum()), int((sign < 0).sum())
        return f"{moved} of {len(source)} entries move, {turned} change sign"
    before = ", ".join(f"x{i}" for i in range(len(source)))
    after = ", ".join(f"{'−' if s < 0 else ''}x{i}" for i, s in zip(source, sign, strict=True))
    return f"({before}) ↦ ({after})"
