"""PPO and A2C for many seeds: their rollouts, their updates, and the loop that alternates them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from gymnasium.vector import VectorEnv
from torch import Tensor

from symprior.agents.acting.actors import CategoricalActor, GaussianActor
from symprior.agents.acting.distributions import DiagonalGaussian
from symprior.agents.agent import Problem
from symprior.agents.algorithms.algorithm import OnPolicyAlgorithm, OnPolicySettings
from symprior.agents.learners.batched.learner import BatchedLearner, one_thread
from symprior.agents.learners.batched.rollout import Rollout, minibatches
from symprior.agents.learners.batched.stack import Stack
from symprior.agents.networks.heads.actor_critic import ActorCritic
from symprior.agents.priors.prior import AuxiliaryLoss, Minibatch, Prior


class OnPolicyStack(Stack[ActorCritic]):
    """Seeds that learn from their own rollouts; see `Stack`.

    Attributes:
        auxiliary_loss: the prior's own, if it has one.
    """

    def __init__(
        self,
        problem: Problem,
        seeds: Sequence[int],
        algorithm: OnPolicyAlgorithm,
        prior: Prior,
        settings: Sequence[OnPolicySettings],
        device: torch.device,
    ) -> None:
        super().__init__(problem, algorithm.network(settings[0]), seeds, prior, settings, device)
        self._algorithm, self._steps = algorithm, settings[0].steps
        gradient_steps, size = algorithm.updates(settings[0])
        self._minibatches = self._steps * self._copies // size
        self._epochs = gradient_steps // self._minibatches * prior.passes(self.orbit.order)
        self._draws = self.network.distribution.draws(problem.symmetry)
        self.auxiliary_loss = prior.auxiliary_loss(self.orbit, self._settings)
        self._action_streams, self._order_streams = self._stream("actions"), self._stream("order")
        self._rollout: Rollout | None = None
        self._time = 0

    @torch.no_grad()
    def choose(self, observations: Tensor) -> Tensor:
        """Sample and remember the actions [size · copies, …] at the observations [size · copies, …]."""
        now = self._side_by_side(observations)
        if self._time == 0:
            self._take_in()
            uniforms = self._action_streams.draw(self._steps * self._copies * self._draws)
            self._uniforms = uniforms.unflatten(1, (self._steps, self._copies, self._draws))
        outputs, values = self.network(now)
        policy = self.network.distribution(outputs)
        actions = policy.sample(self._uniforms[:, self._time])
        if self._rollout is None:
            self._rollout = Rollout(len(now), self._steps, self._copies, now[0, 0], actions[0, 0])
        rollout, t = self._rollout, self._time
        rollout.observations[:, t], rollout.actions[:, t], rollout.values[:, t] = now, actions, values
        rollout.log_probabilities[:, t] = policy.log_probability(actions)
        return actions[: self.size].flatten(0, 1)

    def _take_in(self) -> None:
        """Let the statistics of observations go on by the last rollout: during a rollout and its update they stay."""
        if self.network.normaliser is not None and self._rollout is not None:
            self.network.normaliser.take_in(self._rollout.observations.flatten(1, 2).flatten(2))

    @torch.no_grad()
    def observe(self, rewards: Tensor, terminated: Tensor, truncated: Tensor, last: Tensor | None) -> None:
        """Remember what a step brought, all [size · copies, …].

        Args:
            rewards: of the step.
            terminated: whether the episode ended by itself.
            truncated: whether a time limit cut it off.
            last: the observations in which ended episodes ended; None where no time limit was met.
        """
        assert self._rollout is not None
        rewards, ended = self._side_by_side(rewards.float()), terminated | truncated
        if last is not None:
            _, values = self.network(self._side_by_side(last))
            cut_off = self._side_by_side(truncated & ~terminated)
            rewards = rewards + torch.where(cut_off, self._settings.gamma * values, 0.0)
        self._rollout.rewards[:, self._time] = rewards
        self._rollout.goes_on[:, self._time] = self._side_by_side(~ended).float()
        self._time += 1

    def update(self, observations: Tensor) -> int:
        """Learn from the rollout, which led to these observations; returns the number of gradient steps."""
        transitions = self.transitions(observations)
        count = transitions.actions.shape[1]
        order = self._order_streams.draw(self._epochs * count).unflatten(1, (self._epochs, count)).argsort(-1)
        return self.train(transitions, order)

    @torch.no_grad()
    def transitions(self, observations: Tensor) -> Minibatch:
        """The rollout, which led to these observations and ends here, [seeds, steps · copies, …]."""
        assert self._rollout is not None
        self._time = 0
        _, last_values = self.network(self._side_by_side(observations))
        return self._rollout.transitions(last_values, self._settings)

    def train(self, transitions: Minibatch, order: Tensor) -> int:
        """Gradient steps on minibatches of the transitions in the order [seeds, epochs, transitions]."""
        rollout = self._prior.collected(transitions, self.orbit, self._log_probabilities)
        for epoch in order.unbind(1):
            for batch in minibatches(rollout, epoch, self._minibatches):
                self._step(self._prior.minibatch(batch, self.orbit, self._prior_streams.draw))
        return order.shape[1] * self._minibatches

    @torch.no_grad()
    def _log_probabilities(self, observations: Tensor, actions: Tensor) -> Tensor:
        """Of actions at observations, [seeds, rows, …], under the policies as they are now, [seeds, rows]."""
        outputs, _ = self.network(observations)
        return self.network.distribution(outputs).log_probability(actions)

    def _step(self, batch: Minibatch) -> None:
        """One gradient step."""
        auxiliary, rows = self.auxiliary_loss, batch.actions.shape[1]
        outputs, values = self.network(auxiliary.observations(batch.observations) if auxiliary else batch.observations)
        policy = self.network.distribution(outputs[:, :rows])
        gradients = self._algorithm.gradients(policy, values[:, :rows], batch, self._settings)
        if auxiliary:
            to_outputs, to_values = gradient_of(auxiliary, outputs), torch.zeros_like(values)
            to_outputs[:, :rows] += gradients[0]
            to_values[:, :rows] = gradients[1]
            gradients = to_outputs, to_values
        self._optimizer.step((outputs, values), gradients)

    @torch.no_grad()
    def policy_outputs(self, observations: Tensor) -> Tensor:
        """Of the policies at observations [size · rows, …], [size · rows, outputs] in double precision."""
        outputs: Tensor = self.network(self._side_by_side(observations))[0]
        return outputs[: self.size].flatten(0, 1).double()


def gradient_of(loss: AuxiliaryLoss, outputs: Tensor) -> Tensor:
    """∂ loss / ∂ outputs, summed over seeds: each seed's loss depends on its own outputs only."""
    outputs = outputs.detach().requires_grad_()
    return torch.autograd.grad(loss(outputs).sum(), outputs)[0]


class BatchedOnPolicyLearner(BatchedLearner[OnPolicyStack]):
    """An actor-critic algorithm × prior for many seeds at once; see `BatchedLearner`."""

    def _stack(self, *arguments: Any) -> OnPolicyStack:
        return OnPolicyStack(*arguments)

    def _learn(self, env: VectorEnv[Any, Any, Any], budget: int) -> None:
        stack: Any = self.stack
        if not isinstance(stack, OnPolicyStack):  # whole updates in the fused kernel
            for gradient_steps in stack.learn(env, budget, self._executed):
                self.gradient_steps += gradient_steps
            return
        steps, (observations, _) = self._settings.steps, env.reset()
        on_host = not isinstance(observations, Tensor)
        now = self._tensor(observations)
        for _ in range(0, budget, steps * self.num_envs):
            for _ in range(steps):
                actions = self._executed(self.stack.choose(now))
                observations, rewards, terminated, truncated, infos = env.step(
                    actions.cpu().numpy() if on_host else actions
                )
                now = self._tensor(observations)
                last = infos.get("final_obs")
                if on_host and not (truncated & ~terminated).any():
                    last = None  # asking this of a device would wait for it
                self.stack.observe(
                    self._tensor(rewards),
                    self._tensor(terminated),
                    self._tensor(truncated),
                    None if last is None else self._tensor(last),
                )
            self.gradient_steps += self.stack.update(now)

    def _executed(self, actions: Any) -> Any:
        """What the environment is stepped with where the policy chose these actions."""
        return actions

    def _policy_outputs(self, observations: Any) -> Tensor:
        """Of the policies, [seeds · rows, outputs], at observations [seeds · rows, …]."""
        with one_thread():
            return self.stack.policy_outputs(self._tensor(observations))


class BatchedAgent(CategoricalActor, BatchedOnPolicyLearner):
    """On discrete actions."""

    def action_probabilities(self, observations: Any) -> Any:
        """The policies, [seeds · rows, actions], of observations [seeds · rows, …]; numpy or torch as these are."""
        with one_thread():
            probabilities = torch.softmax(self._policy_outputs(observations), dim=-1)
        return probabilities if isinstance(observations, Tensor) else probabilities.cpu().numpy()


class BatchedGaussianAgent(GaussianActor, BatchedOnPolicyLearner):
    """On action vectors."""

    def _executed(self, actions: Any) -> Any:
        return self.limits.clip(actions)

    def action_distribution(self, observations: Any) -> tuple[Any, Any]:
        """Means and log σ, each [seeds · rows, size], at observations [seeds · rows, …]; numpy or torch as these are."""
        policy = DiagonalGaussian(self._policy_outputs(observations))
        both = policy.means, policy.log_stds
        return both if isinstance(observations, Tensor) else (both[0].cpu().numpy(), both[1].cpu().numpy())
