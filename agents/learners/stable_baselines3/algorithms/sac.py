"""SAC by Stable-Baselines3."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from stable_baselines3 import SAC

from symprior.agents.algorithms.replay.sac import SACSettings
from symprior.agents.learners.learner import Recipe
from symprior.agents.learners.stable_baselines3.models.names import twin_critic_arguments
from symprior.agents.learners.stable_baselines3.policies.squashed_policies import NetworkSACPolicy
from symprior.agents.learners.stable_baselines3.squashed import StableBaselinesSquashedAgent
from symprior.symmetry.arrays import NumpyArray


class SACAgent(StableBaselinesSquashedAgent):
    """SAC's."""

    policy = NetworkSACPolicy

    def scaled_samples(self, observations: NumpyArray, normals: NDArray[np.float64]) -> NDArray[np.float64]:
        """tanh(μ + σ z), [batch, size]."""
        means, log_stds = self._said(observations)
        actions: NDArray[np.float64] = np.tanh(means + np.exp(log_stds) * normals)
        return actions

    def action_log_stds(self, observations: NumpyArray) -> NDArray[np.float64]:
        """The logarithms of standard deviations before tanh, [batch, size]."""
        return self._said(observations)[1]


def model(settings: SACSettings, **arguments: Any) -> SAC:
    """With these settings; `arguments` go to its constructor."""
    target = "auto" if settings.target_entropy is None else settings.target_entropy
    return SAC(target_entropy=target, **twin_critic_arguments(settings), **arguments)


RECIPE = Recipe(vectors=partial(SACAgent, model=model))
