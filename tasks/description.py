"""What each element of a symmetry does to observations and actions, in words and in the notation of permutations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symprior.tasks.representations import ImageTransform, Representation, SignedPermutation
from symprior.tasks.symmetry import Symmetry

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
            cycles(_destinations(symmetry.action, g))
            if symmetry.discrete
            else describe_action(symmetry.action, g),
        )
        for g, name in enumerate(symmetry.group.elements)
    ]


def describe_action(representation: Representation, g: int) -> str:
    """ρ(g) as text: what it does to an image, to a vector `(x0, x1) ↦ (−x1, x0)`, or its matrix."""
    if isinstance(representation, ImageTransform):
        return f"the image is {_motion_in_words(representation.planar.matrix(g))}"
    if isinstance(representation, SignedPermutation):
        return _signed_permutation_in_words(representation.source[g], representation.sign[g])
    rows = (" ".join(f"{entry:.4g}" for entry in row) for row in representation.matrix(g))
    return f"matrix [{'; '.join(rows)}]"


def cycles(images: NDArray[np.int64]) -> str:
    """A permutation i ↦ images[i] in cycle notation, fixed points left out: `(1 2 3 4)`; the identity is `()`."""
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


def _destinations(representation: Representation, g: int) -> NDArray[np.int64]:
    """Where the permutation ρ(g) moves each basis vector."""
    return np.asarray(representation.matrix(g).argmax(axis=0))


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


def _motion_in_words(matrix: NDArray[np.float64]) -> str:
    """A symmetry of the square, x to the right and y up."""
    angle = round(np.degrees(np.arctan2(matrix[1, 0], matrix[0, 0])))
    if np.linalg.det(matrix) > 0:
        turns = {0: "unchanged", 90: "turned anticlockwise by 90°", 180: "turned by 180°"}
        return turns.get(angle, "turned clockwise by 90°")
    axes = {
        180: "left and right swapped",
        0: "top and bottom swapped",
        90: "the diagonal /",
        -90: "the diagonal \\",
    }
    return f"mirrored: {axes[angle % 360 if angle == -180 else angle]}"
