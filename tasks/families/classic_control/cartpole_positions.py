"""CartPole seen without velocities: the last four positions and angles, under the mirror of the whole history."""

from __future__ import annotations

from dataclasses import replace

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import Array, array_namespace
from symprior.symmetry.groups import cyclic
from symprior.symmetry.names import Names
from symprior.symmetry.representations import signs
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.environments.gymnasium_types import Action
from symprior.tasks.environments.probes.probe import Outcome
from symprior.tasks.environments.probes.state_probe import StateProbe
from symprior.tasks.environments.simulators import Simulator, SimulatorEnv
from symprior.tasks.families.classic_control import cartpole
from symprior.tasks.families.classic_control.cartpole import BIBTEX, SECONDS_PER_STEP, CartPole
from symprior.tasks.task import Card, Task, register

PUSHES = np.arange(2)
HISTORY = 4
"""Observations that are stacked: two say the velocities, two more how the pushes changed them."""


class CartPolePositions(Simulator):
    """CartPole-v1 that shows position and angle alone, of the last four steps; states are [batch, 10] float64.

    A state is CartPole's state (position, velocity, angle, angular velocity) and then the positions and angles of
    three, two and one steps ago. An episode starts with four equal observations.
    """

    max_episode_steps = CartPole.max_episode_steps
    reset_draws = CartPole.reset_draws

    def __init__(self) -> None:
        self._cartpole = CartPole()
        limits = np.tile(self._cartpole.observation_space.high[[0, 2]], HISTORY)  # type: ignore[attr-defined]
        self.observation_space = gymnasium.spaces.Box(-limits, limits, dtype=np.float32)
        self.action_space = self._cartpole.action_space

    def initial(self, uniforms: Array) -> Array:
        """CartPole's start; it had stood there before."""
        xp = array_namespace(uniforms)
        start = self._cartpole.initial(uniforms)
        return xp.concat([start, *[_seen(start)] * (HISTORY - 1)], axis=1)

    def step(self, states: Array, actions: Array, uniforms: Array) -> tuple[Array, Array, Array]:
        """CartPole's step; the oldest observation is forgotten."""
        xp = array_namespace(states)
        following, rewards, terminated = self._cartpole.step(states[:, :4], actions, uniforms)
        return xp.concat([following, states[:, 6:], _seen(states)], axis=1), rewards, terminated

    def observe(self, states: Array) -> Array:
        """Four times position and angle, the oldest first, in single precision; [batch, 8]."""
        xp = array_namespace(states)
        return xp.astype(xp.concat([states[:, 4:], _seen(states)], axis=1), xp.float32)


def _seen(states: Array) -> Array:
    """Position and angle of CartPole's states."""
    return states[:, 0:4:2]


def make_env(render_mode: str | None = None) -> SimulatorEnv:
    """The single environment."""
    return SimulatorEnv(CartPolePositions(), render_mode)


def mirror() -> Symmetry:
    """C2: the mirror changes the sign of every position and angle in the history, and swaps the two pushes."""
    group = cyclic(2)
    return Symmetry(
        observation=signs(group, [[1] * 2 * HISTORY, [-1] * 2 * HISTORY]),
        action=cartpole.mirror().action,
        discrete=True,
        reset=cartpole.mirror().reset,
    )


class CartPolePositionsProbe(StateProbe):
    """The single environment; its state holds the velocities, which the mirror changes too.

    A push changes a velocity, which is seen a step later. So where a step does not end the episode, what is compared is
    seen after another one, under either push.
    """

    def __init__(self) -> None:
        entries = 4 + 2 * (HISTORY - 1)
        states = signs(cyclic(2), [[1] * entries, [-1] * entries])
        super().__init__(gymnasium.make(GYM_ID), CartPolePositions(), states)

    def outcomes(self, state: NDArray[np.float64], action: Action, elapsed: int = 0) -> list[Outcome]:
        """The two results of the action and a push to either side, equally likely."""
        (first,) = super().outcomes(state, action, elapsed)
        if first.terminated or first.truncated:
            return [first]
        following = self.get_state()
        (left,), (right,) = (
            super(CartPolePositionsProbe, self).outcomes(following, push, elapsed + 1) for push in PUSHES
        )
        return [replace(each, probability=0.5, reward=first.reward + each.reward) for each in (left, right)]

    def outcomes_of_one_step(self, state: NDArray[np.float64], action: Action, elapsed: int = 0) -> list[Outcome]:
        """What the environment's own step gives."""
        return super().outcomes(state, action, elapsed)

    def render(self, state: NDArray[np.float64]) -> NDArray[np.uint8] | None:
        """CartPole's own picture: cart and pole as they stand now."""
        return cartpole.CartPoleProbe().render(state[:4])

    def boundary_states(self, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
        """CartPole's, each with a history of other such states."""
        beside = [cartpole.boundary_states(rng, count) for _ in range(HISTORY)]
        return np.concatenate([beside[0], *(_seen(states) for states in beside[1:])], axis=1)


def balance(states: NDArray[np.float64]) -> NDArray[np.int64]:
    """CartPole's controller, on velocities estimated from the last two observations; [batch, 10] → [batch]."""
    now, before = states[:, 0:4:2], states[:, -2:]
    speeds = (now - before) / SECONDS_PER_STEP
    estimated = np.stack([now[:, 0], speeds[:, 0], now[:, 1], speeds[:, 1]], axis=1)
    return cartpole.balance(estimated)


GYM_ID = "symprior/CartPolePositions-v1"
WHEN = ("three steps ago", "two steps ago", "a step ago", "now")
NAMES = Names(
    tuple(f"{thing} {when}" for when in WHEN for thing in ("cart's place", "pole's angle")), cartpole.NAMES.action
)

register(
    Task(
        id="cartpole-positions-v1",
        family="cartpole-positions",
        gym_id=GYM_ID,
        simulator=CartPolePositions,
        symmetry=mirror,
        probe=CartPolePositionsProbe,
        names=NAMES,
        reference_policy=balance,
        greatest_reward=1.0,
        return_bounds=(1.0, 500.0),
        stated_threshold=(475.0, "reward_threshold of gymnasium's CartPole-v1"),
        card=Card(
            description="CartPole without velocities: the cart's positions and the pole's angles of the last four "
            "steps; 1 a step, 500 steps at most.",
            group_in_words="C2: mirror left and right, the whole history at once. All eight numbers change sign, the "
            "two pushes swap.",
            source="gymnasium CartPole-v1, its velocities hidden and four observations stacked.",
            licence="MIT",
            bibtex=BIBTEX,
        ),
    )
)
