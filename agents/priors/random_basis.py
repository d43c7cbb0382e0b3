"""Control: the homomorphic network's structure on a random basis."""

from symprior.agents.priors.homomorphic import Homomorphic
from symprior.agents.prior import register
from symprior.agents.symmetrizer import random_basis


@register
class RandomBasis(Homomorphic):
    """Does tying weights at all, in any directions, explain the gain? (van der Pol et al., 2020)."""

    name = "random-basis"
    title = "random basis"
    description = "The homomorphic network with a random orthonormal basis of the same rank in each layer."
    is_control = True
    strict = False
    rule = staticmethod(random_basis)
