"""Pendulum-v1 under its mirror symmetry: the pendulum seen from behind."""

from __future__ import annotations

import math

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import Array, array_namespace
from symprior.symmetry.groups import cyclic
from symprior.symmetry.names import Names
from symprior.symmetry.representations import signs
from symprior.symmetry.symmetry import Exactness, Symmetry
from symprior.tasks.cards.bibliography import GYMNASIUM
from symprior.tasks.environments.gymnasium_types import Environment
from symprior.tasks.environments.probes.state_probe import StateProbe
from symprior.tasks.environments.simulators import Simulator
from symprior.tasks.families.classic_control.squares import squared
from symprior.tasks.task import Card, Task, register

GRAVITY, MASS, LENGTH, SECONDS_PER_STEP = 10.0, 1.0, 1.0, 0.05
MAX_TORQUE, MAX_SPEED = 2.0, 8.0
START_LIMITS = math.pi, 1.0


class Pendulum(Simulator):
    """gymnasium's Pendulum-v1, bit for bit; states are [batch, 2] float64.

    A state is (angle, velocity) in radians and seconds; 0 is upright, and the angle is not wrapped. Actions are
    torques [batch, 1] up to ±2. Nothing ends an episode but the time limit.
    """

    max_episode_steps = 200
    reset_draws = 2

    def __init__(self) -> None:
        limits = np.array([1.0, 1.0, MAX_SPEED], dtype=np.float32)
        self.observation_space = gymnasium.spaces.Box(-limits, limits, dtype=np.float32)
        self.action_space = gymnasium.spaces.Box(-MAX_TORQUE, MAX_TORQUE, (1,), np.float32)

    def initial(self, uniforms: Array) -> Array:
        """Any angle, a velocity up to ±1, both uniform."""
        xp = array_namespace(uniforms)
        return xp.stack([-limit + 2 * limit * uniforms[:, i] for i, limit in enumerate(START_LIMITS)], axis=1)

    def step(self, states: Array, actions: Array, uniforms: Array) -> tuple[Array, Array, Array]:
        """Semi-implicit Euler, in gymnasium's order of operations; the cost of angle, velocity and torque."""
        return self.advance(states, actions, 0.0)

    def observe(self, states: Array) -> Array:
        """The coordinates in single precision."""
        xp = array_namespace(states)
        return xp.astype(coordinates(states), xp.float32)

    def advance(self, states: Array, actions: Array, disturbance: Array | float) -> tuple[Array, Array, Array]:
        """One step under the agent's torque and a disturbing one, which costs nothing; float or [batch]."""
        xp = array_namespace(states)
        angle, speed = states[:, 0], states[:, 1]
        torque = xp.clip(actions, -MAX_TORQUE, MAX_TORQUE)[:, 0]
        wrapped = (angle + math.pi) % (2 * math.pi) - math.pi
        costs = squared(wrapped) + 0.1 * squared(speed) + 0.001 * squared(torque)
        gravity = 3 * GRAVITY / (2 * LENGTH) * xp.sin(angle)
        per_torque = 3.0 / (MASS * LENGTH**2)
        speed = speed + (gravity + per_torque * torque + per_torque * disturbance) * SECONDS_PER_STEP
        speed = xp.clip(speed, -MAX_SPEED, MAX_SPEED)
        angle = angle + speed * SECONDS_PER_STEP
        return xp.stack([angle, speed], axis=1), -costs, xp.zeros_like(costs, dtype=xp.bool)


def coordinates(states: Array) -> Array:
    """Cosine and sine of the angle, and the velocity, in double precision; [batch, 2] → [batch, 3]."""
    xp = array_namespace(states)
    angle = states[:, 0]
    return xp.stack([xp.cos(angle), xp.sin(angle), states[:, 1]], axis=1)


def mirror() -> Symmetry:
    """C2: the mirror changes the sign of sine, velocity and torque."""
    group = cyclic(2)
    return Symmetry(
        observation=signs(group, [[1, 1, 1], [1, -1, -1]]),
        action=signs(group, [[1], [-1]]),
        discrete=False,
        reset=Exactness.IN_DISTRIBUTION,
    )


class PendulumProbe(StateProbe):
    """gymnasium's own single environment, or another pendulum's; its state is an angle and a velocity."""

    def __init__(self, env: Environment | None = None) -> None:
        super().__init__(gymnasium.make("Pendulum-v1") if env is None else env, Pendulum())

    def act_on_states(self, symmetry: Symmetry, g: int, states: NDArray[np.float64]) -> NDArray[np.float64]:
        """The group acts on states as on the cosine and sine of the angle, and on the velocity."""
        cosine, sine, speed = np.asarray(symmetry.observation(g, coordinates(states))).T
        return np.stack([np.arctan2(sine, cosine), speed], axis=1)

    def boundary_states(self, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
        """Uniform within the limits; a third at the greatest speed, a third near upright or hanging."""
        return boundary_states(rng, count)


def boundary_states(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Uniform within the limits; a third at the greatest speed, a third near upright or hanging; [count, 2]."""
    states = rng.uniform(-1, 1, (count, 2)) * [np.pi, MAX_SPEED]
    kind = rng.integers(3, size=count)
    states[:, 1] = np.where(kind == 1, np.sign(states[:, 1]) * MAX_SPEED, states[:, 1])
    states[:, 0] = np.where(kind == 2, np.rint(states[:, 0] / np.pi) * np.pi + states[:, 0] / 100, states[:, 0])
    return states


def swing_up(states: NDArray[np.float64]) -> NDArray[np.float32]:
    """Pump energy until the pendulum would just reach the top, then hold it there; [batch, 2] → [batch, 1].

    Åström and Furuta, "Swinging up a pendulum by energy control", Automatica 36 (2000).
    """
    angle, speed = (states[:, 0] + np.pi) % (2 * np.pi) - np.pi, states[:, 1]
    missing = 15 * (1 - np.cos(angle)) - speed**2 / 2  # energy per moment of inertia, against resting upright
    pumping = np.where(missing > 0, 2.0, -2.0) * np.sign(speed)
    holding = -(20 * angle + 5 * speed)
    torque = np.where((np.abs(angle) < 0.5) & (np.abs(speed) < 3), holding, pumping)
    return np.clip(torque, -MAX_TORQUE, MAX_TORQUE).astype(np.float32)[:, None]


CARD = Card(
    description="Swing a pendulum up with too weak a torque and hold it there; the cost of angle, velocity and torque, "
    "200 steps.",
    group_in_words="C2: mirror left and right. Sine, velocity and torque change sign, the cosine stays.",
    source="gymnasium Pendulum-v1.",
    licence="MIT",
    bibtex=GYMNASIUM,
)

RETURN_BOUNDS = -Pendulum.max_episode_steps * (math.pi**2 + 0.1 * MAX_SPEED**2 + 0.001 * MAX_TORQUE**2), 0.0
NAMES = Names(("cosine of the angle", "sine of the angle", "angular speed"), ("torque",))

register(
    Task(
        id="pendulum-v1",
        family="pendulum",
        gym_id="Pendulum-v1",
        simulator=Pendulum,
        symmetry=mirror,
        probe=PendulumProbe,
        names=NAMES,
        reference_policy=swing_up,
        return_bounds=RETURN_BOUNDS,
        card=CARD,
    )
)
