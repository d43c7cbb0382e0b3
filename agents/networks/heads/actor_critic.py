"""Actor-critic networks for any task: policy and value on a shared trunk."""

from __future__ import annotations

from typing import Self

import numpy as np
from torch import Tensor

from symprior.agents.acting.distributions import distribution_of
from symprior.agents.networks.layers.equivariant import side_by_side
from symprior.agents.networks.layers.frames import Output
from symprior.agents.networks.layers.standard_deviation import StandardDeviation
from symprior.agents.networks.trunk import Trunk
from symprior.symmetry.representations import trivial_representation
from symprior.symmetry.symmetrizer import BasisRule
from symprior.symmetry.symmetry import Symmetry


class ActorCritic(Trunk):
    """A policy that is equivariant and values that are invariant under a symmetry's group; see `Trunk`.

    Attributes:
        distribution: what the policy's outputs are the parameters of: logits of discrete actions, or means and log σ of
            action vectors.
    """

    def add_heads(self, symmetry: Symmetry, rule: BasisRule, rng: np.random.Generator) -> None:
        """The policy and the value."""
        self.distribution, self._actions = distribution_of(symmetry), symmetry.action.size
        self.policy = self.head(symmetry.action, rule, rng, gain=0.01)
        self.value = self.head(trivial_representation(symmetry.group), rule, rng, gain=1.0)
        self.spread = None if symmetry.discrete else StandardDeviation(symmetry.action)

    @staticmethod
    def outputs(symmetry: Symmetry) -> tuple[Output, Output]:
        """Logits or means, and a value."""
        return Output(symmetry.action, logits=symmetry.discrete), Output(None)

    def spread_under(self, symmetry: Symmetry) -> Self:
        """This network, with standard deviations that are constant on the orbits of action entries."""
        if self.spread is not None:
            self.spread = StandardDeviation(symmetry.action)
        return self

    def heads(self, observations: Tensor) -> tuple[Tensor, Tensor]:
        """Logits or means [(seeds,) batch, size] and values [(seeds,) batch, 1]."""
        return side_by_side(self.policy, self.value, self.features(observations))

    def forward(self, observations: Tensor) -> tuple[Tensor, Tensor]:
        """The policy's outputs [(seeds,) batch, outputs] and values [(seeds,) batch] of observations [(seeds,) batch, …]."""
        outputs, values = self.look(observations)
        return outputs if self.spread is None else self.spread(outputs), values.squeeze(-1)

    @property
    def in_words(self) -> str:
        """The kind of policy and its size."""
        if self.spread is None:
            return f"categorical over {self._actions} actions"
        means, deviations = (
            _counted(self._actions, "mean"),
            _counted(self.spread.log_std.shape[-1], "standard deviation"),
        )
        return f"Gaussian of {means} and {deviations}"


def _counted(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"
