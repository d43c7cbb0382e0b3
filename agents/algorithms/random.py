"""Uniformly random actions: the floor that every learner should leave."""

from symprior.agents.algorithm import Algorithm, register


@register
class Random(Algorithm):
    """No learning at all."""

    name = "random"
    title = "random"
    description = "Uniformly random actions; it uses its budget and learns nothing."
    takes_prior = False
