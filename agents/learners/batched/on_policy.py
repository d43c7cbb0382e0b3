"""PPO and A2C for many seeds: their rollouts, their updates, and the loop that alternates them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from symprior.agents.acting.actors import CategoricalActor, GaussianActor
from symprior.agents.acting.distributions import DiagonalGaussian, Numbers, as_given
from symprior.agents.agent.source import may_rest
from symprior.agents.algorithms.settings import OnPolicySettings
from symprior.agents.learners.batched.agent import BatchedAgent
from symprior.agents.learners.batched.populations.on_policy import OnPolicyPopulation, SamplesActions
from symprior.agents.learners.batched.populations.policy_gradient import PolicyGradient
from symprior.agents.learners.learner import Training
from symprior.agents.learners.threads import one_thread
from symprior.symmetry.arrays import A, NumpyArray, as_numpy
from symprior.tasks.environments.gymnasium_types import VectorEnvironment


class BatchedActorCritic(BatchedAgent[OnPolicyPopulation]):
    """An actor-critic algorithm × prior for many seeds at once; see `BatchedAgent`."""

    def __init__(self, training: Training, loss: PolicyGradient) -> None:
        super().__init__(training, OnPolicyPopulation, loss)
        self._steps = cast(OnPolicySettings, training.settings[0]).steps
        population: object = self.population
        self._sampler = population if isinstance(population, SamplesActions) else None

    def _learn(self, env: VectorEnvironment, budget: int) -> None:
        population: object = self.population
        if not isinstance(population, OnPolicyPopulation):  # whole updates in the fused kernel
            for gradient_steps in cast(Any, population).learn(env, self._rounds(env, budget), self._executed):
                self.gradient_steps += gradient_steps
            return
        observations, _ = env.reset()
        on_host = not isinstance(observations, Tensor)
        now = self._tensor(observations)
        for _ in self._rounds(env, budget):
            for _ in range(self._steps):
                actions = self._executed(self.population.choose(now))
                observations, rewards, terminated, truncated, infos = env.step(
                    actions.cpu().numpy() if on_host else actions
                )
                now = self._tensor(observations)
                last = infos.get("final_obs")
                if on_host and not as_numpy(truncated & ~terminated).any():
                    last = None  # asking this of a device would wait for it
                self.population.observe(
                    self._tensor(rewards),
                    self._tensor(terminated),
                    self._tensor(truncated),
                    None if last is None else self._tensor(last),
                )
            self.gradient_steps += self.population.update(now)

    def _rounds(self, env: VectorEnvironment, budget: int) -> Iterator[int]:
        """The environment steps behind which each round begins that is still to come; before it a run may be put down."""
        for used in range(self._used, budget, self._steps * self.num_envs):
            self._used = used
            may_rest(env)
            yield used

    def _executed(self, actions: A) -> A:
        """What the environment is stepped with where the policy chose these actions."""
        return actions

    def _drawn(self, observations: Any, count: int) -> NumpyArray | None:
        """Actions by so many numbers of each row's stream, where the population draws them itself; else None."""
        if self._sampler is None or isinstance(observations, Tensor):
            return None
        with one_thread():
            return self._sampler.sampled(observations, self._uniforms(observations, count))

    def _policy_outputs(self, observations: Any) -> Tensor:
        """What the policies say, [seeds · rows, outputs], at observations [seeds · rows, …]."""
        return self._said(self.population.policy_outputs, observations)


class BatchedCategoricalAgent(CategoricalActor, BatchedActorCritic):
    """On discrete actions."""

    def act(self, observations: NumpyArray) -> NDArray[np.int64]:
        """Actions [seeds · rows] sampled from the policies, by one number of each row's stream."""
        drawn = self._drawn(observations, 1)
        return super().act(observations) if drawn is None else drawn

    def action_probabilities(self, observations: Numbers) -> Numbers:
        """The policies, [seeds · rows, actions], of observations [seeds · rows, …]; numpy or torch as these are."""
        with one_thread():
            probabilities = torch.softmax(self._policy_outputs(observations), dim=-1)
        return as_given(observations, probabilities)


class BatchedGaussianAgent(GaussianActor, BatchedActorCritic):
    """On action vectors."""

    def _executed(self, actions: A) -> A:
        return self.limits.clip(actions)

    def act(self, observations: NumpyArray) -> NumpyArray:
        """Actions [seeds · rows, size] sampled from the policies, by as many numbers of each row's stream."""
        drawn = self._drawn(observations, self.problem.symmetry.action.size)
        return super().act(observations) if drawn is None else self.limits.clip(drawn)

    def action_distribution(self, observations: Numbers) -> tuple[Numbers, Numbers]:
        """Means and log σ, each [seeds · rows, size], at observations [seeds · rows, …]; numpy or torch as these are."""
        policy = DiagonalGaussian(self._policy_outputs(observations))
        return as_given(observations, policy.means), as_given(observations, policy.log_stds)
