"""JEPA: the predicted code's error, and VICReg's two terms on the codes of the minibatch."""

from __future__ import annotations

from functools import partial

from torch import Tensor

from symprior.agents.algorithms.given.jepa import JEPASettings
from symprior.agents.learners.learner import Recipe
from symprior.agents.learners.planner.agent import PlanningAgent
from symprior.agents.learners.planner.losses import CodeLoss, Met, hinge, squared
from symprior.agents.networks.heads.latent_model import LatentModel


class JEPALoss(CodeLoss[LatentModel, JEPASettings]):
    """‖z' − T(z, a)‖² + v Σ_i max(0, 1 − σ_i) + c Σ_{i ≠ j} C_ij², with deviations σ and covariances C of the codes."""

    def __call__(self, met: Met[LatentModel], settings: JEPASettings) -> Tensor:
        """The loss of the minibatch."""
        centred = met.codes - met.shares @ met.codes
        covariances = centred.T @ (centred * met.shares.unsqueeze(-1))
        variances = covariances.diagonal()
        apart = hinge((variances + VARIANCE_FLOOR).sqrt(), 1.0).sum()
        together = covariances.square().sum() - variances.square().sum()
        return (
            squared(met.predicted - met.after)
            + settings.variance_weight * apart
            + settings.covariance_weight * together
        )


VARIANCE_FLOOR = 1e-4
"""Added to a variance, so that its root has a gradient at 0."""

RECIPE = Recipe(discrete=partial(PlanningAgent, loss=JEPALoss()))
