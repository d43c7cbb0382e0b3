"""Fetch a key, then perhaps the mail, and deliver: the room of van der Pol, Kipf, Oliehoek and Welling (2020) under D4.

The size of board and picture, the rewards and the time limit follow their "Plannable Approximations to MDP
Homomorphisms". There the place of delivery is given to the planner, in training one of the corners; here one of them is
drawn at reset and shown. The walls stand round the room, and "a wrong object" is the mail before the key.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import Array, NumpyArray, array_namespace
from symprior.symmetry.groups import dihedral
from symprior.symmetry.names import Names
from symprior.symmetry.representations import ImageTransform, permuted, rotations_of_the_plane
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.environments.gymnasium_types import Environment
from symprior.tasks.environments.probes.probe import RecognisingProbe
from symprior.tasks.environments.simulators import SimulatorEnv
from symprior.tasks.families.grid_worlds.layout.mazes import MOVE_NAMES, MOVES, Maze
from symprior.tasks.families.grid_worlds.layout.tables import Table
from symprior.tasks.families.grid_worlds.layout.uniform_starts import UniformStarts
from symprior.tasks.references.dynamic_programming import optimal_policy
from symprior.tasks.task import Card, Task, register

SIZE, CELL = 6, 6
PIXELS = (SIZE + 2) * CELL
CELLS = SIZE * SIZE
HELD = CELLS
"""In place of an object's cell: the robot has it."""

MAZE = Maze(["#" * 13, *(["#" + "." * 11 + "#"] * 11), "#" * 13])
CORNERS = np.array([0, SIZE - 1, CELLS - 1, CELLS - SIZE])
STEP_REWARD, EVENT_REWARD = -0.1, 1.0
WALL, DELIVERY = 64, 128
"""Shades of grey."""

_CORNERS, _NEIGHBOURS = Table(CORNERS), Table(MAZE.neighbours.ravel())


class KeyRoom(UniformStarts):
    """A robot in a room of 6×6 cells with walls round it, objects, and a corner to deliver to.

    States are [batch, 2 + objects] integers: the robot's cell; each object's cell, or 36 once the robot has it; the
    corner, 0 … 3 anticlockwise from the lower left. Four moves: right, up, left, down; into a wall the robot stays. A
    step costs 0.1; to step onto the object whose turn it is takes it and gives 1, onto the other one costs 1 and leaves
    it; to be at the corner with all objects gives 1 and ends the episode; 100 steps at most. Robot and objects start in
    different cells, anywhere. Observations are uint8 [3, 48, 48].

    Args:
        objects: 1, the key; or 2, the key and then the mail.
    """

    max_episode_steps = 100

    def __init__(self, objects: int) -> None:
        self.objects = objects
        self.observation_space = gymnasium.spaces.Box(0, 255, (3, PIXELS, PIXELS), np.uint8)
        self.action_space = gymnasium.spaces.Discrete(len(MOVES))
        self._pictures = pictures(marked=True)

    def step(self, states: Array, actions: Array, uniforms: Array) -> tuple[Array, Array, Array]:
        """The robot's move, and what it takes, touches or delivers."""
        xp = array_namespace(states)
        following, events = fetch(states[:, :-1], actions)
        delivered = (following[:, -1] == HELD) & (following[:, 0] == _CORNERS(states[:, -1]))
        rewards = STEP_REWARD + EVENT_REWARD * xp.astype(events + xp.astype(delivered, xp.int64), xp.float64)
        return xp.concat([following, states[:, -1:]], axis=1), rewards, delivered

    def observe(self, states: Array) -> Array:
        """The picture of each state; what the robot has is drawn where it is."""
        xp = array_namespace(states)
        robot, corner, places = states[:, 0], states[:, -1], shown_at(states[:, :-1])
        nowhere = [HELD * xp.ones_like(robot)] * (2 - self.objects)
        drawn = zip(self._pictures, [*places, *nowhere], strict=True)
        return xp.stack([of_thing(place * len(CORNERS) + corner) for of_thing, place in drawn], axis=1)

    def picture(self, state: Array) -> NDArray[np.uint8]:
        """What the agent sees: the robot red, the key green, the mail blue."""
        return np.moveaxis(np.asarray(self.observe(state)[0]), 0, -1)

    def recognise(self, observations: NumpyArray) -> NDArray[np.int64]:
        """The cells where most of each thing is seen; an object in its turn that is where the robot is, is held."""
        cells = _by_cells(observations)
        corner = (cells[:, :, CORNERS] * _ring(0)).sum(axis=(1, 3, 4)).argmax(axis=1)
        return np.concatenate([recognised(observations, self.objects), corner[:, None]], axis=1)

    def all_states(self) -> NDArray[np.int64]:
        """Every state in which the episode goes on and no object lies under the robot in its turn."""
        placed = placements(self.objects)
        corner = np.tile(np.arange(len(CORNERS)), len(placed))
        states = np.concatenate([np.repeat(placed, len(CORNERS), axis=0), corner[:, None]], axis=1)
        delivered = (states[:, 1:-1] == HELD).all(axis=1) & (states[:, 0] == CORNERS[corner])
        return np.asarray(states[~delivered])

    def start_states(self) -> NDArray[np.int64]:
        """Robot and objects in different cells."""
        states = self.all_states()
        return np.asarray(states[lie_apart(states[:, :-1])])

    def step_support(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Nothing is random."""
        return np.empty((1, 0)), np.ones(1)


def fetch(placed: Array, actions: Array) -> tuple[Array, Array]:
    """The robot's move and what it takes, without a place to deliver to.

    Args:
        placed: the robot's cell and each object's, [batch, 1 + objects].
        actions: moves, [batch].

    Returns:
        The cells after it; and how many objects it took, less those that it touched before their turn, [batch].
    """
    xp = array_namespace(placed)
    robot = _NEIGHBOURS(placed[:, 0] * len(MOVES) + actions)
    arrived, in_turn = robot != placed[:, 0], xp.ones_like(robot, dtype=xp.bool)
    events, columns = xp.zeros_like(robot), [robot]
    for number in range(1, placed.shape[1]):
        place = placed[:, number]
        touched = arrived & (place == robot)
        taken = touched & in_turn
        events = events + xp.astype(taken, xp.int64) - xp.astype(touched & ~in_turn, xp.int64)
        in_turn = in_turn & (place == HELD)
        columns.append(xp.where(taken, HELD * xp.ones_like(place), place))
    return xp.stack(columns, axis=1), events


def placements(objects: int) -> NDArray[np.int64]:
    """Every way to place the robot and so many objects, none of them under the robot in its turn, [states, 1 + objects]."""
    placed = np.indices((CELLS, *[CELLS + 1] * objects)).reshape(1 + objects, -1).T
    robot, things = placed[:, 0], placed[:, 1:]
    held = things == HELD
    in_turn = np.logical_and.accumulate(np.insert(held, 0, True, axis=1), axis=1)[:, :-1]
    possible = (in_turn | ~held).all(axis=1) & ~(in_turn & (things == robot[:, None])).any(axis=1)
    if objects > 1:
        possible &= held.all(axis=1) | (things[:, 0] != things[:, 1])
    return np.asarray(placed[possible])


def lie_apart(placed: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether robot and objects lie in different cells, [states]."""
    robot, things = placed[:, :1], placed[:, 1:]
    return np.asarray(((things != HELD) & (things != robot)).all(axis=1))


def shown_at(placed: Array) -> list[Array]:
    """Where the robot and each object are drawn, [batch] each; what the robot has is where it is."""
    xp = array_namespace(placed)
    robot = placed[:, 0]
    return [robot, *(xp.where(placed[:, i] == HELD, robot, placed[:, i]) for i in range(1, placed.shape[1]))]


def recognised(observations: NumpyArray, objects: int) -> NDArray[np.int64]:
    """The cells where most of robot and objects is seen, [batch, 1 + objects], in pictures with a channel for each."""
    cells = _by_cells(observations)
    robot, *things = (
        (cells[:, i] * mark).sum(axis=(2, 3)).argmax(axis=1) for i, mark in enumerate(_marks()[: 1 + objects])
    )
    columns, in_turn = [robot], np.ones(len(robot), dtype=bool)
    for place in things:
        in_turn &= place == robot
        columns.append(np.where(in_turn, HELD, place))
    return np.stack(columns, axis=1)


def _by_cells(observations: NumpyArray) -> NDArray[np.float64]:
    """Pictures [batch, channels, 48, 48] cut into the room's cells, [batch, channels, 36, 6, 6]."""
    inside = np.asarray(observations)[:, :, CELL:-CELL, CELL:-CELL]
    channels = inside.shape[1]
    rows = inside.reshape(-1, channels, SIZE, CELL, SIZE, CELL)[:, :, ::-1]  # from the lowest row up
    return np.asarray(rows.swapaxes(3, 4).reshape(-1, channels, CELLS, CELL, CELL), dtype=np.float64)


def _ring(inset: int) -> NDArray[np.uint8]:
    """The edge of the square that lies so many pixels within a cell, [6, 6] of 0 and 1."""
    from_edge = np.minimum(np.arange(CELL), np.arange(CELL)[::-1])
    return np.asarray(np.minimum.outer(from_edge, from_edge) == inset, dtype=np.uint8)


def _marks() -> tuple[NDArray[np.uint8], ...]:
    """What is drawn in a cell for robot, key and mail: a square, an open one, and a small one; [6, 6] of 0 and 1 each."""
    return _ring(1) + _ring(2), _ring(1), _ring(2)


@cache
def pictures(marked: bool) -> tuple[Table, ...]:
    """Each channel with its thing at every cell or (36) nowhere and each corner marked, [37 · 4, 48, 48], or none, [37, …].

    Red is the robot, green the key, blue the mail; walls and the corner to deliver to, an open square, are grey.
    """
    cells = np.zeros((CELLS + 1, SIZE + 2, SIZE + 2), dtype=np.uint8)
    y, x = np.divmod(np.arange(CELLS), SIZE)
    cells[np.arange(CELLS), SIZE - y, x + 1] = 1  # the first row is on top
    walls = np.kron(1 - cells.max(axis=0), np.full((CELL, CELL), WALL, dtype=np.uint8))
    corners = walls + np.kron(cells[CORNERS], DELIVERY * _ring(0)) if marked else walls[None]
    things = [np.kron(cells, 255 * mark) for mark in _marks()]
    return tuple(Table((thing[:, None] + corners).reshape(-1, PIXELS, PIXELS)) for thing in things)


class KeyRoomProbe(RecognisingProbe):
    """Turns and mirrors states where the symmetry turns and mirrors pictures: there are too many to draw them all."""

    def act_on_states(self, symmetry: Symmetry, g: int, states: NumpyArray) -> NumpyArray:
        """Every place moves as the plane does; under another symmetry, what its picture of the state shows."""
        if not isinstance(symmetry.observation, ImageTransform) or symmetry.observation.fibre.size > 1:
            return super().act_on_states(symmetry, g, states)
        cells = np.append(MAZE.cells_at(symmetry.observation.planar(g, MAZE.positions)), HELD)
        corners = (cells[CORNERS][:, None] == CORNERS).argmax(axis=1)
        return np.concatenate([cells[states[:, :-1]], corners[states[:, -1:]]], axis=1)


def moved_with_the_room() -> Symmetry:
    """D4: the picture is turned and mirrored, and the moves with it."""
    planar = rotations_of_the_plane(dihedral(4))
    return Symmetry(ImageTransform(planar, channels=3, size=PIXELS), permuted(planar, MOVES), discrete=True)


def go_through(objects: int) -> Callable[[int], int]:
    """A blind policy: into the lower left corner, over all cells row by row once for each object, then round the corners."""
    right, up, left, down = range(4)
    over = [*([right] * 5 + [up] + [left] * 5 + [up]) * 3][:-1]  # ends in the upper left corner
    back = [*([right] * 5 + [down] + [left] * 5 + [down]) * 3][:-1]  # from there to the lower left one
    to_start, walk = [left] * 5 + [down] * 5, (over + back)[: 35 * objects]
    round_corners = [right] * 5 + ([down] if objects == 1 else [up]) * 5 + [left] * 5
    moves = [*to_start, *walk, *round_corners]
    return lambda step: moves[step] if step < len(moves) else moves[-1]


def make_env(objects: int = 1, render_mode: str | None = None) -> Environment:
    """The single environment, as `gymnasium.make` calls it."""
    return SimulatorEnv(KeyRoom(objects), render_mode)


BIBTEX = """@inproceedings{vanderpol2020plannable,
  title={Plannable Approximations to {MDP} Homomorphisms: Equivariance under Actions},
  author={van der Pol, Elise and Kipf, Thomas and Oliehoek, Frans A. and Welling, Max},
  booktitle={Proceedings of the 19th International Conference on Autonomous Agents and MultiAgent Systems},
  pages={1431--1439}, year={2020}
}"""


def _register(task_id: str, gym_id: str, objects: int) -> None:
    fetched = "the key" if objects == 1 else "the key, then the mail"
    costs = "−0.1 a step" if objects == 1 else "−0.1 a step, −1 for the mail before the key"
    register(
        Task(
            id=task_id,
            family="key-room",
            gym_id=gym_id,
            simulator=lambda: KeyRoom(objects),
            symmetry=moved_with_the_room,
            probe=lambda: KeyRoomProbe(gymnasium.make(gym_id)),
            names=Names(("robot", "key", "mail"), MOVE_NAMES),
            reference_policy=optimal_policy(lambda: KeyRoom(objects)),
            blind_policy=go_through(objects),
            return_bounds=(-10.0, 1.9) if objects == 1 else (-60.0, 2.8),
            card=Card(
                description=f"Fetch {fetched}, and deliver at the corner that is marked; 1 for each object and for the "
                f"delivery, {costs}. Walls round 6×6 cells, seen as 48×48 pixels in three channels.",
                group_in_words="D4: quarter turns of the room and mirrors; picture, corners and moves are moved together.",
                source="The room of van der Pol, Kipf, Oliehoek and Welling (2020), with the corner in the picture.",
                licence="MIT",
                bibtex=BIBTEX,
            ),
        )
    )


_register("key-room-v1", "symprior/KeyRoom-v1", objects=1)
_register("key-room-two-v1", "symprior/KeyRoomTwo-v1", objects=2)
