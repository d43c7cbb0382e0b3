"""A rollout buffer whose minibatches pass through the prior."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium.spaces import Discrete
from stable_baselines3.common.buffers import RolloutBuffer
from stable_baselines3.common.type_aliases import RolloutBufferSamples
from stable_baselines3.common.vec_env import VecNormalize

from symprior.agents.orbits import Orbit
from symprior.agents.prior import Minibatch, Prior


class PriorRolloutBuffer(RolloutBuffer):
    """Hands every minibatch to `prior.minibatch` before the algorithm sees it."""

    def __init__(self, *arguments: Any, prior: Prior, orbit: Orbit, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._prior, self._orbit = prior, orbit

    def _get_samples(self, batch_inds: np.ndarray, env: VecNormalize | None = None) -> RolloutBufferSamples:
        samples = super()._get_samples(batch_inds, env)
        is_number = isinstance(self.action_space, Discrete)  # Stable-Baselines3 keeps it as a vector of one entry
        batch = Minibatch(
            samples.observations,
            samples.actions.squeeze(-1) if is_number else samples.actions,
            samples.old_values,
            samples.old_log_prob,
            samples.advantages,
            samples.returns,
        )
        seen = self._prior.minibatch(batch, self._orbit)
        return RolloutBufferSamples(
            seen.observations,
            seen.actions.unsqueeze(-1) if is_number else seen.actions,
            seen.old_values,
            seen.old_log_probabilities,
            seen.advantages,
            seen.returns,
        )
