"""The probe of an environment that keeps its whole state in `state`, of which nothing else is known."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.representations import Representation
from symprior.tasks.environments.gymnasium_types import Action, Environment
from symprior.tasks.environments.probes.probe import Outcome
from symprior.tasks.environments.probes.state_probe import KeptStateProbe
from symprior.tasks.environments.simulators import SimulatorEnv

SHOWING = ("_get_obs", "_get_ob")
"""What gymnasium's environments call the method that computes an observation."""

SPREAD = 4.0
"""States at the boundary are up to so many times as far out as random play gets."""

PLAYED = 256


class AttributeProbe(KeptStateProbe):
    """A single environment with its state in `state`: gymnasium's classic control, a `SimulatorEnv`, or alike.

    States are numbers [entries]. At the boundary they are uniform within the bounds of what is observed, where that is the
    state, and half of them beside one; else uniform in up to `SPREAD` times what random play meets.
    """

    def __init__(self, env: Environment, state_representation: Representation | None = None) -> None:
        super().__init__(env, state_representation)
        env.reset(seed=0)

    def repeated(self, state: NumpyArray, action: Action, seed: int, count: int) -> list[Outcome]:
        """The steps; resets between them go on drawing from the same stream."""
        found = []
        for number in range(count):
            self.env.reset(seed=seed if number == 0 else None)
            self._put(state)
            observation, reward, terminated, truncated, _ = self.env.step(action)
            found.append(Outcome(1.0, observation, float(reward), bool(terminated), bool(truncated)))
        return found

    def observation(self, state: NDArray[np.float64]) -> NumpyArray:
        """What the environment, with its wrappers, shows of the state."""
        self.set_state(state)
        return shown(self.env)

    def given_to_policy(self, state: NumpyArray, observation: NumpyArray) -> NumpyArray:
        """The observation."""
        return observation

    def boundary_states(self, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
        """States at the edge of what can be reached, and beyond where that is not known."""
        low, high = self._bounds()
        states = rng.uniform(low, high, (count, len(low)))
        edges = np.where(rng.random(states.shape) < 0.5, low, high) * rng.uniform(0.9, 1.0, states.shape)
        column = rng.integers(0, 2 * len(low), count)  # the second half: none is put beside its bound
        return np.where(column[:, None] == np.arange(len(low)), edges, states)

    def _bounds(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        met = SPREAD * np.abs(self.rollout_states(None, np.random.default_rng(0), PLAYED)).max(axis=0)
        space = self._inner.observation_space
        if not isinstance(space, gymnasium.spaces.Box) or space.shape != met.shape:
            return -met, met
        return np.where(np.isfinite(space.low), space.low, -met), np.where(np.isfinite(space.high), space.high, met)


def keeps_its_state(env: Environment) -> bool:
    """Whether the state that the environment keeps is numbers, and what it shows follows from it."""
    try:
        probe = AttributeProbe(env)
        seen, _ = env.reset(seed=1)
        state = probe.get_state()
        return state.ndim == 1 and np.allclose(seen, probe.observation(state), rtol=1e-5, atol=1e-6)
    except (AttributeError, TypeError, ValueError, IndexError):
        return False


def shown(env: Environment) -> NumpyArray:
    """What an environment shows as it is, through its wrappers."""
    if isinstance(env, gymnasium.Wrapper):
        seen = shown(env.env)
        return np.asarray(env.observation(seen)) if isinstance(env, gymnasium.ObservationWrapper) else seen
    inner: Any = env
    if isinstance(inner, SimulatorEnv):
        return np.asarray(inner.simulator.observe(inner.state)[0])
    for name in SHOWING:
        if hasattr(inner, name):
            return np.asarray(getattr(inner, name)())
    return np.asarray(inner.state, dtype=inner.observation_space.dtype)
