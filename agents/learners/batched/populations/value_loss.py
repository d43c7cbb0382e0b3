"""What an algorithm that learns action values is for many seeds at once: exploration, targets, gradients."""

from __future__ import annotations

from abc import ABC, abstractmethod

from torch import Tensor

from symprior.agents.learners.batched.populations.settings import StackedSettings
from symprior.agents.priors.batch import Replayed


class ValueLoss(ABC):
    """The loss of an algorithm that learns action values, by its gradients."""

    @abstractmethod
    def exploration(self, settings: StackedSettings, progress: float) -> Tensor:
        """The probability of a random action when this part of the budget is used, [(seeds,) 1] as the settings' floats."""

    @abstractmethod
    def targets(self, next_values: Tensor, batch: Replayed, settings: StackedSettings) -> Tensor:
        """What the values of the batch's actions should be, [(seeds,) batch].

        Args:
            next_values: the target network's, at the next observations, [(seeds,) batch, actions].
            batch: the transitions.
            settings: of the algorithm, each float as one number for each seed, [(seeds,) 1].
        """

    @abstractmethod
    def gradients(self, values: Tensor, targets: Tensor, batch: Replayed) -> Tensor:
        """∂ loss / ∂ values, [(seeds,) batch, actions], of the network's values and what they should be."""
