"""MDP-homomorphic networks: policies equivariant and values invariant by construction."""

from __future__ import annotations

import numpy as np

from symprior.agents.bibliography import MDP_HOMOMORPHIC_NETWORKS
from symprior.agents.networks.sizes import Sizes
from symprior.agents.priors.prior import N, Prior, register
from symprior.symmetry.representations import Representation
from symprior.symmetry.symmetrizer import Basis, equivariant_basis
from symprior.symmetry.symmetry import Symmetry


@register
class Homomorphic(Prior):
    """Weights on the basis that the symmetrizer computes from the declared representations (van der Pol et al., 2020)."""

    name = "homomorphic"
    title = "homomorphic network"
    description = (
        "An MDP-homomorphic network: every layer commutes with the group, as many parameters as the plain one."
    )
    bibtex = MDP_HOMOMORPHIC_NETWORKS
    strict = True
    symmetrises_statistics = True

    def basis(self, source: Representation, target: Representation, rng: np.random.Generator) -> Basis:
        """The subspace in which a layer's weights lie."""
        return equivariant_basis(source, target, rng)

    def network(
        self, kind: type[N], symmetry: Symmetry, sizes: Sizes, rng: np.random.Generator, settings: object = None
    ) -> N:
        """Channels as given, or matched in parameters."""
        return kind(symmetry, sizes.equivariant(symmetry, kind), self.basis, rng, sizes.fibre(symmetry))
