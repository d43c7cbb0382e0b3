"""C-SWM's loss: one negative for each transition, from anywhere in the minibatch."""

from __future__ import annotations

from functools import partial

from torch import Tensor

from symprior.agents.algorithms.given.contrastive_structured import ContrastiveSettings
from symprior.agents.learners.learner import Recipe
from symprior.agents.learners.planner.agent import PlanningAgent
from symprior.agents.learners.planner.losses import CodeLoss, Met, hinge, squared
from symprior.agents.networks.heads.latent_model import LatentModel


class ContrastiveLoss(CodeLoss[LatentModel, ContrastiveSettings]):
    """d(T(z, a), z') + max(0, margin − d(z⁻, z')) with d = ‖·‖² / (2 σ²).

    Transitions are drawn at random, so that the next one of the minibatch is as good a negative as any.
    """

    def __call__(self, met: Met[LatentModel], settings: ContrastiveSettings) -> Tensor:
        """The mean over the minibatch."""
        scale = 2 * settings.sigma**2
        apart = (met.before.roll(1, 0) - met.after).square().sum(-1) / scale
        return squared(met.predicted - met.after) / scale + hinge(apart, settings.margin).mean()


RECIPE = Recipe(discrete=partial(PlanningAgent, loss=ContrastiveLoss()))
