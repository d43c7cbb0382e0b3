"""DQN by Stable-Baselines3, and QR-DQN by sb3-contrib."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from stable_baselines3.common.policies import BasePolicy

from symprior.agents.acting.actors import GreedyActor
from symprior.agents.learners.stable_baselines3.buffers.replay import EnlargedReplayBuffer
from symprior.agents.learners.stable_baselines3.environment import VectorEnvAdapter
from symprior.agents.learners.stable_baselines3.policies.quantile_policy import NetworkQuantilePolicy
from symprior.agents.learners.stable_baselines3.policies.value_policy import NetworkValuePolicy
from symprior.agents.learners.stable_baselines3.replay_learner import StableBaselinesReplayLearner


class StableBaselinesValueAgent(GreedyActor, StableBaselinesReplayLearner):
    """An agent that learns action values."""

    policy: ClassVar[type[BasePolicy]] = NetworkValuePolicy

    def action_values(self, observations: NDArray[Any]) -> NDArray[np.float64]:
        """Q, [batch, actions]."""
        with torch.no_grad():
            values: torch.Tensor = self.network(torch.as_tensor(observations, device=self._device))
            return values.double().cpu().numpy()

    def final_epsilon(self, rows: int) -> NDArray[np.float64]:
        """The settings', [rows, 1]."""
        return np.full((rows, 1), self._settings.final_epsilon)


class StableBaselinesQuantileAgent(StableBaselinesValueAgent):
    """An agent that learns quantiles of returns, whose means are its action values."""

    policy = NetworkQuantilePolicy
    buffer = EnlargedReplayBuffer

    def model(self, env: VectorEnvAdapter) -> Any:
        """As of every learner; sb3-contrib's counts on as many rows in a minibatch as it asks for."""
        model = super().model(env)
        model.batch_size *= model.replay_buffer.copies
        return model

    def action_values(self, observations: NDArray[Any]) -> NDArray[np.float64]:
        """The means over quantiles, [batch, actions]."""
        with torch.no_grad():
            quantiles: torch.Tensor = self.network(torch.as_tensor(observations, device=self._device))
            return quantiles.double().mean(-2).cpu().numpy()
