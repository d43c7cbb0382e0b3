"""The agent that acts uniformly at random."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from gymnasium.vector import VectorEnv
from numpy.typing import NDArray

from symprior.agents.acting import CategoricalActor
from symprior.agents.agent import Problem
from symprior.agents.algorithm import Settings
from symprior.tasks.errors import BudgetExhausted


class RandomAgent(CategoricalActor):
    """Uses its budget and learns nothing."""

    parameters = 0

    def __init__(self, problem: Problem, seeds: Sequence[int], settings: Settings) -> None:
        self.seed, self.num_envs = seeds[0], settings.num_envs
        self._actions = int(problem.action_space.n)  # type: ignore[attr-defined]

    def learn(self, env: VectorEnv[Any, Any, Any], budget: int) -> None:
        """Act at random until the budget is used."""
        observations, _ = env.reset()
        try:
            while True:
                observations, *_ = env.step(self.act(observations))
        except BudgetExhausted:
            return

    def action_probabilities(self, observations: NDArray[Any]) -> NDArray[np.float64]:
        """The uniform distribution, [batch, actions]."""
        return np.full((len(observations), self._actions), 1 / self._actions)
