"""The price of symmetry against brute force, zero where the symmetry holds, and between its bounds where it does not."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import gymnasium
import numpy as np
import pytest

from symprior.symmetry.groups import cyclic, dihedral
from symprior.symmetry.representations import permutation, rotations_of_the_plane, signs, trivial_representation
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks import DIALS, SympriorError, get_task
from symprior.tasks.environments.simulators import TabularSimulator
from symprior.tasks.families.grid_worlds.grid_catch import GridCatch, turns_of_vectors
from symprior.tasks.families.grid_worlds.room import FOLDED, PINWHEEL, Room, RoomImage, of_images, of_positions
from symprior.tasks.references.dynamic_programming import optimal_return, tabulate, uniform_return
from symprior.tasks.references.price_of_symmetry import price_of_symmetry
from symprior.tasks.references.price_of_symmetry.equivariant import best_with_even_occupancy, locally_best
from symprior.tasks.references.price_of_symmetry.ignorance import bound_by_ignorance
from symprior.tasks.references.price_of_symmetry.ties import find_ties, keeps_occupancy

C2 = cyclic(2)


class Corridor(TabularSimulator):
    """Cells −2 … 2; left and right; who steps over an end is out, and has 1 on the left and `right` on the right.

    With probability `wind` one is blown to the right instead. Every step costs 0.1.
    """

    max_episode_steps = 3
    reset_draws, step_draws = 1, 1
    wind, right = 0.0, 1.0

    def __init__(self) -> None:
        self.observation_space = gymnasium.spaces.Box(-2, 2, (1,), np.float32)
        self.action_space = gymnasium.spaces.Discrete(2)

    def initial(self, uniforms: Any) -> Any:
        return (5 * uniforms).astype(np.int64) - 2

    def step(self, states: Any, actions: Any, uniforms: Any) -> tuple[Any, Any, Any]:
        step = np.where(uniforms[:, 0] < self.wind, 1, 2 * actions - 1)
        following = states + step[:, None]
        out = np.abs(following[:, 0]) > 2
        worth = np.where(following[:, 0] > 0, self.right, 1.0)
        return following, np.where(out, worth, 0) - 0.1, out

    def observe(self, states: Any) -> Any:
        return states.astype(np.float32)

    def all_states(self) -> Any:
        return np.arange(-2, 3)[:, None]

    def reset_support(self) -> Any:
        return (np.arange(5)[:, None] + 0.5) / 5, np.full(5, 0.2)

    def step_support(self) -> Any:
        both = np.array([[self.wind / 2], [(1 + self.wind) / 2]]), np.array([self.wind, 1 - self.wind])
        return both[0][both[1] > 0], both[1][both[1] > 0]


class Unfair(Corridor):
    """The right end is worth less."""

    right = 0.2


class Windy(Corridor):
    """A wind, and two steps more in which it tells."""

    wind, right, max_episode_steps = 0.6, 0.3, 4


MIRROR = Symmetry(signs(C2, [[1], [-1]]), permutation(C2, [[0, 1], [1, 0]]), discrete=True)


def equivariant_returns(world: Corridor) -> Iterator[float]:
    """The return of every equivariant policy that is deterministic outside the middle, by a plain walk through the tree.

    In cells 1 and 2 it chooses for each step; in −1 and −2 the opposite; in the middle it tosses a coin.
    """
    horizon = world.max_episode_steps

    def value(cell: int, step: int, choices: tuple[tuple[bool, bool], ...]) -> float:
        if step == horizon:
            return 0.0
        total = 0.0
        outward = None if cell == 0 else choices[step][abs(cell) - 1]
        goes_right = 0.5 if outward is None else float(outward == (cell > 0))
        for direction, chance in (
            (1, world.wind + (1 - world.wind) * goes_right),
            (-1, (1 - world.wind) * (1 - goes_right)),
        ):
            if chance > 0:
                after = cell + direction
                worth = (world.right if after > 2 else 1.0) if abs(after) > 2 else value(after, step + 1, choices)
                total += chance * (worth - 0.1)
        return total

    for flat in product([False, True], repeat=2 * horizon):
        choices = tuple((flat[2 * step], flat[2 * step + 1]) for step in range(horizon))
        yield sum(value(cell, 0, choices) for cell in range(-2, 3)) / 5


@pytest.mark.parametrize("kind", [Corridor, Unfair, Windy])
def test_brute_force_finds_the_same_best_policy(kind: type[Corridor]) -> None:
    world = kind()
    best = max(equivariant_returns(world))
    mdp, ties = tabulate(world), find_ties(world, MIRROR)
    found = price_of_symmetry(world, MIRROR)
    assert keeps_occupancy(mdp, ties) == (kind is not Windy)
    assert found.attained == pytest.approx(best, abs=1e-9)
    assert found.attained <= found.bound + 1e-12 and found.bound <= found.optimum + 1e-12
    if kind is not Windy:
        assert found.exact and best_with_even_occupancy(mdp, ties, world.max_episode_steps) == pytest.approx(
            best, abs=1e-9
        )
    assert (found.most < 1e-9) == (kind is Corridor)


def test_both_ways_agree_where_the_exact_one_applies() -> None:
    world = Unfair()
    mdp, ties = tabulate(world), find_ties(world, MIRROR)
    exact = best_with_even_occupancy(mdp, ties, 3)
    assert locally_best(mdp, ties, 3, attempts=3) == pytest.approx(exact, abs=1e-9)
    bound, steps = bound_by_ignorance(mdp, ties, 3)
    assert steps == 3 and exact <= bound + 1e-12
    assert bound < optimal_return(mdp, 3) - 0.01, "who is never told where he is cannot choose the better end"


def test_in_a_fixed_state_a_policy_mixes() -> None:
    ties = find_ties(Corridor(), MIRROR)
    assert ties.images.tolist() == [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0]]
    assert ties.orbits.tolist() == [0, 1, 2, 1, 0]
    policy = ties.policy(np.array([0, 1, 1]))  # in −2: left, in −1: right, in the middle: right, if it could
    np.testing.assert_array_equal(policy, [[1, 0, 0.5, 1, 0], [0, 1, 0.5, 0, 1]])


@pytest.mark.parametrize(
    "name", ["grid-catch-vector-v1", "room-vector-v1", "colour-world-vector-v1", "room-observed-bias-v1@eps=1"]
)
def test_an_exact_symmetry_costs_nothing(name: str) -> None:
    task = get_task(name)
    assert task.simulator is not None
    simulator = task.simulator()
    assert isinstance(simulator, TabularSimulator)
    found = price_of_symmetry(simulator, task.symmetry())
    assert found.exact and abs(found.most) < 1e-9
    assert uniform_return(tabulate(simulator), simulator.max_episode_steps) < found.optimum - 0.5


def test_a_group_that_is_none_costs_something() -> None:
    """Mirrors on the pinwheel, quarter turns on the folded room: seen as positions, without the walls."""
    for board, group in ((PINWHEEL, dihedral(4)), (FOLDED, cyclic(4))):
        found = price_of_symmetry(Room(board), of_positions(rotations_of_the_plane(group)), attempts=1)
        assert 0.01 < found.least <= found.most and not found.exact


def test_pictures_that_never_occur_cost_nothing() -> None:
    """Mirrors of pictures of the pinwheel show another room: nothing is tied that the quarter turns do not tie."""
    images = of_images(rotations_of_the_plane(dihedral(4)))
    ties = find_ties(RoomImage(PINWHEEL), images)
    assert (ties.images[4:] == -1).all() and (ties.images[:4] >= 0).all()
    found = price_of_symmetry(RoomImage(PINWHEEL), images, attempts=0)
    assert found.most < 1e-9


@pytest.mark.parametrize("name", ["grid-catch-drift-v1", "room-bias-v1", "room-obstacles-v1"])
def test_the_price_rises_with_the_dial(name: str) -> None:
    dial, found = DIALS[name], []
    for value in (dial.values[0], dial.values[2], dial.values[4]):
        task = dial.task(value)
        assert task.simulator is not None
        simulator = task.simulator()
        assert isinstance(simulator, TabularSimulator)
        found.append(price_of_symmetry(simulator, task.symmetry(), attempts=2))
    first, middle, last = found
    assert first.exact and abs(first.most) < 1e-9
    assert 0 < middle.least <= middle.most and middle.least < last.least
    assert middle.most < last.most, "and the policies that were found lose more and more"
    assert all(price.exact for price in found) == (name == "room-bias-v1")


def test_more_attempts_never_find_a_worse_policy() -> None:
    world, symmetry = get_task("room-obstacles-v1@k=8").simulator, get_task("room-obstacles-v1@k=8").symmetry()
    assert world is not None
    simulator = world()
    assert isinstance(simulator, TabularSimulator)
    mdp, ties = tabulate(simulator), find_ties(simulator, symmetry)
    few, more = (locally_best(mdp, ties, simulator.max_episode_steps, attempts) for attempts in (0, 3))
    assert few < more < optimal_return(mdp, simulator.max_episode_steps)


class Blurred(GridCatch):
    """Shows only how far away the prey is."""

    def observe(self, states: Any) -> Any:
        return np.abs(super().observe(states))


def test_states_that_look_the_same_are_refused() -> None:
    with pytest.raises(SympriorError, match="Two states look the same"):
        find_ties(Blurred(), turns_of_vectors())


def test_the_trivial_group_ties_nothing() -> None:
    group = cyclic(1)
    nothing = Symmetry(trivial_representation(group, 2), trivial_representation(group, 5), discrete=True)
    found = price_of_symmetry(GridCatch(), nothing)
    assert found.exact and found.most == pytest.approx(0, abs=1e-12)
