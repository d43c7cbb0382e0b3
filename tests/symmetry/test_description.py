"""Descriptions of what a group does: the words fit the action."""

from __future__ import annotations

import numpy as np

from symprior.symmetry.description import cycles, describe, describe_action
from symprior.symmetry.groups import cyclic, dihedral, trivial
from symprior.symmetry.representations import (
    ImageTransform,
    Matrices,
    permutation,
    regular,
    rotations_of_the_plane,
    trivial_representation,
)
from symprior.tasks import get_task


def test_tasks_are_described() -> None:
    mirror = describe(get_task("cartpole-v1").symmetry())
    assert [(d.element, d.order, d.observation, d.action) for d in mirror] == [
        ("e", 1, "unchanged", "()"),
        ("r", 2, "every entry changes sign", "(0 1)"),
    ]
    turn = describe(get_task("grid-catch-vector-v1").symmetry())[1]
    assert (turn.order, turn.observation, turn.action) == (4, "(x0, x1) ↦ (−x1, x0)", "(1 2 3 4)")
    assert describe(get_task("grid-catch-v1").symmetry())[3].observation == "the image is turned clockwise by 90°"


def test_cycles() -> None:
    assert cycles(np.array([0, 1, 2])) == "()"
    assert cycles(np.array([1, 2, 0, 4, 3])) == "(0 1 2)(3 4)"


def test_every_symmetry_of_the_square_has_its_own_words() -> None:
    """Checked against an image with one bright corner, two of them beside it dark."""
    rho = ImageTransform(rotations_of_the_plane(dihedral(4)), 1, 2)
    image = np.array([[[1, 2], [3, 4]]])
    words = {describe_action(rho, g): rho(g, image).ravel().tolist() for g in range(8)}
    assert words == {
        "the image is unchanged": [1, 2, 3, 4],
        "the image is turned anticlockwise by 90°": [2, 4, 1, 3],
        "the image is turned by 180°": [4, 3, 2, 1],
        "the image is turned clockwise by 90°": [3, 1, 4, 2],
        "the image is mirrored left and right": [2, 1, 4, 3],
        "the image is mirrored top and bottom": [3, 4, 1, 2],
        "the image is mirrored at the rising diagonal": [4, 2, 3, 1],
        "the image is mirrored at the falling diagonal": [1, 3, 2, 4],
    }


def test_colours_have_words_too() -> None:
    flip = trivial_representation(cyclic(2), 2)
    swapped = ImageTransform(flip, permutation(cyclic(2), [[0, 1, 2], [0, 2, 1]]), 2)
    assert [describe_action(swapped, g) for g in range(2)] == [
        "the image is unchanged",
        "the channels permute as (1 2)",
    ]
    mirror = rotations_of_the_plane(dihedral(4)).restrict([0, 4], cyclic(2))
    both = ImageTransform(mirror, permutation(cyclic(2), [[0, 1], [1, 0]]), 2)
    assert describe_action(both, 1) == "the channels permute as (0 1), the image is mirrored left and right"


def test_long_vectors_and_matrices_are_summed_up() -> None:
    assert describe_action(regular(cyclic(16)), 1) == "16 of 16 entries move, 0 change sign"
    assert describe_action(trivial_representation(trivial(), 99), 0) == "unchanged"
    assert describe_action(Matrices(cyclic(2), [np.eye(2), -np.eye(2)]), 1) == "matrix [-1 -0; -0 -1]"
