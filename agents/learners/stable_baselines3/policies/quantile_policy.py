"""This project's quantile network as a policy of sb3-contrib."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gymnasium import spaces
from sb3_contrib.qrdqn.policies import QRDQNPolicy
from stable_baselines3.common.policies import BasePolicy
from stable_baselines3.common.type_aliases import PyTorchObs, Schedule
from torch import Tensor

from symprior.agents.networks.heads.quantile_network import QuantileNetwork
from symprior.agents.networks.layers.equivariant import keep_weights
from symprior.agents.networks.layers.normaliser import target_of
from symprior.tasks.environments.gymnasium_types import Space


class NetworkQuantiles(BasePolicy):
    """What QR-DQN asks of a quantile network, answered by `network`."""

    def __init__(self, observation_space: Space, action_space: Space, network: QuantileNetwork) -> None:
        super().__init__(observation_space, action_space)
        self.network = network

    def forward(self, obs: PyTorchObs) -> Tensor:
        """Quantiles, [batch, quantiles, actions]."""
        quantiles: Tensor = self.network(obs)
        return quantiles

    def _predict(self, observation: PyTorchObs, deterministic: bool = True) -> Tensor:
        return self(observation).mean(dim=1).argmax(dim=1)  # type: ignore[no-any-return]


class NetworkQuantilePolicy(QRDQNPolicy):
    """Acts and is trained through the network that `make_network` makes; the target network is a copy.

    Args:
        make_network: makes the quantile network.
        observation_space, action_space, lr_schedule, arguments: as in `QRDQNPolicy`.
    """

    quantile_net: NetworkQuantiles  # type: ignore[assignment]
    quantile_net_target: NetworkQuantiles  # type: ignore[assignment]

    def __init__(
        self,
        observation_space: Space,
        action_space: spaces.Discrete,
        lr_schedule: Schedule,
        *,
        make_network: Callable[[], QuantileNetwork],
        **arguments: Any,
    ) -> None:
        self._make_network = make_network
        super().__init__(observation_space, action_space, lr_schedule, **arguments)

    def _build(self, lr_schedule: Schedule) -> None:
        network = self._make_network()
        self.n_quantiles = network.quantiles
        self.quantile_net = NetworkQuantiles(self.observation_space, self.action_space, network)
        self.quantile_net_target = target_of(self.quantile_net, network.normaliser)
        self.quantile_net_target.set_training_mode(False)
        self.optimizer = self.optimizer_class(  # type: ignore[call-arg]
            self.quantile_net.parameters(), lr=lr_schedule(1), **self.optimizer_kwargs
        )

    def set_training_mode(self, mode: bool) -> None:
        """Called when it acts and before its updates; in between nobody changes the network."""
        super().set_training_mode(mode)
        keep_weights(self.quantile_net, not mode)
