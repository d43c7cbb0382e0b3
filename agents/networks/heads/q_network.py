"""Action values for any task, on the trunk of every network."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from symprior.agents.networks.layers.frames import Output
from symprior.agents.networks.trunk import POSITION_CONVOLUTIONS, Trunk
from symprior.symmetry.symmetrizer import BasisRule
from symprior.symmetry.symmetry import Symmetry


class QNetwork(Trunk):
    """Action values that are equivariant under a symmetry's group, Q(g s, g a) = Q(s, a); see `Trunk`."""

    def add_heads(self, symmetry: Symmetry, rule: BasisRule, rng: np.random.Generator) -> None:
        """The actions' values."""
        self.values, self._actions = self.head(symmetry.action, rule, rng, gain=1.0), symmetry.action.size

    @staticmethod
    def outputs(symmetry: Symmetry) -> tuple[Output]:
        """A value of each action."""
        return (Output(symmetry.action),)

    def heads(self, observations: Tensor) -> tuple[Tensor]:
        """Values [(seeds,) batch, actions]."""
        return (self.values(self.features(observations)),)

    def forward(self, observations: Tensor) -> Tensor:
        """Values [(seeds,) batch, actions] of observations [(seeds,) batch, …]."""
        (values,) = self.look(observations)
        return values

    @property
    def in_words(self) -> str:
        """The kind of policy and its size."""
        return f"greedy over {self._actions} action values"


class PlacedQNetwork(QNetwork):
    """Action values of images in which it matters where a thing is."""

    image_layers = POSITION_CONVOLUTIONS
    gathered = True
