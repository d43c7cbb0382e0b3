"""DQN for many seeds: their replay buffers, target networks and updates, and the loop that acts and learns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from gymnasium.vector import VectorEnv
from numpy.typing import NDArray
from torch import Tensor

from symprior.agents.acting.actors import GreedyActor
from symprior.agents.agent import Problem
from symprior.agents.algorithms.algorithm import ReplaySettings, ValueAlgorithm
from symprior.agents.learners.batched.learner import BatchedLearner, one_thread
from symprior.agents.learners.batched.optimizer import as_one_tensor
from symprior.agents.learners.batched.replay import Replay
from symprior.agents.learners.batched.stack import Stack
from symprior.agents.networks.heads.q_network import QNetwork
from symprior.agents.networks.layers.equivariant import keep_weights
from symprior.agents.networks.layers.normaliser import target_of
from symprior.agents.networks.trunk import Trunk
from symprior.agents.priors.prior import Prior, Replayed


class ReplayStack(Stack[QNetwork]):
    """Seeds that learn action values, each from its own replay buffer; see `Stack`.

    Attributes:
        target: the networks as they were when they were last copied; its own parameters, [seeds, …].
    """

    def __init__(
        self,
        problem: Problem,
        seeds: Sequence[int],
        algorithm: ValueAlgorithm,
        prior: Prior,
        settings: Sequence[ReplaySettings],
        device: torch.device,
    ) -> None:
        super().__init__(problem, algorithm.network(settings[0]), seeds, prior, settings, device)
        self._algorithm, self._actions = algorithm, problem.symmetry.action.size
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

    def take_layers(self, layers: Callable[[Trunk, Tensor], Any]) -> None:
        """Those of the target networks, too."""
        super().take_layers(layers)
        layers(self.target, as_one_tensor(self.target))

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
        steps, size = self._algorithm.updates(self._settings)
        steps *= self._prior.passes(self.orbit.order)
        for batch in self._replay.sample(self._replay_streams.draw(steps * size).unflatten(1, (steps, size))):
            self.train(batch)
        return steps

    def train(self, batch: Replayed) -> None:
        """One gradient step on transitions [seeds, batch, …]."""
        seen = self._prior.minibatch(batch, self.orbit, self._prior_streams.draw)
        with torch.no_grad():
            targets = self._algorithm.targets(self.target(seen.next_observations), seen, self._settings)
        values = self.network(seen.observations)
        self._optimizer.step((values,), (self._algorithm.gradients(values, targets, seen),))

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
        epsilon: Tensor = self._algorithm.exploration(self._settings, progress)
        return epsilon


class BatchedValueAgent(GreedyActor, BatchedLearner[ReplayStack]):
    """An algorithm that learns action values × prior for many seeds at once; see `BatchedLearner`."""

    def _stack(self, *arguments: Any) -> ReplayStack:
        return ReplayStack(*arguments)

    def _learn(self, env: VectorEnv[Any, Any, Any], budget: int) -> None:
        settings, stack = self._settings, self.stack
        renewal = max(settings.target_update_interval // self.num_envs, 1)
        observations, _ = env.reset()
        on_host = not isinstance(observations, Tensor)
        now, used = self._tensor(observations), 0
        while used < budget:
            epsilon = stack.exploration(used / budget) if used >= settings.learning_starts else None
            actions = stack.choose(now, epsilon)
            observations, rewards, terminated, truncated, infos = env.step(
                actions.cpu().numpy() if on_host else actions
            )
            now, used = self._tensor(observations), used + self.num_envs
            following, ended = now, self._tensor(terminated | truncated)
            if "final_obs" in infos:
                mask = ended.view(-1, *(1,) * (now.ndim - 1))
                following = torch.where(mask, self._tensor(infos["final_obs"]), now)
            stack.observe(self._tensor(rewards), self._tensor(terminated), following)
            vector_steps = used // self.num_envs
            if vector_steps % renewal == 0:
                stack.renew_target()
            if vector_steps % settings.train_frequency == 0 and used > settings.learning_starts:
                self.gradient_steps += stack.update()

    def action_values(self, observations: Any) -> Any:
        """Q, [seeds · rows, actions], of observations [seeds · rows, …]; numpy or torch as these are."""
        with one_thread():
            values = self.stack.values(self._tensor(observations))
        return values if isinstance(observations, Tensor) else values.cpu().numpy()

    def final_epsilon(self, rows: int) -> NDArray[np.float64]:
        """Each seed's, [seeds · rows, 1]."""
        epsilon = self.stack.exploration(1.0)[: len(self.seeds)].cpu().numpy().astype(np.float64)
        return np.repeat(epsilon, rows // len(epsilon), axis=0)
