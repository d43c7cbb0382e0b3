"""Acrobot-v1 under its mirror symmetry: the two links seen from behind."""

from __future__ import annotations

import math
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import Array, array_namespace
from symprior.symmetry.groups import cyclic
from symprior.symmetry.names import Names
from symprior.symmetry.representations import permutation, signs
from symprior.symmetry.symmetry import Exactness, Symmetry
from symprior.tasks.environments.probes.state_probe import StateProbe
from symprior.tasks.environments.simulators import Simulator
from symprior.tasks.families.classic_control.squares import squared
from symprior.tasks.task import Card, Task, register

GRAVITY, MASS, LENGTH, CENTRE, INERTIA = 9.8, 1.0, 1.0, 0.5, 1.0
SECONDS_PER_STEP = 0.2
SPEED_LIMITS = 4 * math.pi, 9 * math.pi
START_RANGE = 0.1
TURNS_PER_STEP = 8
"""More full turns than any state within the limits makes in one step."""


class Acrobot(Simulator):
    """gymnasium's Acrobot-v1 (Sutton, 1996; the book's equations), bit for bit; states are [batch, 4] float64.

    A state is (angle of the first link, angle of the second relative to the first, their velocities) in radians
    and seconds; (0, 0) hangs down. Actions 0, 1, 2 are torques −1, 0, 1 at the joint between the links.
    """

    max_episode_steps = 500
    reset_draws = 4

    def __init__(self) -> None:
        limits = np.array([1.0, 1.0, 1.0, 1.0, *SPEED_LIMITS], dtype=np.float32)
        self.observation_space = gymnasium.spaces.Box(-limits, limits, dtype=np.float32)
        self.action_space = gymnasium.spaces.Discrete(3)

    def initial(self, uniforms: Array) -> Array:
        """Every entry uniform on ±0.1, in single precision as gymnasium has it."""
        xp = array_namespace(uniforms)
        return xp.astype(xp.astype(-START_RANGE + (2 * START_RANGE) * uniforms, xp.float32), xp.float64)

    def step(self, states: Array, actions: Array, uniforms: Array) -> tuple[Array, Array, Array]:
        """One step of Runge and Kutta's fourth-order method; −1 a step, 0 for the one that ends the episode."""
        xp = array_namespace(states)
        torque = xp.astype(actions, xp.float64) - 1.0
        y = tuple(states[:, i] for i in range(4))
        dt, half = SECONDS_PER_STEP, SECONDS_PER_STEP / 2.0
        k1 = _derivatives(y, torque)
        k2 = _derivatives(tuple(a + half * b for a, b in zip(y, k1, strict=True)), torque)
        k3 = _derivatives(tuple(a + half * b for a, b in zip(y, k2, strict=True)), torque)
        k4 = _derivatives(tuple(a + dt * b for a, b in zip(y, k3, strict=True)), torque)
        theta1, theta2, speed1, speed2 = (
            a + dt / 6.0 * (b + 2 * c + 2 * d + e) for a, b, c, d, e in zip(y, k1, k2, k3, k4, strict=True)
        )
        theta1, theta2 = _wrap(theta1), _wrap(theta2)
        speed1 = xp.clip(speed1, -SPEED_LIMITS[0], SPEED_LIMITS[0])
        speed2 = xp.clip(speed2, -SPEED_LIMITS[1], SPEED_LIMITS[1])
        terminated = -xp.cos(theta1) - xp.cos(theta2 + theta1) > 1.0
        rewards = xp.where(terminated, xp.zeros_like(theta1), -xp.ones_like(theta1))
        return xp.stack([theta1, theta2, speed1, speed2], axis=1), rewards, terminated

    def observe(self, states: Array) -> Array:
        """The coordinates in single precision."""
        xp = array_namespace(states)
        return xp.astype(coordinates(states), xp.float32)


def coordinates(states: Array) -> Array:
    """Cosine and sine of both angles, and both velocities, in double precision; [batch, 4] → [batch, 6]."""
    xp = array_namespace(states)
    first, second = states[:, 0], states[:, 1]
    entries = [xp.cos(first), xp.sin(first), xp.cos(second), xp.sin(second), states[:, 2], states[:, 3]]
    return xp.stack(entries, axis=1)


def _derivatives(state: tuple[Any, ...], torque: Array) -> tuple[Any, ...]:
    """The equations of motion of Sutton and Barto's book, in gymnasium's order of operations."""
    xp = array_namespace(torque)
    theta1, theta2, speed1, speed2 = state
    m, length, lc, g, inertia = MASS, LENGTH, CENTRE, GRAVITY, INERTIA
    cos2, sin2 = xp.cos(theta2), xp.sin(theta2)
    d1 = m * lc**2 + m * (length**2 + lc**2 + 2 * length * lc * cos2) + inertia + inertia
    d2 = m * (lc**2 + length * lc * cos2) + inertia
    phi2 = m * lc * g * xp.cos(theta1 + theta2 - math.pi / 2.0)
    phi1 = (
        -m * length * lc * squared(speed2) * sin2
        - 2 * m * length * lc * speed2 * speed1 * sin2
        + (m * lc + m * length) * g * xp.cos(theta1 - math.pi / 2)
        + phi2
    )
    acceleration2 = (torque + d2 / d1 * phi1 - m * length * lc * squared(speed1) * sin2 - phi2) / (
        m * lc**2 + inertia - squared(d2) / d1
    )
    acceleration1 = -(d2 * acceleration2 + phi1) / d1
    return speed1, speed2, acceleration1, acceleration2


def _wrap(angle: Array) -> Array:
    """The angle in −π … π, turned back by one full turn at a time, as gymnasium rounds it."""
    xp = array_namespace(angle)
    for _ in range(TURNS_PER_STEP):
        angle = xp.where(angle > math.pi, angle - 2 * math.pi, angle)
    for _ in range(TURNS_PER_STEP):
        angle = xp.where(angle < -math.pi, angle + 2 * math.pi, angle)
    return angle


def mirror() -> Symmetry:
    """C2: the mirror changes the sign of both sines and both velocities, and of the torque."""
    group = cyclic(2)
    return Symmetry(
        observation=signs(group, [[1] * 6, [1, -1, 1, -1, -1, -1]]),
        action=permutation(group, [[0, 1, 2], [2, 1, 0]]),
        discrete=True,
        reset=Exactness.IN_DISTRIBUTION,
    )


class AcrobotProbe(StateProbe):
    """gymnasium's own single environment; its state is two angles and their velocities."""

    def __init__(self) -> None:
        super().__init__(gymnasium.make("Acrobot-v1"), Acrobot())

    def act_on_states(self, symmetry: Symmetry, g: int, states: NDArray[np.float64]) -> NDArray[np.float64]:
        """The group acts on states as on the cosines and sines of the angles, and on the velocities."""
        cos1, sin1, cos2, sin2, speed1, speed2 = np.asarray(symmetry.observation(g, coordinates(states))).T
        return np.stack([np.arctan2(sin1, cos1), np.arctan2(sin2, cos2), speed1, speed2], axis=1)

    def boundary_states(self, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
        """Uniform within all limits; of five states one has each velocity at its limit, one the tip at the goal."""
        states = rng.uniform(-1, 1, (count, 4)) * [np.pi, np.pi, *SPEED_LIMITS]
        kind = rng.integers(5, size=count)
        for column, limit in ((2, SPEED_LIMITS[0]), (3, SPEED_LIMITS[1])):
            states[:, column] = np.where(kind == column, np.sign(states[:, column]) * limit, states[:, column])
        raised = np.arccos(-rng.uniform(0.4, 0.6, count)) * np.sign(states[:, 0])  # −cos θ₁ − cos θ₁ is about 1
        at_goal = np.stack([raised, *states[:, 1:].T * 0.02], axis=1)
        return np.where((kind == 4)[:, None], at_goal, states)


def pump(states: NDArray[np.float64]) -> NDArray[np.int64]:
    """Push the second link the way it turns: each such push adds energy; [batch, 4] → [batch]."""
    return np.asarray(1 + np.sign(states[:, 3]), dtype=np.int64)


register(
    Task(
        id="acrobot-v1",
        family="acrobot",
        gym_id="Acrobot-v1",
        simulator=Acrobot,
        symmetry=mirror,
        probe=AcrobotProbe,
        names=Names(
            (
                *("first link, cosine of the angle", "first link, sine of the angle"),
                *("second link, cosine of the angle", "second link, sine of the angle"),
                *("first link, angular speed", "second link, angular speed"),
            ),
            ("torque clockwise", "no torque", "torque anticlockwise"),
        ),
        reference_policy=pump,
        return_bounds=(-500.0, 0.0),
        threshold_fraction=None,
        card=Card(
            description="Swing two links up by a torque between them until the tip is one link above the axle; "
            "−1 a step, 500 steps at most.",
            group_in_words="C2: mirror left and right. Sines and velocities change sign, the two torques swap; "
            "`no torque` is fixed.",
            source="gymnasium Acrobot-v1, after Sutton (1996).",
            licence="MIT",
            bibtex="""@inproceedings{sutton1996generalization,
  title={Generalization in Reinforcement Learning: Successful Examples Using Sparse Coarse Coding},
  author={Sutton, Richard S.},
  booktitle={Advances in Neural Information Processing Systems},
  volume={8}, pages={1038--1044}, year={1996}
}""",
        ),
    )
)
