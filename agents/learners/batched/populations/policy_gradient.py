"""Gradients of actor-critic losses with respect to what a network says, for many seeds at once."""

from __future__ import annotations

from abc import ABC, abstractmethod

from torch import Tensor

from symprior.agents.acting.distributions import Distribution
from symprior.agents.learners.batched.populations.settings import StackedSettings
from symprior.agents.priors.batch import Minibatch


class PolicyGradient(ABC):
    """The loss of an actor-critic algorithm, by its gradients."""

    @abstractmethod
    def of_log_probabilities(
        self, log_probabilities: Tensor, old_log_probabilities: Tensor, advantages: Tensor, settings: StackedSettings
    ) -> Tensor:
        """∂ policy loss / ∂ log π(a | s) of each transition; all [(seeds,) batch]."""

    def gradients(
        self, policy: Distribution, values: Tensor, batch: Minibatch, settings: StackedSettings
    ) -> tuple[Tensor, Tensor]:
        """Gradients of the loss with respect to the network's outputs.

        The loss of each seed is mean(policy loss) − c_e mean(entropy) + c_v mean((V − R)²).

        Args:
            policy: at the batch's observations, of outputs [(seeds,) batch, outputs].
            values: [(seeds,) batch].
            batch: the transitions.
            settings: of the algorithm, each float as one number for each seed, [(seeds,) 1].

        Returns:
            ∂ loss / ∂ outputs and ∂ loss / ∂ values, of their shapes.
        """
        size, advantages = values.shape[-1], batch.advantages
        if settings.normalise_advantage:
            deviation = advantages.std(-1, keepdim=True)
            advantages = (advantages - advantages.mean(-1, keepdim=True)) / (deviation + 1e-8)
        log_probabilities = policy.log_probability(batch.actions)
        pull = self.of_log_probabilities(log_probabilities, batch.old_log_probabilities, advantages, settings)
        to_outputs = policy.gradient(batch.actions, pull / size, settings.entropy_coefficient / size)
        return to_outputs, (values.detach() - batch.returns) * (2 * settings.value_coefficient / size)
