"""Control: the homomorphic network on other vectors of the same spaces."""

import numpy as np

from symprior.agents.priors.homomorphic import Homomorphic
from symprior.agents.priors.prior import register
from symprior.symmetry.representations import Representation
from symprior.symmetry.symmetrizer import Basis, turned_basis


@register
class DenseBasis(Homomorphic):
    """What does it matter that the homomorphic network's basis vectors are orbits, which share no entry of the weights?

    As in the code released with van der Pol et al. (2020), where they are singular vectors of random symmetrized matrices.
    """

    name = "dense-basis"
    title = "dense basis"
    description = (
        "The homomorphic network, on an orthonormal basis of the same maps in random directions in each layer."
    )
    is_control = True

    def basis(self, source: Representation, target: Representation, rng: np.random.Generator) -> Basis:
        """The equivariant maps, by vectors that share entries."""
        return turned_basis(source, target, rng)
