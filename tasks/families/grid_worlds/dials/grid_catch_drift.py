"""Catch a prey that drifts to one side: the quarter turns of the torus are broken by as much as is asked for.

With probability ε the prey is carried one cell to the right instead of moving as it likes. The twin draws the direction
of the drift at reset and shows it: then the direction turns with everything else, and the symmetry is exact at every ε.
"""

from __future__ import annotations

from dataclasses import replace

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import Array, array_namespace
from symprior.symmetry.groups import cyclic
from symprior.symmetry.names import Names
from symprior.symmetry.representations import direct_sum, rotations_of_the_plane
from symprior.symmetry.symmetry import Symmetry, exactness_at
from symprior.tasks.environments.gymnasium_types import Environment
from symprior.tasks.environments.simulators import SimulatorEnv
from symprior.tasks.families.grid_worlds.dials.grid_arm import grid_arm
from symprior.tasks.families.grid_worlds.grid_catch import (
    BIBTEX,
    MOVE_NAMES,
    MOVES,
    PREY,
    SIZE,
    GridCatch,
    turns_of_moves,
    turns_of_vectors,
)
from symprior.tasks.families.grid_worlds.layout.tables import Table
from symprior.tasks.task import Card
from symprior.tasks.task.dials import Arm, register_with_twin

APPROXIMATE_UP_TO, BROKEN_FROM = 0.04, 0.06
"""The ε up to which the mean residual of a step is within the border of what counts as approximate; it is 2 ε."""

LINE = (255, 160, 0)
EDGES: dict[int, tuple[slice, int] | int] = {1: np.s_[:, -1], 2: np.s_[0], 3: np.s_[:, 0], 4: np.s_[-1]}
"""The colour of the side to which the prey drifts, and where the sides are in a picture."""

_DIRECTIONS = Table(MOVES[1:].astype(np.float32))


class DriftingCatch(GridCatch):
    """Catch, where the prey is carried one cell to the right with probability ε, and else moves as in catch.

    Args:
        eps: the probability ε, in [0, 1); at 0 this is catch.
    """

    def __init__(self, eps: float) -> None:
        super().__init__()
        self.eps = eps

    def prey_moves(self, states: Array, uniforms: Array) -> Array:
        """Which of the five moves the prey would make, [batch]."""
        xp = array_namespace(uniforms)
        of_its_own = super().prey_moves(states, (uniforms - self.eps) / (1 - self.eps))
        return xp.where(uniforms[:, 0] < self.eps, self.drifts(states), of_its_own)

    def drifts(self, states: Array) -> Array:
        """The move of a prey that is carried away, [batch]."""
        return array_namespace(states).ones_like(states[:, 0])

    def picture(self, state: Array) -> NDArray[np.uint8]:
        """The image of catch, with a line on the side to which the prey drifts."""
        drawn = super().picture(state)
        if self.eps > 0:
            drawn[EDGES[int(self.drifts(state)[0])]] = LINE
        return drawn

    def step_support(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The prey is carried away; or it stays, or takes one of four steps."""
        uniforms, probabilities = super().step_support()
        if self.eps == 0:
            return uniforms, probabilities
        own = self.eps + (1 - self.eps) * uniforms
        return np.concatenate([[[self.eps / 2]], own]), np.append(self.eps, (1 - self.eps) * probabilities)


class ObservedDriftingCatch(DriftingCatch):
    """The twin: the direction of the drift, 1 … 4, is drawn at reset: states [batch, 3].

    Observations are float32 [4]: the relative position over 3, and the direction as a unit vector.
    """

    reset_draws = 2

    def __init__(self, eps: float) -> None:
        super().__init__(eps)
        self.observation_space = gymnasium.spaces.Box(-1.0, 1.0, (4,), np.float32)

    def initial(self, uniforms: Array) -> Array:
        """A start of catch, and any of four directions."""
        xp = array_namespace(uniforms)
        direction = xp.astype(4 * uniforms[:, 1], xp.int64) + 1
        return xp.concat([super().initial(uniforms), direction[:, None]], axis=1)

    def step(self, states: Array, actions: Array, uniforms: Array) -> tuple[Array, Array, Array]:
        """Step as in catch; the direction stays."""
        xp = array_namespace(states)
        positions, rewards, caught = self.pursue(states[:, :2], actions, self.prey_moves(states, uniforms))
        return xp.concat([positions, states[:, 2:]], axis=1), rewards, caught

    def drifts(self, states: Array) -> Array:
        """The direction drawn."""
        return states[:, 2]

    def observe(self, states: Array) -> Array:
        """The relative position, scaled to ±1, and the direction."""
        xp = array_namespace(states)
        return xp.concat([super().observe(states[:, :2]), _DIRECTIONS(states[:, 2] - 1)], axis=1)

    def all_states(self) -> NDArray[np.int64]:
        """Every relative position under every direction."""
        cells = super().all_states()
        return np.concatenate([np.insert(cells, 2, direction, axis=1) for direction in range(1, 5)])

    def reset_support(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Every state, equally likely."""
        cells, probabilities = super().reset_support()
        uniforms = [np.insert(cells, 1, (direction + 0.5) / 4, axis=1) for direction in range(4)]
        return np.concatenate(uniforms), np.tile(probabilities / 4, 4)


def turned_with_the_prey(eps: float) -> Symmetry:
    """C4: the relative position turns anticlockwise, the moves with it; exact without a drift."""
    return replace(turns_of_vectors(), exactness=exactness_at(eps, APPROXIMATE_UP_TO, BROKEN_FROM))


def turned_with_the_drift(eps: float) -> Symmetry:
    """C4: relative position and direction of the drift turn anticlockwise, the moves with them."""
    planar = rotations_of_the_plane(cyclic(4))
    return Symmetry(direct_sum(planar, planar), turns_of_moves(), discrete=True)


def sweep_against(step: int) -> int:
    """A blind policy: six moves up, one to the left, against the drift, again and again."""
    return 3 if step % SIZE == SIZE - 1 else 2


def make_env(eps: float, observed: bool = False, render_mode: str | None = None) -> Environment:
    """The single environment, as `gymnasium.make` calls it."""
    return SimulatorEnv((ObservedDriftingCatch if observed else DriftingCatch)(eps), render_mode)


_CARD = Card(
    description="Catch a prey on a 7×7 torus that drifts to the right with probability ε and else moves at random; 1 for "
    "the catch, −0.1 a step. The agent sees the prey's relative position (two numbers).",
    group_in_words="C4: quarter turns about the agent, which the drift breaks.",
    source="The grid world of van der Pol et al. (2020), with a drift added.",
    licence="MIT",
    bibtex=BIBTEX,
)
_OBSERVED_CARD = replace(
    _CARD,
    description="Catch a prey on a 7×7 torus that drifts with probability ε and else moves at random; 1 for the catch, "
    "−0.1 a step. The agent sees the prey's relative position and the direction of the drift, drawn at reset (two numbers "
    "each).",
    group_in_words="C4: quarter turns about the agent; position, drift and moves turn together, `stay` is fixed.",
)

GYM_ID = "symprior/GridCatchDrift-v1"


def _arm(observed: bool) -> Arm:
    kind = ObservedDriftingCatch if observed else DriftingCatch
    return grid_arm(
        "grid-catch-observed-drift-v1" if observed else "grid-catch-drift-v1",
        _OBSERVED_CARD if observed else _CARD,
        GYM_ID,
        arguments=lambda value: {"eps": value, "observed": observed},
        kind=kind,
        names=Names((*PREY, "drift to the right", "drift up") if observed else PREY, MOVE_NAMES),
        symmetry=turned_with_the_drift if observed else turned_with_the_prey,
        blind_policy=sweep_against,
        return_bounds=(-10.0, 1.0),
    )


register_with_twin(
    _arm(observed=False),
    _arm(observed=True),
    parameter="eps",
    meaning="the probability that the prey is carried one cell to the right",
    values=(0.0, 0.04, 0.2, 0.4, 0.75),
    high=0.75,
    breaks="grid-catch-vector-v1",
)
