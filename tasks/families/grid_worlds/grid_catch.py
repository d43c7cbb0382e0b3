"""Catch a moving prey on a torus under quarter turns: the grid world of van der Pol et al. (2020).

The image is theirs (7×7 cells of 3×3 pixels, the agent an × in the centre, the prey a +); their released
code's scaling of the image and its treatment of the time limit as a terminal state are not.
"""

from __future__ import annotations

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import Array, array_namespace
from symprior.symmetry.groups import cyclic
from symprior.symmetry.names import Names
from symprior.symmetry.representations import (
    ImageTransform,
    SignedPermutation,
    direct_sum,
    permutation,
    rotations_of_the_plane,
    trivial_representation,
)
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.environments.gymnasium_types import Environment, Space
from symprior.tasks.environments.probes.probe import TabularProbe
from symprior.tasks.environments.simulators import SimulatorEnv, TabularSimulator
from symprior.tasks.families.grid_worlds.layout.tables import Table
from symprior.tasks.references.dynamic_programming import optimal_policy
from symprior.tasks.task import Card, Task, register

SIZE, RADIUS, CELL = 7, 3, 3
PREY_MOVES = 0.15
# stay, right, up, left, down; x to the right, y up
MOVES = np.array([[0, 0], [1, 0], [0, 1], [-1, 0], [0, -1]])
MOVE_NAMES = ("stay", "right", "up", "left", "down")
PREY = ("prey to the right", "prey above")
CATCH_REWARD, STEP_REWARD = 1.0, -0.1


class GridCatch(TabularSimulator):
    """The prey's position relative to the agent on a 7×7 torus, [batch, 2] integers (x right, y up).

    Each coordinate is in −3 … 3. The agent moves; unless that caught the prey, the prey takes a uniformly
    random compass step with probability 0.15. Catching gives 1 and ends the episode, every other step −0.1;
    100 steps at most. The prey starts anywhere but on the agent. Observations are float32 [2], the relative
    position over 3.
    """

    max_episode_steps = 100
    reset_draws = 1
    step_draws = 1

    def __init__(self) -> None:
        self.observation_space: Space = gymnasium.spaces.Box(-1.0, 1.0, (2,), np.float32)
        self.action_space = gymnasium.spaces.Discrete(len(MOVES))

    def initial(self, uniforms: Array) -> Array:
        """Uniform over the 48 cells that are not the agent's."""
        xp = array_namespace(uniforms)
        cell = xp.astype(uniforms[:, 0] * (SIZE * SIZE - 1), xp.int64)
        cell = cell + xp.astype(cell >= SIZE * SIZE // 2, xp.int64)  # leave out the centre
        return xp.stack([cell % SIZE - RADIUS, cell // SIZE - RADIUS], axis=1)

    def step(self, states: Array, actions: Array, uniforms: Array) -> tuple[Array, Array, Array]:
        """The agent's move, then the prey's."""
        return self.pursue(states, actions, self.prey_moves(states, uniforms))

    def prey_moves(self, states: Array, uniforms: Array) -> Array:
        """Which of the five moves the prey would make, [batch]."""
        xp = array_namespace(uniforms)
        # 1 … 4, or beyond: the prey stays
        direction = xp.astype(uniforms[:, 0] * (4 / PREY_MOVES), xp.int64) + 1
        return xp.where(direction > 4, xp.zeros_like(direction), direction)

    def pursue(self, positions: Array, actions: Array, prey_moves: Array) -> tuple[Array, Array, Array]:
        """The agent's moves, then the prey's unless it is caught: a step from relative positions [batch, 2]."""
        xp = array_namespace(positions)
        moves = xp.asarray(MOVES, device=positions.device)
        positions = _wrap(positions - xp.take(moves, actions, axis=0))
        caught = xp.all(positions == 0, axis=1)
        prey_moves = xp.where(caught, xp.zeros_like(prey_moves), prey_moves)
        positions = _wrap(positions + xp.take(moves, prey_moves, axis=0))
        caught = xp.all(positions == 0, axis=1)
        rewards = xp.where(caught, CATCH_REWARD, STEP_REWARD)
        return positions, xp.astype(rewards, xp.float64), caught

    def observe(self, states: Array) -> Array:
        """The relative position, scaled to ±1."""
        xp = array_namespace(states)
        return xp.astype(states, xp.float32) / RADIUS

    def picture(self, state: Array) -> NDArray[np.uint8]:
        """The image that the image task shows."""
        x, y = (int(place) for place in state[0, :2])
        return np.repeat(pictures()[(y + RADIUS) * SIZE + x + RADIUS, 0][..., None], 3, axis=-1)

    def all_states(self) -> NDArray[np.int64]:
        """The 48 relative positions."""
        cells = [(number % SIZE - RADIUS, number // SIZE - RADIUS) for number in range(SIZE * SIZE)]
        return np.array([cell for cell in cells if cell != (0, 0)])

    def reset_support(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """48 cells, equally likely."""
        cells = SIZE * SIZE - 1
        return (np.arange(cells)[:, None] + 0.5) / cells, np.full(cells, 1 / cells)

    def step_support(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The prey stays, or takes one of four steps."""
        uniforms = [*((np.arange(4) + 0.5) * PREY_MOVES / 4), (1 + PREY_MOVES) / 2]
        return np.array(uniforms)[:, None], np.array([*[PREY_MOVES / 4] * 4, 1 - PREY_MOVES])


class GridCatchImage(GridCatch):
    """The same dynamics seen as an image: uint8 [1, 21, 21], 255 where something is drawn."""

    def __init__(self) -> None:
        super().__init__()
        pixels = SIZE * CELL
        self.observation_space = gymnasium.spaces.Box(0, 255, (1, pixels, pixels), np.uint8)
        self._pictures = Table(pictures())

    def observe(self, states: Array) -> Array:
        """The picture of each state."""
        return self._pictures((states[:, 1] + RADIUS) * SIZE + states[:, 0] + RADIUS)


def _wrap(position: Array) -> Array:
    return (position + RADIUS) % SIZE - RADIUS


def agent_and_prey() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The agent's × in the centre, [21, 21], and the prey's + at every relative position, [49, 21, 21], as 0 and 1.

    The number of the position (x, y) is (y + 3)·7 + x + 3.
    """
    cross = np.eye(CELL, dtype=np.uint8) | np.eye(CELL, dtype=np.uint8)[::-1]
    plus = np.zeros((CELL, CELL), dtype=np.uint8)
    plus[CELL // 2, :] = plus[:, CELL // 2] = 1
    cells = np.eye(SIZE * SIZE, dtype=np.uint8).reshape(-1, SIZE, SIZE)[:, ::-1]  # the first row is on top
    return np.kron(cells[SIZE * SIZE // 2], cross), np.kron(cells, plus)


def pictures() -> NDArray[np.uint8]:
    """The image of every relative position, [49, 1, 21, 21]."""
    return 255 * np.maximum(*agent_and_prey())[:, None]


def make_env(image: bool = True, render_mode: str | None = None) -> Environment:
    """The single environment, as `gymnasium.make` calls it."""
    return SimulatorEnv(GridCatchImage() if image else GridCatch(), render_mode)


def turns_of_moves() -> SignedPermutation:
    """Quarter turns permute the four moves and leave `stay`."""
    group = cyclic(4)
    turned = permutation(group, [[(move + g) % 4 for move in range(4)] for g in range(4)])
    both = direct_sum(trivial_representation(group), turned)
    assert isinstance(both, SignedPermutation)
    return both


def turns_of_images() -> Symmetry:
    """C4: the image turns anticlockwise about the agent, the moves turn with it."""
    planar = rotations_of_the_plane(cyclic(4))
    return Symmetry(ImageTransform(planar, channels=1, size=SIZE * CELL), turns_of_moves(), discrete=True)


def turns_of_vectors() -> Symmetry:
    """C4: the relative position turns anticlockwise, the moves turn with it."""
    return Symmetry(rotations_of_the_plane(cyclic(4)), turns_of_moves(), discrete=True)


def _probe(gym_id: str) -> TabularProbe:
    return TabularProbe(gymnasium.make(gym_id))


chase = optimal_policy(GridCatch)
"""An optimal policy with 100 steps to go, found by dynamic programming; [batch, 2] → [batch]."""


def sweep(step: int) -> int:
    """A blind policy: six moves to the right, one up, again and again; it visits every cell of the torus."""
    return 2 if step % SIZE == SIZE - 1 else 1


BIBTEX = """@inproceedings{vanderpol2020mdp,
  title={{MDP} Homomorphic Networks: Group Symmetries in Reinforcement Learning},
  author={van der Pol, Elise and Worrall, Daniel E. and van Hoof, Herke and Oliehoek, Frans A.
          and Welling, Max},
  booktitle={Advances in Neural Information Processing Systems},
  volume={33}, year={2020}
}"""


def _register(task_id: str, gym_id: str, image: bool) -> None:
    seen = "21×21 pixels around the agent" if image else "the prey's relative position (two numbers)"
    turned = "The image turns" if image else "The relative position turns"
    register(
        Task(
            id=task_id,
            family="grid-catch" if image else "grid-catch-vector",
            gym_id=gym_id,
            simulator=GridCatchImage if image else GridCatch,
            symmetry=turns_of_images if image else turns_of_vectors,
            probe=lambda: _probe(gym_id),
            names=Names(("brightness",) if image else PREY, MOVE_NAMES),
            reference_policy=chase,
            blind_policy=sweep,
            return_bounds=(-10.0, 1.0),
            card=Card(
                description="Catch a randomly moving prey on a 7×7 torus; 1 for the catch, −0.1 a step. "
                f"The agent sees {seen}.",
                group_in_words=f"C4: quarter turns about the agent. {turned}, the moves with it; `stay` is fixed.",
                source="The grid world of van der Pol et al. (2020), without its released code's confounds.",
                licence="MIT",
                bibtex=BIBTEX,
            ),
        )
    )


_register("grid-catch-v1", "symprior/GridCatch-v1", image=True)
_register("grid-catch-vector-v1", "symprior/GridCatchVector-v1", image=False)
