"""DQN with acting and gradient steps in the kernel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from symprior.agents.agent import Problem
from symprior.agents.algorithms.algorithm import ReplaySettings, ValueAlgorithm
from symprior.agents.learners.batched.kernel.arithmetic.entries import train_values
from symprior.agents.learners.batched.kernel.arithmetic.losses import Transitions
from symprior.agents.learners.batched.kernel.network_kernel import NetworkKernel, of_each
from symprior.agents.learners.batched.off_policy import ReplayStack
from symprior.agents.learners.batched.optimizer import as_one_tensor
from symprior.agents.priors.prior import Prior, Replayed


class FusedReplayStack(ReplayStack):
    """Seeds that learn action values, each from its own replay buffer; see `ReplayStack`."""

    def __init__(
        self,
        problem: Problem,
        seeds: Sequence[int],
        algorithm: ValueAlgorithm,
        prior: Prior,
        settings: Sequence[ReplaySettings],
        device: torch.device,
    ) -> None:
        super().__init__(problem, seeds, algorithm, prior, settings, device)
        self.kernel = NetworkKernel(self.network, self._optimizer.flat, self.size, settings)
        self._optimizer.flat = self.kernel.flat
        self._target_kernel = NetworkKernel(self.target, as_one_tensor(self.target), self.size, settings)
        self._gamma = of_each(settings, "gamma", self.size)

    def _greedy(self, now: Tensor) -> Tensor:
        self.kernel.refresh()
        values = self.kernel.look(now[: self.size].flatten(0, 1).numpy())
        return torch.from_numpy(values.argmax(-1)).expand(len(now), -1)

    def train(self, batch: Replayed) -> None:
        """One gradient step on transitions [seeds, batch, …]."""
        seen = self._prior.minibatch(batch, self.orbit, self._prior_streams.draw)
        if self.network.normaliser is not None:
            self.kernel.refresh()
        kernel, size = self.kernel, self.size
        transitions = Transitions(
            observations=kernel.side_by_side(seen.observations[:size].numpy()),
            actions=np.ascontiguousarray(seen.actions[:size].numpy()),
            following=kernel.side_by_side(seen.next_observations[:size].numpy()),
            terminated=np.ascontiguousarray(seen.terminated[:size].numpy()),
            rewards=np.ascontiguousarray(seen.rewards[:size].numpy()),
        )
        room = kernel.room(transitions.actions.shape[1])
        train_values(kernel.tables, kernel.state, self._target_kernel.state, room, transitions, self._gamma)

    def renew_target(self) -> None:
        """Copy the networks to the target networks."""
        super().renew_target()
        self._target_kernel.refresh()

    def values(self, observations: Tensor) -> Tensor:
        """Q at observations [size · rows, …], [size · rows, actions] in double precision."""
        self.kernel.refresh()
        return torch.from_numpy(self.kernel.look(observations.numpy())).flatten(0, 1).double()
