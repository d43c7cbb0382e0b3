"""DQN for many seeds at once."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from symprior.agents.learners.batched.populations.settings import StackedSettings
from symprior.agents.learners.batched.populations.value_loss import ValueLoss
from symprior.agents.learners.batched.value import BatchedValueAgent
from symprior.agents.learners.learner import Recipe
from symprior.agents.priors.batch import Replayed


class HuberLoss(ValueLoss):
    """DQN's: the Huber loss of one-step targets."""

    def exploration(self, settings: StackedSettings, progress: float) -> Tensor:
        """Linear from 1 to the final ε."""
        falling = 1.0 + (settings.final_epsilon - 1.0) * progress / settings.exploration_fraction
        return torch.where(settings.exploration_fraction < progress, settings.final_epsilon, falling)

    def targets(self, next_values: Tensor, batch: Replayed, settings: StackedSettings) -> Tensor:
        """R + γ max Q', without the second term where the episode ended by itself."""
        following: Tensor = (1 - batch.terminated) * settings.gamma * next_values.amax(-1)
        return batch.rewards + following

    def gradients(self, values: Tensor, targets: Tensor, batch: Replayed) -> Tensor:
        """The gradients of the mean Huber loss: the error, clipped to [−1, 1], where the action was taken."""
        actions = batch.actions.unsqueeze(-1)
        error = values.detach().gather(-1, actions).squeeze(-1) - targets
        pull = error.clamp(-1, 1) / targets.shape[-1]
        return torch.zeros_like(values).scatter_(-1, actions, pull.unsqueeze(-1))


RECIPE = Recipe(discrete=partial(BatchedValueAgent, loss=HuberLoss()))
