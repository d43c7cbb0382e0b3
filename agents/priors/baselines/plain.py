"""No prior: an ordinary network, as many parameters as the equivariant one."""

from symprior.agents.priors.prior import PlainNetwork, register


@register
class Plain(PlainNetwork):
    """The baseline: nothing knows of the symmetry."""

    name = "plain"
    title = "plain"
    description = "An ordinary network with as many parameters as the equivariant one (±5 %)."
