"""Pendulum under a steady torque: a dial that breaks the mirror symmetry, and its twin, where the torque is seen."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import gymnasium
import numpy as np
from array_api_compat import array_namespace
from numpy.typing import NDArray

from symprior.symmetry.groups import cyclic
from symprior.symmetry.representations import signs
from symprior.symmetry.symmetry import Symmetry, exactness_at
from symprior.tasks.dials import Dial, register_with_twin
from symprior.tasks.environments.simulators import Simulator, SimulatorEnv
from symprior.tasks.families.classic_control import pendulum
from symprior.tasks.families.classic_control.pendulum import MAX_TORQUE, Pendulum, PendulumProbe, swing_up
from symprior.tasks.probes.state_probe import StateProbe
from symprior.tasks.task import Card, Task

VALUES = (0.0, 0.04, 0.15, 0.4, 0.8)
GREATEST = 0.9
"""At 1 the greatest torque against it would only cancel it."""
APPROXIMATE_UP_TO = 0.06
"""The largest torque under which a mirrored step is off by less than a tenth of a typical one, as measured."""
MEANING = "the steady torque as a part of the greatest that the agent has"


class TorquedPendulum(Pendulum):
    """Pendulum-v1 with a steady torque anticlockwise of `eps` times the agent's greatest; it costs nothing."""

    def __init__(self, eps: float) -> None:
        super().__init__()
        self.eps = eps

    def step(self, states: Any, actions: Any, uniforms: Any) -> tuple[Any, Any, Any]:
        """Pendulum's step under both torques."""
        return self.advance(states, actions, self.eps * MAX_TORQUE)


class ObservedTorquePendulum(Simulator):
    """Pendulum-v1 with a steady torque to one side, which is seen; states are [batch, 3] float64.

    A state is Pendulum's and the steady torque over the agent's greatest. It is `eps` or −`eps`, drawn at the start
    of an episode.
    """

    max_episode_steps = Pendulum.max_episode_steps
    reset_draws = Pendulum.reset_draws + 1

    def __init__(self, eps: float) -> None:
        self.eps = eps
        self._pendulum = Pendulum()
        limits = np.append(self._pendulum.observation_space.high, np.float32(1))  # type: ignore[attr-defined]
        self.observation_space = gymnasium.spaces.Box(-limits, limits, dtype=np.float32)
        self.action_space = self._pendulum.action_space

    def initial(self, uniforms: Any) -> Any:
        """Pendulum's start, and one of the two torques."""
        xp = array_namespace(uniforms)
        torque = self.eps * (1.0 - 2.0 * xp.astype(uniforms[:, 2:] < 0.5, xp.float64))
        return xp.concat([self._pendulum.initial(uniforms[:, :2]), torque], axis=1)

    def step(self, states: Any, actions: Any, uniforms: Any) -> tuple[Any, Any, Any]:
        """Pendulum's step under both torques; the steady one stays."""
        xp = array_namespace(states)
        following, rewards, ends = self._pendulum.advance(states[:, :2], actions, states[:, 2] * MAX_TORQUE)
        return xp.concat([following, states[:, 2:]], axis=1), rewards, ends

    def observe(self, states: Any) -> Any:
        """Pendulum's observation and the steady torque, in single precision."""
        xp = array_namespace(states)
        torque = xp.astype(states[:, 2:], xp.float32)
        return xp.concat([self._pendulum.observe(states[:, :2]), torque], axis=1)


def mirror(eps: float) -> Symmetry:
    """C2 as without the steady torque: exact without it, else not."""
    return replace(pendulum.mirror(), exactness=exactness_at(eps, APPROXIMATE_UP_TO))


def mirror_with_torque() -> Symmetry:
    """C2: the mirror changes the sign of sine and velocity, and of both torques."""
    return replace(pendulum.mirror(), observation=signs(cyclic(2), [[1] * 4, [1, -1, -1, -1]]))


class ObservedTorqueProbe(StateProbe):
    """The single environment with the steady torque in its state."""

    def __init__(self, eps: float) -> None:
        super().__init__(gymnasium.make(OBSERVED, eps=eps), ObservedTorquePendulum(eps))
        self._eps = eps

    def act_on_states(self, symmetry: Symmetry, g: int, states: NDArray[np.float64]) -> NDArray[np.float64]:
        """As on the cosine and sine of the angle, on the velocity and on the steady torque."""
        shown = np.concatenate([pendulum.coordinates(states[:, :2]), states[:, 2:]], axis=1)
        cosine, sine, speed, torque = symmetry.observation(g, shown).T
        return np.stack([np.arctan2(sine, cosine), speed, torque], axis=1)

    def boundary_states(self, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
        """Pendulum's, under one of the two torques."""
        torques = rng.choice([-self._eps, self._eps], (count, 1))
        return np.concatenate([pendulum.boundary_states(rng, count), torques], axis=1)


def swing_up_against(eps: float, states: NDArray[np.float64]) -> NDArray[np.float32]:
    """Pendulum's swing-up, less the steady torque; [batch, 2] → [batch, 1]."""
    return np.asarray(np.clip(swing_up(states) - np.float32(eps * MAX_TORQUE), -MAX_TORQUE, MAX_TORQUE))


def swing_up_against_seen(states: NDArray[np.float64]) -> NDArray[np.float32]:
    """Pendulum's swing-up, less the steady torque that is seen; [batch, 3] → [batch, 1]."""
    steady = (states[:, 2:] * MAX_TORQUE).astype(np.float32)
    return np.asarray(np.clip(swing_up(states[:, :2]) - steady, -MAX_TORQUE, MAX_TORQUE))


def make_torqued(eps: float) -> SimulatorEnv:
    """The single environment under a steady torque."""
    return SimulatorEnv(TorquedPendulum(eps))


def make_observed(eps: float) -> SimulatorEnv:
    """The single environment under a steady torque that is seen."""
    return SimulatorEnv(ObservedTorquePendulum(eps))


TORQUED, OBSERVED = "symprior/PendulumTorque-v1", "symprior/PendulumObservedTorque-v1"
for gym_id, maker in ((TORQUED, make_torqued), (OBSERVED, make_observed)):
    gymnasium.register(
        gym_id,
        entry_point=f"symprior.tasks.families.classic_control.pendulum_torque:{maker.__name__}",
        max_episode_steps=Pendulum.max_episode_steps,
    )

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


def under_torque(eps: float) -> Task:
    """The dial's task at `eps`."""
    return Task(
        id="pendulum-torque-v1",
        family="pendulum-torque",
        gym_id=TORQUED,
        arguments=(("eps", eps),),
        simulator=partial(TorquedPendulum, eps),
        symmetry=partial(mirror, eps),
        probe=lambda: PendulumProbe(gymnasium.make(TORQUED, eps=eps)),
        reference_policy=partial(swing_up_against, eps),
        card=TORQUED_CARD,
    )


def under_seen_torque(eps: float) -> Task:
    """The twin's task at `eps`."""
    return Task(
        id="pendulum-observed-torque-v1",
        family="pendulum-observed-torque",
        gym_id=OBSERVED,
        arguments=(("eps", eps),),
        simulator=partial(ObservedTorquePendulum, eps),
        symmetry=mirror_with_torque,
        probe=partial(ObservedTorqueProbe, eps),
        reference_policy=swing_up_against_seen,
        card=OBSERVED_CARD,
    )


register_with_twin(
    Dial(
        id="pendulum-torque-v1",
        parameter="eps",
        meaning=MEANING,
        values=VALUES,
        high=GREATEST,
        make=under_torque,
        breaks="pendulum-v1",
        twin="pendulum-observed-torque-v1",
        card=TORQUED_CARD,
    ),
    make=under_seen_torque,
    card=OBSERVED_CARD,
)
