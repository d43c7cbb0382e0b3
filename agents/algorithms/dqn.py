"""Deep Q-learning (Mnih et al., 2015)."""

from __future__ import annotations

from typing import Any

import torch
from pydantic import Field
from torch import Tensor

from symprior.agents.algorithm import ReplayAlgorithm, ReplaySettings, register
from symprior.agents.prior import Replayed


class DQNSettings(ReplaySettings):
    """DQN's own knobs beside the common ones of replay."""

    max_gradient_norm: float = Field(default=10.0, gt=0, description="gradients are clipped to this norm")
    target_update_interval: int = Field(
        default=256, ge=1, description="environment steps, over all copies, between two copies to the target network"
    )
    exploration_fraction: float = Field(
        default=0.2, gt=0, le=1, description="part of the budget over which ε falls linearly from 1 to its final value"
    )
    final_epsilon: float = Field(default=0.05, ge=0, le=1, description="ε from there on")


@register
class DQN(ReplayAlgorithm):
    """Stable-Baselines3's DQN, on every learner: ε-greedy acting, Huber loss, a target network that is copied now and then.

    One random number decides for all copies of the environment of a vector step whether they explore, and then each
    draws its own action; the greedy action in training is the first of the largest values.
    """

    name = "dqn"
    title = "DQN"
    description = "Deep Q-learning: action values by one-step targets from a replay buffer and a target network."
    bibtex = """@article{mnih2015human,
  title={Human-level control through deep reinforcement learning},
  author={Mnih, Volodymyr and Kavukcuoglu, Koray and Silver, David and Rusu, Andrei A and Veness, Joel and Bellemare, Marc G
    and Graves, Alex and Riedmiller, Martin and Fidjeland, Andreas K and Ostrovski, Georg and others},
  journal={Nature}, volume={518}, number={7540}, pages={529--533}, year={2015}
}"""
    settings = DQNSettings
    mode = "greedy"

    def exploration(self, settings: Any, progress: float) -> Tensor:
        """Linear from 1 to the final ε."""
        falling = 1.0 + (settings.final_epsilon - 1.0) * progress / settings.exploration_fraction
        return torch.where(settings.exploration_fraction < progress, settings.final_epsilon, falling)

    def targets(self, next_values: Tensor, batch: Replayed, settings: Any) -> Tensor:
        """R + γ max Q', without the second term where the episode ended by itself."""
        following: Tensor = (1 - batch.terminated) * settings.gamma * next_values.amax(-1)
        return batch.rewards + following

    def gradients(self, values: Tensor, targets: Tensor, batch: Replayed) -> Tensor:
        """Of the mean Huber loss: the error, clipped to [−1, 1], where the action was taken."""
        actions = batch.actions.unsqueeze(-1)
        error = values.detach().gather(-1, actions).squeeze(-1) - targets
        pull = error.clamp(-1, 1) / targets.shape[-1]
        return torch.zeros_like(values).scatter_(-1, actions, pull.unsqueeze(-1))

    def stable_baselines3_model(self, settings: DQNSettings, **arguments: Any) -> Any:
        """Stable-Baselines3's DQN."""
        from stable_baselines3 import DQN as Model

        return Model(
            buffer_size=settings.buffer_size,
            learning_starts=settings.learning_starts,
            train_freq=settings.train_frequency,
            gradient_steps=settings.gradient_steps,
            batch_size=settings.batch_size,
            target_update_interval=settings.target_update_interval,
            exploration_fraction=settings.exploration_fraction,
            exploration_initial_eps=1.0,
            exploration_final_eps=settings.final_epsilon,
            learning_rate=settings.learning_rate,
            gamma=settings.gamma,
            max_grad_norm=settings.max_gradient_norm,
            **arguments,
        )
