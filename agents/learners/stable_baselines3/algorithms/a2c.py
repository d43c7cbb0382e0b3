"""A2C by Stable-Baselines3."""

from __future__ import annotations

from functools import partial
from typing import Any

from stable_baselines3 import A2C

from symprior.agents.algorithms.a2c import A2CSettings
from symprior.agents.learners.learner import Recipe
from symprior.agents.learners.stable_baselines3.models.names import actor_critic_arguments
from symprior.agents.learners.stable_baselines3.on_policy import (
    StableBaselinesCategoricalAgent,
    StableBaselinesGaussianAgent,
)


def model(settings: A2CSettings, **arguments: Any) -> A2C:
    """With these settings; `arguments` go to its constructor."""
    return A2C(use_rms_prop=False, **actor_critic_arguments(settings), **arguments)


RECIPE = Recipe(
    discrete=partial(StableBaselinesCategoricalAgent, model=model),
    vectors=partial(StableBaselinesGaussianAgent, model=model),
)
