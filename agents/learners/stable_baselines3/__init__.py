"""Stable-Baselines3, the reference learner, fed with this project's networks and priors; its algorithms are untouched."""

from symprior.agents.learners.learner import Learner, register


@register
class StableBaselines3(Learner):
    """One seed at a time."""

    name = "stable-baselines3"
    is_reference = True
