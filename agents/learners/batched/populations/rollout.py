"""What the seeds of a stack lived through since the last update."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from symprior.agents.learners.batched.populations.settings import StackedSettings
from symprior.agents.priors.batch import Minibatch


class Rollout:
    """Transitions [seeds, steps, copies, …] and the advantages that follow from them.

    Args:
        seeds, steps, copies: sizes.
        observation, action: one of each, for its shape, type and device.
    """

    def __init__(self, seeds: int, steps: int, copies: int, observation: Tensor, action: Tensor) -> None:
        def empty(dtype: torch.dtype, *shape: int) -> Tensor:
            return torch.zeros((seeds, steps, copies, *shape), dtype=dtype, device=observation.device)

        self.observations = empty(observation.dtype, *observation.shape)
        self.actions = empty(action.dtype, *action.shape)
        self.values, self.log_probabilities = empty(torch.float32), empty(torch.float32)
        self.rewards, self.goes_on = empty(torch.float32), empty(torch.float32)
        self._steps = steps

    def returns(self, last_values: Tensor, settings: StackedSettings) -> tuple[Tensor, Tensor]:
        """Advantages and returns [seeds, steps, copies] by generalised advantage estimation.

        Source: Schulman, Moritz, Levine, Jordan and Abbeel (2016). Rewards already hold the value of the state
        in which a time limit cut an episode off.
        """
        advantages = torch.empty_like(self.rewards)
        decay = settings.gamma * settings.gae_lambda
        following, advantage = last_values, torch.zeros_like(last_values)
        for t in reversed(range(self._steps)):
            goes_on = self.goes_on[:, t]
            surprise = self.rewards[:, t] + settings.gamma * following * goes_on - self.values[:, t]
            advantage = surprise + decay * goes_on * advantage
            advantages[:, t] = advantage
            following = self.values[:, t]
        return advantages, advantages + self.values

    def transitions(self, last_values: Tensor, settings: StackedSettings) -> Minibatch:
        """All transitions of a seed in one row, [seeds, steps · copies, …]."""
        advantages, returns = self.returns(last_values, settings)
        columns = (self.observations, self.actions, self.values, self.log_probabilities, advantages, returns)
        return Minibatch(*(column.flatten(1, 2) for column in columns))


def minibatches(transitions: Minibatch, order: Tensor, count: int) -> Iterator[Minibatch]:
    """`count` equal parts of the transitions in each seed's own order, [seeds, transitions]."""
    seeds, length = order.shape
    index = (order + length * torch.arange(seeds, device=order.device).unsqueeze(-1)).flatten()

    def parts(column: Tensor) -> tuple[Tensor, ...]:
        ordered = column.flatten(0, 1).index_select(0, index)
        return ordered.view(seeds, length, *column.shape[2:]).chunk(count, dim=1)

    for columns in zip(*map(parts, vars(transitions).values()), strict=True):
        yield type(transitions)(*columns)
