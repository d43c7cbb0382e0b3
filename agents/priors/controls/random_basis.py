"""Control: the homomorphic network's structure on a random basis."""

import numpy as np

from symprior.agents.priors.homomorphic import Homomorphic
from symprior.agents.priors.prior import register
from symprior.symmetry.representations import Representation
from symprior.symmetry.symmetrizer import Basis, random_basis


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
        """A basis as large as the equivariant one."""
        return random_basis(source, target, rng)
