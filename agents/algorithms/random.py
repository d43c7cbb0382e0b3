"""Uniformly random actions: the floor that every learner should leave."""

from __future__ import annotations

from symprior.agents.algorithms.algorithm import Algorithm, register


@register
class Random(Algorithm):
    """No learning at all."""

    name = "random"
    title = "random"
    description = "Uniformly random actions; it uses its budget and learns nothing."
    priors = frozenset()
