"""What is learned from transitions that are given beforehand: latent models to plan in, and action values towards goals.

`experience` numbers what was seen, `losses` say what makes a good code, `fitting` trains a model, `agent` plans in it.
"""

from symprior.agents.learners.learner import Learner, register


@register
class PlannerLearner(Learner):
    """One seed at a time, on one thread."""

    name = "planner"
    is_chosen = False
    devices = ("cpu",)
