"""Regimes: what the data show and what they never show, while the task stays what it is."""

from __future__ import annotations

import numpy as np
import pytest

from symprior.tasks import get_task
from symprior.tasks.families.planning.room import corners_first

SIZES = {"plan-room": 7, "plan-key-room": 6}
HELD = 36


def places(name: str, regime: str, seed: int = 0) -> np.ndarray:
    """Cells by episode and step, the agent's first, [200, T + 1, things]; what is held lies where the agent is."""
    task = get_task(f"{name}-{regime}-v1")
    assert task.given is not None
    states = task.given.transitions(task.id, seed, 200).states
    return np.where(states == HELD, states[..., :1], states) if name == "plan-key-room" else states


@pytest.mark.parametrize("name", SIZES)
def test_nothing_is_seen_in_the_quadrant_that_is_held_out_and_all_elsewhere(name: str) -> None:
    size = SIZES[name]
    y, x = np.divmod(places(name, "held-out"), size)
    hidden = (x >= (size + 1) // 2) & (y >= (size + 1) // 2)
    assert not hidden.any()
    quadrant = (size // 2) ** 2
    assert len(np.unique(places(name, "held-out")[..., 0])) == size**2 - quadrant


@pytest.mark.parametrize("name", SIZES)
def test_the_group_moves_every_hidden_cell_to_one_that_is_shown(name: str) -> None:
    size = SIZES[name]
    shown = set(np.unique(places(name, "held-out")[..., 0]))
    hidden = set(range(size**2)) - shown
    mirrored = {y * size + size - 1 - x for y, x in (divmod(cell, size) for cell in hidden)}
    assert hidden and mirrored <= shown


@pytest.mark.parametrize("name", SIZES)
def test_no_episode_passes_from_one_half_to_the_other_and_together_they_show_all(name: str) -> None:
    size = SIZES[name]
    columns = places(name, "no-passage")[..., 0] % size
    is_left, is_right = columns.max(axis=1) <= size // 2, columns.min(axis=1) >= (size - 1) // 2
    assert (is_left | is_right).all() and is_left.any() and is_right.any()
    assert set(columns[is_left].ravel()) & set(columns[is_right].ravel()), "the halves meet: the way can be stitched"
    assert set(columns.ravel()) == set(range(size))


@pytest.mark.parametrize("name", SIZES)
def test_only_the_data_differ(name: str) -> None:
    full, *others = (get_task(f"{name}{ending}-v1") for ending in ("", "-held-out", "-no-passage"))
    for task in others:
        assert task.references.policies == full.references.policies and task.budget == full.budget
        assert (task.family, task.goal_sets, task.observation_space) == (
            full.family,
            full.goal_sets,
            full.observation_space,
        )


def test_corners_come_first() -> None:
    assert corners_first(7)[:4].tolist() == [0, 6, 48, 42]
    assert sorted(corners_first(7)) == list(range(49))
