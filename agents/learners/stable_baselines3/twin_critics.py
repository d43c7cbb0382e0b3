"""SAC and TD3 by Stable-Baselines3."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from symprior.agents.acting.squashing import SquashedActor
from symprior.agents.algorithms.twin_critics import TwinCriticAlgorithm
from symprior.agents.learners.initial import initial_actor_and_critics
from symprior.agents.learners.stable_baselines3.policies.twin_critic_policies import (
    NetworkSACPolicy,
    NetworkTD3Policy,
)
from symprior.agents.learners.stable_baselines3.replay_learner import StableBaselinesReplayLearner


class StableBaselinesTwinCriticAgent(SquashedActor, StableBaselinesReplayLearner):
    """An agent with a squashed actor and twin critics.

    Attributes:
        auxiliary_loss: the prior's own, if it has one.
    """

    _algorithm: TwinCriticAlgorithm

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.auxiliary_loss = self._prior.auxiliary_loss(self._orbit, self._settings)

    def _initial_network(self) -> Any:
        kind = self._algorithm.network(self._settings)
        return initial_actor_and_critics(self.problem, kind, self._prior, self._settings, self.seed)

    def _policy_arguments(self) -> dict[str, Any]:
        return {"auxiliary_loss": self.auxiliary_loss}

    def _optimizer(self, model: Any) -> torch.optim.Optimizer:
        optimizer: torch.optim.Optimizer = model.critic.optimizer
        return optimizer

    @torch.no_grad()
    def _said(self, observations: NDArray[Any]) -> list[NDArray[np.float64]]:
        """What the actor says before tanh, each [batch, size]."""
        said = self.network.actor(torch.as_tensor(observations, device=self._device))
        return [part.double().cpu().numpy() for part in said]

    def scaled_means(self, observations: NDArray[Any]) -> NDArray[np.float64]:
        """The squashed means, [batch, size] in [−1, 1]."""
        means: NDArray[np.float64] = np.tanh(self._said(observations)[0])
        return means


class StableBaselinesSACAgent(StableBaselinesTwinCriticAgent):
    """SAC's."""

    policy = NetworkSACPolicy

    def scaled_samples(self, observations: NDArray[Any], normals: NDArray[np.float64]) -> NDArray[np.float64]:
        """tanh(μ + σ z), [batch, size]."""
        means, log_stds = self._said(observations)
        actions: NDArray[np.float64] = np.tanh(means + np.exp(log_stds) * normals)
        return actions

    def action_log_stds(self, observations: NDArray[Any]) -> NDArray[np.float64]:
        """The logarithms of standard deviations before tanh, [batch, size]."""
        return self._said(observations)[1]


class StableBaselinesTD3Agent(StableBaselinesTwinCriticAgent):
    """TD3's."""

    policy = NetworkTD3Policy

    def scaled_samples(self, observations: NDArray[Any], normals: NDArray[np.float64]) -> NDArray[np.float64]:
        """The means with the noise of training, cut off at ±1, [batch, size]."""
        noise = self._settings.exploration_noise * normals
        actions: NDArray[np.float64] = np.clip(self.scaled_means(observations) + noise, -1, 1)
        return actions
