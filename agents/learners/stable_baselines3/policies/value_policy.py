"""This project's Q-network as a Stable-Baselines3 policy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gymnasium import spaces
from stable_baselines3.common.policies import BasePolicy
from stable_baselines3.common.type_aliases import PyTorchObs, Schedule
from stable_baselines3.dqn.policies import DQNPolicy
from torch import Tensor

from symprior.agents.networks.heads.q_network import QNetwork
from symprior.agents.networks.layers.equivariant import keep_weights
from symprior.agents.networks.layers.normaliser import target_of
from symprior.tasks.environments.gymnasium_types import Space


class NetworkValues(BasePolicy):
    """What DQN asks of a Q-network, answered by `network`."""

    def __init__(self, observation_space: Space, action_space: Space, network: QNetwork) -> None:
        super().__init__(observation_space, action_space)
        self.network = network

    def forward(self, obs: PyTorchObs) -> Tensor:
        """Values, [batch, actions]."""
        values: Tensor = self.network(obs)
        return values

    def _predict(self, observation: PyTorchObs, deterministic: bool = True) -> Tensor:
        return self(observation).argmax(dim=1)  # type: ignore[no-any-return]


class NetworkValuePolicy(DQNPolicy):
    """Acts and is trained through the network that `make_network` makes; the target network is a copy.

    Args:
        make_network: makes the Q-network.
        observation_space, action_space, lr_schedule, arguments: as in `DQNPolicy`.
    """

    q_net: NetworkValues  # type: ignore[assignment]
    q_net_target: NetworkValues  # type: ignore[assignment]

    def __init__(
        self,
        observation_space: Space,
        action_space: spaces.Discrete,
        lr_schedule: Schedule,
        *,
        make_network: Callable[[], QNetwork],
        **arguments: Any,
    ) -> None:
        self._make_network = make_network
        super().__init__(observation_space, action_space, lr_schedule, **arguments)

    def _build(self, lr_schedule: Schedule) -> None:
        self.q_net = NetworkValues(self.observation_space, self.action_space, self._make_network())
        self.q_net_target = target_of(self.q_net, self.q_net.network.normaliser)
        self.q_net_target.set_training_mode(False)
        self.optimizer = self.optimizer_class(self.q_net.parameters(), lr=lr_schedule(1), **self.optimizer_kwargs)  # type: ignore[call-arg]

    def set_training_mode(self, mode: bool) -> None:
        """Called when it acts and before its updates; in between nobody changes the network."""
        super().set_training_mode(mode)
        keep_weights(self.q_net, not mode)
