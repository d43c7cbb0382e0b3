"""Deep Q-learning (Mnih et al., 2015)."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from symprior.agents.algorithms.algorithm import GreedyReplaySettings, ValueAlgorithm, register
from symprior.agents.priors.prior import Replayed


@register
class DQN(ValueAlgorithm):
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
    settings = GreedyReplaySettings
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

    def stable_baselines3_model(self, settings: GreedyReplaySettings, **arguments: Any) -> Any:
        """Stable-Baselines3's DQN."""
        from stable_baselines3 import DQN as Model

        return Model(**settings.for_stable_baselines3(), **arguments)
