"""DQN for many seeds: their replay buffers, target networks and updates, and the loop that acts and learns."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from symprior.agents.acting.actors import GreedyActor
from symprior.agents.algorithms.algorithm import ReplayAlgorithm
from symprior.agents.algorithms.settings import GreedyReplaySettings
from symprior.agents.learners.batched.agent import BatchedAgent, one_thread
from symprior.agents.learners.batched.population import Population
from symprior.agents.learners.batched.replay import Replay
from symprior.agents.learners.batched.value_loss import ValueLoss
from symprior.agents.learners.learner import Training
from symprior.agents.networks.heads.q_network import QNetwork
from symprior.agents.networks.layers.equivariant import keep_weights
from symprior.agents.networks.layers.normaliser import target_of
from symprior.agents.priors.batch import Replayed
from symprior.tasks.environments.gymnasium_types import VectorEnvironment


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
            actions = torch.where(uniforms[:, :1] < epsilon, actions, self.network(now).argmax(-1))
        self._now, self._chosen = now, actions
        return actions[: self.size].flatten()

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


class BatchedValueAgent(GreedyActor, BatchedAgent[ReplayPopulation]):
    """An algorithm that learns action values × prior for many seeds at once; see `BatchedAgent`."""

    def __init__(self, training: Training, loss: ValueLoss) -> None:
        super().__init__(training, ReplayPopulation(training, loss))
        self._settings = cast(GreedyReplaySettings, training.settings[0])

    def _learn(self, env: VectorEnvironment, budget: int) -> None:
        settings, population = self._settings, self.population
        renewal = max(settings.target_update_interval // self.num_envs, 1)
        observations, _ = env.reset()
        on_host = not isinstance(observations, Tensor)
        now, used = self._tensor(observations), 0
        while used < budget:
            epsilon = population.exploration(used / budget) if used >= settings.learning_starts else None
            actions = population.choose(now, epsilon)
            observations, rewards, terminated, truncated, infos = env.step(
                actions.cpu().numpy() if on_host else actions
            )
            now, used = self._tensor(observations), used + self.num_envs
            following, ended = now, self._tensor(terminated | truncated)
            if "final_obs" in infos:
                mask = ended.view(-1, *(1,) * (now.ndim - 1))
                following = torch.where(mask, self._tensor(infos["final_obs"]), now)
            population.observe(self._tensor(rewards), self._tensor(terminated), following)
            vector_steps = used // self.num_envs
            if vector_steps % renewal == 0:
                population.renew_target()
            if vector_steps % settings.train_frequency == 0 and used > settings.learning_starts:
                self.gradient_steps += population.update()

    def action_values(self, observations: Any) -> Any:
        """Q, [seeds · rows, actions], of observations [seeds · rows, …]; numpy or torch as these are."""
        with one_thread():
            values = self.population.values(self._tensor(observations))
        return values if isinstance(observations, Tensor) else values.cpu().numpy()

    def final_epsilon(self, rows: int) -> NDArray[np.float64]:
        """Each seed's, [seeds · rows, 1]."""
        epsilon = self.population.exploration(1.0)[: len(self.seeds)].cpu().numpy().astype(np.float64)
        return np.repeat(epsilon, rows // len(epsilon), axis=0)
