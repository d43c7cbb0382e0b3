"""PPO and A2C by Stable-Baselines3."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from symprior.agents.acting.actors import CategoricalActor, GaussianActor
from symprior.agents.acting.distributions import DiagonalGaussian
from symprior.agents.learners.learner import Training
from symprior.agents.learners.stable_baselines3.agent import Model, StableBaselinesAgent
from symprior.agents.learners.stable_baselines3.buffers.rollout import PriorRolloutBuffer
from symprior.agents.learners.stable_baselines3.policies.policy import NetworkPolicy
from symprior.symmetry.arrays import NumpyArray


class StableBaselinesActorCritic(StableBaselinesAgent):
    """An actor-critic agent.

    Attributes:
        auxiliary_loss: the prior's own, if it has one.
    """

    def __init__(self, training: Training, model: Model) -> None:
        super().__init__(training, model)
        self.auxiliary_loss = self._prior.auxiliary_loss(self._orbit, self._settings)

    def _parts(self, buffer: dict[str, Any]) -> dict[str, Any]:
        return {
            "policy": NetworkPolicy,
            "rollout_buffer_class": PriorRolloutBuffer,
            "rollout_buffer_kwargs": {**buffer, "log_probabilities": self._log_probabilities},
        }

    def _policy_arguments(self) -> dict[str, Any]:
        return {"auxiliary_loss": self.auxiliary_loss}

    @torch.no_grad()
    def _log_probabilities(self, observations: Tensor, actions: Tensor) -> Tensor:
        """Log π(a | s) of actions at observations, [rows, …], under the policy as it is now, [rows]."""
        outputs, _ = self.network(observations)
        found: Tensor = self.network.distribution(outputs).log_probability(actions)
        return found

    @torch.no_grad()
    def _policy_outputs(self, observations: NumpyArray) -> Tensor:
        """What the policy says, [batch, outputs] in double precision."""
        outputs, _ = self.network(torch.as_tensor(observations, device=self._device))
        doubled: Tensor = outputs.double()
        return doubled


class StableBaselinesCategoricalAgent(CategoricalActor, StableBaselinesActorCritic):
    """On discrete actions."""

    def action_probabilities(self, observations: NumpyArray) -> NDArray[np.float64]:
        """The policy, [batch, actions]."""
        return torch.softmax(self._policy_outputs(observations), dim=-1).cpu().numpy()


class StableBaselinesGaussianAgent(GaussianActor, StableBaselinesActorCritic):
    """On action vectors."""

    def action_distribution(self, observations: NumpyArray) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Means and log σ, each [batch, size]."""
        policy = DiagonalGaussian(self._policy_outputs(observations))
        return policy.means.cpu().numpy(), policy.log_stds.cpu().numpy()
