"""TD3 by Stable-Baselines3."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from stable_baselines3 import TD3
from stable_baselines3.common.noise import NormalActionNoise

from symprior.agents.algorithms.replay.td3 import TD3Settings
from symprior.agents.learners.learner import Recipe
from symprior.agents.learners.stable_baselines3.models.names import twin_critic_arguments
from symprior.agents.learners.stable_baselines3.policies.squashed_policies import NetworkTD3Policy
from symprior.agents.learners.stable_baselines3.squashed import StableBaselinesSquashedAgent
from symprior.symmetry.arrays import NumpyArray


class TD3Agent(StableBaselinesSquashedAgent):
    """TD3's."""

    policy = NetworkTD3Policy

    def scaled_samples(self, observations: NumpyArray, normals: NDArray[np.float64]) -> NDArray[np.float64]:
        """The means with the noise of training, cut off at ±1, [batch, size]."""
        noise = self._settings.exploration_noise * normals
        actions: NDArray[np.float64] = np.clip(self.scaled_means(observations) + noise, -1, 1)
        return actions


def model(settings: TD3Settings, **arguments: Any) -> TD3:
    """With these settings; `arguments` go to its constructor."""
    size = arguments["env"].action_space.shape
    return TD3(
        action_noise=NormalActionNoise(np.zeros(size), np.full(size, settings.exploration_noise)),
        policy_delay=settings.policy_delay,
        target_policy_noise=settings.target_noise,
        target_noise_clip=settings.target_noise_clip,
        **twin_critic_arguments(settings),
        **arguments,
    )


RECIPE = Recipe(vectors=partial(TD3Agent, model=model))
