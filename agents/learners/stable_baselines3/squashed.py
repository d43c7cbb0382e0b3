"""An agent with a squashed actor and twin critics, as SAC and TD3 train."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from symprior.agents.acting.squashing import SquashedActor
from symprior.agents.learners.initial import initial_actor_and_critics
from symprior.agents.learners.learner import Training
from symprior.agents.learners.stable_baselines3.agent import Model
from symprior.agents.learners.stable_baselines3.models.environment import VectorEnvAdapter
from symprior.agents.learners.stable_baselines3.replay import StableBaselinesReplayAgent
from symprior.symmetry.arrays import NumpyArray


class StableBaselinesSquashedAgent(SquashedActor, StableBaselinesReplayAgent):
    """An agent with a squashed actor and twin critics.

    Attributes:
        auxiliary_loss: the prior's own, if it has one.
    """

    def __init__(self, training: Training, model: Model) -> None:
        super().__init__(training, model)
        self.auxiliary_loss = self._prior.auxiliary_loss(self._orbit, self._settings)

    def _initial_network(self) -> Any:
        kind = self._algorithm.network(self._settings)
        return initial_actor_and_critics(self.problem, kind, self._prior, self._settings, self.seed)

    def _policy_arguments(self) -> dict[str, Any]:
        return {"auxiliary_loss": self.auxiliary_loss}

    def model(self, env: VectorEnvAdapter) -> Any:
        """The model; where a temperature is learned, by the same kind of Adam."""
        model = super().model(env)
        if self._adam_is and getattr(model, "ent_coef_optimizer", None) is not None:
            rate = model.lr_schedule(1)
            model.ent_coef_optimizer = torch.optim.Adam([model.log_ent_coef], lr=rate, **self._adam_is)
        return model

    def _optimizer(self, model: Any) -> torch.optim.Optimizer:
        optimizer: torch.optim.Optimizer = model.critic.optimizer
        return optimizer

    @torch.no_grad()
    def _said(self, observations: NumpyArray) -> list[NDArray[np.float64]]:
        """What the actor says before tanh, each [batch, size]."""
        said = self.network.actor(torch.as_tensor(observations, device=self._device))
        return [part.double().cpu().numpy() for part in said]

    def scaled_means(self, observations: NumpyArray) -> NDArray[np.float64]:
        """The squashed means, [batch, size] in [−1, 1]."""
        means: NDArray[np.float64] = np.tanh(self._said(observations)[0])
        return means
