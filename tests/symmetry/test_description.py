"""Descriptions of what a group does: the words fit the action."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from symprior.symmetry.description import describe, describe_action
from symprior.symmetry.errors import SympriorError
from symprior.symmetry.groups import cyclic, dihedral
from symprior.symmetry.names import Names
from symprior.symmetry.representations import (
    ImageTransform,
    Matrices,
    Representation,
    SignedPermutation,
    permutation,
    rotations_of_the_plane,
    trivial_representation,
)
from symprior.tasks import DIALS, Task, get_task, task_names


def test_tasks_are_described() -> None:
    task = get_task("cartpole-v1")
    mirror = describe(task.symmetry(), task.called)
    assert [(d.element, d.order, d.observation, d.action) for d in mirror] == [
        ("e", 1, "unchanged", "unchanged"),
        ("r", 2, "all change sign", "push to the left ↔ push to the right change places"),
    ]
    turn = describe(get_task("grid-catch-vector-v1").symmetry())[1]
    assert (turn.order, turn.observation, turn.action) == (4, "x0 → x1 → −x0", "1 → 2 → 3 → 4 → 1. All else stays")
    assert describe(get_task("grid-catch-v1").symmetry())[3].observation == "the picture is turned clockwise by 90°"


def test_things_that_move_alike_are_told_together() -> None:
    legs = SignedPermutation(cyclic(2), [[*range(7)], [3, 4, 5, 0, 1, 2, 6]], [[1] * 7, [-1, 1, 1, -1, 1, 1, -1]])
    names = [f"{side} leg, {what}" for side in ("left", "right") for what in ("angle", "speed", "force")]
    assert describe_action(legs, 1, [*names, "trunk"]) == (
        "left leg ↔ right leg: angle change places and sign; speed, force change places. trunk changes sign"
    )


def every_task() -> list[Task]:
    return [*map(get_task, task_names()), *(DIALS[name].task(DIALS[name].values[1]) for name in DIALS)]


def test_every_entry_of_every_task_has_a_name() -> None:
    """`called` refuses too many names, too few, and one that comes twice."""
    for task in every_task():
        assert task.names is not None, task.id
        names = task.called
        assert not [name for name in (*names.observation, *names.action) if name != name.strip() or not name], task.id


def test_the_words_name_every_entry_that_moves() -> None:
    for task in every_task():
        symmetry, names = task.symmetry(), task.called
        for representation, called in ((symmetry.observation, names.observation), (symmetry.action, names.action)):
            for g in range(1, len(symmetry.group)):
                _all_are_named(representation, g, called)


def _all_are_named(representation: Representation, g: int, names: Sequence[str]) -> None:
    said = describe_action(representation, g, names)
    assert "…" not in said
    if len(representation.shape) > 1 or said in ("unchanged", "all change sign"):
        return
    moves = ~np.isclose(representation.matrix(g), np.eye(len(names))).all(axis=1)
    for name in np.array(names)[moves].tolist():
        thing, _, of_it = name.rpartition(", ")
        assert [part for part in said.split(". ") if thing in part and of_it in part], (g, name, said)
    assert moves.all() == (not said.endswith("All else stays")), (g, said)


def test_names_that_do_not_fit_are_refused() -> None:
    task = get_task("cartpole-v1")
    with pytest.raises(SympriorError, match="three has 3 observation names, and the symmetry moves 4"):
        Names(("a", "b", "c"), ("left", "right")).check("three", task.symmetry())
    with pytest.raises(SympriorError, match="has the action name 'push' twice"):
        Names(("a", "b", "c", "d"), ("push", "push")).check("it", task.symmetry())


def test_every_symmetry_of_the_square_has_its_own_words() -> None:
    """Checked against an image with one bright corner, two of them beside it dark."""
    rho = ImageTransform(rotations_of_the_plane(dihedral(4)), 1, 2)
    image = np.array([[[1, 2], [3, 4]]])
    words = {describe_action(rho, g, ["grey"]): rho(g, image).ravel().tolist() for g in range(8)}
    assert words == {
        "the picture is unchanged": [1, 2, 3, 4],
        "the picture is turned anticlockwise by 90°": [2, 4, 1, 3],
        "the picture is turned by 180°": [4, 3, 2, 1],
        "the picture is turned clockwise by 90°": [3, 1, 4, 2],
        "the picture is mirrored left and right": [2, 1, 4, 3],
        "the picture is mirrored top and bottom": [3, 4, 1, 2],
        "the picture is mirrored at the rising diagonal": [4, 2, 3, 1],
        "the picture is mirrored at the falling diagonal": [1, 3, 2, 4],
    }


def test_colours_have_words_too() -> None:
    flip = trivial_representation(cyclic(2), 2)
    swapped = ImageTransform(flip, permutation(cyclic(2), [[0, 1, 2], [0, 2, 1]]), 2)
    assert [describe_action(swapped, g, ["red", "green", "blue"]) for g in range(2)] == [
        "the picture is unchanged",
        "green ↔ blue change places. All else stays",
    ]
    mirror = rotations_of_the_plane(dihedral(4)).restrict([0, 4], cyclic(2))
    both = ImageTransform(mirror, permutation(cyclic(2), [[0, 1], [1, 0]]), 2)
    assert describe_action(both, 1, ["a", "b"]) == "the picture is mirrored left and right; a ↔ b change places"


def test_matrices_are_told_as_sums() -> None:
    turn = Matrices(cyclic(8), [rotation(k * np.pi / 4) for k in range(8)])
    assert describe_action(turn, 1, ["x", "y"]) == "x ← 0.707 x − 0.707 y; y ← 0.707 x + 0.707 y"
    assert describe_action(turn, 4, ["x", "y"]) == "x ← −x; y ← −y"
    assert describe_action(turn, 0, ["x", "y"]) == "unchanged"


def rotation(angle: float) -> np.ndarray:
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
