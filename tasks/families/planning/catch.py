"""Bring a prey that stands still to a place on a torus, seen as in catch: the agent in the centre, the prey round it."""

from __future__ import annotations

from functools import cache

import numpy as np

from symprior.symmetry.groups import cyclic
from symprior.symmetry.names import Names
from symprior.symmetry.representations import ImageTransform, rotations_of_the_plane
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.environments.gymnasium_types import Environment
from symprior.tasks.environments.simulators import SimulatorEnv
from symprior.tasks.families.grid_worlds.grid_catch import (
    BIBTEX,
    CELL,
    MOVE_NAMES,
    MOVES,
    SIZE,
    pictures,
    turns_of_moves,
)
from symprior.tasks.families.planning.goals import GoalSimulator
from symprior.tasks.families.planning.regimes import Regime, regimes
from symprior.tasks.families.planning.registration import register_goal_task
from symprior.tasks.families.planning.room import corners_first
from symprior.tasks.families.planning.worlds import LIMIT, STEPS, TableWorld
from symprior.tasks.task import Card


@cache
def world() -> TableWorld:
    """The prey's place relative to the agent, row by row from the lower left; the prey moves against the agent's move."""
    y, x = np.divmod(np.arange(SIZE * SIZE), SIZE)
    place = np.stack([x, y], axis=1)[:, None] - MOVES
    following = place[..., 1] % SIZE * SIZE + place[..., 0] % SIZE
    return TableWorld(following, pictures())


def chase() -> GoalSimulator:
    """That world with a place for the prey: seen goals are the corners of the picture."""
    return GoalSimulator(world(), corners_first(SIZE)[:, None], 4, LIMIT)


def make_env(render_mode: str | None = None) -> Environment:
    """The single environment, as `gymnasium.make` calls it."""
    return SimulatorEnv(chase(), render_mode)


def turns_of_both_images() -> Symmetry:
    """C4: both pictures turn anticlockwise about the agent, the moves turn with them."""
    planar = rotations_of_the_plane(cyclic(4))
    return Symmetry(ImageTransform(planar, channels=2, size=SIZE * CELL), turns_of_moves(), discrete=True)


def _register(regime: Regime) -> None:
    register_goal_task(
        "plan-catch",
        regime,
        world,
        STEPS,
        chase,
        turns_of_both_images,
        Names(("brightness", "brightness at the goal"), MOVE_NAMES),
        (-1.0, 0.98),
        card=Card(
            description="Plan how to bring a prey that stands still to the place that a picture of the goal shows, on a "
            "7×7 torus; 1 for that, −0.02 a step, 50 steps at most. The agent sees 21×21 pixels around itself. "
            f"{regime.words}",
            group_in_words="C4: quarter turns about the agent. Both pictures and the moves turn; `stay` is fixed.",
            source="The grid world of van der Pol et al. (2020), with a prey that stands still and a goal.",
            licence="MIT",
            bibtex=BIBTEX,
        ),
    )


for each in regimes(SIZE)[:2]:
    _register(each)
