"""A replay buffer whose minibatches pass through the prior."""

from __future__ import annotations

from typing import Any

import numpy as np
from stable_baselines3.common.buffers import ReplayBuffer
from stable_baselines3.common.type_aliases import ReplayBufferSamples
from stable_baselines3.common.vec_env import VecNormalize

from symprior.agents.orbits import Orbit
from symprior.agents.prior import Draws, Prior, Replayed


class PriorReplayBuffer(ReplayBuffer):
    """Hands every minibatch to `prior.minibatch` before the algorithm sees it."""

    def __init__(self, *arguments: Any, prior: Prior, orbit: Orbit, draws: Draws, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._prior, self._orbit, self._draws = prior, orbit, draws

    def _get_samples(self, batch_inds: np.ndarray, env: VecNormalize | None = None) -> ReplayBufferSamples:
        samples = super()._get_samples(batch_inds, env)
        batch = Replayed(
            samples.observations,
            samples.actions.squeeze(-1),
            samples.next_observations,
            samples.dones.squeeze(-1),
            samples.rewards.squeeze(-1),
        )
        seen = self._prior.minibatch(batch, self._orbit, self._draws)
        return ReplayBufferSamples(
            seen.observations,
            seen.actions.unsqueeze(-1),
            seen.next_observations,
            seen.terminated.unsqueeze(-1),
            seen.rewards.unsqueeze(-1),
        )
