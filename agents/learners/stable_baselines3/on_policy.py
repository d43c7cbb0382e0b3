"""PPO and A2C by Stable-Baselines3."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from symprior.agents.learners.stable_baselines3.buffer import PriorRolloutBuffer
from symprior.agents.learners.stable_baselines3.learner import StableBaselinesLearner
from symprior.agents.learners.stable_baselines3.policy import NetworkPolicy


class StableBaselinesAgent(StableBaselinesLearner):
    """An actor-critic agent."""

    def _parts(self, buffer: dict[str, Any]) -> dict[str, Any]:
        return {
            "policy": NetworkPolicy,
            "rollout_buffer_class": PriorRolloutBuffer,
            "rollout_buffer_kwargs": buffer,
        }

    def action_probabilities(self, observations: NDArray[Any]) -> NDArray[np.float64]:
        """The policy, [batch, actions]."""
        with torch.no_grad():
            logits, _ = self.network(torch.as_tensor(observations, device=self._device))
            return torch.softmax(logits.double(), dim=-1).cpu().numpy()
