"""DQN for many seeds: their replay buffers, target networks and updates, and the loop that acts and learns."""

from __future__ import annotations

from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from symprior.agents.acting.actors import GreedyActor
from symprior.agents.acting.distributions import Numbers, as_given
from symprior.agents.agent.source import may_rest
from symprior.agents.algorithms.settings import GreedyReplaySettings
from symprior.agents.learners.batched.agent import BatchedAgent
from symprior.agents.learners.batched.populations.value import ReplayPopulation
from symprior.agents.learners.batched.populations.value_loss import ValueLoss
from symprior.agents.learners.learner import Training
from symprior.tasks.environments.gymnasium_types import VectorEnvironment


class BatchedValueAgent(GreedyActor, BatchedAgent[ReplayPopulation]):
    """An algorithm that learns action values × prior for many seeds at once; see `BatchedAgent`."""

    def __init__(self, training: Training, loss: ValueLoss) -> None:
        super().__init__(training, ReplayPopulation, loss)
        self._settings = cast(GreedyReplaySettings, training.settings[0])

    def _learn(self, env: VectorEnvironment, budget: int) -> None:
        settings, population = self._settings, self.population
        renewal = max(settings.target_update_interval // self.num_envs, 1)
        observations, _ = env.reset()
        on_host = not isinstance(observations, Tensor)
        now, used = self._tensor(observations), self._used
        while used < budget:
            self._used = used
            may_rest(env)
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

    def action_values(self, observations: Numbers) -> Numbers:
        """Q, [seeds · rows, actions], of observations [seeds · rows, …]; numpy or torch as these are."""
        return as_given(observations, self._said(self.population.values, observations))

    def final_epsilon(self, rows: int) -> NDArray[np.float64]:
        """Each seed's, [seeds · rows, 1]."""
        epsilon = self.population.exploration(1.0)[: len(self.seeds)].cpu().numpy().astype(np.float64)
        return np.repeat(epsilon, rows // len(epsilon), axis=0)
