"""No prior: an ordinary network as wide as the equivariant one's expanded layers."""

import numpy as np

from symprior.agents.networks.actor_critic import ActorCritic, matched_channels, plain_network
from symprior.agents.prior import Prior, Sizes, register
from symprior.tasks.symmetry import Symmetry


@register
class Wide(Prior):
    """The second baseline: does a wider network explain the gain?"""

    name = "wide"
    title = "plain, wide"
    description = "An ordinary network whose layers are as wide as the equivariant one's expanded layers."
    is_control = True

    def network(self, symmetry: Symmetry, sizes: Sizes, rng: np.random.Generator) -> ActorCritic:
        """Widths |G| · channels."""
        channels = sizes.channels or matched_channels(symmetry, sizes.plain(symmetry))
        return plain_network(symmetry, tuple(len(symmetry.group) * count for count in channels), rng)
