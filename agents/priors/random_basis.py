"""Control: the homomorphic network's structure on a random basis."""

import numpy as np

from symprior.agents.prior import register
from symprior.agents.priors.homomorphic import Homomorphic
from symprior.agents.symmetrizer import Basis, random_basis
from symprior.tasks.representations import Representation


@register
class RandomBasis(Homomorphic):
    """Does tying weights at all, in any directions, explain the gain? (van der Pol et al., 2020)."""

    name = "random-basis"
    title = "random basis"
    description = "The homomorphic network with a random orthonormal basis of the same rank in each layer."
    is_control = True
    strict = False
    symmetrises_statistics = False

    def basis(self, source: Representation, target: Representation, rng: np.random.Generator) -> Basis:
        """As large as the equivariant basis."""
        return random_basis(source, target, rng)
