"""Fetch a key, perhaps the mail, and bring them to any cell: the room of "Plannable Approximations to MDP Homomorphisms".

As there (van der Pol, Kipf, Oliehoek and Welling, 2020), the place of delivery is no part of the world: it is given to the
planner as a picture of the robot that has everything there. Seen ones are the corners.
"""

from __future__ import annotations

from functools import cache

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import Array, NumpyArray, array_namespace
from symprior.symmetry.groups import dihedral
from symprior.symmetry.names import Names
from symprior.symmetry.representations import ImageTransform, rotations_of_the_plane
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.environments.gymnasium_types import Environment
from symprior.tasks.environments.probes.probe import RecognisingProbe
from symprior.tasks.environments.simulators import SimulatorEnv
from symprior.tasks.families.grid_worlds.key_room import (
    BIBTEX,
    CELLS,
    EVENT_REWARD,
    HELD,
    MAZE,
    PIXELS,
    SIZE,
    STEP_REWARD,
    fetch,
    lie_apart,
    pictures,
    placements,
    recognised,
    shown_at,
)
from symprior.tasks.families.grid_worlds.layout.mazes import MOVE_NAMES, MOVES
from symprior.tasks.families.grid_worlds.layout.uniform_starts import UniformStarts
from symprior.tasks.families.planning.goals import GoalSimulator
from symprior.tasks.families.planning.regimes import Regime, regimes
from symprior.tasks.families.planning.registration import register_goal_task
from symprior.tasks.families.planning.room import corners_first, of_both_pictures
from symprior.tasks.task import Card

STEPS = 50
"""Of an episode of the data."""
LIMIT = 100


class Fetch(UniformStarts):
    """A robot in a room of 6×6 cells with walls round it, and objects to take: the key room without a place to deliver to.

    States are [batch, 1 + objects] integers: the robot's cell, and each object's, or 36 once the robot has it. Four moves:
    right, up, left, down. A step costs 0.1; to step onto the object whose turn it is takes it and gives 1, onto the other
    one costs 1. Robot and objects start in different cells. Observations are uint8 [1 + objects, 48, 48].

    Args:
        objects: 1, the key; or 2, the key and then the mail.
    """

    max_episode_steps = STEPS

    def __init__(self, objects: int) -> None:
        self.objects = objects
        self.observation_space = gymnasium.spaces.Box(0, 255, (1 + objects, PIXELS, PIXELS), np.uint8)
        self.action_space = gymnasium.spaces.Discrete(len(MOVES))
        self._pictures = pictures(marked=False)[: 1 + objects]

    def step(self, states: Array, actions: Array, uniforms: Array) -> tuple[Array, Array, Array]:
        """The robot's move, and what it takes or touches."""
        xp = array_namespace(states)
        following, events = fetch(states, actions)
        rewards = STEP_REWARD + EVENT_REWARD * xp.astype(events, xp.float64)
        return following, rewards, xp.zeros_like(events, dtype=xp.bool)

    def observe(self, states: Array) -> Array:
        """The picture of each state; what the robot has is drawn where it is."""
        drawn = zip(self._pictures, shown_at(states), strict=True)
        return array_namespace(states).stack([of_thing(place) for of_thing, place in drawn], axis=1)

    def picture(self, state: Array) -> NDArray[np.uint8]:
        """What the agent sees: the robot red, the key green, the mail blue."""
        seen = np.zeros((3, PIXELS, PIXELS), dtype=np.uint8)
        seen[: 1 + self.objects] = self.observe(state)[0]
        return np.moveaxis(seen, 0, -1)

    def recognise(self, observations: NumpyArray) -> NDArray[np.int64]:
        """The cells where most of each thing is seen."""
        return recognised(observations, self.objects)

    def all_states(self) -> NDArray[np.int64]:
        """Every state in which no object lies under the robot in its turn."""
        return placements(self.objects)

    def start_states(self) -> NDArray[np.int64]:
        """Robot and objects in different cells."""
        states = self.all_states()
        return np.asarray(states[lie_apart(states)])

    def step_support(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Nothing is random."""
        return np.empty((1, 0)), np.ones(1)


class DeliveryProbe(RecognisingProbe):
    """Turns and mirrors states where the symmetry turns and mirrors pictures: there are too many to draw them all."""

    def act_on_states(self, symmetry: Symmetry, g: int, states: NumpyArray) -> NumpyArray:
        """Every place moves as the plane does; under another symmetry, what its picture of the state shows."""
        if not isinstance(symmetry.observation, ImageTransform) or symmetry.observation.fibre.size > 1:
            return super().act_on_states(symmetry, g, states)
        cells = np.append(MAZE.cells_at(symmetry.observation.planar(g, MAZE.positions)), HELD)
        goals = corners_first(SIZE)
        moved = np.argsort(goals)[cells[goals]]
        return np.concatenate([cells[states[:, :-1]], moved[states[:, -1:]]], axis=1)


@cache
def world(objects: int) -> Fetch:
    """The room without a place to deliver to."""
    return Fetch(objects)


def delivery(objects: int) -> GoalSimulator:
    """The room with a cell to deliver to: seen ones are its corners."""
    goals = np.full((CELLS, 1 + objects), HELD)
    goals[:, 0] = corners_first(SIZE)
    return GoalSimulator(world(objects), goals, 4, LIMIT)


def make_env(objects: int = 1, render_mode: str | None = None) -> Environment:
    """The single environment, as `gymnasium.make` calls it."""
    return SimulatorEnv(delivery(objects), render_mode)


def _register(name: str, objects: int, regime: Regime) -> None:
    fetched = "the key" if objects == 1 else "the key, then the mail"
    costs = "−0.1 a step" if objects == 1 else "−0.1 a step, −1 for the mail before the key"
    things = ("robot", "key", "mail")[: 1 + objects]
    register_goal_task(
        name,
        regime,
        lambda: world(objects),
        STEPS,
        lambda: delivery(objects),
        lambda: of_both_pictures(rotations_of_the_plane(dihedral(4)), 1 + objects, PIXELS),
        Names((*things, *(f"{thing} at the goal" for thing in things)), MOVE_NAMES),
        (-10.0, 1.9) if objects == 1 else (-60.0, 2.8),
        family="plan-key-room",
        probe=DeliveryProbe,
        card=Card(
            description=f"Fetch {fetched}, and deliver at the cell that a picture of the goal shows; 1 for each object "
            f"and for the delivery, {costs}. Walls round 6×6 cells, seen as 48×48 pixels with a channel for each thing. "
            f"{regime.words}",
            group_in_words="D4: quarter turns of the room and mirrors; both pictures and the moves are moved together.",
            source="The room of van der Pol, Kipf, Oliehoek and Welling (2020).",
            licence="MIT",
            bibtex=BIBTEX,
        ),
    )


for each in regimes(SIZE):
    _register("plan-key-room", 1, each)
