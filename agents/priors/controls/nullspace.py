"""Control: the homomorphic network's structure on what the symmetrizer sends to zero."""

import numpy as np

from symprior.agents.priors.homomorphic import Homomorphic
from symprior.agents.priors.prior import register
from symprior.symmetry.representations import Representation
from symprior.symmetry.symmetrizer import Basis, nullspace_basis


@register
class Nullspace(Homomorphic):
    """Weights orthogonal to every equivariant one (van der Pol et al., 2020)."""

    name = "nullspace"
    title = "nullspace basis"
    description = "The homomorphic network on an orthonormal basis of the symmetrizer's nullspace, of the same rank."
    is_control = True
    strict = False
    symmetrises_statistics = False

    def basis(self, source: Representation, target: Representation, rng: np.random.Generator) -> Basis:
        """A basis as large as the equivariant one."""
        return nullspace_basis(source, target, rng)
