"""DQN with acting and gradient steps in the kernel."""

from __future__ import annotations

from typing import cast

import numpy as np
import torch
from torch import Tensor

from symprior.agents.acting.actors import RowStreams
from symprior.agents.algorithms.settings import ReplaySettings
from symprior.agents.learners.batched.kernel.arithmetic.entries import train_values
from symprior.agents.learners.batched.kernel.arithmetic.streams import SeedStreams
from symprior.agents.learners.batched.kernel.arithmetic.tables import Transitions
from symprior.agents.learners.batched.kernel.network_kernel import NetworkKernel, of_each
from symprior.agents.learners.batched.populations.optimizer import as_one_tensor
from symprior.agents.learners.batched.populations.value import ReplayPopulation
from symprior.agents.learners.batched.populations.value_loss import ValueLoss
from symprior.agents.learners.learner import Training
from symprior.agents.priors.batch import Replayed
from symprior.symmetry.arrays import Array
from symprior.tasks.files.states import State


class FusedReplayPopulation(ReplayPopulation):
    """Seeds that learn action values, each from its own replay buffer; see `ReplayPopulation`."""

    def __init__(self, training: Training, loss: ValueLoss) -> None:
        super().__init__(training, loss)
        settings = cast(tuple[ReplaySettings, ...], training.settings)
        self.kernel = NetworkKernel(training.problem, self.network, self._optimizer.flat, self.size, settings)
        self._optimizer.flat = self.kernel.flat
        target = as_one_tensor(self.target)
        self._target_kernel = NetworkKernel(training.problem, self.target, target, self.size, settings)
        self._gamma = of_each(settings, "gamma", self.size)

    def _greedy(self, now: Tensor) -> Tensor:
        self.kernel.refresh()
        values = self.kernel.look(now[: self.size].flatten(0, 1).numpy())
        return torch.from_numpy(values.argmax(-1)).expand(len(now), -1)

    def save(self) -> State:
        """With what the kernel trains by."""
        return {**super().save(), "kernel": self.kernel.save()}

    def load(self, state: State) -> None:
        """Go on from there."""
        super().load(state)
        self.kernel.load(state["kernel"])
        self._target_kernel.refresh()

    def streams(self, keys: Array) -> RowStreams:
        """The same numbers as elsewhere."""
        return SeedStreams(keys) if isinstance(keys, np.ndarray) else super().streams(keys)

    def train(self, batch: Replayed) -> None:
        """One gradient step on transitions [seeds, batch, …]."""
        seen = self._prior.minibatch(batch, self.orbit, self._prior_streams.draw)
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
        of_target = self._target_kernel.state
        train_values(kernel.tables, kernel.images, kernel.state, of_target, room, transitions, self._gamma)

    def renew_target(self) -> None:
        """Copy the networks to the target networks."""
        super().renew_target()
        self._target_kernel.refresh()

    def values(self, observations: Tensor) -> Tensor:
        """Q at observations [size · rows, …], [size · rows, actions] in double precision."""
        self.kernel.refresh()
        return torch.from_numpy(self.kernel.look(observations.numpy())).flatten(0, 1).double()
