"""The room with obstacles that lie anyhow: they break its symmetries the more the more there are.

The twin turns and mirrors the obstacles at reset and shows how: then they move with all else, and the symmetry is
exact.
"""

from __future__ import annotations

from dataclasses import replace

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import Array, NumpyArray, array_namespace
from symprior.symmetry.groups import dihedral
from symprior.symmetry.names import Names
from symprior.symmetry.representations import ImageTransform, permuted, regular, rotations_of_the_plane
from symprior.symmetry.symmetry import Symmetry, exactness_at
from symprior.tasks.environments.gymnasium_types import Environment
from symprior.tasks.environments.simulators import SimulatorEnv
from symprior.tasks.families.grid_worlds.dials.grid_arm import grid_arm
from symprior.tasks.families.grid_worlds.layout.mazes import MOVE_NAMES, MOVES, Maze
from symprior.tasks.families.grid_worlds.layout.tables import Table
from symprior.tasks.families.grid_worlds.room import BIBTEX, HALL, PLACES, WALL, Room, of_positions
from symprior.tasks.task import Card
from symprior.tasks.task.dials import Arm, register_with_twin

OBSTACLES = (
    "###############",
    "#...#.5...#...#",
    "#...#.....#..6#",
    "#.......3.....#",
    "###.###4###7###",
    "#...#.....#...#",
    "#...#.....#...#",
    "#.8...........#",
    "#...#..1..#...#",
    "#...#.2...#...#",
    "###.###.###.###",
    "#.............#",
    "#...#.....#...#",
    "#...#.....#...#",
    "###############",
)
"""The hall; the k-th obstacle is a wall where the digit k stands. No two are images of each other under D4."""

MOST = 8
APPROXIMATE_UP_TO, BROKEN_FROM = 2, 3
"""So many obstacles stop few enough steps for their mean residual to count as approximate: about 0.03 for each."""

D4 = dihedral(4)


def obstructed(count: int) -> Maze:
    """The hall with the first so many obstacles."""
    marks = ["#" if mark <= count else "." for mark in range(1, MOST + 1)]
    digits = str.maketrans(dict(zip("12345678", marks, strict=True)))
    return Maze([line.translate(digits) for line in OBSTACLES])


def _neighbours_by_motion(maze: Maze) -> NDArray[np.int64]:
    """Where moves lead on the maze after each element of D4 moved it, [8 · cells · 4]."""
    cells, moves = maze.images(D4), permuted(rotations_of_the_plane(D4), MOVES)
    found = np.empty((len(D4), maze.cells, len(MOVES)), dtype=np.int64)
    for h in range(len(D4)):
        found[h, cells[h][:, None], moves.move_index(h, np.arange(len(MOVES)))] = cells[h][maze.neighbours]
    return found.ravel()


class ObstructedRoom(Room):
    """The hall with the first k of eight obstacles, which are walls; they are not seen.

    Args:
        count: k; at 0 this is the room.
    """

    def __init__(self, count: int) -> None:
        super().__init__(obstructed(count))


class ObservedObstructedRoom(Room):
    """The twin: the element of D4 that moved the obstacles is drawn at reset: states [batch, 3].

    Observations are float32 [12]: both positions, and the element as one of eight.

    Args:
        count: k; at 0 the element says nothing.
    """

    def __init__(self, count: int) -> None:
        super().__init__(HALL)
        low, high = -np.ones(4 + len(D4), dtype=np.float32), np.ones(4 + len(D4), dtype=np.float32)
        low[4:] = 0
        self.observation_space = gymnasium.spaces.Box(low, high)
        self._one_hot = Table(np.eye(len(D4), dtype=np.float32))
        maze = obstructed(count)
        self._moved_neighbours, self._obstacles = Table(_neighbours_by_motion(maze)), maze.drawing

    def move(self, states: Array, actions: Array, uniforms: Array) -> Array:
        """The agent's next cell, [batch]."""
        return self._moved_neighbours((states[:, 2] * HALL.cells + states[:, 0]) * len(MOVES) + actions)

    def observe(self, states: Array) -> Array:
        """Both positions, scaled to ±1, and the element."""
        xp = array_namespace(states)
        return xp.concat([super().observe(states), self._one_hot(states[:, 2])], axis=1)

    def picture(self, state: Array) -> NDArray[np.uint8]:
        """The room's picture, with the obstacles where they were moved."""
        drawn = super().picture(state)
        moved = ImageTransform(rotations_of_the_plane(D4), 1, len(HALL.drawing))(
            int(state[0, 2]), self._obstacles[None]
        )[0]
        drawn[moved & ~HALL.drawing] = WALL
        return drawn

    def recognise(self, observations: NumpyArray) -> NDArray[np.int64]:
        """The cells nearest to the positions shown, and the element shown."""
        motion = observations[:, 4:].argmax(axis=1)
        return np.concatenate([super().recognise(observations[:, :4]), motion[:, None]], axis=1)

    def all_states(self) -> NDArray[np.int64]:
        """Every two cells under every element."""
        pairs = super().all_states()
        return np.concatenate([np.insert(pairs, 2, motion, axis=1) for motion in range(len(D4))])


def moved_with_the_room(count: float) -> Symmetry:
    """D4: both positions are moved as the plane is; exact without obstacles."""
    exactness = exactness_at(count, APPROXIMATE_UP_TO, BROKEN_FROM)
    return replace(of_positions(rotations_of_the_plane(D4)), exactness=exactness)


def moved_with_the_obstacles(count: float) -> Symmetry:
    """D4: both positions are moved as the plane is; if h moved the obstacles, then g h moved those of the image."""
    return of_positions(rotations_of_the_plane(D4), regular(D4))


def make_env(count: int, observed: bool = False, render_mode: str | None = None) -> Environment:
    """The single environment, as `gymnasium.make` calls it."""
    return SimulatorEnv((ObservedObstructedRoom if observed else ObstructedRoom)(count), render_mode)


_CARD = Card(
    description="Walk to a goal in a room of 7×7 cells with thin walls and k obstacles that are not seen; 1 for the goal, "
    "−0.02 a step, 50 steps at most. The agent sees both positions.",
    group_in_words="D4: quarter turns of the room and mirrors, which the obstacles break.",
    source="Own; the room is that of room-vector-v1.",
    licence="MIT",
    bibtex=BIBTEX,
)
_OBSERVED_CARD = replace(
    _CARD,
    description="Walk to a goal in a room of 7×7 cells with thin walls and k obstacles, which are turned and mirrored at "
    "reset; 1 for the goal, −0.02 a step, 50 steps at most. The agent sees both positions, and how obstacles were moved.",
    group_in_words="D4: quarter turns of the room and mirrors; both positions and the obstacles are moved together.",
)

GYM_ID = "symprior/RoomObstacles-v1"


_MOTIONS = tuple(f"obstacles moved by {element}" for element in D4.elements)


def _arm(observed: bool) -> Arm:
    kind = ObservedObstructedRoom if observed else ObstructedRoom
    return grid_arm(
        "room-observed-obstacles-v1" if observed else "room-obstacles-v1",
        _OBSERVED_CARD if observed else _CARD,
        GYM_ID,
        arguments=lambda value: {"count": int(value), "observed": observed},
        kind=lambda value: kind(int(value)),
        names=Names((*PLACES, *_MOTIONS) if observed else PLACES, MOVE_NAMES),
        symmetry=moved_with_the_obstacles if observed else moved_with_the_room,
        return_bounds=(-1.0, 1.0),
    )


register_with_twin(
    _arm(observed=False),
    _arm(observed=True),
    parameter="k",
    meaning="the number of obstacles",
    values=(0, 2, 4, 6, 8),
    high=MOST,
    breaks="room-vector-v1",
    whole=True,
)
