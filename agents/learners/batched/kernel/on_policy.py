"""PPO and A2C with acting, advantages and all gradient steps of an update in the kernel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from symprior.agents.acting.distributions import standard_normals
from symprior.agents.agent import Problem
from symprior.agents.algorithms.algorithm import OnPolicyAlgorithm, OnPolicySettings
from symprior.agents.learners.batched.kernel.entries import (
    Rollout,
    advantages_of,
    choose_among,
    choose_vectors,
    train_policies,
)
from symprior.agents.learners.batched.kernel.losses import CLIPPED_RATIO, POLICY_LOSSES, Weights
from symprior.agents.learners.batched.kernel.network_kernel import NetworkKernel, of_each
from symprior.agents.learners.batched.on_policy import OnPolicyStack
from symprior.agents.learners.batched.rollout import minibatches
from symprior.agents.priors.prior import Minibatch, Prior

Array = NDArray[Any]


class FusedOnPolicyStack(OnPolicyStack):
    """Seeds that learn from their own rollouts, one whole update of a seed after another; see `OnPolicyStack`."""

    def __init__(
        self,
        problem: Problem,
        seeds: Sequence[int],
        algorithm: OnPolicyAlgorithm,
        prior: Prior,
        settings: Sequence[OnPolicySettings],
        device: torch.device,
    ) -> None:
        super().__init__(problem, seeds, algorithm, prior, settings, device)
        self.kernel = NetworkKernel(self.network, self._optimizer.flat, self.size, settings)
        self._is_discrete, self._entries = problem.symmetry.discrete, problem.symmetry.action.size
        loss = POLICY_LOSSES[algorithm.name]

        def each(name: str) -> NDArray[np.float64]:
            return of_each(settings, name, self.size)

        self._weights = Weights(
            policy_loss=loss,
            normalises=settings[0].normalise_advantage,
            clip=each("clip_range") if loss == CLIPPED_RATIO else np.zeros(self.size),
            entropy=each("entropy_coefficient"),
            value=each("value_coefficient"),
        )
        self._gamma, self._decay = each("gamma"), each("gamma") * each("gae_lambda")
        self._columns: dict[str, Array] | None = None

    def _start(self, now: Array) -> dict[str, Array]:
        """Room for a rollout, [seeds, steps, copies, …]."""
        shape = (self.size, self._steps, self._copies)
        floats = ("values", "log_probabilities", "rewards", "goes_on", "advantages", "returns")
        made: dict[str, Array] = {name: np.zeros(shape, dtype=np.float32) for name in floats}
        made["observations"] = np.zeros((*shape, now.shape[-1]), dtype=np.float32)
        vectors = (*shape, self._entries)
        made["actions"] = np.zeros(shape, np.int64) if self._is_discrete else np.zeros(vectors, np.float32)
        return made

    def choose(self, observations: Tensor) -> Tensor:
        """Sample and remember the actions [size · copies, …] at the observations [size · copies, …]."""
        now, t = self.kernel.side_by_side(observations.numpy()), self._time
        if self._columns is None:
            self._columns = self._start(now)
        columns = self._columns
        if t == 0:
            self._take_in_last()
            uniforms = self._action_streams.draw(self._steps * self._copies * self._draws)[: self.size]
            uniforms = uniforms.unflatten(1, (self._steps, self._copies, self._draws))
            self._numbers = uniforms.numpy() if self._is_discrete else standard_normals(uniforms).numpy()
        outputs = self.kernel.look(now)
        columns["observations"][:, t] = now
        into = columns["actions"], columns["log_probabilities"], columns["values"]
        if self._is_discrete:
            choose_among(outputs, self._numbers, t, *into)
        else:
            choose_vectors(self.kernel.tables, self.kernel.state, outputs, self._numbers, t, *into)
        return torch.from_numpy(columns["actions"][:, t]).flatten(0, 1)

    def _take_in_last(self) -> None:
        """Let the statistics of observations go on by the last rollout, if there was one."""
        if self.network.normaliser is not None and self._has_lived:
            rows = torch.from_numpy(self._columns["observations"]).flatten(1, 2)  # type: ignore[index]
            self.network.normaliser.take_in(rows if self.size > 1 else rows.expand(2, -1, -1))
        self._has_lived = True
        self.kernel.refresh()

    _has_lived = False

    def observe(self, rewards: Tensor, terminated: Tensor, truncated: Tensor, last: Tensor | None) -> None:
        """Remember what a step brought; as of `OnPolicyStack`."""
        assert self._columns is not None
        shape, t = (self.size, self._copies), self._time
        gains = self._columns["rewards"][:, t]
        gains[:] = rewards.numpy().reshape(shape)
        if last is not None:
            values = self.kernel.look(last.numpy())[:, :, -1]
            cut_off = (truncated & ~terminated).numpy().reshape(shape)
            gains += np.where(cut_off, self._gamma.astype(np.float32)[:, None] * values, np.float32(0))
        self._columns["goes_on"][:, t] = ~(terminated | truncated).numpy().reshape(shape)
        self._time += 1

    def transitions(self, observations: Tensor) -> Minibatch:
        """The rollout, which led to these observations and ends here, [seeds, steps · copies, …]."""
        assert self._columns is not None
        self._time, columns = 0, self._columns
        last_values = self.kernel.look(observations.numpy())[:, :, -1]
        advantages_of(
            columns["rewards"],
            columns["goes_on"],
            columns["values"],
            np.ascontiguousarray(last_values),
            self._gamma,
            self._decay,
            columns["advantages"],
            columns["returns"],
        )
        names = ("observations", "actions", "values", "log_probabilities", "advantages", "returns")
        return Minibatch(*(torch.from_numpy(columns[name]).flatten(1, 2) for name in names))

    def train(self, transitions: Minibatch, order: Tensor) -> int:
        """Gradient steps on minibatches of the transitions in the order [seeds, epochs, transitions]."""
        self.kernel.refresh()
        transitions = Minibatch(*(getattr(transitions, one.name)[: self.size] for one in fields(Minibatch)))
        order = order[: self.size]
        if type(self._prior).minibatch is Prior.minibatch:
            seen, index = transitions, order.reshape(self.size, order.shape[1] * self._minibatches, -1)
        else:
            seen, index = self._as_seen(transitions, order)
        self._descend(seen, index)
        return order.shape[1] * self._minibatches

    def _as_seen(self, transitions: Minibatch, order: Tensor) -> tuple[Minibatch, Tensor]:
        """What the prior makes of each minibatch, one behind the other, and the numbers of its rows."""
        rollout = self._prior.collected(transitions, self.orbit, self._log_probabilities)
        batches = [
            self._prior.minibatch(batch, self.orbit, lambda count: self._prior_streams.draw(count)[: self.size])
            for epoch in order.unbind(1)
            for batch in minibatches(rollout, epoch, self._minibatches)
        ]
        names = [one.name for one in fields(Minibatch)]
        seen = Minibatch(*(torch.cat([getattr(batch, name) for batch in batches], 1) for name in names))
        rows = batches[0].actions.shape[1]
        index = torch.arange(rows * len(batches)).view(1, len(batches), rows)
        return seen, index.expand(self.size, -1, -1)

    @torch.no_grad()
    def _log_probabilities(self, observations: Tensor, actions: Tensor) -> Tensor:
        """As of `OnPolicyStack`."""
        self.kernel.refresh()
        outputs = self._whole(self.kernel.look(observations.numpy()))
        return self.network.distribution(outputs).log_probability(actions)

    def _whole(self, outputs: NDArray[np.float32]) -> Tensor:
        """The policy's part of the networks' outputs, as its distribution takes it, [size, rows, …]."""
        said, spread = torch.from_numpy(outputs[:, :, : self._entries]), self.network.spread
        if spread is None:
            return said
        each = spread.log_std.detach()[: self.size].index_select(-1, spread.orbit).unsqueeze(-2)
        return torch.cat([said, each.expand_as(said)], -1)

    def _descend(self, seen: Minibatch, index: Tensor) -> None:
        nothing = (self.size, 0)
        actions = np.ascontiguousarray(seen.actions.numpy())
        rollout = Rollout(
            observations=self.kernel.side_by_side(seen.observations.numpy()),
            choices=actions if self._is_discrete else np.zeros(nothing, np.int64),
            vectors=np.zeros((*nothing, self._entries), np.float32) if self._is_discrete else actions,
            old=_contiguous(seen.old_log_probabilities),
            advantages=_contiguous(seen.advantages),
            returns=_contiguous(seen.returns),
            order=np.ascontiguousarray(index.numpy()),
        )
        kernel = self.kernel
        train_policies(kernel.tables, kernel.state, kernel.room(index.shape[-1]), rollout, self._weights)

    def policy_outputs(self, observations: Tensor) -> Tensor:
        """Of the policies at observations [size · rows, …], [size · rows, outputs] in double precision."""
        return self._whole(self.kernel.look(observations.numpy())).flatten(0, 1).double()


def _contiguous(column: Tensor) -> NDArray[np.float32]:
    return np.ascontiguousarray(column.numpy(), dtype=np.float32)
