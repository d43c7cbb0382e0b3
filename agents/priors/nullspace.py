"""Control: the homomorphic network's structure on what the symmetrizer sends to zero."""

from symprior.agents.priors.homomorphic import Homomorphic
from symprior.agents.prior import register
from symprior.agents.symmetrizer import nullspace_basis


@register
class Nullspace(Homomorphic):
    """Weights orthogonal to every equivariant one (van der Pol et al., 2020)."""

    name = "nullspace"
    title = "nullspace basis"
    description = "The homomorphic network on an orthonormal basis of the symmetrizer's nullspace, of the same rank."
    is_control = True
    strict = False
    rule = staticmethod(nullspace_basis)
