"""Plannable approximations to MDP homomorphisms: contrastive codes on which actions act (van der Pol et al., 2020)."""

from __future__ import annotations

from pydantic import Field

from symprior.agents.algorithms.algorithm import register
from symprior.agents.algorithms.given.latent import LatentAlgorithm, LatentSettings
from symprior.agents.bibliography import PLANNABLE_APPROXIMATIONS


class PRAESettings(LatentSettings):
    """What keeps codes apart.

    The paper has negatives of the same episode alone. Whatever stays as it is throughout an episode, such as the place of a
    key that is not fetched, then need not be in the code.
    """

    negatives: int = Field(
        default=5, ge=0, description="observations of the same episode that a code is kept apart from"
    )
    far_negatives: int = Field(default=5, ge=0, description="observations of any episode that it is kept apart from")
    margin: float = Field(default=1.0, gt=0, description="half the squared distance up to which it is")


@register
class PRAE(LatentAlgorithm[PRAESettings]):
    """The action-equivariance loss ‖z' − T(z, a)‖², with codes a margin apart."""

    name = "prae"
    title = "PRAE"
    description = "A latent model whose codes move as actions do, kept apart by negatives; value iteration plans in it."
    bibtex = PLANNABLE_APPROXIMATIONS
    settings = PRAESettings
