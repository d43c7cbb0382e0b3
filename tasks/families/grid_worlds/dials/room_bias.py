"""The room with two goals, of which one is worth less: the rewards break its symmetries by as much as is asked for.

Opposite the goal there is another. A goal on the left gives less by ε; walls, moves and starts are as symmetric as
ever. The twin draws the poor side at reset and shows it: then the bias moves with all else, and the symmetry is exact
at every ε.
"""

from __future__ import annotations

from dataclasses import replace

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import Array, NumpyArray, array_namespace
from symprior.symmetry.groups import dihedral
from symprior.symmetry.names import Names
from symprior.symmetry.representations import rotations_of_the_plane
from symprior.symmetry.symmetry import Symmetry, exactness_at
from symprior.tasks.environments.gymnasium_types import Environment
from symprior.tasks.environments.simulators import SimulatorEnv
from symprior.tasks.families.grid_worlds.dials.grid_arm import grid_arm
from symprior.tasks.families.grid_worlds.layout.mazes import MOVE_NAMES, MOVES
from symprior.tasks.families.grid_worlds.layout.tables import Table
from symprior.tasks.families.grid_worlds.room import BIBTEX, GOAL_REWARD, HALL, PLACES, STEP_REWARD, Room, of_positions
from symprior.tasks.task import Card
from symprior.tasks.task.dials import Arm, register_with_twin

LEFT, CENTRE = 2, HALL.cells // 2
APPROXIMATE_UP_TO, BROKEN_FROM = 0.15, 0.35
"""The ε up to which the mean residual of the reward is within the border of what counts as approximate; it is 0.4 ε."""

_SIDES = Table(MOVES.astype(np.float32))


class BiasedRoom(Room):
    """The hall with a goal and another one opposite, turned by 180°; either ends the episode.

    A goal on the right gives 1, one on the left 1 − ε, one in the middle column 1 − ε/2; every other step −0.02. States
    are [batch, 2]: the agent's cell and that of one of the goals. Observations are those of the room.

    Args:
        eps: ε, in 0 … 1; at 0 both goals are alike.
    """

    def __init__(self, eps: float) -> None:
        super().__init__(HALL)
        leaning = np.sign(HALL.positions @ MOVES.T)  # +1 in the half of a side, [cells, sides]
        self._goal_rewards = Table((GOAL_REWARD - eps * (1 + leaning) / 2).ravel())

    def step(self, states: Array, actions: Array, uniforms: Array) -> tuple[Array, Array, Array]:
        """The agent's move, and what the goal is worth that it reaches."""
        xp = array_namespace(states)
        agent, goal = self.move(states, actions, uniforms), states[:, 1]
        reached = (agent == goal) | (agent == HALL.cells - 1 - goal)
        worth = self._goal_rewards(agent * len(MOVES) + self.poor_sides(states))
        following = xp.concat([agent[:, None], states[:, 1:]], axis=1)
        return following, xp.where(reached, worth, STEP_REWARD * xp.ones_like(worth)), reached

    def poor_sides(self, states: Array) -> Array:
        """The side whose goals are worth less, as the number of the move to it, [batch]."""
        return LEFT * array_namespace(states).ones_like(states[:, 0])

    def picture(self, state: Array) -> NDArray[np.uint8]:
        """The agent red, each goal as green as it is worth, walls grey."""
        drawn, goal, side = super().picture(state), int(state[0, 1]), int(self.poor_sides(state)[0])
        for cell in (goal, HALL.cells - 1 - goal):
            worth = self._goal_rewards.values[cell * len(MOVES) + side]
            drawn.reshape(-1, 3)[HALL.pixels[cell], 1] = 95 + 160 * max(worth, 0.0)
        return drawn

    def all_states(self) -> NDArray[np.int64]:
        """Every two cells where the second is not its own opposite, and the first neither it nor its opposite."""
        agent, goal = super().all_states().T
        return np.asarray(np.stack([agent, goal], axis=1)[(goal != CENTRE) & (agent + goal != HALL.cells - 1)])


class ObservedBiasedRoom(BiasedRoom):
    """The twin: the poor side is drawn at reset: states [batch, 3].

    Observations are float32 [6]: agent's and goal's position, and the side as a unit vector.
    """

    def __init__(self, eps: float) -> None:
        super().__init__(eps)
        self.observation_space = gymnasium.spaces.Box(-1.0, 1.0, (6,), np.float32)

    def poor_sides(self, states: Array) -> Array:
        """The side drawn."""
        return states[:, 2]

    def observe(self, states: Array) -> Array:
        """Both positions, scaled to ±1, and the side."""
        xp = array_namespace(states)
        return xp.concat([super().observe(states), _SIDES(states[:, 2])], axis=1)

    def recognise(self, observations: NumpyArray) -> NDArray[np.int64]:
        """The cells nearest to the positions shown, and the side nearest to the one shown."""
        side = (observations[:, 4:] @ MOVES.T).argmax(axis=1)
        return np.concatenate([super().recognise(observations[:, :4]), side[:, None]], axis=1)

    def all_states(self) -> NDArray[np.int64]:
        """Every start of the dial under every side."""
        pairs = super().all_states()
        return np.concatenate([np.insert(pairs, 2, side, axis=1) for side in range(len(MOVES))])


def moved_with_the_room(eps: float) -> Symmetry:
    """D4: both positions are moved as the plane is; exact without a bias."""
    exactness = exactness_at(eps, APPROXIMATE_UP_TO, BROKEN_FROM)
    return replace(of_positions(rotations_of_the_plane(dihedral(4))), exactness=exactness)


def moved_with_the_poor_side(eps: float) -> Symmetry:
    """D4: both positions and the poor side are moved as the plane is."""
    planar = rotations_of_the_plane(dihedral(4))
    return of_positions(planar, planar)


def make_env(eps: float, observed: bool = False, render_mode: str | None = None) -> Environment:
    """The single environment, as `gymnasium.make` calls it."""
    return SimulatorEnv((ObservedBiasedRoom if observed else BiasedRoom)(eps), render_mode)


_CARD = Card(
    description="Walk to one of two goals opposite each other in a room of 7×7 cells with thin walls; 1 for a goal, less by "
    "ε for one on the left, −0.02 a step, 50 steps at most. The agent sees its own and one goal's position.",
    group_in_words="D4: quarter turns of the room and mirrors, which the bias breaks.",
    source="Own; the room is that of room-vector-v1.",
    licence="MIT",
    bibtex=BIBTEX,
)
_OBSERVED_CARD = replace(
    _CARD,
    description="Walk to one of two goals opposite each other in a room of 7×7 cells with thin walls; 1 for a goal, less by "
    "ε for one on the poor side, −0.02 a step, 50 steps at most. The agent sees its own and one goal's position, and the "
    "poor side, which is drawn at reset.",
    group_in_words="D4: quarter turns of the room and mirrors; both positions and the poor side are moved together.",
)

GYM_ID = "symprior/RoomBias-v1"


def _arm(observed: bool) -> Arm:
    kind = ObservedBiasedRoom if observed else BiasedRoom
    return grid_arm(
        "room-observed-bias-v1" if observed else "room-bias-v1",
        _OBSERVED_CARD if observed else _CARD,
        GYM_ID,
        arguments=lambda value: {"eps": value, "observed": observed},
        kind=kind,
        names=Names((*PLACES, "poor side's x", "poor side's y") if observed else PLACES, MOVE_NAMES),
        symmetry=moved_with_the_poor_side if observed else moved_with_the_room,
        return_bounds=(-1.0, 1.0),
    )


register_with_twin(
    _arm(observed=False),
    _arm(observed=True),
    parameter="eps",
    meaning="how much less a goal on the left is worth, where another goal gives 1",
    values=(0.0, 0.1, 0.4, 0.7, 1.0),
    high=1.0,
    breaks="room-vector-v1",
)
