"""Dials of the grid worlds: symmetric at first, broken by more and more; their twins symmetric throughout and as hard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from symprior.symmetry.groups import cyclic
from symprior.symmetry.representations import (
    ImageTransform,
    direct_sum,
    permutation,
    rotations_of_the_plane,
    trivial_representation,
)
from symprior.tasks import DIALS, Exactness, Symmetry, get_task
from symprior.tasks.certificates import certify
from symprior.tasks.environments.simulators import TabularSimulator
from symprior.tasks.families.grid_worlds.dials.grid_catch_drift import (
    DriftingCatch,
    ObservedDriftingCatch,
    turned_with_the_drift,
)
from symprior.tasks.families.grid_worlds.dials.room_bias import BiasedRoom, ObservedBiasedRoom, moved_with_the_poor_side
from symprior.tasks.families.grid_worlds.dials.room_obstacles import (
    D4,
    OBSTACLES,
    ObservedObstructedRoom,
    ObstructedRoom,
    moved_with_the_obstacles,
    obstructed,
)
from symprior.tasks.families.grid_worlds.grid_catch import GridCatch, turns_of_moves, turns_of_vectors
from symprior.tasks.families.grid_worlds.layout.mazes import MOVES, Maze
from symprior.tasks.families.grid_worlds.room import HALL, Room, of_positions
from symprior.tasks.references.dynamic_programming import TabularMDP, optimal_return, tabulate
from symprior.tasks.references.price_of_symmetry.ties import find_ties

NAMES = ["grid-catch-drift-v1", "room-bias-v1", "room-obstacles-v1"]
PLANE = rotations_of_the_plane(D4)


def simulator(name: str, value: float) -> TabularSimulator:
    made = DIALS[name].task(value).simulator
    assert made is not None
    found = made()
    assert isinstance(found, TabularSimulator)
    return found


def table(name: str, value: float) -> TabularMDP:
    return tabulate(simulator(name, value))


def same(first: TabularMDP, second: TabularMDP) -> bool:
    transitions = zip(first.transitions, second.transitions, strict=True)
    return (
        all(abs(a - b).max() < 1e-12 for a, b in transitions)
        and np.allclose(first.rewards, second.rewards, atol=1e-12)
        and np.allclose(first.start, second.start, atol=1e-12)
    )


def asymmetry(name: str, value: float) -> float:
    """How much of the dynamics and of the rewards is not as the group says, over all states, actions and elements."""
    world, symmetry = simulator(name, value), DIALS[name].task(value).symmetry()
    mdp, ties, total = tabulate(world), find_ties(world, symmetry), 0.0
    for images, actions in zip(ties.images, ties.action_images, strict=True):
        for action, image in enumerate(actions):
            moved = mdp.transitions[image][images][:, images]  # P(g s' | g s, g a)
            total += abs(moved - mdp.transitions[action]).sum()
            total += np.abs(mdp.rewards[image][images] - mdp.rewards[action]).sum()
    return total


@pytest.mark.parametrize("name", NAMES)
def test_five_frozen_values_and_a_twin(name: str) -> None:
    dial, twin = DIALS[name], DIALS[DIALS[name].twin]
    assert len(dial.values) == 5 and dial.values[0] == 0 and list(dial.values) == sorted(dial.values)
    assert twin.values == dial.values and twin.parameter == dial.parameter
    assert all(get_task(each).track == "dial" for each in [*dial.names, *twin.names])


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("grid-catch-drift-v1", GridCatch),
        ("room-obstacles-v1", lambda: Room(HALL)),
    ],
)
def test_at_zero_it_is_the_task_without_a_dial(name: str, plain: Callable[[], TabularSimulator]) -> None:
    assert same(table(name, 0), tabulate(plain()))
    assert not same(table(name, DIALS[name].values[1]), tabulate(plain()))


@pytest.mark.parametrize("name", NAMES)
def test_the_asymmetry_is_zero_at_first_and_grows(name: str) -> None:
    found = [asymmetry(name, value) for value in DIALS[name].values]
    assert found[0] < 1e-9 and all(more > less + 1e-3 for less, more in pairwise(found))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.cells(test=1)
def test_certificates_say_by_how_much(name: str) -> None:
    """ε_P of the drift and ε_R of the bias grow with ε; a wall is a whole step at once, and more walls stop more steps."""
    found = [
        certify(DIALS[name].task(value), samples=1000 if "obstacles" in name else 60) for value in DIALS[name].values
    ]
    assert [each.agrees for each in found] == [True] * 5
    assert [each.dynamics for each in found] == [Exactness.EXACT, Exactness.APPROXIMATE] + [Exactness.BROKEN] * 3
    assert {each.reset for each in found} == {Exactness.EXACT}
    evidence = [each.dynamics_evidence for each in found]
    largest = {
        "grid-catch-drift-v1": [each.epsilon_dynamics for each in evidence],
        "room-bias-v1": [each.epsilon_reward for each in evidence],
        "room-obstacles-v1": [each.mean_dynamics for each in evidence],
    }[name]
    assert largest[0] == 0 and all(less < more for less, more in pairwise(largest))
    if name == "room-bias-v1":
        assert not any(each.epsilon_dynamics for each in evidence)
    if name == "room-obstacles-v1":
        assert all(each.epsilon_dynamics > 1 for each in evidence[1:])


@pytest.mark.parametrize("name", NAMES)
def test_the_twin_is_symmetric_throughout_and_as_hard(name: str) -> None:
    dial, twin = DIALS[name], DIALS[DIALS[name].twin]
    for value in dial.values:
        hidden, seen = table(name, value), table(twin.id, value)
        horizon = simulator(name, value).max_episode_steps
        assert optimal_return(seen, horizon) == pytest.approx(optimal_return(hidden, horizon), rel=1e-9)
    for value in (dial.values[2], dial.values[4]):
        found = certify(twin.task(value), samples=25)
        assert found.agrees and (found.dynamics, found.reset) == (Exactness.EXACT, Exactness.EXACT)


# --- what the dials do, in other words ---


def test_the_prey_drifts_as_often_as_it_should() -> None:
    draws = np.random.default_rng(0).random((100_000, 1))
    for eps in (0.0, 0.25, 0.75):
        far = np.tile([0, 3], (len(draws), 1))
        following, _, _ = DriftingCatch(eps).step(far, np.zeros(len(draws), dtype=np.int64), draws)
        steps = (following - far + 3) % 7 - 3
        share = [np.mean((steps == direction).all(axis=1)) for direction in ([1, 0], [0, 1], [-1, 0], [0, -1], [0, 0])]
        own = (1 - eps) * np.array([0.0375, 0.0375, 0.0375, 0.0375, 0.85])
        np.testing.assert_allclose(share, own + eps * np.eye(5)[0], atol=0.01)


def test_the_twins_prey_drifts_to_the_side_that_is_shown() -> None:
    for direction, (dx, dy) in enumerate(MOVES.tolist(), start=1):
        state = np.array([[-2, 0, direction]])
        following, _, _ = ObservedDriftingCatch(0.5).step(state, np.array([0]), np.array([[0.2]]))
        assert following.tolist() == [[-2 + dx, dy, direction]]
        np.testing.assert_allclose(ObservedDriftingCatch(0.5).observe(state)[0], [-2 / 3, 0, dx, dy], atol=1e-6)


def test_either_goal_ends_the_episode_and_the_left_one_is_worth_less() -> None:
    world = BiasedRoom(0.4)
    agent_left, agent_right, goal = 22, 26, 21  # the middle row is 21 … 27
    for agent, move, worth in ((agent_left, 2, 0.6), (agent_right, 0, 1.0)):
        for named in (goal, 48 - goal):
            _, rewards, ended = world.step(np.array([[agent, named]]), np.array([move]), None)
            assert (rewards[0], ended[0]) == (pytest.approx(worth), True)
    _, rewards, ended = world.step(np.array([[10, 3]]), np.array([3]), None)  # the middle column is 3, 10, … 45
    assert (rewards[0], ended[0]) == (pytest.approx(0.8), True)
    _, rewards, ended = world.step(np.array([[22, 0]]), np.array([0]), None)
    assert (rewards[0], ended[0]) == (pytest.approx(-0.02), False)
    assert len(world.all_states()) == 48 * 47 and not (world.all_states()[:, 1] == 24).any()


def test_the_twins_poor_side_is_the_one_that_is_shown() -> None:
    for side, (dx, dy) in enumerate(MOVES.tolist()):
        goal = 24 + 3 * dx + 21 * dy  # the middle of the side
        state = np.array([[goal - dx - 7 * dy, goal, side]])
        _, rewards, ended = ObservedBiasedRoom(0.4).step(state, np.array([side]), None)
        assert (rewards[0], ended[0]) == (pytest.approx(0.6), True)
        np.testing.assert_array_equal(ObservedBiasedRoom(0.4).observe(state)[0, 4:], [dx, dy])


@pytest.mark.parametrize("count", [0, 3, 8])
def test_so_many_obstacles_stand_where_they_are_drawn(count: int) -> None:
    maze = obstructed(count)
    digits = [
        (row, column) for row in range(15) for column in range(15) if OBSTACLES[row][column] in "12345678"[:count]
    ]
    assert len(digits) == count
    added = np.argwhere(maze.drawing & ~HALL.drawing).tolist()
    assert sorted(map(tuple, added)) == sorted(digits)


def test_no_two_obstacles_are_images_of_each_other() -> None:
    pixels = ImageTransform(PLANE, 1, 15)
    orbits = set()
    for mark in "12345678":
        place = "".join(OBSTACLES).index(mark)
        orbits.add(frozenset(int(pixels.source[g][place]) for g in range(8)))
    assert len(orbits) == 8


def test_moved_obstacles_stop_where_their_picture_says() -> None:
    """For every element, a step of the twin is a step on the maze whose drawing the element moved."""
    pixels, states = ImageTransform(PLANE, 1, 15), Room(HALL).all_states()
    for h in range(8):
        drawing = pixels(h, obstructed(8).drawing[None])[0]
        maze = Maze(["".join(".#"[int(wall)] for wall in row) for row in drawing])
        with_motion = np.insert(states, 2, h, axis=1)
        for move in range(4):
            actions = np.full(len(states), move)
            plain, *expected = Room(maze).step(states, actions, None)
            moved, *found = ObservedObstructedRoom(8).step(with_motion, actions, None)
            np.testing.assert_array_equal(moved[:, :2], plain)
            np.testing.assert_array_equal(found, expected)


def test_obstacles_are_not_seen_by_the_dials_agent() -> None:
    np.testing.assert_array_equal(ObstructedRoom(8).observe(np.array([[3, 9]])), Room(HALL).observe(np.array([[3, 9]])))


# --- wrong declarations of the twins ---


def drift_that_stays() -> Symmetry:
    """C4: the position turns, the drift does not."""
    planar = rotations_of_the_plane(cyclic(4))
    return Symmetry(direct_sum(planar, trivial_representation(cyclic(4), 2)), turns_of_moves(), discrete=True)


def drift_that_turns_back() -> Symmetry:
    """C4: the position turns anticlockwise, the drift clockwise."""
    planar = rotations_of_the_plane(cyclic(4))
    back = type(planar)(planar.group, planar.source[[0, 3, 2, 1]], planar.sign[[0, 3, 2, 1]])
    return Symmetry(direct_sum(planar, back), turns_of_moves(), discrete=True)


def moves_that_turn_back() -> Symmetry:
    """C4: position and drift turn anticlockwise, the moves clockwise."""
    back = [[0, *(1 + (k - g) % 4 for k in range(4))] for g in range(4)]
    return replace(turned_with_the_drift(0.1), action=permutation(cyclic(4), back))


def side_that_stays() -> Symmetry:
    """D4: positions move, the poor side does not."""
    return of_positions(PLANE, trivial_representation(D4, 2))


def side_as_an_axial_vector() -> Symmetry:
    """D4: under mirrors the poor side also changes its sign."""
    sign = np.where(np.arange(8)[:, None] < 4, 1, -1)
    return of_positions(PLANE, type(PLANE)(D4, PLANE.source, PLANE.sign * sign))


def moves_that_stay() -> Symmetry:
    """D4: everything that is seen moves, the moves do not."""
    return replace(moved_with_the_poor_side(0.1), action=trivial_representation(D4, 4))


def obstacles_that_stay() -> Symmetry:
    """D4: positions move, the obstacles do not."""
    return of_positions(PLANE, trivial_representation(D4, 8))


def obstacles_moved_from_the_right() -> Symmetry:
    """D4: g makes of h not g h but h g⁻¹."""
    return of_positions(PLANE, permutation(D4, D4.table[:, D4.inverse].T))


def moves_that_turn_against_the_obstacles() -> Symmetry:
    """C4: positions and obstacles turn anticlockwise, the moves clockwise."""
    turns = moved_with_the_obstacles(2).restrict(range(4))
    back = [[(move - g) % 4 for move in range(4)] for g in range(4)]
    return replace(turns, action=permutation(turns.group, back))


WRONG: dict[str, tuple[str, Callable[[], Symmetry]]] = {
    "the drift does not turn": ("grid-catch-observed-drift-v1@eps=0.2", drift_that_stays),
    "the drift turns the other way": ("grid-catch-observed-drift-v1@eps=0.2", drift_that_turns_back),
    "the moves turn the other way": ("grid-catch-observed-drift-v1@eps=0.2", moves_that_turn_back),
    "the prey of the dial turns": ("grid-catch-drift-v1@eps=0.2", turns_of_vectors),
    "the poor side does not move": ("room-observed-bias-v1@eps=0.4", side_that_stays),
    "the poor side is taken for an axial vector": ("room-observed-bias-v1@eps=0.4", side_as_an_axial_vector),
    "the moves stay": ("room-observed-bias-v1@eps=0.4", moves_that_stay),
    "the obstacles do not move": ("room-observed-obstacles-v1@k=8", obstacles_that_stay),
    "the moves turn against the obstacles": ("room-observed-obstacles-v1@k=8", moves_that_turn_against_the_obstacles),
}


@pytest.mark.parametrize("what", WRONG)
@pytest.mark.cells(test=4)
def test_wrong_declarations_are_broken(what: str) -> None:
    name, symmetry = WRONG[what]
    found = certify(get_task(name), samples=30, symmetry=symmetry())
    assert found.dynamics == Exactness.BROKEN


def test_obstacles_moved_from_the_right_are_seen_though_few_steps_tell() -> None:
    found = certify(get_task("room-observed-obstacles-v1@k=8"), samples=30, symmetry=obstacles_moved_from_the_right())
    assert found.dynamics != Exactness.EXACT and not found.agrees
    assert found.dynamics_evidence.epsilon_dynamics > 1


def test_turns_alone_are_a_symmetry_of_the_twin_with_obstacles() -> None:
    assert certify(
        get_task("room-observed-obstacles-v1@k=8"), samples=20, symmetry=moved_with_the_obstacles(2).restrict(range(4))
    ).agrees
