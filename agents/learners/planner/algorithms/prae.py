"""PRAE: the action-equivariance loss, and a margin between codes."""

from __future__ import annotations

from functools import partial

from torch import Tensor

from symprior.agents.algorithms.given.prae import PRAESettings
from symprior.agents.learners.learner import Recipe
from symprior.agents.learners.planner.agent import PlanningAgent
from symprior.agents.learners.planner.losses import CodeLoss, Met, hinge, squared
from symprior.agents.networks.heads.latent_model import LatentModel


class PRAELoss(CodeLoss[LatentModel, PRAESettings]):
    """‖z' − T(z, a)‖² + Σ over negatives max(0, margin − ½ ‖z' − z⁻‖²)."""

    def others(self, settings: PRAESettings) -> tuple[int, int]:
        """The negatives."""
        return settings.negatives, settings.far_negatives

    def __call__(self, met: Met[LatentModel], settings: PRAESettings) -> Tensor:
        """The mean over the minibatch."""
        apart = (met.after.unsqueeze(1) - met.others).square().sum(-1) / 2
        return squared(met.predicted - met.after) + hinge(apart, settings.margin).sum(-1).mean()


RECIPE = Recipe(discrete=partial(PlanningAgent, loss=PRAELoss()))
