"""DQN offline: action values towards goals that are put beside given transitions in hindsight."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from symprior.agents.agent.abilities import PolicyArrays
from symprior.agents.algorithms.given.offline_dqn import OfflineDQN, OfflineDQNSettings
from symprior.agents.learners.initial import initial_network
from symprior.agents.learners.learner import Recipe
from symprior.agents.learners.planner.experience import Compared, Experience
from symprior.agents.learners.planner.given_agent import GivenAgent
from symprior.agents.learners.planner.uniforms import Uniforms
from symprior.agents.learners.threads import one_thread
from symprior.agents.networks.layers.normaliser import target_of
from symprior.agents.networks.policy_arrays import arrays_of, take_arrays
from symprior.symmetry.arrays import NumpyArray


class OfflineDQNAgent(GivenAgent):
    """Action values × prior; see `GivenAgent`."""

    def _start(self) -> None:
        settings = cast(OfflineDQNSettings, self.settings)
        kind = cast(OfflineDQN, self.training.algorithm).network(settings)
        self.values = self.network = initial_network(self.problem, kind, self.prior, settings, self.seed)
        self._uniforms_of = Uniforms(self.seed)
        self._is_trained = False

    def train(self, experience: Experience) -> int:
        """Learn action values; returns the number of gradient steps."""
        settings = cast(OfflineDQNSettings, self.settings)
        parameters: list[Tensor] = list(self.values.parameters())
        target = target_of(self.values, None)
        followers: list[Tensor] = list(target.parameters())
        optimizer = torch.optim.Adam(parameters, lr=settings.learning_rate, eps=settings.adam_epsilon, fused=True)
        steps = settings.gradient_steps * self.prior.passes(experience.orbit.order)
        for _ in range(steps):
            optimizer.zero_grad()
            self.loss(experience, self._minibatch(experience), target).backward()
            optimizer.step()
            with torch.no_grad():
                torch._foreach_lerp_(followers, parameters, settings.tau)
        self._is_trained = True
        return steps

    def _minibatch(self, experience: Experience) -> Compared:
        """Transitions, each with a goal beside it: what its own episode led to, or what another transition did."""
        settings = cast(OfflineDQNSettings, self.settings)
        size = settings.batch_size
        index, near, far, kind = self._uniforms_of("minibatches", 4 * size).view(4, size, 1).unbind()
        batch = experience.batch((index[:, 0] * len(experience)).long(), near, far)
        goals = torch.where(kind < settings.own_goals, batch.others[:, :1], batch.others[:, 1:])
        return self.prior.minibatch(
            replace(batch, others=goals), experience.orbit, lambda count: self._uniforms_of("prior", count)
        )

    def loss(self, experience: Experience, batch: Compared, target: torch.nn.Module) -> Tensor:
        """The mean Huber loss of the actions that were taken, []."""
        goals, seen = batch.others.squeeze(1), experience.observations
        before = torch.cat([seen[batch.observations], seen[goals]], dim=1)
        after = torch.cat([seen[batch.next_observations], seen[goals]], dim=1)
        reached = batch.next_observations == goals
        with torch.no_grad():
            worth = self.settings.gamma * target(after).amax(-1).clamp(0, 1)
        values = self.values(before)[torch.arange(len(goals)), batch.actions]
        return functional.smooth_l1_loss(values, torch.where(reached, 1.0, worth))

    def action_values(self, observations: NumpyArray) -> NDArray[np.float64]:
        """What each action is worth on the way to the goal, [batch, actions], of observations [batch, …]."""
        if not self._is_trained:
            return np.zeros((len(observations), self.problem.symmetry.action.size))
        with one_thread(), torch.no_grad():
            return np.asarray(self.values(torch.as_tensor(observations)).double().numpy())

    def policy_arrays(self, run: int) -> PolicyArrays:
        """The network, by the names of its state."""
        return arrays_of(self.values.state_dict())

    def take_policy(self, arrays: PolicyArrays) -> None:
        """Act by this network.

        Raises:
            SympriorError: it is of another make.
        """
        take_arrays(self.values, arrays)
        self._is_trained = True


RECIPE = Recipe(discrete=OfflineDQNAgent)
