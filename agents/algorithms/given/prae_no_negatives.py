"""PRAE without what keeps codes apart: nothing but the reward hinders all codes from being one."""

from __future__ import annotations

from symprior.agents.algorithms.algorithm import register
from symprior.agents.algorithms.given.latent import LatentAlgorithm, LatentSettings
from symprior.agents.bibliography import PLANNABLE_APPROXIMATIONS


@register
class PRAENoNegatives(LatentAlgorithm[LatentSettings]):
    """The action-equivariance loss alone, which a constant code minimises."""

    name = "prae-no-negatives"
    title = "PRAE without negatives"
    description = "The latent model of PRAE without negatives: codes may collapse into one, and plans with them."
    bibtex = PLANNABLE_APPROXIMATIONS
    settings = LatentSettings
