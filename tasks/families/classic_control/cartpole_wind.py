"""CartPole in a steady wind: a dial that breaks the mirror symmetry, and its twin, where the wind is seen."""

from __future__ import annotations

from dataclasses import replace

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import Array
from symprior.symmetry.groups import cyclic
from symprior.symmetry.names import Names
from symprior.symmetry.representations import signs
from symprior.symmetry.symmetry import Symmetry, exactness_at
from symprior.tasks.environments.simulators import SimulatorEnv
from symprior.tasks.families.classic_control import cartpole
from symprior.tasks.families.classic_control.cartpole import (
    BIBTEX,
    FORCE,
    CartPole,
    CartPoleProbe,
    advance,
    balance,
    push,
)
from symprior.tasks.families.classic_control.steady import ObservedSteady, with_either_push
from symprior.tasks.task import Card
from symprior.tasks.task.dials import register_with_twin, simulated

GREATEST = 0.8
"""At 1 a push against the wind would only stop it."""
APPROXIMATE_UP_TO, BROKEN_FROM = 0.04, 0.06
"""The largest wind under which a mirrored step is off by less than a tenth of a typical one, as measured;
and the least that clearly is off by more."""
THRESHOLD = 475.0, "reward_threshold of gymnasium's CartPole-v1"


class WindyCartPole(CartPole):
    """CartPole-v1 with a steady wind to the right, whose force is `eps` of a push's."""

    def __init__(self, eps: float) -> None:
        super().__init__()
        self.eps = eps

    def step(self, states: Array, actions: Array, uniforms: Array) -> tuple[Array, Array, Array]:
        """CartPole's step under push and wind."""
        return advance(states, push(actions) + self.eps * FORCE)


class ObservedWindCartPole(ObservedSteady):
    """CartPole-v1 with a steady wind to one side, in pushes, which is seen; states are [batch, 5] float64."""

    max_episode_steps = CartPole.max_episode_steps
    reset_draws = CartPole.reset_draws + 1

    def __init__(self, eps: float) -> None:
        super().__init__(CartPole(), eps)

    def advance(self, states: Array, actions: Array, steady: Array) -> tuple[Array, Array, Array]:
        """CartPole's step under push and wind."""
        return advance(states, push(actions) + steady * FORCE)


def mirror(eps: float) -> Symmetry:
    """C2 as without wind: exact without it, else not."""
    return replace(cartpole.mirror(), exactness=exactness_at(eps, APPROXIMATE_UP_TO, BROKEN_FROM))


def mirror_with_wind(eps: float) -> Symmetry:
    """C2: the mirror changes the sign of all four observations and of the wind, and swaps the two pushes."""
    return replace(cartpole.mirror(), observation=signs(cyclic(2), [[1] * 5, [-1] * 5]))


class ObservedWindProbe(CartPoleProbe):
    """The single environment with its wind in the state, as in the observation."""

    def __init__(self, eps: float) -> None:
        super().__init__(gymnasium.make(OBSERVED, eps=eps))
        self._eps = eps

    def boundary_states(self, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
        """CartPole's, in one of the two winds."""
        return with_either_push(self._eps, rng, count, super().boundary_states)


def balance_in_seen_wind(states: NDArray[np.float64]) -> NDArray[np.int64]:
    """CartPole's controller, which needs not see the wind; [batch, 5] → [batch]."""
    return balance(states[:, :4])


def make_windy(eps: float, render_mode: str | None = None) -> SimulatorEnv:
    """The single environment in a steady wind."""
    return SimulatorEnv(WindyCartPole(eps), render_mode)


def make_observed(eps: float, render_mode: str | None = None) -> SimulatorEnv:
    """The single environment in a wind that is seen."""
    return SimulatorEnv(ObservedWindCartPole(eps), render_mode)


WINDY, OBSERVED = "symprior/CartPoleWind-v1", "symprior/CartPoleObservedWind-v1"

WINDY_CARD = Card(
    description="CartPole in a steady wind to the right, whose force is `eps` of a push's; 1 a step, 500 steps at most.",
    group_in_words="C2: mirror left and right. All observations change sign, the two pushes swap; the wind stays, so the "
    "mirror holds without wind and ever less with it.",
    source="gymnasium CartPole-v1 with a constant force on the cart.",
    licence="MIT",
    bibtex=BIBTEX,
)
OBSERVED_CARD = Card(
    description="CartPole in a steady wind to one side, which is seen; its force is `eps` of a push's; 1 a step, 500 steps "
    "at most.",
    group_in_words="C2: mirror left and right. All observations change sign, the wind too, and the two pushes swap.",
    source="gymnasium CartPole-v1 with a constant force on the cart, drawn at the start and observed.",
    licence="MIT",
    bibtex=BIBTEX,
)


register_with_twin(
    simulated(
        "cartpole-wind-v1",
        WINDY_CARD,
        WINDY,
        simulator=WindyCartPole,
        names=cartpole.NAMES,
        symmetry=mirror,
        probe=lambda eps: CartPoleProbe(gymnasium.make(WINDY, eps=eps)),
        reference_policy=lambda eps: balance,
        greatest_reward=1.0,
        return_bounds=(1.0, 500.0),
        stated_threshold=THRESHOLD,
    ),
    simulated(
        "cartpole-observed-wind-v1",
        OBSERVED_CARD,
        OBSERVED,
        simulator=ObservedWindCartPole,
        names=Names((*cartpole.NAMES.observation, "wind"), cartpole.NAMES.action),
        symmetry=mirror_with_wind,
        probe=ObservedWindProbe,
        reference_policy=lambda eps: balance_in_seen_wind,
        greatest_reward=1.0,
        return_bounds=(1.0, 500.0),
        stated_threshold=THRESHOLD,
    ),
    parameter="eps",
    meaning="the wind's force as a part of a push's",
    values=(0.0, 0.02, 0.1, 0.25, 0.5),
    high=GREATEST,
    breaks="cartpole-v1",
)
