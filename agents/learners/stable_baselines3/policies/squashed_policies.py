"""This project's actors and twin critics as policies of Stable-Baselines3's SAC and TD3."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, TypeVar

import torch
from stable_baselines3.common.distributions import SquashedDiagGaussianDistribution
from stable_baselines3.common.policies import BaseModel, BasePolicy
from stable_baselines3.common.type_aliases import PyTorchObs, Schedule
from stable_baselines3.sac.policies import SACPolicy
from stable_baselines3.td3.policies import TD3Policy
from torch import Tensor

from symprior.agents.learners.stable_baselines3.policies.attached import attached
from symprior.agents.networks.heads.critics import ActorAndCritics
from symprior.agents.networks.heads.squashed_actor import MeanActor
from symprior.agents.networks.layers.equivariant import keep_weights
from symprior.agents.networks.layers.normaliser import target_of
from symprior.agents.priors.prior import AuxiliaryLoss
from symprior.tasks.environments.gymnasium_types import Space

M = TypeVar("M", bound=BaseModel)


class NetworkActor(BasePolicy):
    """An actor, answered by `network`.

    Args:
        observation_space, action_space: of the environment.
        network: the actor.
        auxiliary_loss: what its update minimises beside the algorithm's loss, with weight 1.
    """

    def __init__(
        self, observation_space: Space, action_space: Space, network: MeanActor, auxiliary_loss: AuxiliaryLoss | None
    ) -> None:
        super().__init__(observation_space, action_space, squash_output=True)
        self.network, self._auxiliary_loss = network, auxiliary_loss

    @abstractmethod
    def forward(self, obs: PyTorchObs, deterministic: bool = False) -> Tensor:
        """Actions [batch, size] in [−1, 1]."""

    def _predict(self, observation: PyTorchObs, deterministic: bool = False) -> Tensor:
        return self(observation, deterministic)  # type: ignore[no-any-return]

    def _said(self, observations: Tensor) -> tuple[tuple[Tensor, ...], Tensor | None]:
        """What the network says, and the auxiliary loss, where an update asks and there is one."""
        auxiliary = self._auxiliary_loss
        if auxiliary is None or not torch.is_grad_enabled():
            return self.network(observations), None
        said = self.network(auxiliary.observations(observations))
        own = tuple(part[: len(observations)] for part in said)
        return own, auxiliary(said[0].tanh())


class NetworkGaussianActor(NetworkActor):
    """SAC's actor."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.action_dist = SquashedDiagGaussianDistribution(self.action_space.shape[0])  # type: ignore[index]

    def forward(self, obs: PyTorchObs, deterministic: bool = False) -> Tensor:
        """Actions [batch, size] in [−1, 1]."""
        assert isinstance(obs, Tensor)
        means, log_stds = self.network(obs)
        return self.action_dist.actions_from_params(means, log_stds, deterministic)

    def action_log_prob(self, obs: PyTorchObs) -> tuple[Tensor, Tensor]:
        """Sampled actions [batch, size] in [−1, 1] and their log-probabilities [batch]."""
        assert isinstance(obs, Tensor)
        (means, log_stds), loss = self._said(obs)
        actions, log_probabilities = self.action_dist.log_prob_from_params(means, log_stds)
        return actions, log_probabilities if loss is None else attached(log_probabilities, loss)


class NetworkDeterministicActor(NetworkActor):
    """TD3's actor."""

    def forward(self, obs: PyTorchObs, deterministic: bool = False) -> Tensor:
        """Actions [batch, size] in [−1, 1]."""
        assert isinstance(obs, Tensor)
        (means,), loss = self._said(obs)
        actions = means.tanh()
        return actions if loss is None else attached(actions, loss)


class NetworkCritics(BaseModel):
    """What SAC and TD3 ask of critics, answered by those of `networks`."""

    def __init__(self, observation_space: Space, action_space: Space, networks: ActorAndCritics) -> None:
        super().__init__(observation_space, action_space)
        self.networks = networks.critics

    def forward(self, obs: Tensor, actions: Tensor) -> tuple[Tensor, ...]:
        """The values of each critic, [batch, 1]."""
        return tuple(network(obs, actions) for network in self.networks)

    def q1_forward(self, obs: Tensor, actions: Tensor) -> Tensor:
        """The first critic's values, [batch, 1]."""
        values: Tensor = self.networks[0](obs, actions)
        return values


class NetworkTwinCriticPolicy(BasePolicy):
    """Acts and is trained through the networks that `make_network` makes; targets are copies.

    Args:
        make_network: makes actor and critics.
        auxiliary_loss: what the actor's update minimises beside the algorithm's loss, with weight 1.
        observation_space, action_space, lr_schedule, arguments: as of Stable-Baselines3's policies.
    """

    def __init__(
        self,
        observation_space: Space,
        action_space: Space,
        lr_schedule: Schedule,
        *,
        make_network: Callable[[], ActorAndCritics],
        auxiliary_loss: AuxiliaryLoss | None = None,
        **arguments: Any,
    ) -> None:
        self._make_network, self._auxiliary_loss = make_network, auxiliary_loss
        super().__init__(observation_space, action_space, lr_schedule, **arguments)

    def set_training_mode(self, mode: bool) -> None:
        """Called when it acts and before its updates; in between nobody changes the actor."""
        super().set_training_mode(mode)
        assert isinstance(self.actor, NetworkActor)
        keep_weights(self.actor, not mode)

    def _optimised(self, model: M, lr_schedule: Schedule) -> M:
        """The model with an optimizer of its own."""
        model.optimizer = self.optimizer_class(model.parameters(), lr=lr_schedule(1), **self.optimizer_kwargs)  # type: ignore[call-arg]
        return model

    def _target(self, model: M) -> M:
        """A copy that follows."""
        target = target_of(model, self._make_network().normaliser)
        target.set_training_mode(False)
        return target

    def _parts(self, kind: type[NetworkActor]) -> tuple[Any, Any]:
        """Actor and critics."""
        networks, spaces = self._make_network(), (self.observation_space, self.action_space)
        return kind(*spaces, networks.actor, self._auxiliary_loss), NetworkCritics(*spaces, networks)


class NetworkSACPolicy(NetworkTwinCriticPolicy, SACPolicy):
    """SAC's policy."""

    def _build(self, lr_schedule: Schedule) -> None:
        actor, critic = self._parts(NetworkGaussianActor)
        self.critic_target = self._target(critic)
        self.actor, self.critic = self._optimised(actor, lr_schedule), self._optimised(critic, lr_schedule)


class NetworkTD3Policy(NetworkTwinCriticPolicy, TD3Policy):
    """TD3's policy."""

    def _build(self, lr_schedule: Schedule) -> None:
        actor, critic = self._parts(NetworkDeterministicActor)
        self.actor_target, self.critic_target = self._target(actor), self._target(critic)
        self.actor, self.critic = self._optimised(actor, lr_schedule), self._optimised(critic, lr_schedule)
