"""The key room against a plain game of its description, and declarations that are wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from symprior.symmetry.groups import cyclic, dihedral
from symprior.symmetry.representations import (
    ImageTransform,
    permutation,
    rotations_of_the_plane,
    trivial_representation,
)
from symprior.tasks import Exactness, Symmetry, get_task
from symprior.tasks.certificates import certify
from symprior.tasks.environments.probes.probe import TabularProbe
from symprior.tasks.families.grid_worlds.key_room import HELD, KeyRoom, KeyRoomProbe, go_through, moved_with_the_room
from symprior.tasks.references.dynamic_programming import optimal_return, tabulate

CORNERS = [(0, 0), (5, 0), (5, 5), (0, 5)]
MOVES = [(1, 0), (0, 1), (-1, 0), (0, -1)]


class PlainGame:
    """A robot, its bag and a list of things to fetch, in the words of the description."""

    def __init__(self, state: np.ndarray) -> None:
        robot, *objects, corner = state.tolist()
        self.robot = (robot % 6, robot // 6)
        self.lying = {
            name: (cell % 6, cell // 6) for name, cell in zip(["key", "mail"], objects, strict=False) if cell != 36
        }
        self.wanted = [name for name in ("key", "mail")[: len(objects)] if name in self.lying]
        self.corner = CORNERS[corner]

    def step(self, move: int) -> tuple[float, bool]:
        x, y = self.robot[0] + MOVES[move][0], self.robot[1] + MOVES[move][1]
        reward = -0.1
        if 0 <= x <= 5 and 0 <= y <= 5:
            self.robot = (x, y)
            for name, place in list(self.lying.items()):
                if place == self.robot and name == self.wanted[0]:
                    del self.lying[name]
                    self.wanted.remove(name)
                    reward += 1
                    break  # the next one is wanted from now on, and lies elsewhere
                if place == self.robot:
                    reward -= 1
        done = not self.wanted and self.robot == self.corner
        return reward + done, done


@pytest.mark.parametrize("objects", [1, 2])
def test_the_key_room_is_what_its_description_says(objects: int) -> None:
    simulator, rng = KeyRoom(objects), np.random.default_rng(0)
    states = simulator.all_states()
    states = states[rng.choice(len(states), 1500, replace=False)]
    seen = set()
    for move in range(4):
        following, rewards, delivered = simulator.step(states, np.full(len(states), move), None)
        for state, after, reward, ended in zip(states, following, rewards, delivered, strict=True):
            game = PlainGame(state)
            expected, done = game.step(move)
            assert reward == pytest.approx(expected, abs=1e-12) and ended == done
            names = ("key", "mail")[:objects]
            places = [game.lying.get(name, (0, 6)) for name in names]
            assert after.tolist() == [x + 6 * y for x, y in (game.robot, *places)] + [state[-1]]
            seen.add(round(float(reward), 6))
    assert seen >= ({-0.1, 0.9, -1.1} if objects == 2 else {-0.1, 0.9})


def test_all_rewards_may_come_at_once() -> None:
    """The last object lies on the corner where it is wanted: taken and delivered by one step."""
    following, rewards, delivered = KeyRoom(1).step(np.array([[1, 0, 0]]), np.array([2]), None)
    assert (following.tolist(), rewards[0], delivered[0]) == ([[0, HELD, 0]], pytest.approx(1.9), True)


def test_standing_still_on_the_mail_costs_nothing_more() -> None:
    """It costs to step onto it, not to push against the wall beside it."""
    on_the_mail = np.array([[0, 20, 0, 2]])
    _, rewards, _ = KeyRoom(2).step(on_the_mail, np.array([2]), None)
    assert rewards[0] == pytest.approx(-0.1)


def test_the_picture_shows_robot_key_mail_and_the_corner() -> None:
    """Each 8×8 block of 6×6 pixels is a cell; blocks at the edge are walls."""
    red, green, blue = (
        KeyRoom(2).observe(np.array([[7, 22, 35, 1]]))[0].astype(int)
    )  # (1, 1), (4, 3), (5, 5), lower right
    for image, (x, y), size in ((red, (1, 1), 16), (green, (4, 3), 12), (blue, (5, 5), 4)):
        lit = np.argwhere(image == 255)
        assert len(lit) == size
        assert {(6 - row // 6, column // 6 - 1) for row, column in lit} == {(y, x)}
        wall = image == 64
        assert wall.sum() == 48 * 48 - 36 * 36 and not wall[6:42, 6:42].any()
        corner = np.argwhere(image == 128)
        assert len(corner) == 20 and {(6 - row // 6, column // 6 - 1) for row, column in corner} == {(0, 5)}


def test_what_the_robot_has_goes_with_it() -> None:
    held = KeyRoom(1).observe(np.array([[7, HELD, 1]]))[0]
    assert {(6 - row // 6, column // 6 - 1) for row, column in np.argwhere(held[1] == 255)} == {(1, 1)}
    assert not (held[2] == 255).any(), "there is no mail"


def test_the_optimum_of_one_object_is_by_distances_alone() -> None:
    """Nothing is in the way: one step less than both ways together, and a step less for what is done at once."""
    cells = [(x, y) for x in range(6) for y in range(6)]
    returns = [
        1 + 1 - 0.1 * (abs(rx - kx) + abs(ry - ky) + abs(kx - cx) + abs(ky - cy))
        for (rx, ry), (kx, ky) in permutations(cells, 2)
        for cx, cy in CORNERS
    ]
    assert optimal_return(tabulate(KeyRoom(1)), 100) == pytest.approx(np.mean(returns), rel=1e-12)


@pytest.mark.parametrize("objects", [1, 2])
def test_the_blind_policy_delivers_from_every_start(objects: int) -> None:
    """All but where something is in an unlucky order: it passes every cell once for each object, then the corners."""
    simulator = KeyRoom(objects)
    starts = simulator.start_states()
    starts = starts[np.random.default_rng(0).choice(len(starts), 2000)]
    states, running, blind = starts, np.ones(len(starts), dtype=bool), go_through(objects)
    for step in range(100):
        following, _, done = simulator.step(states, np.full(len(states), blind(step)), None)
        states = np.where(running[:, None], following, states)
        running &= ~done
    assert not running.any()


def test_states_are_moved_as_their_pictures_are() -> None:
    """The short cut of the probe, by cells, gives what the pictures give."""
    for name in ("key-room-v1", "key-room-two-v1"):
        probe, symmetry = get_task(name).probe(), moved_with_the_room()
        assert isinstance(probe, KeyRoomProbe)
        states = probe.boundary_states(np.random.default_rng(0), 50)
        for g in range(8):
            by_pictures = TabularProbe.act_on_states(probe, symmetry, g, states)
            np.testing.assert_array_equal(probe.act_on_states(symmetry, g, states), by_pictures)


class StartsAtOneCorner(KeyRoom):
    """The corner to deliver to is the lower left one more often than others."""

    def start_states(self) -> np.ndarray:
        states = super().start_states()
        return np.concatenate([states, states[states[:, -1] == 0]])


def test_uneven_corners_are_seen_in_the_starts() -> None:
    from symprior.tasks.environments.simulators import SimulatorEnv

    class Probe(KeyRoomProbe):
        def __init__(self) -> None:
            super().__init__(get_task("key-room-v1").make())
            inner = self.env.unwrapped
            assert isinstance(inner, SimulatorEnv)
            inner.simulator = self._simulator = StartsAtOneCorner(1)

    found = certify(replace(get_task("key-room-v1"), probe=Probe), samples=10)
    assert (found.dynamics, found.reset) == (Exactness.EXACT, Exactness.BROKEN)
    assert found.reset_evidence.total_variation == pytest.approx(2 / 5 - 1 / 5, abs=0.04)
    assert found.reset_evidence.method == "the states of 2000 of 6300 starts"


D4 = rotations_of_the_plane(dihedral(4))


def with_the_moves_of(order: list[int]) -> Symmetry:
    symmetry = moved_with_the_room()
    moves = [symmetry.act_on_actions(g, np.arange(4)) for g in order]
    return replace(symmetry, action=permutation(symmetry.group, moves))


def swapped_channels(first: int, second: int) -> Symmetry:
    """C2: two channels swap, and neither pixels nor moves move."""
    images = list(range(3))
    images[first], images[second] = second, first
    channels = permutation(cyclic(2), [[0, 1, 2], images])
    picture = ImageTransform(trivial_representation(cyclic(2), 2), channels, 48)
    return Symmetry(picture, trivial_representation(cyclic(2), 4), discrete=True)


WRONG: dict[str, tuple[str, Callable[[], Symmetry]]] = {
    # r and r³ change places, and so do what follows: moves turn clockwise
    "the moves turn the other way": ("key-room-v1", lambda: with_the_moves_of([0, 3, 2, 1, 4, 7, 6, 5])),
    "mirrored moves are not swapped": ("key-room-v1", lambda: replace(
        moved_with_the_room().restrict([0, 4], "C2"), action=trivial_representation(dihedral(4).subgroup([0, 4], "C2"), 4)
    )),
    "the moves stay": ("key-room-two-v1", lambda: replace(
        moved_with_the_room(), action=trivial_representation(dihedral(4), 4)
    )),
    "robot and key are swapped": ("key-room-v1", lambda: swapped_channels(0, 1)),
    "key and mail are swapped": ("key-room-two-v1", lambda: swapped_channels(1, 2)),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_wrong_declarations_are_broken(what: str) -> None:
    name, symmetry = WRONG[what]
    found = certify(get_task(name), samples=12, symmetry=symmetry())
    assert found.dynamics == Exactness.BROKEN and not found.agrees
