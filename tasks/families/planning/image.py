"""Plan how to move a picture by single pixels on a torus, as it is given and turned: a picture that matplotlib ships.

The task of a translated image is of van der Pol, Kipf, Oliehoek and Welling (2020); there one orientation is all there is.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.groups import cyclic
from symprior.symmetry.names import Names
from symprior.symmetry.representations import rotations_of_the_plane
from symprior.tasks.environments.gymnasium_types import Environment
from symprior.tasks.environments.simulators import SimulatorEnv
from symprior.tasks.families.grid_worlds.key_room import BIBTEX
from symprior.tasks.families.grid_worlds.layout.mazes import MOVE_NAMES, MOVES
from symprior.tasks.families.planning.goals import GoalSimulator
from symprior.tasks.families.planning.regimes import Regime, regimes
from symprior.tasks.families.planning.registration import register_goal_task
from symprior.tasks.families.planning.room import of_both_pictures
from symprior.tasks.families.planning.worlds import LIMIT, STEPS, TableWorld
from symprior.tasks.task import Card

SIZE, TURNS, BLOCK = 15, 4, 8
PLACES = SIZE * SIZE
SHIPPED = "sample_data/Minduka_Present_Blue_Pack.png"
"""Of matplotlib's data: a parcel on a transparent ground, 128×128 pixels."""


def parcel() -> NDArray[np.uint8]:
    """The picture in grey, in blocks of 8×8 pixels, [15, 15]; its ground is black."""
    import matplotlib
    from matplotlib.image import imread

    pixels = np.asarray(imread(Path(matplotlib.get_data_path()) / SHIPPED), dtype=np.float64)
    grey = (pixels[..., :3].mean(axis=-1) * pixels[..., 3])[: BLOCK * SIZE, : BLOCK * SIZE]
    return np.asarray(np.rint(255 * grey.reshape(SIZE, BLOCK, SIZE, BLOCK).mean(axis=(1, 3))), dtype=np.uint8)


@cache
def world() -> TableWorld:
    """How often the picture is turned, and where it is moved to, row by row; four moves: right, up, left, down."""
    turned = [np.rot90(parcel(), turns) for turns in range(TURNS)]
    pictures = [
        np.roll(picture, (-(place // SIZE), place % SIZE), axis=(0, 1)) for picture in turned for place in range(PLACES)
    ]
    turn, place = np.divmod(np.arange(TURNS * PLACES), PLACES)
    moved = np.stack([place % SIZE, place // SIZE], axis=1)[:, None] + MOVES
    following = turn[:, None] * PLACES + moved[..., 1] % SIZE * SIZE + moved[..., 0] % SIZE
    return TableWorld(following, np.stack(pictures)[:, None])


def shift() -> GoalSimulator:
    """That world with a place to move to, turned as it is; seen ones are whole thirds of a side away, each way."""
    states = np.arange(TURNS * PLACES)
    y, x = np.divmod(states % PLACES, SIZE)
    seen = (x % (SIZE // 3) == 0) & (y % (SIZE // 3) == 0)
    goals = np.concatenate([states[seen], states[~seen]])[:, None]
    return GoalSimulator(world(), goals, int(seen.sum()), LIMIT, part=lambda of: of[:, 0] // PLACES)


def make_env(render_mode: str | None = None) -> Environment:
    """The single environment, as `gymnasium.make` calls it."""
    return SimulatorEnv(shift(), render_mode)


def as_given(states: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether the picture is not turned, [batch]."""
    return np.asarray(states[:, 0] < PLACES)


HELD_OUT = Regime(
    "-held-out",
    "Known is what random moves showed, without a goal, of the picture as it is given; it was never seen turned.",
    (as_given,),
)


def _register(regime: Regime) -> None:
    register_goal_task(
        "plan-image",
        regime,
        world,
        STEPS,
        shift,
        lambda: of_both_pictures(rotations_of_the_plane(cyclic(4)), 1, SIZE),
        Names(("brightness", "brightness at the goal"), MOVE_NAMES),
        (-1.0, 0.98),
        card=Card(
            description="Plan how to move a picture of 15×15 pixels, a pixel at a time and round the edges, to where a "
            f"second picture shows it; 1 for that, −0.02 a step, 50 steps at most. {regime.words}",
            group_in_words="C4: quarter turns of both pictures, and of the moves.",
            source="The translated image of van der Pol, Kipf, Oliehoek and Welling (2020), on a torus and turned.",
            licence="MIT; the picture comes with matplotlib",
            bibtex=BIBTEX,
        ),
    )


for each in (regimes(SIZE)[0], HELD_OUT):
    _register(each)
