"""Walk to a goal in a room whose walls turn and mirror onto themselves: all eight symmetries of the square, four, or two."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import Array, NumpyArray, array_namespace
from symprior.symmetry.groups import cyclic, dihedral
from symprior.symmetry.names import Names
from symprior.symmetry.representations import (
    ImageTransform,
    Representation,
    SignedPermutation,
    direct_sum,
    permutation,
    permuted,
    rotations_of_the_plane,
)
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.environments.gymnasium_types import Environment, Space
from symprior.tasks.environments.probes.probe import RecognisingProbe
from symprior.tasks.environments.simulators import SimulatorEnv
from symprior.tasks.families.grid_worlds.layout.mazes import MOVE_NAMES, MOVES, Maze
from symprior.tasks.families.grid_worlds.layout.tables import Table
from symprior.tasks.families.grid_worlds.layout.uniform_starts import UniformStarts
from symprior.tasks.references.dynamic_programming import optimal_policy
from symprior.tasks.task import Card, Task, register

HALL = Maze(
    (
        "###############",
        "#...#.....#...#",
        "#...#.....#...#",
        "#.............#",
        "###.###.###.###",
        "#...#.....#...#",
        "#...#.....#...#",
        "#.............#",
        "#...#.....#...#",
        "#...#.....#...#",
        "###.###.###.###",
        "#.............#",
        "#...#.....#...#",
        "#...#.....#...#",
        "###############",
    )
)
"""A hall with four doors and four chambers in the corners: it turns and mirrors onto itself (D4)."""

PINWHEEL = Maze(
    (
        "###############",
        "#...#.........#",
        "#...#.........#",
        "#...#.........#",
        "#...#####.#####",
        "#.........#...#",
        "#...#.....#...#",
        "#...#.....#...#",
        "#...#.....#...#",
        "#...#.........#",
        "#####.#####...#",
        "#.........#...#",
        "#.........#...#",
        "#.........#...#",
        "###############",
    )
)
"""Four halls round a fifth, each with one door beside its corner: it turns onto itself and has a handedness (C4)."""

FOLDED = Maze(
    (
        "###############",
        "#.............#",
        "#...#...#.....#",
        "#...#...#.....#",
        "#######.#.....#",
        "#...#.........#",
        "#...#.#...###.#",
        "#.....#.......#",
        "#.#######.#...#",
        "#.#...#...#...#",
        "#.#...#.#####.#",
        "#.....#...#...#",
        "#...###...#...#",
        "#.........#...#",
        "###############",
    )
)
"""Walls that are the same with x and y exchanged, and keep no other symmetry of the square (C2)."""

STEP_REWARD, GOAL_REWARD = -0.02, 1.0
WALL = 128
"""The shade of walls in pictures for people."""

_REWARDS = Table(np.array([STEP_REWARD, GOAL_REWARD]))


class Room(UniformStarts):
    """The agent's and the goal's cell on a maze of 7×7 cells, [batch, 2] integers.

    Four moves: right, up, left, down; into a wall the agent stays. Reaching the goal gives 1 and ends the episode,
    every other step −0.02; 50 steps at most. Agent and goal start in any two different cells. Observations are float32
    [4]: the agent's and the goal's position, each coordinate in −1 … 1.

    Args:
        maze: where the walls are.
    """

    max_episode_steps = 50

    def __init__(self, maze: Maze) -> None:
        self.maze = maze
        self.observation_space: Space = gymnasium.spaces.Box(-1.0, 1.0, (4,), np.float32)
        self.action_space = gymnasium.spaces.Discrete(len(MOVES))
        self._neighbours = Table(maze.neighbours.ravel())
        self._positions = Table((maze.positions / (maze.size - 1)).astype(np.float32))

    def step(self, states: Array, actions: Array, uniforms: Array) -> tuple[Array, Array, Array]:
        """The agent's move."""
        xp = array_namespace(states)
        agent = self.move(states, actions, uniforms)
        reached = agent == states[:, 1]
        following = xp.concat([agent[:, None], states[:, 1:]], axis=1)
        return following, _REWARDS(xp.astype(reached, xp.int64)), reached

    def move(self, states: Array, actions: Array, uniforms: Array) -> Array:
        """The agent's next cell, [batch]."""
        return self._neighbours(states[:, 0] * len(MOVES) + actions)

    def observe(self, states: Array) -> Array:
        """Both positions, scaled to ±1."""
        xp = array_namespace(states)
        return xp.concat([self._positions(states[:, 0]), self._positions(states[:, 1])], axis=1)

    def picture(self, state: Array) -> NDArray[np.uint8]:
        """The agent red, the goal green, walls grey."""
        drawn = np.repeat(WALL * self.maze.drawing[..., None], 3, axis=-1).astype(np.uint8)
        for channel, cell in enumerate(state[0, :2]):
            drawn.reshape(-1, 3)[self.maze.pixels[cell], channel] = 255
        return drawn

    def recognise(self, observations: NumpyArray) -> NDArray[np.int64]:
        """The cells nearest to the positions shown."""
        positions = np.asarray(observations).reshape(-1, 2, 2) * (self.maze.size - 1)
        return self.maze.cells_at(positions)

    def all_states(self) -> NDArray[np.int64]:
        """Every ordered pair of different cells."""
        agent, goal = np.divmod(np.arange(self.maze.cells**2), self.maze.cells)
        return np.asarray(np.stack([agent, goal], axis=1)[agent != goal])

    def step_support(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Nothing is random."""
        return np.empty((1, 0)), np.ones(1)


class RoomImage(Room):
    """The same dynamics seen as a drawing: uint8 [3, 15, 15] with agent, goal and walls in a channel each."""

    def __init__(self, maze: Maze) -> None:
        super().__init__(maze)
        side = len(maze.drawing)
        self.observation_space = gymnasium.spaces.Box(0, 255, (3, side, side), np.uint8)
        self._pictures = Table(_pictures(maze))

    def observe(self, states: Array) -> Array:
        """The drawing of each state."""
        return self._pictures(states[:, 0] * self.maze.cells + states[:, 1])

    def recognise(self, observations: NumpyArray) -> NDArray[np.int64]:
        """The brightest cell in the channels of agent and goal."""
        flat = np.asarray(observations).reshape(len(observations), 3, -1)[:, :2]
        return np.asarray(flat[..., self.maze.pixels].argmax(axis=2))


def _pictures(maze: Maze) -> NDArray[np.uint8]:
    """The drawing of every pair of agent's and goal's cell, [cells², 3, 2n + 1, 2n + 1]."""
    dots = np.zeros((maze.cells, maze.drawing.size), dtype=np.uint8)
    dots[np.arange(maze.cells), maze.pixels] = 255
    agent, goal = np.divmod(np.arange(maze.cells**2), maze.cells)
    walls = np.broadcast_to(255 * maze.drawing.ravel().astype(np.uint8), (maze.cells**2, maze.drawing.size))
    return np.stack([dots[agent], dots[goal], walls], axis=1).reshape(-1, 3, *maze.drawing.shape)


def transposition() -> SignedPermutation:
    """C2 on the plane: x and y are exchanged, which mirrors it at the rising diagonal."""
    return permutation(cyclic(2), [[0, 1], [1, 0]])


def of_images(planar: SignedPermutation) -> Symmetry:
    """The drawing is moved as the plane is, and the moves with it."""
    return Symmetry(ImageTransform(planar, channels=3, size=len(HALL.drawing)), permuted(planar, MOVES), discrete=True)


def of_positions(planar: SignedPermutation, *others: Representation) -> Symmetry:
    """Both positions are moved as the plane is, and the moves with it; what else is seen is acted on by `others`."""
    return Symmetry(direct_sum(planar, planar, *others), permuted(planar, MOVES), discrete=True)


Layout = Literal["hall", "pinwheel", "folded"]
MAZES: dict[Layout, Maze] = {"hall": HALL, "pinwheel": PINWHEEL, "folded": FOLDED}


def make_env(layout: Layout = "hall", image: bool = True, render_mode: str | None = None) -> Environment:
    """The single environment, as `gymnasium.make` calls it."""
    return SimulatorEnv((RoomImage if image else Room)(MAZES[layout]), render_mode)


BIBTEX = """@article{sutton1999between,
  title={Between {MDP}s and semi-{MDP}s: A framework for temporal abstraction in reinforcement learning},
  author={Sutton, Richard S. and Precup, Doina and Singh, Satinder},
  journal={Artificial Intelligence},
  volume={112}, number={1--2}, pages={181--211}, year={1999}
}"""

_FOLDING = """@techreport{ravindran2001symmetries,
  title={Symmetries and Model Minimization in {M}arkov Decision Processes},
  author={Ravindran, Balaraman and Barto, Andrew G.},
  institution={University of Massachusetts Amherst}, number={01-43}, year={2001}
}"""


PLACES = ("agent's x", "agent's y", "goal's x", "goal's y")


def _register(
    task_id: str, gym_id: str, layout: Layout, planar: Callable[[], SignedPermutation], group: str, image: bool = True
) -> None:
    kind, of_observations = (RoomImage, of_images) if image else (Room, of_positions)
    folding = ", folded along the diagonal as by Ravindran and Barto (2001)" if layout == "folded" else ""
    seen = "a drawing with agent, goal and walls in a channel each" if image else "both positions, not the walls"
    register(
        Task(
            id=task_id,
            family="room" if image else "room-vector",
            gym_id=gym_id,
            simulator=lambda: kind(MAZES[layout]),
            symmetry=lambda: of_observations(planar()),
            probe=lambda: RecognisingProbe(gymnasium.make(gym_id)),
            names=Names(("agent", "goal", "walls") if image else PLACES, MOVE_NAMES),
            reference_policy=optimal_policy(lambda: Room(MAZES[layout])),
            return_bounds=(-1.0, 1.0),
            card=Card(
                description="Walk to a goal in a room of 7×7 cells with thin walls; 1 for the goal, −0.02 a step, 50 steps "
                f"at most. Agent and goal start anywhere. The agent sees {seen}.",
                group_in_words=f"{group} {'The drawing' if image else 'Both positions'} and the moves are moved together.",
                source=f"Own layouts, which decide the group; after the rooms of Sutton, Precup and Singh (1999){folding}.",
                licence="MIT",
                bibtex=f"{BIBTEX}\n\n{_FOLDING}" if layout == "folded" else BIBTEX,
            ),
        )
    )


_EIGHT = "D4: quarter turns of the room and mirrors, on its walls too."
_FOUR = "C4: quarter turns of the room; its walls have a handedness, so that no mirror is a symmetry."
_TWO = "C2: x and y are exchanged, a mirror at the rising diagonal, right with up and left with down."

_register("room-v1", "symprior/Room-v1", "hall", lambda: rotations_of_the_plane(dihedral(4)), _EIGHT)
_register(
    "room-vector-v1", "symprior/RoomVector-v1", "hall", lambda: rotations_of_the_plane(dihedral(4)), _EIGHT, image=False
)
_register("room-c4-v1", "symprior/RoomC4-v1", "pinwheel", lambda: rotations_of_the_plane(cyclic(4)), _FOUR)
_register("room-transposed-v1", "symprior/RoomTransposed-v1", "folded", transposition, _TWO)
