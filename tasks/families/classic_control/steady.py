"""Classic control under a steady push to one side that is seen: what the twins of its dials have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import Array, array_namespace
from symprior.tasks.environments.simulators import Simulator


class ObservedSteady(Simulator):
    """A simulator whose states end with a steady push, `eps` or −`eps`, drawn at the start of an episode and shown.

    Args:
        inner: the simulator without it, of states [batch, entries].
        eps: the size of the push, in its unit.
    """

    def __init__(self, inner: Simulator, eps: float) -> None:
        self.inner, self.eps = inner, eps
        low, high = inner.observation_space.low, inner.observation_space.high  # type: ignore[attr-defined]
        self.observation_space = gymnasium.spaces.Box(
            np.append(low, np.float32(-1)), np.append(high, np.float32(1)), dtype=np.float32
        )
        self.action_space = inner.action_space

    @abstractmethod
    def advance(self, states: Array, actions: Array, steady: Array) -> tuple[Array, Array, Array]:
        """One step of the inner states [batch, entries] under the steady pushes [batch], as `Simulator.step`."""

    def initial(self, uniforms: Array) -> Array:
        """The inner start, and one of the two pushes."""
        xp, own = array_namespace(uniforms), self.inner.reset_draws
        steady = self.eps * (1.0 - 2.0 * xp.astype(uniforms[:, own:] < 0.5, xp.float64))
        return xp.concat([self.inner.initial(uniforms[:, :own]), steady], axis=1)

    def step(self, states: Array, actions: Array, uniforms: Array) -> tuple[Array, Array, Array]:
        """The inner step under the steady push, which stays."""
        xp = array_namespace(states)
        following, rewards, terminated = self.advance(states[:, :-1], actions, states[:, -1])
        return xp.concat([following, states[:, -1:]], axis=1), rewards, terminated

    def observe(self, states: Array) -> Array:
        """The inner observation and the push, in single precision."""
        xp = array_namespace(states)
        return xp.concat([self.inner.observe(states[:, :-1]), xp.astype(states[:, -1:], xp.float32)], axis=1)


def with_either_push(
    eps: float, rng: np.random.Generator, count: int, draw: Callable[[np.random.Generator, int], NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Inner states that `draw` gives, [count, entries], each under one of the two pushes, [count, entries + 1]."""
    pushes = rng.choice([-eps, eps], (count, 1))
    return np.concatenate([draw(rng, count), pushes], axis=1)
