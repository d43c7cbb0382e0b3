"""A rollout buffer whose rollouts and minibatches pass through the prior."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from gymnasium.spaces import Discrete
from stable_baselines3.common.buffers import RolloutBuffer
from stable_baselines3.common.type_aliases import RolloutBufferSamples
from stable_baselines3.common.vec_env import VecNormalize

from symprior.agents.networks.orbits import Orbit
from symprior.agents.priors.batch import Minibatch
from symprior.agents.priors.prior import Draws, LogProbabilities, Prior


class PriorRolloutBuffer(RolloutBuffer):
    """Hands every rollout and every minibatch to the prior before the algorithm sees it.

    Args:
        prior, orbit: what changes them.
        draws: the prior's random numbers.
        log_probabilities: of the policy as it is now.
        arguments, named: as of `RolloutBuffer`.
    """

    def __init__(
        self,
        *arguments: Any,
        prior: Prior,
        orbit: Orbit,
        draws: Draws,
        log_probabilities: LogProbabilities,
        **named: Any,
    ) -> None:
        self._prior, self._orbit, self._draws = prior, orbit, draws
        self._log_probabilities = log_probabilities
        super().__init__(*arguments, **named)

    def reset(self) -> None:
        """Start a new rollout."""
        super().reset()
        self._rollout: Minibatch | None = None

    def get(self, batch_size: int | None = None) -> Generator[RolloutBufferSamples, None, None]:
        """Minibatches of the whole rollout in random order, as many times over as the prior says."""
        for _ in range(self._prior.passes(self._orbit.order)):
            yield from super().get(batch_size)

    def _get_samples(self, batch_inds: np.ndarray, env: VecNormalize | None = None) -> RolloutBufferSamples:
        if self._rollout is None:  # before the first gradient step of an update
            self._rollout = self._prior.collected(self._transitions(), self._orbit, self._log_probabilities)
        rows = torch.as_tensor(batch_inds, device=self.device)
        batch = replace(self._rollout, **{name: column[rows] for name, column in vars(self._rollout).items()})
        seen = self._prior.minibatch(batch, self._orbit, self._draws)
        return RolloutBufferSamples(
            seen.observations,
            seen.actions.unsqueeze(-1) if self._is_number else seen.actions,
            seen.old_values,
            seen.old_log_probabilities,
            seen.advantages,
            seen.returns,
        )

    def _transitions(self) -> Minibatch:
        """The whole rollout."""
        samples = super()._get_samples(np.arange(self.buffer_size * self.n_envs))
        return Minibatch(
            samples.observations,
            samples.actions.squeeze(-1).long() if self._is_number else samples.actions,
            samples.old_values,
            samples.old_log_prob,
            samples.advantages,
            samples.returns,
        )

    @property
    def _is_number(self) -> bool:
        """Whether an action is one, which Stable-Baselines3 keeps as a vector of one entry."""
        return isinstance(self.action_space, Discrete)
