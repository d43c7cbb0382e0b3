"""CartPole in a steady wind: a dial that breaks the mirror symmetry, and its twin, where the wind is seen."""

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
from symprior.tasks.task import Card, Task

VALUES = (0.0, 0.02, 0.1, 0.25, 0.5)
GREATEST = 0.8
"""At 1 a push against the wind would only stop it."""
APPROXIMATE_UP_TO = 0.05
"""The largest wind under which a mirrored step is off by less than a tenth of a typical one, as measured."""
THRESHOLD = 475.0, "reward_threshold of gymnasium's CartPole-v1"
MEANING = "the wind's force as a part of a push's"


class WindyCartPole(CartPole):
    """CartPole-v1 with a steady wind to the right, whose force is `eps` of a push's."""

    def __init__(self, eps: float) -> None:
        super().__init__()
        self.eps = eps

    def step(self, states: Any, actions: Any, uniforms: Any) -> tuple[Any, Any, Any]:
        """CartPole's step under push and wind."""
        return advance(states, push(actions) + self.eps * FORCE)


class ObservedWindCartPole(Simulator):
    """CartPole-v1 with a steady wind to one side, which is seen; states are [batch, 5] float64.

    A state is CartPole's and the wind's force in pushes. It is `eps` or −`eps`, drawn at the start of an episode.
    """

    max_episode_steps = CartPole.max_episode_steps
    reset_draws = CartPole.reset_draws + 1

    def __init__(self, eps: float) -> None:
        self.eps = eps
        self._cartpole = CartPole()
        limits = np.append(self._cartpole.observation_space.high, np.float32(1))  # type: ignore[attr-defined]
        self.observation_space = gymnasium.spaces.Box(-limits, limits, dtype=np.float32)
        self.action_space = self._cartpole.action_space

    def initial(self, uniforms: Any) -> Any:
        """CartPole's start, and one of the two winds."""
        xp = array_namespace(uniforms)
        wind = self.eps * (1.0 - 2.0 * xp.astype(uniforms[:, 4:] < 0.5, xp.float64))
        return xp.concat([self._cartpole.initial(uniforms[:, :4]), wind], axis=1)

    def step(self, states: Any, actions: Any, uniforms: Any) -> tuple[Any, Any, Any]:
        """CartPole's step under push and wind; the wind stays."""
        xp = array_namespace(states)
        following, rewards, terminated = advance(states[:, :4], push(actions) + states[:, 4] * FORCE)
        return xp.concat([following, states[:, 4:]], axis=1), rewards, terminated

    def observe(self, states: Any) -> Any:
        """The state in single precision."""
        xp = array_namespace(states)
        return xp.astype(states, xp.float32)


def mirror(eps: float) -> Symmetry:
    """C2 as without wind: exact without it, else not."""
    return replace(cartpole.mirror(), exactness=exactness_at(eps, APPROXIMATE_UP_TO))


def mirror_with_wind() -> Symmetry:
    """C2: the mirror changes the sign of all four observations and of the wind, and swaps the two pushes."""
    return replace(cartpole.mirror(), observation=signs(cyclic(2), [[1] * 5, [-1] * 5]))


class ObservedWindProbe(CartPoleProbe):
    """The single environment with its wind in the state, as in the observation."""

    def __init__(self, eps: float) -> None:
        super().__init__(gymnasium.make(OBSERVED, eps=eps))
        self._eps = eps

    def boundary_states(self, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
        """CartPole's, in one of the two winds."""
        winds = rng.choice([-self._eps, self._eps], (count, 1))
        return np.concatenate([super().boundary_states(rng, count), winds], axis=1)


def balance_in_seen_wind(states: NDArray[np.float64]) -> NDArray[np.int64]:
    """CartPole's controller, which needs not see the wind; [batch, 5] → [batch]."""
    return balance(states[:, :4])


def make_windy(eps: float) -> SimulatorEnv:
    """The single environment in a steady wind."""
    return SimulatorEnv(WindyCartPole(eps))


def make_observed(eps: float) -> SimulatorEnv:
    """The single environment in a wind that is seen."""
    return SimulatorEnv(ObservedWindCartPole(eps))


WINDY, OBSERVED = "symprior/CartPoleWind-v1", "symprior/CartPoleObservedWind-v1"
for gym_id, maker in ((WINDY, make_windy), (OBSERVED, make_observed)):
    gymnasium.register(
        gym_id,
        entry_point=f"symprior.tasks.families.classic_control.cartpole_wind:{maker.__name__}",
        max_episode_steps=CartPole.max_episode_steps,
        reward_threshold=475.0,
    )

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


def in_wind(eps: float) -> Task:
    """The dial's task at `eps`."""
    return Task(
        id="cartpole-wind-v1",
        family="cartpole-wind",
        gym_id=WINDY,
        arguments=(("eps", eps),),
        simulator=partial(WindyCartPole, eps),
        symmetry=partial(mirror, eps),
        probe=lambda: CartPoleProbe(gymnasium.make(WINDY, eps=eps)),
        reference_policy=balance,
        greatest_reward=1.0,
        stated_threshold=THRESHOLD,
        card=WINDY_CARD,
    )


def in_seen_wind(eps: float) -> Task:
    """The twin's task at `eps`."""
    return Task(
        id="cartpole-observed-wind-v1",
        family="cartpole-observed-wind",
        gym_id=OBSERVED,
        arguments=(("eps", eps),),
        simulator=partial(ObservedWindCartPole, eps),
        symmetry=mirror_with_wind,
        probe=partial(ObservedWindProbe, eps),
        reference_policy=balance_in_seen_wind,
        greatest_reward=1.0,
        stated_threshold=THRESHOLD,
        card=OBSERVED_CARD,
    )


register_with_twin(
    Dial(
        id="cartpole-wind-v1",
        parameter="eps",
        meaning=MEANING,
        values=VALUES,
        high=GREATEST,
        make=in_wind,
        breaks="cartpole-v1",
        twin="cartpole-observed-wind-v1",
        card=WINDY_CARD,
    ),
    make=in_seen_wind,
    card=OBSERVED_CARD,
)
