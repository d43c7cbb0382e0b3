"""A2C for many seeds at once."""

from __future__ import annotations

from functools import partial

from torch import Tensor

from symprior.agents.learners.batched.on_policy import BatchedCategoricalAgent, BatchedGaussianAgent
from symprior.agents.learners.batched.populations.policy_gradient import PolicyGradient
from symprior.agents.learners.batched.populations.settings import StackedSettings
from symprior.agents.learners.learner import Recipe


class FreshPolicyGradient(PolicyGradient):
    """A2C's: the policy is the one that collected the rollout."""

    def of_log_probabilities(
        self, log_probabilities: Tensor, old_log_probabilities: Tensor, advantages: Tensor, settings: StackedSettings
    ) -> Tensor:
        """The derivative of −A log π is −A; the old log-probabilities are not read."""
        return -advantages


RECIPE = Recipe(
    discrete=partial(BatchedCategoricalAgent, loss=FreshPolicyGradient()),
    vectors=partial(BatchedGaussianAgent, loss=FreshPolicyGradient()),
)
