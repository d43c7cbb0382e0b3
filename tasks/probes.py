"""Probes: how a certificate drives a task's real single environment from states of its choice."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.tasks.representations import Representation
from symprior.tasks.simulators import SimulatorEnv, TabularSimulator


@dataclass(frozen=True)
class Outcome:
    """One possible result of a step, with its probability."""

    probability: float
    observation: NDArray[Any]
    reward: float
    terminated: bool
    truncated: bool


class Probe(ABC):
    """A single environment whose state can be read and set.

    Attributes:
        env: the registered environment, with its time limit.
        state_representation: how the group acts on the simulator's full state.
    """

    def __init__(self, env: gymnasium.Env[Any, Any], state_representation: Representation) -> None:
        self.env = env
        self.state_representation = state_representation

    @abstractmethod
    def get_state(self) -> NDArray[Any]:
        """The simulator's full state."""

    @abstractmethod
    def set_state(self, state: NDArray[Any]) -> None:
        """Put the simulator into a state; the episode's clock starts anew."""

    @abstractmethod
    def boundary_states(self, rng: np.random.Generator, count: int) -> NDArray[Any]:
        """States [count, …] at the edge of what can be reached (limits, contacts); a wrong sign shows there."""

    def outcomes(self, state: NDArray[Any], action: Any) -> list[Outcome]:
        """Every result of taking an action in a state; one where the environment is deterministic."""
        self.set_state(state)
        observation, reward, terminated, truncated, _ = self.env.step(action)
        return [Outcome(1.0, observation, float(reward), terminated, truncated)]

    def reset_distribution(self) -> list[tuple[float, NDArray[Any]]] | None:
        """(probability, observation) of every start, or None where the starts cannot be enumerated."""
        return None

    def rollout_states(
        self, policy: Callable[[NDArray[Any]], Any] | None, rng: np.random.Generator, count: int
    ) -> NDArray[Any]:
        """States met by a policy on states [1, …] (None: uniformly random actions), [count, …]."""
        self.env.action_space.seed(int(rng.integers(1 << 31)))
        self.env.reset(seed=int(rng.integers(1 << 31)))
        states = []
        for _ in range(count):
            state = self.get_state()
            states.append(state)
            action = self.env.action_space.sample() if policy is None else policy(state[None])[0]
            *_, terminated, truncated, _ = self.env.step(action)
            if terminated or truncated:
                self.env.reset()
        return np.stack(states)


class TabularProbe(Probe):
    """A probe of a `SimulatorEnv` over a tabular simulator: states, outcomes and starts are enumerated."""

    def __init__(self, env: gymnasium.Env[Any, Any], state_representation: Representation) -> None:
        super().__init__(env, state_representation)
        inner = env.unwrapped
        assert isinstance(inner, SimulatorEnv) and isinstance(inner.simulator, TabularSimulator)
        self._inner, self._simulator = inner, inner.simulator

    def get_state(self) -> NDArray[Any]:
        """The state of the one environment."""
        return np.asarray(self._inner.state[0])

    def set_state(self, state: NDArray[Any]) -> None:
        """Start an episode in this state."""
        self.env.reset(seed=0)
        self._inner.state = state[None]

    def boundary_states(self, rng: np.random.Generator, count: int) -> NDArray[Any]:
        """All states: there are finitely many."""
        return self._simulator.all_states()

    def outcomes(self, state: NDArray[Any], action: Any) -> list[Outcome]:
        """Every outcome of the step's random draw."""
        found = []
        for uniforms, probability in zip(*self._simulator.step_support(), strict=True):
            self.set_state(state)
            observation, reward, terminated, truncated, _ = self._inner.step_with(action, uniforms[None])
            found.append(Outcome(float(probability), observation, reward, terminated, truncated))
        return found

    def reset_distribution(self) -> list[tuple[float, NDArray[Any]]]:
        """Every start."""
        uniforms, probabilities = self._simulator.reset_support()
        observations = self._simulator.observe(self._simulator.initial(uniforms))
        return list(zip(map(float, probabilities), observations, strict=True))
