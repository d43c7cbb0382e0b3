"""Given transitions: whole episodes, the same under the same seed, fewer a part of more, within their region."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.errors import SympriorError
from symprior.tasks import get_task
from symprior.tasks.task.transitions import GivenData

ROOM = "plan-room-v1"


def given() -> GivenData:
    found = get_task(ROOM).given
    assert found is not None
    return found


def test_fewer_episodes_are_a_part_of_more() -> None:
    few, many = given().transitions(ROOM, 5, 10), given().transitions(ROOM, 5, 30)
    np.testing.assert_array_equal(few.states, many.states[:10])
    np.testing.assert_array_equal(few.actions, many.actions[: len(few)])


def test_a_seed_decides_the_data_and_another_gives_others() -> None:
    first, again, other = (given().transitions(ROOM, seed, 10) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.states, again.states)
    assert (first.states != other.states).any()


def test_actions_and_starts_are_uniform() -> None:
    data = given().transitions(ROOM, 0, 1000)
    shares = np.bincount(data.actions, minlength=4) / len(data)
    assert np.abs(shares - 0.25).max() < 0.02
    starts = np.bincount(data.states[:, 0, 0], minlength=49)
    assert ((starts - 1000 / 49) ** 2 / (1000 / 49)).sum() < 85  # χ² with 48 degrees, p = .001


def left(states: NumpyArray) -> NDArray[np.bool_]:
    return np.asarray(states[:, 0] % 7 < 4)


def right(states: NumpyArray) -> NDArray[np.bool_]:
    return np.asarray(states[:, 0] % 7 > 2)


def test_an_episode_stays_in_its_region() -> None:
    halves = replace(given(), regions=(left, right))
    columns = halves.transitions(ROOM, 0, 200).states[..., 0] % 7
    is_left, is_right = (columns < 4).all(axis=1), (columns > 2).all(axis=1)
    assert (is_left | is_right).all() and 60 < is_left.sum() < 140
    assert set(columns.ravel()) == set(range(7))


def test_within_a_region_actions_that_stay_are_uniform() -> None:
    data = replace(given(), regions=(left,)).transitions(ROOM, 0, 1000)
    at_border = data.states[:, :-1, 0].reshape(-1) == 3 * 7 + 3  # the middle, from which all moves are free
    shares = np.bincount(data.actions[at_border], minlength=4) / at_border.sum()
    assert shares[0] == 0 and np.abs(shares[1:] - 1 / 3).max() < 0.06


def test_a_region_without_a_way_on_is_refused() -> None:
    nowhere = replace(given(), regions=(lambda states: states[:, 0] == 24,))
    with pytest.raises(SympriorError, match=r"Every action leaves the data's region from the state \[24\]"):
        nowhere.transitions(ROOM, 0, 2)


@pytest.mark.parametrize("sizes", [(), (0, 10), (30, 10), (10, 10)])
def test_sizes_grow(sizes: tuple[int, ...]) -> None:
    with pytest.raises(SympriorError, match="growing numbers"):
        replace(given(), sizes=sizes)


def test_no_episode_is_no_data() -> None:
    with pytest.raises(SympriorError, match="at least 1, not 0"):
        given().transitions(ROOM, 0, 0)
