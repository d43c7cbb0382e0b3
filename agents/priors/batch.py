"""Batches of transitions, which priors turn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor


@dataclass(frozen=True)
class Batch:
    """Transitions; every column is a tensor [(seeds,) batch, …]. The group acts on the actions, and on `images`.

    Attributes:
        images: the columns that hold observations; what is neither these nor the actions is invariant.
    """

    images: ClassVar[tuple[str, ...]] = ("observations",)

    observations: Tensor
    actions: Tensor

    @property
    def axis(self) -> int:
        """Along which the transitions lie: 0, or 1 behind a seed axis."""
        return min(int(column.ndim) for column in vars(self).values()) - 1


@dataclass(frozen=True)
class Minibatch(Batch):
    """Transitions of one policy-gradient update."""

    old_values: Tensor
    old_log_probabilities: Tensor
    advantages: Tensor
    returns: Tensor


@dataclass(frozen=True)
class Replayed(Batch):
    """Transitions from a replay buffer.

    Attributes:
        next_observations: where the step led; at an episode's end its last observation.
        terminated: 1 where the episode ended by itself, else 0: a time limit is no end.
        rewards: of the step.
    """

    images: ClassVar[tuple[str, ...]] = ("observations", "next_observations")

    next_observations: Tensor
    terminated: Tensor
    rewards: Tensor
