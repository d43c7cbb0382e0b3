"""QR-DQN by sb3-contrib."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sb3_contrib import QRDQN

from symprior.agents.algorithms.replay.qrdqn import QRDQNSettings
from symprior.agents.learners.learner import Recipe
from symprior.agents.learners.stable_baselines3.algorithms.dqn import StableBaselinesValueAgent
from symprior.agents.learners.stable_baselines3.buffers.replay import EnlargedReplayBuffer
from symprior.agents.learners.stable_baselines3.models.environment import VectorEnvAdapter
from symprior.agents.learners.stable_baselines3.models.names import greedy_arguments
from symprior.agents.learners.stable_baselines3.policies.quantile_policy import NetworkQuantilePolicy
from symprior.symmetry.arrays import NumpyArray


class StableBaselinesQuantileAgent(StableBaselinesValueAgent):
    """An agent that learns quantiles of returns, whose means are its action values."""

    policy = NetworkQuantilePolicy
    buffer = EnlargedReplayBuffer

    def model(self, env: VectorEnvAdapter) -> Any:
        """The model with these settings; sb3-contrib's loss counts on as many rows in a minibatch as it asks for."""
        model = super().model(env)
        model.batch_size *= model.replay_buffer.copies
        return model

    def action_values(self, observations: NumpyArray) -> NDArray[np.float64]:
        """The means over quantiles, [batch, actions]."""
        with torch.no_grad():
            quantiles: torch.Tensor = self.network(torch.as_tensor(observations, device=self._device))
            return quantiles.double().mean(-2).cpu().numpy()


def model(settings: QRDQNSettings, **arguments: Any) -> QRDQN:
    """With these settings; `arguments` go to its constructor."""
    return QRDQN(**greedy_arguments(settings), **arguments)


RECIPE = Recipe(discrete=partial(StableBaselinesQuantileAgent, model=model))
