"""Averaging: the mean of an ordinary network's policies over the images of the observation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symprior.agents.algorithms.algorithm import OnPolicyAlgorithm
from symprior.agents.bibliography import FRAME_AVERAGING, MDP_HOMOMORPHIC_NETWORKS
from symprior.agents.networks.layers.frames import WholeGroup
from symprior.agents.networks.sizes import Sizes
from symprior.agents.priors.prior import N, PlainNetwork, register
from symprior.symmetry.symmetry import Symmetry

if TYPE_CHECKING:
    from symprior.agents.algorithms.algorithm import Algorithm


@register
class Average(PlainNetwork):
    """The Reynolds operator: π̄(s) = 1/|G| Σ_g g⁻¹ π(g s), of probabilities or means, and the same of values.

    The averaged policy acts and supplies the log-probabilities; each observation costs |G| forward passes. The network is
    the plain one, so the agent has as many parameters (of action vectors, with one log σ for each orbit of entries).
    """

    name = "average"
    title = "averaging"
    description = "Probabilities (or means) and values of a plain network are averaged over the observation's orbit."
    bibtex = f"{MDP_HOMOMORPHIC_NETWORKS}\n\n{FRAME_AVERAGING}"
    strict = True
    symmetrises_statistics = True

    def refusal(self, algorithm: Algorithm) -> str | None:
        """It averages policies."""
        if isinstance(algorithm, OnPolicyAlgorithm):
            return None
        return (
            f"averaging is of policies, and {algorithm.name} learns from a replay target. Averaged values there would be "
            "|G| estimates in one, which lowers the target's overestimation: a gain that is not the symmetry's. "
            f"{algorithm.name}+fold and {algorithm.name}+homomorphic have exactly equivariant values."
        )

    def network(
        self, kind: type[N], symmetry: Symmetry, sizes: Sizes, rng: np.random.Generator, settings: object = None
    ) -> N:
        """A plain network, averaged over the whole group."""
        return super().network(kind, symmetry, sizes, rng).averaged_over(WholeGroup, symmetry)
