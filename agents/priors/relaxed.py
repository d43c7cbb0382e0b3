"""Relaxed networks: equivariant weights plus free ones that a prior holds back, for symmetries that may not hold."""

from __future__ import annotations

from typing import cast

import numpy as np
from pydantic import Field

from symprior.agents.networks.sizes import Sizes, completed_channels
from symprior.agents.priors.prior import N, Prior, PriorSettings, register
from symprior.symmetry.representations import Representation
from symprior.symmetry.symmetrizer import RelaxedBasis, relaxed_basis
from symprior.symmetry.symmetry import Symmetry


class RelaxedSettings(PriorSettings):
    """How far the weights may be from equivariant ones."""

    relaxed_deviation: float = Field(
        default=0.1, gt=0, description="σ: how large free weights are, and steps on them, beside an ordinary layer's"
    )
    relaxed_penalty: float = Field(
        default=0.001, ge=0, description="λ: the loss grows by λ times the sum of the free weights' squares, over σ²"
    )


@register
class Relaxed(Prior):
    """Residual pathway priors (Finzi et al., 2021): each layer's weight is W + F, with W equivariant and F free.

    F is orthogonal to the equivariant weights, so that W + F is any weight in just one way: the network computes what a
    plain network of the same expanded widths computes, with as many parameters. The fibre's size times the channels are the
    plain agent's widths, as nearly as whole channels allow; channels that are given make a network of so many times their
    widths. What it adds is a Gaussian prior on F with a small standard deviation σ. The network starts from a draw of it,
    and the loss grows by λ ‖F‖² / σ², biases included; W starts as in the homomorphic network and has a flat prior. (Finzi
    et al. penalise both parts.)

    Its parameters are the coordinates of F / σ. A penalty alone would not hold F back: Adam takes steps of one size
    whatever the gradients' size is. Standard deviations of actions are free.
    """

    name = "relaxed"
    title = "relaxed network"
    description = (
        "A homomorphic network plus free weights that are held back: about as many parameters as the plain one."
    )
    bibtex = """@inproceedings{finzi2021residual,
  title={Residual Pathway Priors for Soft Equivariance Constraints},
  author={Finzi, Marc and Benton, Gregory and Wilson, Andrew Gordon},
  booktitle={Advances in Neural Information Processing Systems},
  volume={34}, year={2021}
}"""
    settings = RelaxedSettings
    symmetrises_statistics = True

    def network(
        self, kind: type[N], symmetry: Symmetry, sizes: Sizes, rng: np.random.Generator, settings: object = None
    ) -> N:
        """Channels as given, or those that give the plain network's number of parameters."""
        own = cast(RelaxedSettings, settings or RelaxedSettings())

        def rule(source: Representation, target: Representation, _: np.random.Generator) -> RelaxedBasis:
            return relaxed_basis(source, target, own.relaxed_deviation, own.relaxed_penalty)

        fibre = sizes.fibre(symmetry)
        channels = sizes.channels or completed_channels(symmetry, sizes.plain(symmetry), kind, fibre)
        return kind(symmetry, channels, rule, rng, fibre).spread_under(symmetry.restrict((0,)))
