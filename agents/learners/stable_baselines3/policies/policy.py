"""This project's actor-critic as a Stable-Baselines3 policy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from stable_baselines3.common.distributions import Distribution
from stable_baselines3.common.policies import ActorCriticPolicy
from stable_baselines3.common.type_aliases import PyTorchObs, Schedule
from torch import Tensor

from symprior.agents.learners.stable_baselines3.policies.attached import attached
from symprior.agents.networks.heads.actor_critic import ActorCritic
from symprior.agents.networks.layers.equivariant import keep_weights
from symprior.agents.priors.prior import AuxiliaryLoss
from symprior.tasks.environments.gymnasium_types import Space


class NetworkPolicy(ActorCriticPolicy):
    """Acts and is trained through the network that `make_network` makes.

    Args:
        make_network: makes the actor-critic.
        auxiliary_loss: what an update minimises beside the algorithm's loss, with weight 1.
        observation_space, action_space, lr_schedule, arguments: as in `ActorCriticPolicy`.
    """

    def __init__(
        self,
        observation_space: Space,
        action_space: Space,
        lr_schedule: Schedule,
        *,
        make_network: Callable[[], ActorCritic],
        auxiliary_loss: AuxiliaryLoss | None = None,
        **arguments: Any,
    ) -> None:
        self._make_network, self._auxiliary_loss = make_network, auxiliary_loss
        self._seen: list[Tensor] = []
        super().__init__(observation_space, action_space, lr_schedule, **arguments)

    def _build(self, lr_schedule: Schedule) -> None:
        self.network = self._make_network()
        self.optimizer = self.optimizer_class(self.network.parameters(), lr=lr_schedule(1), **self.optimizer_kwargs)  # type: ignore[call-arg]

    def _distribution_and_values(self, observations: PyTorchObs) -> tuple[Distribution, Tensor]:
        assert isinstance(observations, Tensor)
        outputs, values = self.network(observations)
        return self._distribution(outputs), values.unsqueeze(-1)

    def _distribution(self, outputs: Tensor) -> Distribution:
        return self.action_dist.proba_distribution(**self.network.distribution(outputs).for_stable_baselines3())

    def set_training_mode(self, mode: bool) -> None:
        """Called before a rollout and before its update, during both of which the statistics of observations stay."""
        super().set_training_mode(mode)
        keep_weights(self.network, not mode)
        normaliser = self.network.normaliser
        if not mode and normaliser is not None and self._seen:
            normaliser.take_in(torch.cat(self._seen).flatten(1))
            self._seen = []

    def forward(self, obs: Tensor, deterministic: bool = False) -> tuple[Tensor, Tensor, Tensor]:
        """Actions, values and log-probabilities for collecting a rollout."""
        if self.network.normaliser is not None:
            self._seen.append(obs.clone())
        distribution, values = self._distribution_and_values(obs)
        actions = distribution.get_actions(deterministic=deterministic)
        return actions, values, distribution.log_prob(actions)

    def evaluate_actions(self, obs: PyTorchObs, actions: Tensor) -> tuple[Tensor, Tensor, Tensor | None]:
        """Values, log-probabilities of the given actions and entropies for an update."""
        if self._auxiliary_loss is None:
            distribution, values = self._distribution_and_values(obs)
        else:
            assert isinstance(obs, Tensor)
            outputs, values = self.network(self._auxiliary_loss.observations(obs))
            distribution = self._distribution(outputs[: len(obs)])
            values = attached(values[: len(obs)].unsqueeze(-1), self._auxiliary_loss(outputs))
        return values, distribution.log_prob(actions), distribution.entropy()

    def get_distribution(self, obs: PyTorchObs) -> Distribution:
        """The policy's distribution."""
        return self._distribution_and_values(obs)[0]

    def predict_values(self, obs: PyTorchObs) -> Tensor:
        """Values, [batch, 1]."""
        return self._distribution_and_values(obs)[1]
