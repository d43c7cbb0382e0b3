"""MountainCarContinuous-v0, a control: its valley mirrors, but the wall is on one side and the goal on the other."""

from __future__ import annotations

import math

import gymnasium
import numpy as np
from gymnasium.envs.classic_control import Continuous_MountainCarEnv
from numpy.typing import NDArray

from symprior.symmetry.arrays import Array, array_namespace
from symprior.symmetry.groups import cyclic
from symprior.symmetry.names import Names
from symprior.symmetry.representations import signs
from symprior.symmetry.symmetry import Exactness, Symmetry
from symprior.tasks.environments.gymnasium_types import Environment
from symprior.tasks.environments.probes.state_probe import StateProbe
from symprior.tasks.environments.simulators import Simulator
from symprior.tasks.families.classic_control.idle import idle
from symprior.tasks.task import Card, Task, register

BOTTOM = -math.pi / 6
"""Where the valley is deepest; the slope −cos(3x) is odd about it."""
WALL, END, GOAL, MAX_SPEED = -1.2, 0.6, 0.45, 0.07
POWER, SLOPE = 0.0015, 0.0025
START_LIMITS = -0.6, -0.4


class MountainCar(Simulator):
    """gymnasium's MountainCarContinuous-v0 (Moore, 1990), bit for bit; states are [batch, 2] float32.

    A state is (position, velocity). Observations have the position relative to the valley's bottom, so that a
    mirror is linear. Actions are forces [batch, 1] up to ±1. 100 for the goal, less a tenth of the squared force.
    """

    max_episode_steps = 999
    reset_draws = 1

    def __init__(self) -> None:
        low, high = np.array([WALL - BOTTOM, -MAX_SPEED]), np.array([END - BOTTOM, MAX_SPEED])
        self.observation_space = gymnasium.spaces.Box(low.astype(np.float32), high.astype(np.float32))
        self.action_space = gymnasium.spaces.Box(-1.0, 1.0, (1,), np.float32)

    def initial(self, uniforms: Array) -> Array:
        """At rest, the position uniform on −0.6 … −0.4."""
        xp = array_namespace(uniforms)
        low, high = START_LIMITS
        position = low + (high - low) * uniforms[:, 0]
        return xp.astype(xp.stack([position, xp.zeros_like(position)], axis=1), xp.float32)

    def step(self, states: Array, actions: Array, uniforms: Array) -> tuple[Array, Array, Array]:
        """One step in single precision, in gymnasium's order of operations."""
        xp = array_namespace(states)
        position, velocity = states[:, 0], states[:, 1]
        force = xp.clip(actions[:, 0], -1.0, 1.0)
        slope = SLOPE * xp.cos(xp.astype(3 * position, xp.float64))
        velocity = velocity + (force * POWER - xp.astype(slope, xp.float32))
        velocity = xp.clip(velocity, -MAX_SPEED, MAX_SPEED)
        position = xp.clip(position + velocity, WALL, END)
        velocity = xp.where((position <= WALL) & (velocity < 0), xp.zeros_like(velocity), velocity)
        terminated = (position >= GOAL) & (velocity >= 0)
        exact_force = xp.astype(force, xp.float64)
        rewards = 100.0 * xp.astype(terminated, xp.float64) - exact_force * exact_force * 0.1
        return xp.stack([position, velocity], axis=1), rewards, terminated

    def observe(self, states: Array) -> Array:
        """The position relative to the valley's bottom, and the velocity."""
        xp = array_namespace(states)
        states = xp.astype(states, xp.float32)
        return xp.stack([states[:, 0] - BOTTOM, states[:, 1]], axis=1)


def make_env(render_mode: str | None = None) -> Environment:
    """The single environment of gymnasium, its position shown relative to the valley's bottom."""
    env = Continuous_MountainCarEnv(render_mode=render_mode)
    shift = np.array([BOTTOM, 0.0], dtype=np.float32)
    return gymnasium.wrappers.TransformObservation(env, lambda seen: seen - shift, MountainCar().observation_space)


def tempting_mirror() -> Symmetry:
    """C2: position from the bottom, velocity and force change sign; right between the walls, wrong at them."""
    group = cyclic(2)
    return Symmetry(
        observation=signs(group, [[1, 1], [-1, -1]]),
        action=signs(group, [[1], [-1]]),
        discrete=False,
        exactness=Exactness.NONE,
        reset=Exactness.NONE,
    )


class MountainCarProbe(StateProbe):
    """gymnasium's own single environment; its state is a position and a velocity."""

    def __init__(self) -> None:
        super().__init__(gymnasium.make(GYM_ID), MountainCar())

    def act_on_states(self, symmetry: Symmetry, g: int, states: NDArray[np.float64]) -> NDArray[np.float64]:
        """The group acts on states as on observations: the position counts from the valley's bottom."""
        shift = np.array([BOTTOM, 0.0])
        return np.asarray(symmetry.observation(g, states - shift) + shift)

    def boundary_states(self, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
        """Uniform within the limits; a third of the states beside the wall, a third beside the goal."""
        states = rng.uniform([WALL, -MAX_SPEED], [END, MAX_SPEED], (count, 2))
        kind = rng.integers(3, size=count)
        states[:, 0] = np.where(kind == 1, WALL + 0.05 * rng.random(count), states[:, 0])
        states[:, 0] = np.where(kind == 2, GOAL + 0.05 * rng.uniform(-1, 1, count), states[:, 0])
        return states


def pump(states: NDArray[np.float32]) -> NDArray[np.float32]:
    """Push the way the car rolls, with little more force than it takes; [batch, 2] → [batch, 1]."""
    return np.where(states[:, 1:] >= 0, 0.6, -0.6).astype(np.float32)


GYM_ID = "symprior/MountainCarContinuous-v1"
register(
    Task(
        id="mountain-car-continuous-v1",
        family="mountain-car",
        gym_id=GYM_ID,
        simulator=MountainCar,
        symmetry=tempting_mirror,
        probe=MountainCarProbe,
        names=Names(("car's place", "car's speed"), ("force",)),
        reference_policy=pump,
        blind_policy=idle(1),
        return_bounds=(-99.9, 100.0),
        stated_threshold=(90.0, "reward_threshold of gymnasium's MountainCarContinuous-v0"),
        declared_track="control",
        card=Card(
            description="Drive a car with a weak engine out of a valley; 100 for the goal, less the squared forces; "
            "999 steps at most.",
            group_in_words="C2, assumed and wrong: mirror at the valley's bottom. Position, velocity and force change "
            "sign. It holds between wall and goal, where random play stays.",
            source="gymnasium MountainCarContinuous-v0, its position shown relative to the valley's bottom.",
            licence="MIT",
            bibtex="""@phdthesis{moore1990efficient,
  title={Efficient Memory-based Learning for Robot Control},
  author={Moore, Andrew William},
  school={University of Cambridge}, year={1990}
}""",
        ),
    )
)
