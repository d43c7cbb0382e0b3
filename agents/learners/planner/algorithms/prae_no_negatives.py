"""PRAE without negatives: the action-equivariance loss alone."""

from __future__ import annotations

from functools import partial

from torch import Tensor

from symprior.agents.algorithms.given.latent import LatentSettings
from symprior.agents.learners.learner import Recipe
from symprior.agents.learners.planner.agent import PlanningAgent
from symprior.agents.learners.planner.losses import CodeLoss, Met, squared
from symprior.agents.networks.heads.latent_model import LatentModel


class MoveLoss(CodeLoss[LatentModel, LatentSettings]):
    """‖z' − T(z, a)‖²."""

    def __call__(self, met: Met[LatentModel], settings: LatentSettings) -> Tensor:
        """The mean over the minibatch."""
        return squared(met.predicted - met.after)


RECIPE = Recipe(discrete=partial(PlanningAgent, loss=MoveLoss()))
