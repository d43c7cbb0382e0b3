"""Actors for squashed action vectors, on the trunk of every network: a Gaussian before tanh, or a mean alone."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from symprior.agents.networks.layers.frames import Output
from symprior.agents.networks.trunk import Trunk
from symprior.symmetry.errors import SympriorError
from symprior.symmetry.representations import Representation, SignedPermutation, as_signed_permutation
from symprior.symmetry.symmetrizer import BasisRule
from symprior.symmetry.symmetry import Symmetry

LEAST_LOG_STD, LARGEST_LOG_STD = -20.0, 2.0
"""Between these log σ is kept, as in Stable-Baselines3."""


class MeanActor(Trunk):
    """Means that are equivariant, to be squashed by tanh: μ(g s) = ρ(g) μ(s) with a signed permutation ρ; see `Trunk`."""

    def add_heads(self, symmetry: Symmetry, rule: BasisRule, rng: np.random.Generator) -> None:
        """The means."""
        self.mean, self._actions = self.head(symmetry.action, rule, rng, gain=0.01), symmetry.action.size

    @staticmethod
    def outputs(symmetry: Symmetry) -> tuple[Output, ...]:
        """Means before tanh."""
        return (Output(symmetry.action),)

    def heads(self, observations: Tensor) -> tuple[Tensor, ...]:
        """Means [batch, size]."""
        return (self.mean(self.features(observations)),)

    def forward(self, observations: Tensor) -> tuple[Tensor, ...]:
        """Means before tanh, [batch, size], of observations [batch, …]."""
        return self.look(observations)

    @property
    def in_words(self) -> str:
        """The kind of policy and its size."""
        return f"deterministic of {self._actions} squashed {'entry' if self._actions == 1 else 'entries'}"


class GaussianSquashedActor(MeanActor):
    """Means and standard deviations before tanh, that depend on the observation: σ(g s) = |ρ(g)| σ(s)."""

    def add_heads(self, symmetry: Symmetry, rule: BasisRule, rng: np.random.Generator) -> None:
        """The means, and log σ."""
        super().add_heads(symmetry, rule, rng)
        self.log_std = self.head(without_signs(symmetry.action), rule, rng, gain=0.01)

    @staticmethod
    def outputs(symmetry: Symmetry) -> tuple[Output, ...]:
        """Means, and log σ, which has no sign to change."""
        return Output(symmetry.action), Output(without_signs(symmetry.action))

    def heads(self, observations: Tensor) -> tuple[Tensor, ...]:
        """Means and log σ, each [batch, size]."""
        features = self.features(observations)
        return self.mean(features), self.log_std(features)

    def forward(self, observations: Tensor) -> tuple[Tensor, ...]:
        """Means and log σ before tanh, each [batch, size], of observations [batch, …]."""
        means, log_stds = self.look(observations)
        return means, log_stds.clamp(LEAST_LOG_STD, LARGEST_LOG_STD)

    @property
    def in_words(self) -> str:
        """The kind of policy and its size."""
        return f"squashed Gaussian of {self._actions} {'entry' if self._actions == 1 else 'entries'}"


def without_signs(representation: Representation) -> SignedPermutation:
    """|ρ|, the permutation behind a signed one.

    Raises:
        SympriorError: the representation is none.
    """
    signed = as_signed_permutation(representation)
    if signed is None:
        raise SympriorError(
            f"{representation.group.name} mixes entries by other numbers than ±1: there are no standard deviations of "
            "squashed entries that turn with them."
        )
    return SignedPermutation(representation.group, signed.source)
