"""DQN by Stable-Baselines3."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from stable_baselines3 import DQN
from stable_baselines3.common.policies import BasePolicy

from symprior.agents.acting.actors import GreedyActor
from symprior.agents.algorithms.settings import GreedyReplaySettings
from symprior.agents.learners.learner import Recipe
from symprior.agents.learners.stable_baselines3.models.names import greedy_arguments
from symprior.agents.learners.stable_baselines3.policies.value_policy import NetworkValuePolicy
from symprior.agents.learners.stable_baselines3.replay import StableBaselinesReplayAgent
from symprior.symmetry.arrays import NumpyArray


class StableBaselinesValueAgent(GreedyActor, StableBaselinesReplayAgent):
    """An agent that learns action values."""

    policy: ClassVar[type[BasePolicy]] = NetworkValuePolicy

    def action_values(self, observations: NumpyArray) -> NDArray[np.float64]:
        """Q, [batch, actions]."""
        with torch.no_grad():
            values: torch.Tensor = self.network(torch.as_tensor(observations, device=self._device))
            return values.double().cpu().numpy()

    def final_epsilon(self, rows: int) -> NDArray[np.float64]:
        """The settings', [rows, 1]."""
        return np.full((rows, 1), self._settings.final_epsilon)


def model(settings: GreedyReplaySettings, **arguments: Any) -> DQN:
    """With these settings; `arguments` go to its constructor."""
    return DQN(**greedy_arguments(settings), **arguments)


RECIPE = Recipe(discrete=partial(StableBaselinesValueAgent, model=model))
