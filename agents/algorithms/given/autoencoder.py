"""Codes that observations are reconstructed from: the baseline of plannable approximations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symprior.agents.algorithms.algorithm import register
from symprior.agents.algorithms.given.latent import LatentAlgorithm, LatentSettings
from symprior.agents.bibliography import PLANNABLE_APPROXIMATIONS

if TYPE_CHECKING:
    from symprior.agents.networks.heads.latent_model import LatentModel


@register
class Autoencoder(LatentAlgorithm[LatentSettings]):
    """Codes learn by reconstruction alone; the action map and the reward learn on them, and do not move them."""

    name = "autoencoder"
    title = "autoencoder"
    description = "Codes learned by reconstructing observations, an action map learned on them; the planner of PRAE."
    bibtex = PLANNABLE_APPROXIMATIONS
    settings = LatentSettings

    def network(self, settings: LatentSettings) -> type[LatentModel]:
        """Also a decoder."""
        from symprior.agents.networks.heads.latent_model import DecodingModel, latent_model

        return latent_model(settings.latent, DecodingModel)
