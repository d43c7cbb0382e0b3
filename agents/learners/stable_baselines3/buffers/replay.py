"""A replay buffer whose minibatches pass through the prior."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import torch
from gymnasium.spaces import Discrete
from stable_baselines3.common.buffers import ReplayBuffer
from stable_baselines3.common.type_aliases import ReplayBufferSamples
from stable_baselines3.common.vec_env import VecNormalize

from symprior.agents.networks.layers.normaliser import Normaliser
from symprior.agents.networks.orbits import Orbit
from symprior.agents.priors.batch import Replayed
from symprior.agents.priors.prior import Draws, Prior


class PriorReplayBuffer(ReplayBuffer):
    """Hands every minibatch to `prior.minibatch` before the algorithm sees it.

    Args:
        arguments, named: as of `ReplayBuffer`.
        prior, orbit: what minibatches pass through.
        draws: the prior's random numbers.
        normaliser: goes on with its statistics by every observation that is acted at; None for none.
    """

    def __init__(
        self,
        *arguments: Any,
        prior: Prior,
        orbit: Orbit,
        draws: Draws,
        normaliser: Normaliser | None = None,
        **named: Any,
    ) -> None:
        super().__init__(*arguments, **named)
        self._prior, self._orbit, self._draws, self._normaliser = prior, orbit, draws, normaliser

    def add(self, obs: np.ndarray, *arguments: Any) -> None:
        """Remember a vector step."""
        super().add(obs, *arguments)
        if self._normaliser is not None:
            self._normaliser.take_in(torch.as_tensor(obs, device=self.device).flatten(1))

    def _get_samples(self, batch_inds: np.ndarray, env: VecNormalize | None = None) -> ReplayBufferSamples:
        samples = super()._get_samples(batch_inds, env)
        batch = Replayed(
            samples.observations,
            samples.actions.squeeze(-1) if self._is_number else samples.actions,
            samples.next_observations,
            samples.dones.squeeze(-1),
            samples.rewards.squeeze(-1),
        )
        seen = self._prior.minibatch(batch, self._orbit, self._draws)
        return ReplayBufferSamples(
            seen.observations,
            seen.actions.unsqueeze(-1) if self._is_number else seen.actions,
            seen.next_observations,
            seen.terminated.unsqueeze(-1),
            seen.rewards.unsqueeze(-1),
        )

    @property
    def _is_number(self) -> bool:
        """Whether an action is one, which Stable-Baselines3 keeps as a vector of one entry."""
        return isinstance(self.action_space, Discrete)


class EnlargedReplayBuffer(PriorReplayBuffer):
    """Is asked for minibatches by their size behind the prior, and draws so many fewer transitions."""

    @cached_property
    def copies(self) -> int:
        """Transitions behind the prior for each one before it."""
        state = torch.zeros(1, *self.obs_shape, device=self.device)
        number = torch.zeros(1, device=self.device)
        action = number.long() if self._is_number else number.expand(1, self.action_dim)
        seen = self._prior.minibatch(Replayed(state, action, state, number, number), self._orbit, self._draws)
        return len(seen.rewards)

    def sample(self, batch_size: int, env: VecNormalize | None = None) -> ReplayBufferSamples:
        """A minibatch of this size."""
        return super().sample(batch_size // self.copies, env)
