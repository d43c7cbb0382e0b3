"""CartPole-v1 under its mirror symmetry: the cart and the pole seen from behind."""

from __future__ import annotations

import math

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import Array, array_namespace
from symprior.symmetry.groups import cyclic
from symprior.symmetry.names import Names
from symprior.symmetry.representations import permutation, signs
from symprior.symmetry.symmetry import Exactness, Symmetry
from symprior.tasks.environments.gymnasium_types import Environment
from symprior.tasks.environments.probes.state_probe import StateProbe
from symprior.tasks.environments.simulators import Simulator
from symprior.tasks.task import Card, Task, register

GRAVITY, CART_MASS, POLE_MASS, HALF_LENGTH = 9.8, 1.0, 0.1, 0.5
FORCE, SECONDS_PER_STEP = 10.0, 0.02
TOTAL_MASS, POLE_MASS_LENGTH = POLE_MASS + CART_MASS, POLE_MASS * HALF_LENGTH
POSITION_LIMIT, ANGLE_LIMIT = 2.4, 12 * 2 * math.pi / 360
START_RANGE = 0.05


class CartPole(Simulator):
    """gymnasium's CartPole-v1 (Barto, Sutton and Anderson, 1983), bit for bit; states are [batch, 4] float64.

    A state is (position, velocity, angle, angular velocity) in metres, radians and seconds.
    """

    max_episode_steps = 500
    reset_draws = 4

    def __init__(self) -> None:
        limits = np.array([2 * POSITION_LIMIT, np.inf, 2 * ANGLE_LIMIT, np.inf], dtype=np.float32)
        self.observation_space = gymnasium.spaces.Box(-limits, limits, dtype=np.float32)
        self.action_space = gymnasium.spaces.Discrete(2)

    def initial(self, uniforms: Array) -> Array:
        """Every entry uniform on ±0.05."""
        return -START_RANGE + (2 * START_RANGE) * uniforms

    def step(self, states: Array, actions: Array, uniforms: Array) -> tuple[Array, Array, Array]:
        """Explicit Euler, in gymnasium's order of operations; reward 1 for every step."""
        return advance(states, push(actions))

    def observe(self, states: Array) -> Array:
        """The state in single precision."""
        xp = array_namespace(states)
        return xp.astype(states, xp.float32)


def push(actions: Array) -> Array:
    """The force of actions [batch] in newtons: 0 pushes to the left, 1 to the right."""
    xp = array_namespace(actions)
    return xp.astype(actions == 1, xp.float64) * (2 * FORCE) - FORCE


def advance(states: Array, force: Array) -> tuple[Array, Array, Array]:
    """What `step` returns, for states [batch, 4] under forces on the cart [batch]."""
    xp = array_namespace(states)
    x, x_dot, theta, theta_dot = (states[:, i] for i in range(4))
    cos, sin = xp.cos(theta), xp.sin(theta)
    temp = (force + POLE_MASS_LENGTH * (theta_dot * theta_dot) * sin) / TOTAL_MASS
    inertia = HALF_LENGTH * (4.0 / 3.0 - POLE_MASS * (cos * cos) / TOTAL_MASS)
    theta_acc = (GRAVITY * sin - cos * temp) / inertia
    x_acc = temp - POLE_MASS_LENGTH * theta_acc * cos / TOTAL_MASS
    x = x + SECONDS_PER_STEP * x_dot
    x_dot = x_dot + SECONDS_PER_STEP * x_acc
    theta = theta + SECONDS_PER_STEP * theta_dot
    theta_dot = theta_dot + SECONDS_PER_STEP * theta_acc
    terminated = (xp.abs(x) > POSITION_LIMIT) | (xp.abs(theta) > ANGLE_LIMIT)
    return xp.stack([x, x_dot, theta, theta_dot], axis=1), xp.ones_like(x), terminated


def mirror() -> Symmetry:
    """C2: the mirror changes the sign of all four observations and swaps the two pushes."""
    group = cyclic(2)
    return Symmetry(
        observation=signs(group, [[1, 1, 1, 1], [-1, -1, -1, -1]]),
        action=permutation(group, [[0, 1], [1, 0]]),
        discrete=True,
        reset=Exactness.IN_DISTRIBUTION,
    )


class CartPoleProbe(StateProbe):
    """gymnasium's own single environment, or another CartPole; the state is the observation in double precision."""

    def __init__(self, env: Environment | None = None) -> None:
        super().__init__(gymnasium.make("CartPole-v1") if env is None else env, CartPole())

    def act_on_states(self, symmetry: Symmetry, g: int, states: NDArray[np.float64]) -> NDArray[np.float64]:
        """The group acts on states as on observations: they are the state."""
        return np.asarray(symmetry.observation(g, states))

    def boundary_states(self, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
        """Uniform within the limits; half of the states lie beside a limit."""
        return boundary_states(rng, count)


def boundary_states(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Uniform within the limits, at speeds up to 3 a second; half of the states lie beside a limit; [count, 4]."""
    states = rng.uniform(-1, 1, (count, 4)) * [POSITION_LIMIT, 3.0, ANGLE_LIMIT, 3.0]
    edge = rng.choice([-1, 1], count) * rng.uniform(0.98, 1.0, count)
    column = rng.integers(0, 4, count)  # 0 and 2 are put beside their limit, the others stay
    states[:, 0] = np.where(column == 0, edge * POSITION_LIMIT, states[:, 0])
    states[:, 2] = np.where(column == 2, edge * ANGLE_LIMIT, states[:, 2])
    return states


def balance(states: NDArray[np.float64]) -> NDArray[np.int64]:
    """A linear controller that keeps the pole up and the cart near the middle; [batch, 4] → [batch]."""
    return np.asarray(states @ np.array([0.05, 0.2, 1.0, 0.5]) > 0, dtype=np.int64)


BIBTEX = """@article{barto1983neuronlike,
  title={Neuronlike adaptive elements that can solve difficult learning control problems},
  author={Barto, Andrew G. and Sutton, Richard S. and Anderson, Charles W.},
  journal={IEEE Transactions on Systems, Man, and Cybernetics},
  volume={SMC-13}, number={5}, pages={834--846}, year={1983}
}"""

NAMES = Names(
    ("cart's place", "cart's speed", "pole's angle", "pole's angular speed"), ("push to the left", "push to the right")
)

register(
    Task(
        id="cartpole-v1",
        family="cartpole",
        gym_id="CartPole-v1",
        simulator=CartPole,
        symmetry=mirror,
        probe=CartPoleProbe,
        names=NAMES,
        reference_policy=balance,
        greatest_reward=1.0,
        return_bounds=(1.0, 500.0),
        threshold_fraction=None,
        card=Card(
            description="Push a cart so that the pole on it stays up; 1 a step, 500 steps at most.",
            group_in_words="C2: mirror left and right. All observations change sign, the two pushes swap.",
            source="gymnasium CartPole-v1; symmetry and settings after van der Pol et al. (2020).",
            licence="MIT",
            bibtex=BIBTEX,
        ),
    )
)
