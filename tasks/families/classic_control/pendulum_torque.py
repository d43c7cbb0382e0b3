"""Pendulum under a steady torque: a dial that breaks the mirror symmetry, and its twin, where the torque is seen."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import Array
from symprior.symmetry.groups import cyclic
from symprior.symmetry.names import Names
from symprior.symmetry.representations import signs
from symprior.symmetry.symmetry import Symmetry, exactness_at
from symprior.tasks.environments.probes.state_probe import StateProbe
from symprior.tasks.environments.simulators import SimulatorEnv
from symprior.tasks.families.classic_control import pendulum
from symprior.tasks.families.classic_control.pendulum import (
    MAX_TORQUE,
    RETURN_BOUNDS,
    Pendulum,
    PendulumProbe,
    swing_up,
)
from symprior.tasks.families.classic_control.steady import ObservedSteady, with_either_push
from symprior.tasks.task import Card
from symprior.tasks.task.dials import register_with_twin, simulated

GREATEST = 0.9
"""At 1 the greatest torque against it would only cancel it."""
APPROXIMATE_UP_TO, BROKEN_FROM = 0.04, 0.1
"""The largest torque under which a mirrored step is off by less than a tenth of a typical one, as measured;
and the least that clearly is off by more."""


class TorquedPendulum(Pendulum):
    """Pendulum-v1 with a steady torque anticlockwise of `eps` times the agent's greatest; it costs nothing."""

    def __init__(self, eps: float) -> None:
        super().__init__()
        self.eps = eps

    def step(self, states: Array, actions: Array, uniforms: Array) -> tuple[Array, Array, Array]:
        """Pendulum's step under both torques."""
        return self.advance(states, actions, self.eps * MAX_TORQUE)


class ObservedTorquePendulum(ObservedSteady):
    """Pendulum-v1 with a steady torque to one side, in those of the agent, which is seen; states are [batch, 3] float64."""

    max_episode_steps = Pendulum.max_episode_steps
    reset_draws = Pendulum.reset_draws + 1

    def __init__(self, eps: float) -> None:
        self._pendulum = Pendulum()
        super().__init__(self._pendulum, eps)

    def advance(self, states: Array, actions: Array, steady: Array) -> tuple[Array, Array, Array]:
        """Pendulum's step under both torques."""
        return self._pendulum.advance(states, actions, steady * MAX_TORQUE)


def mirror(eps: float) -> Symmetry:
    """C2 as without the steady torque: exact without it, else not."""
    return replace(pendulum.mirror(), exactness=exactness_at(eps, APPROXIMATE_UP_TO, BROKEN_FROM))


def mirror_with_torque(eps: float) -> Symmetry:
    """C2: the mirror changes the sign of sine and velocity, and of both torques."""
    return replace(pendulum.mirror(), observation=signs(cyclic(2), [[1] * 4, [1, -1, -1, -1]]))


class ObservedTorqueProbe(StateProbe):
    """The single environment with the steady torque in its state."""

    def __init__(self, eps: float) -> None:
        super().__init__(gymnasium.make(OBSERVED, eps=eps), ObservedTorquePendulum(eps))
        self._eps = eps

    def act_on_states(self, symmetry: Symmetry, g: int, states: NDArray[np.float64]) -> NDArray[np.float64]:
        """It acts on states as on the cosine and sine of the angle, on the velocity and on the steady torque."""
        shown = np.concatenate([pendulum.coordinates(states[:, :2]), states[:, 2:]], axis=1)
        cosine, sine, speed, torque = symmetry.observation(g, shown).T
        return np.stack([np.arctan2(sine, cosine), speed, torque], axis=1)

    def boundary_states(self, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
        """Pendulum's, under one of the two torques."""
        return with_either_push(self._eps, rng, count, pendulum.boundary_states)


def swing_up_against(eps: float, states: NDArray[np.float64]) -> NDArray[np.float32]:
    """Pendulum's swing-up, less the steady torque; [batch, 2] → [batch, 1]."""
    return np.asarray(np.clip(swing_up(states) - np.float32(eps * MAX_TORQUE), -MAX_TORQUE, MAX_TORQUE))


def swing_up_against_seen(states: NDArray[np.float64]) -> NDArray[np.float32]:
    """Pendulum's swing-up, less the steady torque that is seen; [batch, 3] → [batch, 1]."""
    steady = (states[:, 2:] * MAX_TORQUE).astype(np.float32)
    return np.asarray(np.clip(swing_up(states[:, :2]) - steady, -MAX_TORQUE, MAX_TORQUE))


def make_torqued(eps: float, render_mode: str | None = None) -> SimulatorEnv:
    """The single environment under a steady torque."""
    return SimulatorEnv(TorquedPendulum(eps), render_mode)


def make_observed(eps: float, render_mode: str | None = None) -> SimulatorEnv:
    """The single environment under a steady torque that is seen."""
    return SimulatorEnv(ObservedTorquePendulum(eps), render_mode)


TORQUED, OBSERVED = "symprior/PendulumTorque-v1", "symprior/PendulumObservedTorque-v1"

TORQUED_CARD = Card(
    description="Pendulum under a steady torque anticlockwise, `eps` times the greatest that the agent has; 200 steps.",
    group_in_words="C2: mirror left and right. Sine, velocity and the agent's torque change sign; the steady torque stays, "
    "so the mirror holds without it and ever less with it.",
    source="gymnasium Pendulum-v1 with a constant torque.",
    licence="MIT",
    bibtex=pendulum.CARD.bibtex,
)
OBSERVED_CARD = Card(
    description="Pendulum under a steady torque to one side, which is seen, `eps` times the greatest that the agent has; "
    "200 steps.",
    group_in_words="C2: mirror left and right. Sine, velocity and both torques change sign, the cosine stays.",
    source="gymnasium Pendulum-v1 with a constant torque, drawn at the start and observed.",
    licence="MIT",
    bibtex=pendulum.CARD.bibtex,
)


register_with_twin(
    simulated(
        "pendulum-torque-v1",
        TORQUED_CARD,
        TORQUED,
        simulator=TorquedPendulum,
        names=pendulum.NAMES,
        symmetry=mirror,
        probe=lambda eps: PendulumProbe(gymnasium.make(TORQUED, eps=eps)),
        reference_policy=lambda eps: partial(swing_up_against, eps),
        return_bounds=RETURN_BOUNDS,
    ),
    simulated(
        "pendulum-observed-torque-v1",
        OBSERVED_CARD,
        OBSERVED,
        simulator=ObservedTorquePendulum,
        names=Names((*pendulum.NAMES.observation, "steady torque"), pendulum.NAMES.action),
        symmetry=mirror_with_torque,
        probe=ObservedTorqueProbe,
        reference_policy=lambda eps: swing_up_against_seen,
        return_bounds=RETURN_BOUNDS,
    ),
    parameter="eps",
    meaning="the steady torque as a part of the greatest that the agent has",
    values=(0.0, 0.04, 0.15, 0.4, 0.8),
    high=GREATEST,
    breaks="pendulum-v1",
)
