"""A prey on a torus and a picture that is moved: what each move does, and which goals belong to which start."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from symprior.tasks import get_task
from symprior.tasks.families.planning import catch, image

RIGHT, UP = 0, 1


def step(world: Any, state: int, *actions: int) -> int:
    for action in actions:
        state = int(world.step(np.array([[state]]), np.array([action]), np.empty((1, 0)))[0][0, 0])
    return state


def test_a_picture_moves_by_single_pixels_and_round_the_edges() -> None:
    world = image.world()
    start = 2 * image.PLACES + 5
    shown, right, up = (
        world.observe(np.array([[state]]))[0, 0] for state in (start, step(world, start, RIGHT), step(world, start, UP))
    )
    np.testing.assert_array_equal(right, np.roll(shown, 1, axis=1))
    np.testing.assert_array_equal(up, np.roll(shown, -1, axis=0))
    assert step(world, start, *[RIGHT] * image.SIZE) == step(world, start, *[UP] * image.SIZE) == start


def test_no_two_states_of_the_picture_look_alike() -> None:
    world = image.world()
    shown = world.observe(world.all_states())
    assert len(np.unique(shown.reshape(len(shown), -1), axis=0)) == 4 * 225


def test_a_goal_is_turned_as_the_picture_is_so_that_it_can_be_reached() -> None:
    simulator = image.shift()
    states = simulator.all_states()
    assert (states[:, 0] // image.PLACES == simulator.goals[states[:, 1], 0] // image.PLACES).all()
    assert len(states) == 4 * 225 * 224


def test_a_picture_that_is_held_out_is_never_seen_turned() -> None:
    for name, turns in (("plan-image-v1", 4), ("plan-image-held-out-v1", 1)):
        given = get_task(name).given
        assert given is not None
        assert len(np.unique(given.transitions(name, 0, 100).states // image.PLACES)) == turns


def test_the_prey_moves_against_the_agent_on_a_torus() -> None:
    world, centre = catch.world(), 3 * 7 + 3
    stay, right, up = 0, 1, 2
    assert step(world, centre, stay) == centre
    assert step(world, centre, right) == centre - 1 and step(world, centre, up) == centre - 7
    assert step(world, 0, right) == 6 and step(world, 0, up) == 42


@pytest.mark.parametrize(("name", "longest"), [("plan-catch-v1", 6), ("plan-image-v1", 14)])
def test_the_optimum_walks_the_shortest_way(name: str, longest: int) -> None:
    best = get_task(name).references.of_goal_sets
    for of_set in best.values():
        assert of_set.optimal_return == pytest.approx(1 - 0.02 * of_set.optimal_steps)
        assert of_set.optimal_steps < longest
