"""Quantiles of each action's return for any task, on the trunk of every network."""

from __future__ import annotations

from functools import cache
from typing import ClassVar

import numpy as np
from torch import Tensor

from symprior.agents.networks.layers.frames import Output
from symprior.agents.networks.trunk import Trunk
from symprior.symmetry.representations import direct_sum
from symprior.symmetry.symmetrizer import BasisRule
from symprior.symmetry.symmetry import Symmetry


class QuantileNetwork(Trunk):
    """Quantiles that are equivariant under a symmetry's group, θ_i(g s, g a) = θ_i(s, a); see `Trunk`.

    The group moves the actions and leaves the number i of the quantile: each quantile is a copy of the actions'
    representation.

    Attributes:
        quantiles: how many each action has.
    """

    quantiles: ClassVar[int] = 1

    def add_heads(self, symmetry: Symmetry, rule: BasisRule, rng: np.random.Generator) -> None:
        """The actions' quantiles."""
        self.each, self._actions = self.head(symmetry.action, rule, rng, 1.0, self.quantiles), symmetry.action.size

    @classmethod
    def outputs(cls, symmetry: Symmetry) -> tuple[Output]:
        """The quantiles of each action; where a frame averages, it averages each of them."""
        return (Output(direct_sum(*[symmetry.action] * cls.quantiles)),)

    def heads(self, observations: Tensor) -> tuple[Tensor]:
        """Quantiles, laid out as [(seeds,) batch, quantiles · actions]."""
        apart: Tensor = self.each(self.features(observations)).unflatten(-1, (self._actions, self.quantiles))
        return (apart.transpose(-1, -2).flatten(-2),)

    def forward(self, observations: Tensor) -> Tensor:
        """Quantiles [(seeds,) batch, quantiles, actions] of observations [(seeds,) batch, …]."""
        (said,) = self.look(observations)
        quantiles: Tensor = said.unflatten(-1, (self.quantiles, self._actions))
        return quantiles

    @property
    def in_words(self) -> str:
        """The kind of policy and its size."""
        return f"greedy over {self._actions} action values of {self.quantiles} quantiles each"


@cache
def quantile_network(quantiles: int) -> type[QuantileNetwork]:
    """The kind of network with so many quantiles; the same class for the same number, so that sizes are matched once."""
    return type(f"QuantileNetwork{quantiles}", (QuantileNetwork,), {"quantiles": quantiles})
