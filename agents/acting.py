"""How shipped agents act from action probabilities, with random streams of their own, one for each row."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symprior.tasks.streams import Streams, seed_from


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
        rows = len(observations)
        if self._streams is None or rows != self._rows:
            self.seed_policy(np.array([seed_from(self.seed, "policy", i) for i in range(rows)], dtype=np.int64))
        assert self._streams is not None
        cumulative = self.action_probabilities(observations).cumsum(axis=1)
        return np.asarray((cumulative[:, :-1] < self._streams.draw(1)).sum(axis=1))

    def act_greedily(self, observations: NDArray[Any]) -> NDArray[np.int64]:
        """The most probable action of each row, [batch]."""
        return np.asarray(self.action_probabilities(observations).argmax(axis=1))
