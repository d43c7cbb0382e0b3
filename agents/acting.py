"""How shipped agents act from action probabilities, with random streams of their own, one for each row."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from array_api_compat import array_namespace
from numpy.typing import NDArray

from symprior.tasks.streams import Streams, seed_from

TIE = 1e-5
"""Values this close to a row's best, relative to it, are tied: float32 round-off decides no symmetric choice."""


class CategoricalActor(ABC):
    """Acting for discrete actions: sampled from the policy (`act`) or its mode (`act_greedily`)."""

    seed: int
    _streams: Streams | None = None
    _rows = 0

    @abstractmethod
    def action_probabilities(self, observations: NDArray[Any]) -> NDArray[np.float64]:
        """The policy, [batch, actions]."""

    def seed_policy(self, seeds: NDArray[np.int64]) -> None:
        """Start a random stream for each row of observations to come."""
        self._streams, self._rows = Streams(seeds), len(seeds)

    def act(self, observations: NDArray[Any]) -> NDArray[np.int64]:
        """Actions [batch] sampled from the policy."""
        actions: NDArray[np.int64] = self._sampled(self.action_probabilities(observations))
        return actions

    def act_greedily(self, observations: NDArray[Any]) -> NDArray[np.int64]:
        """The most probable action of each row, [batch]."""
        return np.asarray(self.action_probabilities(observations).argmax(axis=1))

    def _sampled(self, probabilities: Any) -> Any:
        """Actions [batch] by one number of each row's stream."""
        self._start_streams(probabilities)
        assert self._streams is not None
        cumulative = probabilities.cumsum(axis=1)
        actions = (cumulative[:, :-1] < self._streams.draw(1)).sum(axis=1)
        return np.asarray(actions) if isinstance(probabilities, np.ndarray) else actions

    def _start_streams(self, rows: Any) -> None:
        """Streams of the agent's own for these rows, where `seed_policy` gave none."""
        if self._streams is None or len(rows) != self._rows:
            self.seed_policy(np.array([seed_from(self.seed, "policy", i) for i in range(len(rows))], dtype=np.int64))


class GreedyActor(CategoricalActor):
    """Acting by action values: greedily, ties split at random (`act`), or ε-greedily (`act_exploring`)."""

    @abstractmethod
    def action_values(self, observations: NDArray[Any]) -> NDArray[np.float64]:
        """Q, [batch, actions]."""

    @abstractmethod
    def final_epsilon(self, rows: int) -> NDArray[np.float64]:
        """The probability of a random action at the end of training, [rows, 1]."""

    def action_probabilities(self, observations: NDArray[Any]) -> NDArray[np.float64]:
        """The policy as executed: uniform over the best actions, [batch, actions]."""
        policy: NDArray[np.float64] = greedy_policy(self.action_values(observations))
        return policy

    def act_greedily(self, observations: NDArray[Any]) -> NDArray[np.int64]:
        """As `act`."""
        return self.act(observations)

    def act_exploring(self, observations: NDArray[Any]) -> NDArray[np.int64]:
        """Actions [batch], each uniformly random with the final ε, row by row."""
        greedy = self.action_probabilities(observations)
        epsilon = self.final_epsilon(len(greedy))
        actions: NDArray[np.int64] = self._sampled((1 - epsilon) * greedy + epsilon / greedy.shape[1])
        return actions


def greedy_policy(values: Any) -> Any:
    """Probabilities of the best actions, ties shared; [batch, actions] of numpy or torch. Uniform where values are NaN."""
    xp = array_namespace(values)
    best = xp.max(values, axis=1, keepdims=True)
    tied = xp.astype(~(values < best - TIE * xp.abs(best)), values.dtype)
    return tied / xp.sum(tied, axis=1, keepdims=True)
