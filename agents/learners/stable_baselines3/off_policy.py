"""DQN by Stable-Baselines3."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from symprior.agents.acting import GreedyActor
from symprior.agents.learners.stable_baselines3.environment import VectorEnvAdapter
from symprior.agents.learners.stable_baselines3.learner import StableBaselinesLearner
from symprior.agents.learners.stable_baselines3.replay import PriorReplayBuffer
from symprior.agents.learners.stable_baselines3.value_policy import NetworkValuePolicy


class StableBaselinesValueAgent(GreedyActor, StableBaselinesLearner):
    """An agent that learns action values."""

    def _parts(self, buffer: dict[str, Any]) -> dict[str, Any]:
        return {
            "policy": NetworkValuePolicy,
            "replay_buffer_class": PriorReplayBuffer,
            "replay_buffer_kwargs": buffer,
        }

    def model(self, env: VectorEnvAdapter) -> Any:
        """The model, with as many times its gradient steps as the prior says."""
        model = super().model(env)
        model.gradient_steps *= self._prior.passes(self._orbit.order)
        return model

    def action_values(self, observations: NDArray[Any]) -> NDArray[np.float64]:
        """Q, [batch, actions]."""
        with torch.no_grad():
            values: torch.Tensor = self.network(torch.as_tensor(observations, device=self._device))
            return values.double().cpu().numpy()

    def final_epsilon(self, rows: int) -> NDArray[np.float64]:
        """The settings', [rows, 1]."""
        return np.full((rows, 1), self._settings.final_epsilon)
