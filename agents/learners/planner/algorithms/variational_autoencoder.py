"""The variational autoencoder: reconstruction from a draw of the code, which is pulled to a normal distribution."""

from __future__ import annotations

from functools import partial

from torch import Tensor

from symprior.agents.algorithms.given.variational_autoencoder import VariationalSettings
from symprior.agents.learners.learner import Recipe
from symprior.agents.learners.planner.agent import PlanningAgent
from symprior.agents.learners.planner.losses import CodeLoss, Met, drawing_error, squared
from symprior.agents.networks.heads.latent_model import VariationalModel


class VariationalLoss(CodeLoss[VariationalModel, VariationalSettings]):
    """The squared error of what is drawn from z ~ q(z | s), and the divergence of q from the normal distribution."""

    moves_codes = False

    def __call__(self, met: Met[VariationalModel], settings: VariationalSettings) -> Tensor:
        """The mean over the minibatch; the divergence is weighed as one number for each entry of the observation."""
        log_variance = met.model.log_variance(met.features)
        codes = met.codes + met.normals(met.codes) * (log_variance / 2).exp()
        divergence = (met.codes.square() + log_variance.exp() - 1 - log_variance).sum(-1) / 2
        pulled = settings.divergence_weight * (divergence @ met.shares)
        total: Tensor = squared(met.predicted - met.after.detach()) + drawing_error(met, codes) + pulled
        return total


RECIPE = Recipe(discrete=partial(PlanningAgent, loss=VariationalLoss()))
