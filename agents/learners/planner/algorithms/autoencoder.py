"""The autoencoder: codes by reconstruction, the action map on them."""

from functools import partial

from symprior.agents.learners.learner import Recipe
from symprior.agents.learners.planner.agent import PlanningAgent
from symprior.agents.learners.planner.losses import Reconstruction

RECIPE = Recipe(discrete=partial(PlanningAgent, loss=Reconstruction()))
