"""Probes of environments whose whole state is one array of numbers, as in classic control."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.representations import Representation
from symprior.tasks.environments.gymnasium_types import Environment
from symprior.tasks.environments.probes.probe import Probe
from symprior.tasks.environments.simulators import Simulator, SimulatorEnv


class KeptStateProbe(Probe):
    """A single environment that keeps its state in `state`: one of gymnasium's classic control, or a `SimulatorEnv`."""

    def __init__(self, env: Environment, state_representation: Representation | None = None) -> None:
        super().__init__(env, state_representation)
        self._inner: Any = env.unwrapped

    def get_state(self) -> NDArray[np.float64]:
        """The state, [entries]."""
        state = self._inner.state[0] if isinstance(self._inner, SimulatorEnv) else self._inner.state
        return np.array(state, dtype=np.float64)

    def set_state(self, state: NDArray[np.float64]) -> None:
        """Start an episode in this state."""
        self.env.reset(seed=0)
        self._put(state)

    def _put(self, state: NDArray[np.float64]) -> None:
        given = np.array(state, dtype=np.float64)
        self._inner.state = given[None] if isinstance(self._inner, SimulatorEnv) else given


class StateProbe(KeptStateProbe):
    """One of which it is known what is seen in a state.

    Args:
        env: the registered environment, with its time limit.
        simulator: says what is seen in a state.
        state_representation: how the group acts on states, where the observation does not determine the state.
    """

    def __init__(
        self,
        env: Environment,
        simulator: Simulator,
        state_representation: Representation | None = None,
    ) -> None:
        super().__init__(env, state_representation)
        self.simulator = simulator

    def observation(self, state: NDArray[np.float64]) -> NumpyArray:
        """What the simulator shows of the state."""
        return np.asarray(self.simulator.observe(state[None])[0])
