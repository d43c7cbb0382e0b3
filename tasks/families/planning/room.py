"""Plan a way through a room whose walls turn and mirror onto themselves, from pictures of the agent and of the goal."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import Array, NumpyArray
from symprior.symmetry.groups import cyclic, dihedral
from symprior.symmetry.names import Names
from symprior.symmetry.representations import ImageTransform, SignedPermutation, permuted, rotations_of_the_plane
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.environments.gymnasium_types import Environment
from symprior.tasks.environments.simulators import SimulatorEnv
from symprior.tasks.families.grid_worlds.layout.mazes import MOVE_NAMES, MOVES, Maze
from symprior.tasks.families.grid_worlds.room import BIBTEX, MAZES, WALL, Layout
from symprior.tasks.families.planning.goals import GoalSimulator
from symprior.tasks.families.planning.regimes import Regime, regimes
from symprior.tasks.families.planning.registration import register_goal_task
from symprior.tasks.families.planning.worlds import LIMIT, STEPS, TableWorld
from symprior.tasks.task import Card


class Walk(TableWorld):
    """The agent's cell on a maze of 7×7 cells, and nowhere to go.

    Four moves: right, up, left, down; into a wall the agent stays. Observations are uint8 [2, 15, 15]: the agent, and the
    walls.

    Args:
        maze: where the walls are.
    """

    def __init__(self, maze: Maze) -> None:
        super().__init__(maze.neighbours, _pictures(maze))
        self.maze = maze

    def picture(self, state: Array) -> NDArray[np.uint8]:
        """The agent red, walls grey."""
        drawn = np.repeat(WALL * self.maze.drawing[..., None], 3, axis=-1).astype(np.uint8)
        drawn.reshape(-1, 3)[self.maze.pixels[state[0, 0]], 0] = 255
        return drawn

    def recognise(self, observations: NumpyArray) -> NDArray[np.int64]:
        """The brightest cell in the agent's channel."""
        flat = np.asarray(observations)[:, 0].reshape(len(observations), -1)
        return np.asarray(flat[:, self.maze.pixels].argmax(axis=1)[:, None])


def _pictures(maze: Maze) -> NDArray[np.uint8]:
    """The drawing of every cell of the agent, [cells, 2, 2n + 1, 2n + 1]."""
    dots = np.zeros((maze.cells, maze.drawing.size), dtype=np.uint8)
    dots[np.arange(maze.cells), maze.pixels] = 255
    walls = np.broadcast_to(255 * maze.drawing.ravel().astype(np.uint8), dots.shape)
    return np.stack([dots, walls], axis=1).reshape(-1, 2, *maze.drawing.shape)


def corners_first(size: int) -> NDArray[np.int64]:
    """The cells of a square field, its four corners first, [cells]."""
    last = size * size - 1
    corners = [0, size - 1, last, last - size + 1]
    return np.array([*corners, *(cell for cell in range(size * size) if cell not in corners)])


@cache
def world(layout: Layout) -> Walk:
    """The room without a goal."""
    return Walk(MAZES[layout])


def room(layout: Layout) -> GoalSimulator:
    """The room with a goal: seen ones are its corners."""
    walk = world(layout)
    return GoalSimulator(walk, corners_first(walk.maze.size)[:, None], 4, LIMIT)


def make_env(layout: Layout = "hall", render_mode: str | None = None) -> Environment:
    """The single environment, as `gymnasium.make` calls it."""
    return SimulatorEnv(room(layout), render_mode)


def of_both_pictures(planar: SignedPermutation, channels: int, size: int) -> Symmetry:
    """Two pictures of so many channels are moved as the plane is, and the moves with them."""
    return Symmetry(ImageTransform(planar, 2 * channels, size), permuted(planar, MOVES), discrete=True)


def _register(name: str, layout: Layout, planar: Callable[[], SignedPermutation], group: str, regime: Regime) -> None:
    register_goal_task(
        name,
        regime,
        lambda: world(layout),
        STEPS,
        lambda: room(layout),
        lambda: of_both_pictures(planar(), 2, len(MAZES[layout].drawing)),
        Names(("agent", "walls", "agent at the goal", "walls at the goal"), MOVE_NAMES),
        (-1.0, 0.98),
        family="plan-room",
        card=Card(
            description="Plan a way to a goal in a room of 7×7 cells with thin walls; 1 for the goal, −0.02 a step, 50 "
            f"steps at most. Agent and goal are a picture each. {regime.words}",
            group_in_words=f"{group} Both pictures and the moves are moved together.",
            source="Own layouts, which decide the group; after the rooms of Sutton, Precup and Singh (1999).",
            licence="MIT",
            bibtex=BIBTEX,
        ),
    )


_EIGHT = "D4: quarter turns of the room and mirrors, on its walls too."
_FOUR = "C4: quarter turns of the room; its walls have a handedness, so that no mirror is a symmetry."

for each in regimes(MAZES["hall"].size):
    _register("plan-room", "hall", lambda: rotations_of_the_plane(dihedral(4)), _EIGHT, each)
_register(
    "plan-room-c4", "pinwheel", lambda: rotations_of_the_plane(cyclic(4)), _FOUR, regimes(MAZES["pinwheel"].size)[0]
)
