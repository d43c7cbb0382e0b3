"""PPO and A2C with acting, advantages and all gradient steps of an update in the kernel."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from typing import cast

import numpy as np
import torch
from torch import Tensor

from symprior.agents.acting.actors import RowStreams
from symprior.agents.acting.distributions import standard_normals
from symprior.agents.algorithms.algorithm import OnPolicyAlgorithm
from symprior.agents.algorithms.settings import OnPolicySettings
from symprior.agents.learners.batched.kernel.arithmetic.entries import (
    act,
    advantages_of,
    representatives,
    sampled,
    sampled_vectors,
    train_policies,
)
from symprior.agents.learners.batched.kernel.arithmetic.losses import NO_MIRROR
from symprior.agents.learners.batched.kernel.arithmetic.streams import SeedStreams
from symprior.agents.learners.batched.kernel.arithmetic.tables import REPRESENTATIVE, Doubles, Floats, Lived, Rollout
from symprior.agents.learners.batched.kernel.losses import weights_of
from symprior.agents.learners.batched.kernel.network_kernel import NetworkKernel, of_each, zeros
from symprior.agents.learners.batched.populations.policy_gradient import PolicyGradient
from symprior.agents.learners.batched.populations.population import Population
from symprior.agents.learners.batched.populations.rollout import minibatches
from symprior.agents.learners.learner import Training
from symprior.agents.networks.heads.actor_critic import ActorCritic
from symprior.agents.priors.batch import Minibatch
from symprior.agents.priors.prior import Prior
from symprior.symmetry.arrays import Array, NumpyArray
from symprior.tasks.environments.gymnasium_types import NumpyVectorEnvironment
from symprior.tasks.environments.streams import seed_from
from symprior.tasks.files.states import State


class FusedOnPolicyPopulation(Population[ActorCritic]):
    """Seeds that learn from their own rollouts, one whole update of a seed after another; see `OnPolicyPopulation`.

    Its orders of transitions are drawn otherwise than there, so that curves differ as those of other seeds do.
    """

    def __init__(self, training: Training, loss: PolicyGradient) -> None:
        algorithm = cast("OnPolicyAlgorithm[OnPolicySettings]", training.algorithm)
        settings = cast(tuple[OnPolicySettings, ...], training.settings)
        super().__init__(training, algorithm.network(settings[0]))
        problem = training.problem
        self.kernel = NetworkKernel(problem, self.network, self._optimizer.flat, self.size, settings)
        self._optimizer.flat = self.kernel.flat
        self._is_discrete, self._entries = problem.symmetry.discrete, problem.symmetry.action.size
        self._draws = self.network.distribution.draws(problem.symmetry)
        self._steps = settings[0].steps
        gradient_steps, size = algorithm.updates(settings[0])
        self._minibatches = self._steps * self._copies // size
        self._epochs = gradient_steps // self._minibatches * self._prior.passes(self.orbit.order)
        self._weights = weights_of(training, self.orbit)
        self._gamma = of_each(settings, "gamma", self.size)
        self._decay = self._gamma * of_each(settings, "gae_lambda", self.size)
        own = self._seeds[: self.size]
        self._action_streams, self._order_streams = (
            SeedStreams([seed_from(seed, use) for seed in own]) for use in ("actions", "order")
        )
        self._lived, self._has_lived = self._room(int(self.kernel.tables.sizes[0])), False
        self._chosen = np.zeros((self.size, self._copies, self._draws), np.int64 if self._is_discrete else np.float32)

    def learn(
        self, env: NumpyVectorEnvironment, rounds: Iterable[int], executed: Callable[[NumpyArray], NumpyArray]
    ) -> Iterator[int]:
        """Live and learn in numpy environments; yields the number of gradient steps of each update.

        Args:
            env: all copies of all seeds.
            rounds: something for each rollout.
            executed: what the environment is stepped with where the policy chose such actions.
        """
        observations, _ = env.reset()
        for _ in rounds:
            now = self.start(observations)
            for t in range(self._steps):
                actions = executed(self.choose(now, t))
                observations, rewards, terminated, truncated, infos = env.step(actions)
                now = self.kernel.side_by_side(observations)
                self.observe(t, rewards, terminated, truncated, infos.get("final_obs"))
            yield self.update(now)

    def start(self, observations: NumpyArray) -> Floats:
        """Make ready for a rollout that begins at these observations."""
        now = self.kernel.side_by_side(observations)
        if self._has_lived and self.network.normaliser is not None:  # in a rollout and its update the statistics stay
            seen = torch.from_numpy(self._lived.observations).flatten(1, 2)
            self.network.normaliser.take_in(seen if self.size > 1 else seen.expand(2, -1, -1))
        self._has_lived = True
        self.kernel.refresh()
        numbers = self._action_streams.draw(self._steps, self._copies, self._draws)
        self._numbers = numbers if self._is_discrete else standard_normals(numbers)
        return now

    def _room(self, size: int) -> Lived:
        shape = (self.size, self._steps, self._copies)
        vectors = (self.size, 0, self._copies) if self._is_discrete else shape
        return Lived(
            observations=zeros(*shape, size),
            choices=np.zeros(shape, dtype=np.int64),
            vectors=zeros(*vectors, self._entries),
            log_probabilities=zeros(*shape),
            values=zeros(*shape),
            rewards=zeros(*shape),
            goes_on=zeros(*shape),
        )

    def choose(self, now: Floats, t: int) -> NumpyArray:
        """Actions [size · copies, …] at observations [size, copies, …]."""
        kernel = self.kernel
        sight = kernel.sight(self._copies)
        act(kernel.tables, kernel.images, kernel.state, sight, now, self._numbers, t, self._lived, self._chosen)
        flat = self._chosen.reshape(-1, self._draws).copy()
        return flat[:, 0] if self._is_discrete else flat

    def observe(
        self, t: int, rewards: NumpyArray, terminated: NumpyArray, truncated: NumpyArray, last: NumpyArray | None
    ) -> None:
        """What a step brought; where a time limit cut an episode off, the reward holds the value of its last state."""
        shape = (self.size, self._copies)
        gains = self._lived.rewards[:, t]
        gains[:] = rewards.reshape(shape)
        self._lived.goes_on[:, t] = ~(terminated | truncated).reshape(shape)
        if last is not None and (cut_off := (truncated & ~terminated).reshape(shape)).any():
            values = self.kernel.look(last)[:, :, -1]
            gains += np.where(cut_off, self._gamma.astype(np.float32)[:, None] * values, np.float32(0))

    def update(self, now: Floats) -> int:
        """Learn from what was lived through, which led to these observations; returns the number of gradient steps."""
        lived, shape = self._lived, (self.size, self._steps, self._copies)
        advantages, returns = np.empty(shape, dtype=np.float32), np.empty(shape, dtype=np.float32)
        last_values = np.ascontiguousarray(self.kernel.look(now)[:, :, -1])
        advantages_of(lived, last_values, self._gamma, self._decay, advantages, returns)
        order = self._order_streams.shuffle(self._epochs, self._steps * self._copies)
        if type(self._prior).minibatch is Prior.minibatch:
            flat = (self.size, -1)
            rollout = Rollout(
                observations=lived.observations.reshape(*flat, now.shape[-1]),
                weights=np.zeros((self.size, 0, 0)),
                choices=lived.choices.reshape(flat),
                vectors=lived.vectors.reshape(self.size, lived.vectors.shape[1] * self._copies, self._entries),
                old=lived.log_probabilities.reshape(flat),
                advantages=advantages.reshape(flat),
                returns=returns.reshape(flat),
                order=order.reshape(self.size, self._epochs * self._minibatches, -1),
            )
            self._descend(rollout)
            return self._epochs * self._minibatches
        actions = lived.choices if self._is_discrete else lived.vectors
        columns = (lived.observations, actions, lived.values, lived.log_probabilities, advantages, returns)
        return self.train(
            Minibatch(*(torch.from_numpy(each).flatten(1, 2) for each in columns)), torch.from_numpy(order)
        )

    def train(self, transitions: Minibatch, order: Tensor) -> int:
        """Gradient steps on minibatches of the transitions in the order [seeds, epochs, transitions]."""
        self.kernel.refresh()
        transitions = Minibatch(*(getattr(transitions, one.name)[: self.size] for one in fields(Minibatch)))
        rollout = self._prior.collected(transitions, self.orbit, self._log_probabilities)
        batches = [
            self._prior.minibatch(batch, self.orbit, lambda count: self._prior_streams.draw(count)[: self.size])
            for epoch in order[: self.size].unbind(1)
            for batch in minibatches(rollout, epoch, self._minibatches)
        ]
        self._descend(self._one_behind_the_other(batches))
        return len(batches)

    def _one_behind_the_other(self, batches: Sequence[Minibatch]) -> Rollout:
        """Minibatches as one rollout and the order to go through it.

        The order is an array of its own: a view that broadcasts one seed is read-only, for which all is compiled anew.
        """
        count, rows, nothing = len(batches), batches[0].actions.shape[1], (self.size, 0)

        def column(name: str) -> NumpyArray:
            return np.concatenate([getattr(batch, name).numpy() for batch in batches], axis=1)

        order = np.arange(count * rows).reshape(1, count, rows)
        return Rollout(
            observations=self.kernel.side_by_side(column("observations")),
            weights=np.zeros((*nothing, 0)),
            choices=column("actions") if self._is_discrete else np.zeros(nothing, np.int64),
            vectors=zeros(*nothing, self._entries) if self._is_discrete else column("actions"),
            old=column("old_log_probabilities"),
            advantages=column("advantages"),
            returns=column("returns"),
            order=np.tile(order, (self.size, 1, 1)),
        )

    def _descend(self, rollout: Rollout) -> None:
        kernel, rows = self.kernel, rollout.order.shape[-1]
        kernel.refresh()
        shown = None if self._weights.mirror == NO_MIRROR else rows * kernel.elements
        if kernel.images.frame == REPRESENTATIVE:
            rollout = self._represented(rollout)
        room = kernel.room(rows, shown)
        train_policies(kernel.tables, kernel.images, kernel.state, room, rollout, self._weights)

    def _represented(self, rollout: Rollout) -> Rollout:
        """The rollout with each state's representative, which stays the same in all gradient steps."""
        kernel, (seeds, rows, size) = self.kernel, rollout.observations.shape
        found, weights = zeros(seeds, rows, size), np.zeros((seeds, rows, kernel.elements))
        representatives(kernel.images, kernel.sight(1), rollout.observations, found, weights)
        return rollout._replace(observations=found, weights=weights)

    def save(self) -> State:
        """Between two rollouts; with the last one's observations, where their statistics are kept."""
        own = {"actions": self._action_streams.save(), "order": self._order_streams.save()}
        is_due = self._has_lived and self.network.normaliser is not None
        not_taken_in = self._lived.observations.copy() if is_due else None
        return {**super().save(), "kernel": self.kernel.save(), "own": own, "not_taken_in": not_taken_in}

    def load(self, state: State) -> None:
        """Go on from there."""
        super().load(state)
        self.kernel.load(state["kernel"])
        self._action_streams.load(state["own"]["actions"])
        self._order_streams.load(state["own"]["order"])
        if state["not_taken_in"] is not None:
            self._lived.observations[:], self._has_lived = state["not_taken_in"], True

    def streams(self, keys: Array) -> RowStreams:
        """The same numbers as elsewhere."""
        return SeedStreams(keys) if isinstance(keys, np.ndarray) else super().streams(keys)

    def sampled(self, observations: NumpyArray, numbers: Doubles) -> NumpyArray:
        """Actions at observations, by uniform numbers; all [size · rows, …]. Vectors are not clipped."""
        kernel = self.kernel
        kernel.refresh()
        rows = kernel.side_by_side(observations)
        apart = numbers.reshape(*rows.shape[:2], self._draws)
        sight = kernel.sight(rows.shape[1])
        if self._is_discrete:
            choices = np.empty(rows.shape[:2], dtype=np.int64)
            sampled(kernel.tables, kernel.images, kernel.state, sight, rows, apart[..., 0], choices)
            return choices.ravel()
        vectors = np.empty(apart.shape)
        normals = standard_normals(apart)
        sampled_vectors(kernel.tables, kernel.images, kernel.state, sight, rows, normals, vectors)
        return vectors.reshape(-1, self._draws)

    def _log_probabilities(self, observations: Tensor, actions: Tensor) -> Tensor:
        """Log π(a | s) of actions at observations, [size, rows, …], as the policies are now."""
        outputs = self._whole(self.kernel.look(observations.numpy()))
        return self.network.distribution(outputs).log_probability(actions)

    def _whole(self, outputs: Floats) -> Tensor:
        """The policy's part of the networks' outputs, as its distribution takes it, [size, rows, …]."""
        said, spread = torch.from_numpy(outputs[:, :, : self._entries]), self.network.spread
        if spread is None:
            return said
        each = spread.log_std.detach()[: self.size].index_select(-1, spread.orbit).unsqueeze(-2)
        return torch.cat([said, each.expand_as(said)], -1)

    def policy_outputs(self, observations: Tensor) -> Tensor:
        """What the policies say at observations [size · rows, …], [size · rows, outputs] in double precision."""
        self.kernel.refresh()
        return self._whole(self.kernel.look(observations.numpy())).flatten(0, 1).double()
