"""No learner: agents that use their budget and learn nothing."""

from symprior.agents.learners.learner import Learner, register


@register
class NoLearner(Learner):
    """Carries out what has nothing to learn."""

    name = "none"
    trains = is_chosen = False
