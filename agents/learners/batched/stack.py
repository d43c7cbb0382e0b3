"""Seeds side by side: their networks, their rollouts and their updates, one operation for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import torch
from torch import Tensor

from symprior.agents.agent import Problem
from symprior.agents.algorithm import OnPolicyAlgorithm, OnPolicySettings
from symprior.agents.learners.batched.optimizer import StackedAdam
from symprior.agents.learners.batched.rollout import Rollout, minibatches
from symprior.agents.learners.batched.settings import StackedSettings
from symprior.agents.learners.initial import initial_network
from symprior.agents.networks.actor_critic import ActorCritic, count_parameters
from symprior.agents.networks.layers import stack
from symprior.agents.orbits import Orbit
from symprior.agents.prior import Minibatch, Prior
from symprior.tasks.streams import Streams, seed_from


class Stack:
    """The seeds of one agent, trained as one computation; nothing is ever summed or compared across seeds.

    A lone seed is computed twice: matrix products of a single matrix take another kernel, whose round-off differs.

    Args:
        problem, algorithm, prior: what is trained.
        seeds: one or more.
        settings: one for each seed.
        device: where it is trained.

    Attributes:
        network: parameters [seeds, …]; at least two seeds.
        parameters: trainable numbers of one seed.
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
        self.size = len(seeds)
        if self.size == 1:
            seeds, settings = [*seeds] * 2, [*settings] * 2
        networks = [initial_network(problem, prior, one, seed) for one, seed in zip(settings, seeds, strict=True)]
        self.parameters = count_parameters(networks[0])
        self.network = cast(ActorCritic, stack(networks)).to(device)
        self._algorithm, self._prior = algorithm, prior
        self._orbit = Orbit(problem.symmetry, device)
        self._settings: Any = StackedSettings(settings, device)
        self._optimizer = StackedAdam(self.network, settings, self._settings.max_gradient_norm)
        self._steps, self._copies = settings[0].steps, settings[0].num_envs
        gradient_steps, size = algorithm.updates(settings[0])
        self._minibatches = self._steps * self._copies // size
        self._epochs = gradient_steps // self._minibatches
        self._action_streams, self._order_streams = (
            Streams(torch.tensor([seed_from(seed, use) for seed in seeds], device=device))
            for use in ("actions", "order")
        )
        self._rollout: Rollout | None = None
        self._time = 0

    @torch.no_grad()
    def choose(self, observations: Tensor) -> Tensor:
        """Sample and remember the actions [size · copies] at the observations [size · copies, …]."""
        now = self._side_by_side(observations)
        if self._rollout is None:
            self._rollout = Rollout(len(now), self._steps, self._copies, now[0, 0])
        if self._time == 0:
            uniforms = self._action_streams.draw(self._steps * self._copies)
            self._uniforms = uniforms.unflatten(1, (self._steps, self._copies, 1))
        logits, values = self.network(now)
        log_policy = logits.log_softmax(-1)
        cumulative = log_policy.exp().cumsum(-1)[..., :-1]
        actions: Tensor = (cumulative < self._uniforms[:, self._time]).sum(-1)
        rollout, t = self._rollout, self._time
        rollout.observations[:, t], rollout.actions[:, t], rollout.values[:, t] = now, actions, values
        rollout.log_probabilities[:, t] = log_policy.gather(-1, actions.unsqueeze(-1)).squeeze(-1)
        return actions[: self.size].flatten()

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
        for epoch in order.unbind(1):
            for batch in minibatches(transitions, epoch, self._minibatches):
                seen = self._prior.minibatch(batch, self._orbit)
                logits, values = self.network(seen.observations)
                gradients = self._algorithm.gradients(logits, values, seen, self._settings)
                self._optimizer.step((logits, values), gradients)
        return order.shape[1] * self._minibatches

    @torch.no_grad()
    def probabilities(self, observations: Tensor) -> Tensor:
        """The policies at observations [size · rows, …], [size · rows, actions] in double precision."""
        logits, _ = self.network(self._side_by_side(observations))
        return torch.softmax(logits[: self.size].flatten(0, 1).double(), dim=-1)

    @property
    def diverged(self) -> Tensor:
        """Whether a seed's parameters are no longer finite, [size]."""
        return ~self._optimizer.flat[: self.size].isfinite().all(dim=1)

    def _side_by_side(self, rows: Tensor) -> Tensor:
        """[size · rows, …] → [seeds, rows, …]."""
        split = rows.view(self.size, -1, *rows.shape[1:])
        return split if self.size > 1 else split.expand(2, *split.shape[1:])
