"""Codes of a variational autoencoder (Kingma and Welling, 2014)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from symprior.agents.algorithms.algorithm import register
from symprior.agents.algorithms.given.latent import LatentAlgorithm, LatentSettings

if TYPE_CHECKING:
    from symprior.agents.networks.heads.latent_model import LatentModel


class VariationalSettings(LatentSettings):
    """How far codes are pulled to the standard normal distribution."""

    divergence_weight: float = Field(
        default=1e-3, ge=0, description="weight of the Kullback–Leibler divergence, in entries of the observation"
    )


@register
class VariationalAutoencoder(LatentAlgorithm[VariationalSettings]):
    """The mean of q(z | s) is the code; the action map and the reward learn on it, and do not move it."""

    name = "variational-autoencoder"
    title = "variational autoencoder"
    description = "Codes of a variational autoencoder, an action map learned on them; the planner of PRAE."
    bibtex = """@inproceedings{kingma2014auto,
  title={Auto-Encoding Variational {Bayes}},
  author={Kingma, Diederik P. and Welling, Max},
  booktitle={International Conference on Learning Representations},
  year={2014}
}"""
    settings = VariationalSettings

    def network(self, settings: VariationalSettings) -> type[LatentModel]:
        """Also a decoder, and variances of codes."""
        from symprior.agents.networks.heads.latent_model import VariationalModel, latent_model

        return latent_model(settings.latent, VariationalModel)
