"""PPO by Stable-Baselines3."""

from __future__ import annotations

from functools import partial
from typing import Any

from stable_baselines3 import PPO

from symprior.agents.algorithms.ppo import PPOSettings
from symprior.agents.learners.learner import Recipe
from symprior.agents.learners.stable_baselines3.models.names import actor_critic_arguments
from symprior.agents.learners.stable_baselines3.on_policy import (
    StableBaselinesCategoricalAgent,
    StableBaselinesGaussianAgent,
)


def model(settings: PPOSettings, **arguments: Any) -> PPO:
    """With these settings; `arguments` go to its constructor."""
    return PPO(
        batch_size=settings.num_envs * settings.steps // settings.minibatches,
        n_epochs=settings.epochs,
        clip_range=settings.clip_range,
        **actor_critic_arguments(settings),
        **arguments,
    )


RECIPE = Recipe(
    discrete=partial(StableBaselinesCategoricalAgent, model=model),
    vectors=partial(StableBaselinesGaussianAgent, model=model),
)
