"""No prior: an ordinary network as wide as the equivariant one's expanded layers."""

import numpy as np

from symprior.agents.networks.sizes import Sizes, plain_network
from symprior.agents.priors.prior import N, Prior, register
from symprior.symmetry.symmetry import Symmetry


@register
class Wide(Prior):
    """The second baseline: does a wider network explain the gain?"""

    name = "wide"
    title = "plain, wide"
    description = "An ordinary network whose layers are as wide as the equivariant one's expanded layers."
    is_control = True

    def network(
        self, kind: type[N], symmetry: Symmetry, sizes: Sizes, rng: np.random.Generator, settings: object = None
    ) -> N:
        """Widths channels times the size of what one channel carries: |G| for regular features."""
        fibre = sizes.fibre(symmetry).size
        widths = tuple(fibre * count for count in sizes.equivariant(symmetry, kind))
        return plain_network(symmetry, widths, rng, kind)
