"""Seeds that learn from their own rollouts: acting, remembering, gradient steps."""

from __future__ import annotations

from typing import Protocol, cast, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from symprior.agents.algorithms.algorithm import OnPolicyAlgorithm
from symprior.agents.algorithms.settings import OnPolicySettings
from symprior.agents.learners.batched.populations.policy_gradient import PolicyGradient
from symprior.agents.learners.batched.populations.population import Population
from symprior.agents.learners.batched.populations.rollout import Rollout, minibatches
from symprior.agents.learners.learner import Training
from symprior.agents.networks.heads.actor_critic import ActorCritic
from symprior.agents.priors.batch import Minibatch
from symprior.agents.priors.prior import AuxiliaryLoss
from symprior.symmetry.arrays import NumpyArray
from symprior.tasks.environments.streams import Streams
from symprior.tasks.files.states import State


@runtime_checkable
class SamplesActions(Protocol):
    """A population that draws actions from its policies itself."""

    def sampled(self, observations: NumpyArray, numbers: NDArray[np.float64]) -> NumpyArray:
        """Actions at observations, by uniform numbers; all [size · rows, …]. Vectors are not clipped."""


class OnPolicyPopulation(Population[ActorCritic]):
    """Seeds that learn from their own rollouts; see `Population`.

    Attributes:
        auxiliary_loss: the prior's own, if it has one.
    """

    def __init__(self, training: Training, loss: PolicyGradient) -> None:
        algorithm = cast(OnPolicyAlgorithm[OnPolicySettings], training.algorithm)
        settings = cast(OnPolicySettings, training.settings[0])
        super().__init__(training, algorithm.network(settings))
        self._loss, self._steps = loss, settings.steps
        gradient_steps, size = algorithm.updates(settings)
        self._minibatches = self._steps * self._copies // size
        self._epochs = gradient_steps // self._minibatches * self._prior.passes(self.orbit.order)
        self._draws = self.network.distribution.draws(training.problem.symmetry)
        self.auxiliary_loss = self._prior.auxiliary_loss(self.orbit, self._settings)
        self._action_streams, self._order_streams = self._stream("actions"), self._stream("order")
        self._rollout: Rollout | None = None
        self._not_taken_in: Tensor | None = None
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
        if self.network.normaliser is not None and self._not_taken_in is not None:
            self.network.normaliser.take_in(self._not_taken_in.flatten(1, 2).flatten(2))

    def save(self) -> State:
        """Between two rollouts; with the last one's observations, where their statistics are kept."""
        seen = self._not_taken_in if self.network.normaliser is not None else None
        return {**super().save(), "not_taken_in": None if seen is None else seen.cpu().numpy()}

    def load(self, state: State) -> None:
        """Go on from there."""
        super().load(state)
        seen = state["not_taken_in"]
        self._not_taken_in = None if seen is None else torch.as_tensor(seen, device=self._device)

    def _streams(self) -> dict[str, Streams[Tensor]]:
        return {**super()._streams(), "actions": self._action_streams, "order": self._order_streams}

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
        self._time, self._not_taken_in = 0, self._rollout.observations
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
        """Log π(a | s) of actions at observations, [seeds, rows, …], under the policies as they are now, [seeds, rows]."""
        outputs, _ = self.network(observations)
        return self.network.distribution(outputs).log_probability(actions)

    def _step(self, batch: Minibatch) -> None:
        """One gradient step."""
        auxiliary, rows = self.auxiliary_loss, batch.actions.shape[1]
        outputs, values = self.network(auxiliary.observations(batch.observations) if auxiliary else batch.observations)
        policy = self.network.distribution(outputs[:, :rows])
        gradients = self._loss.gradients(policy, values[:, :rows], batch, self._settings)
        if auxiliary:
            to_outputs, to_values = gradient_of(auxiliary, outputs), torch.zeros_like(values)
            to_outputs[:, :rows] += gradients[0]
            to_values[:, :rows] = gradients[1]
            gradients = to_outputs, to_values
        self._optimizer.step((outputs, values), gradients)

    @torch.no_grad()
    def policy_outputs(self, observations: Tensor) -> Tensor:
        """What the policies say at observations [size · rows, …], [size · rows, outputs] in double precision."""
        outputs: Tensor = self.network(self._side_by_side(observations))[0]
        return outputs[: self.size].flatten(0, 1).double()


def gradient_of(loss: AuxiliaryLoss, outputs: Tensor) -> Tensor:
    """∂ loss / ∂ outputs, summed over seeds: each seed's loss depends on its own outputs only."""
    outputs = outputs.detach().requires_grad_()
    return torch.autograd.grad(loss(outputs).sum(), outputs)[0]
