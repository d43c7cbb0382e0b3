"""Pictures that can only be played: turns and flips are found with the permutation of the actions that goes with them."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
import pytest

import symprior
from symprior.symmetry.errors import SympriorError
from symprior.symmetry.symmetry import Exactness
from symprior.tasks.discovery.discover import Discovery
from symprior.tasks.discovery.rollouts.pictures import matchings

SIZE = 7
MOVES = [(0, 1), (0, 0), (-1, 0), (0, -1), (1, 0)]
"""Right, none, up, left, down: in no order that a turn would keep."""


class Lights(gymnasium.Env[Any, Any]):
    """A light that is moved, and one that stands, on a dark square. Its state cannot be set."""

    observation_space = gymnasium.spaces.Box(0, 1, (1, SIZE, SIZE), np.float32)
    action_space = gymnasium.spaces.Discrete(5)
    wind = 0.0
    """How often the light is blown to the right."""

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self.place, self.other = self.np_random.integers(0, SIZE, (2, 2))
        return self._seen(), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        blown = [0, int(self.np_random.random() < self.wind)]
        self.place = np.clip(self.place + MOVES[int(action)] + blown, 0, SIZE - 1)
        return self._seen(), float((self.place == self.other).all()), False, False, {}

    def _seen(self) -> Any:
        picture = np.zeros((1, SIZE, SIZE), dtype=np.float32)
        picture[0, self.other[0], self.other[1]] = 0.5
        picture[0, self.place[0], self.place[1]] = 1
        return picture


class Windy(Lights):
    wind = 0.7


class Dark(Lights):
    def _seen(self) -> Any:
        return np.zeros((1, SIZE, SIZE), dtype=np.float32)


def moves_of(found: Discovery) -> dict[str, list[int]]:
    """For each element the action that each one becomes."""
    assert found.proposal is not None, found.lines
    symmetry = found.proposal.symmetry
    return {
        element: symmetry.act_on_actions(g, np.arange(5)).tolist() for g, element in enumerate(symmetry.group.elements)
    }


def test_all_turns_and_flips_are_found_with_the_actions_they_move() -> None:
    found = symprior.discover(gymnasium.wrappers.TimeLimit(Lights(), 20))
    assert found.proposal is not None and found.proposal.found.group.name == "D4"
    assert found.proposal.symmetry.exactness == Exactness.IN_DISTRIBUTION
    ways = {tuple(move): number for number, move in enumerate(MOVES)}
    turned = [ways[(-x, y)] for y, x in MOVES]  # a quarter turn anticlockwise takes right to up, up to left
    assert turned in moves_of(found).values()
    assert all(moves[1] == 1 for moves in moves_of(found).values()), "to stay is to stay"
    assert dict(found.lines)["searched by"] == "roll-outs of random actions"


def test_a_wind_leaves_one_flip() -> None:
    found = symprior.discover(gymnasium.wrappers.TimeLimit(Windy(), 20))
    assert sorted(moves_of(found).values()) == [[0, 1, 2, 3, 4], [0, 1, 4, 3, 2]]


def test_where_nothing_moves_nothing_is_searched() -> None:
    with pytest.raises(SympriorError, match="nothing moves"):
        symprior.discover(gymnasium.wrappers.TimeLimit(Dark(), 20))


def test_matchings_are_the_permutations_that_fit() -> None:
    fits = np.array([[1, 1, 0], [1, 1, 0], [0, 0, 1]], dtype=bool)
    assert list(matchings(fits)) == [(0, 1, 2), (1, 0, 2)]
    assert not list(matchings(np.array([[1, 0], [1, 0]], dtype=bool)))
