"""Relaxed networks: equivariant weights plus free ones that a prior holds back, for symmetries that may not hold."""

from __future__ import annotations

from typing import Any

import numpy as np
from pydantic import Field

from symprior.agents.networks.actor_critic import completed_channels
from symprior.agents.prior import N, Prior, PriorSettings, Sizes, register
from symprior.agents.symmetrizer import RelaxedBasis, relaxed_basis
from symprior.tasks.representations import Representation
from symprior.tasks.symmetry import Symmetry


class RelaxedSettings(PriorSettings):
    """How much is left to the free weights."""

    relaxed_penalty: float = Field(
        default=0.01, ge=0, description="λ: the loss grows by λ times the sum of the free weights' squares"
    )
    relaxed_start: float = Field(
        default=0.1, ge=0, description="size of the free weights at the start; 1: as of an ordinary layer"
    )


@register
class Relaxed(Prior):
    """Residual pathway priors (Finzi et al., 2021): each layer's weight is W + F, with W equivariant and F free.

    F is orthogonal to the equivariant weights, so that W + F is any weight in just one way: the network computes what a
    plain network of the same expanded widths computes, with as many parameters (so with regular features |G| · channels
    are the plain widths; channels that are given make a network of |G| times their widths). What it adds is a Gaussian
    prior on F, that is the loss λ ‖F‖², biases included; W has a flat prior and starts as in the homomorphic network.
    With λ = 0 this is an ordinary network in other coordinates, with λ → ∞ a homomorphic one. Standard deviations of
    actions are free.
    """

    name = "relaxed"
    title = "relaxed network"
    description = "A homomorphic network plus free weights that are held back: as many parameters as the plain one."
    bibtex = """@inproceedings{finzi2021residual,
  title={Residual Pathway Priors for Soft Equivariance Constraints},
  author={Finzi, Marc and Benton, Gregory and Wilson, Andrew Gordon},
  booktitle={Advances in Neural Information Processing Systems},
  volume={34}, year={2021}
}"""
    settings = RelaxedSettings
    symmetrises_statistics = True

    def network(
        self, kind: type[N], symmetry: Symmetry, sizes: Sizes, rng: np.random.Generator, settings: Any = None
    ) -> N:
        """Channels as given, or those that give the plain network's number of parameters."""
        own = settings or RelaxedSettings()

        def rule(source: Representation, target: Representation, _: np.random.Generator) -> RelaxedBasis:
            return relaxed_basis(source, target, own.relaxed_start, own.relaxed_penalty)

        channels = sizes.channels or completed_channels(symmetry, sizes.plain(symmetry), kind)
        return kind(symmetry, channels, rule, rng).spread_under(symmetry.restrict((0,)))
