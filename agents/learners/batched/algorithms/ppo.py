"""PPO for many seeds at once."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from symprior.agents.learners.batched.on_policy import BatchedCategoricalAgent, BatchedGaussianAgent
from symprior.agents.learners.batched.populations.policy_gradient import PolicyGradient
from symprior.agents.learners.batched.populations.settings import StackedSettings
from symprior.agents.learners.learner import Recipe


class ClippedPolicyGradient(PolicyGradient):
    """PPO's."""

    def of_log_probabilities(
        self, log_probabilities: Tensor, old_log_probabilities: Tensor, advantages: Tensor, settings: StackedSettings
    ) -> Tensor:
        """The derivative of −min(r A, clip(r, 1 ± ε) A): −r A where the first is the smaller, else 0."""
        ratio = (log_probabilities - old_log_probabilities).exp()
        surrogate = ratio * advantages
        clipped = ratio.clamp(1 - settings.clip_range, 1 + settings.clip_range) * advantages
        return torch.where(surrogate <= clipped, -surrogate, 0.0)


RECIPE = Recipe(
    discrete=partial(BatchedCategoricalAgent, loss=ClippedPolicyGradient()),
    vectors=partial(BatchedGaussianAgent, loss=ClippedPolicyGradient()),
)
