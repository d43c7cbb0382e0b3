"""Seeds that learn action values: acting, remembering, gradient steps, target networks."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor

from symprior.agents.algorithms.algorithm import ReplayAlgorithm
from symprior.agents.algorithms.settings import GreedyReplaySettings
from symprior.agents.learners.batched.populations.population import Population
from symprior.agents.learners.batched.populations.replay import Replay
from symprior.agents.learners.batched.populations.value_loss import ValueLoss
from symprior.agents.learners.learner import Training
from symprior.agents.networks.heads.q_network import QNetwork
from symprior.agents.networks.layers.equivariant import keep_weights
from symprior.agents.networks.layers.normaliser import target_of
from symprior.agents.networks.saved import load_network, saved_network
from symprior.agents.priors.batch import Replayed
from symprior.tasks.environments.streams import Streams
from symprior.tasks.files.states import State


class ReplayPopulation(Population[QNetwork]):
    """Seeds that learn action values, each from its own replay buffer; see `Population`.

    Attributes:
        target: the networks as they were when they were last copied; its own parameters, [seeds, …].
    """

    def __init__(self, training: Training, loss: ValueLoss) -> None:
        algorithm = cast(ReplayAlgorithm[GreedyReplaySettings], training.algorithm)
        settings = cast(GreedyReplaySettings, training.settings[0])
        super().__init__(training, cast(type[QNetwork], algorithm.network(settings)))
        self._loss, self._actions = loss, training.problem.symmetry.action.size
        self._updates = algorithm.updates(settings)
        self.target = target_of(self.network, self.network.normaliser).requires_grad_(False)
        keep_weights(self.target, True)
        self._exploration_streams, self._replay_streams = self._stream("exploration"), self._stream("replay")
        self._replay: Replay | None = None

    @torch.no_grad()
    def choose(self, observations: Tensor, epsilon: Tensor | None) -> Tensor:
        """Actions [size · copies] at the observations [size · copies, …].

        Args:
            observations: now.
            epsilon: the probability with which all copies of a seed act at random, [seeds, 1]; None: they all do.
        """
        now = self._side_by_side(observations)
        uniforms = self._exploration_streams.draw(1 + self._copies)
        actions: Tensor = (uniforms[:, 1:] * self._actions).long()
        if epsilon is not None:
            actions = torch.where(uniforms[:, :1] < epsilon, actions, self._greedy(now))
        self._now, self._chosen = now, actions
        return actions[: self.size].flatten()

    def save(self) -> State:
        """With target networks and replay buffers."""
        replay = None if self._replay is None else self._replay.save()
        return {**super().save(), "target": saved_network(self.target), "replay": replay}

    def load(self, state: State) -> None:
        """Go on from there."""
        super().load(state)
        load_network(self.target, state["target"])
        if state["replay"] is not None:
            self._replay = Replay.of(state["replay"], self._device)

    def _streams(self) -> dict[str, Streams[Tensor]]:
        return {**super()._streams(), "exploration": self._exploration_streams, "replay": self._replay_streams}

    def _greedy(self, now: Tensor) -> Tensor:
        """The first of the best actions, [seeds, copies]."""
        best: Tensor = self.network(now).argmax(-1)
        return best

    @torch.no_grad()
    def observe(self, rewards: Tensor, terminated: Tensor, following: Tensor) -> None:
        """Remember what a step brought, all [size · copies, …].

        Args:
            rewards: of the step.
            terminated: whether the episode ended by itself.
            following: where the step led; the last observations of ended episodes, not the first of new ones.
        """
        if self._replay is None:
            rows = max(self._settings.buffer_size // self._copies, 1)
            self._replay = Replay(len(self._now), rows, self._copies, self._now[0, 0])
        columns = (following, terminated.float(), rewards.float())
        self._replay.add(Replayed(self._now, self._chosen, *map(self._side_by_side, columns)))
        if self.network.normaliser is not None:
            self.network.normaliser.take_in(self._now.flatten(2))

    def update(self) -> int:
        """Learn from the replay buffer; returns the number of gradient steps."""
        assert self._replay is not None
        steps, size = self._updates
        steps *= self._prior.passes(self.orbit.order)
        for batch in self._replay.sample(self._replay_streams.draw(steps * size).unflatten(1, (steps, size))):
            self.train(batch)
        return steps

    def train(self, batch: Replayed) -> None:
        """One gradient step on transitions [seeds, batch, …]."""
        seen = self._prior.minibatch(batch, self.orbit, self._prior_streams.draw)
        with torch.no_grad():
            targets = self._loss.targets(self.target(seen.next_observations), seen, self._settings)
        values = self.network(seen.observations)
        self._optimizer.step((values,), (self._loss.gradients(values, targets, seen),))

    @torch.no_grad()
    def renew_target(self) -> None:
        """Copy the networks to the target networks."""
        for mine, current in zip(self.target.parameters(), self.network.parameters(), strict=True):
            mine.copy_(current)

    @torch.no_grad()
    def values(self, observations: Tensor) -> Tensor:
        """Q at observations [size · rows, …], [size · rows, actions] in double precision."""
        values: Tensor = self.network(self._side_by_side(observations))
        return values[: self.size].flatten(0, 1).double()

    def exploration(self, progress: float) -> Tensor:
        """Each seed's ε when this part of the budget is used, [seeds, 1]."""
        epsilon: Tensor = self._loss.exploration(self._settings, progress)
        return epsilon
