"""The loss of contrastively trained structured world models (Kipf, van der Pol and Welling, 2020), for one object."""

from __future__ import annotations

from pydantic import Field

from symprior.agents.algorithms.algorithm import register
from symprior.agents.algorithms.given.latent import LatentAlgorithm, LatentSettings


class ContrastiveSettings(LatentSettings):
    """What keeps codes apart."""

    margin: float = Field(default=1.0, gt=0, description="distance up to which a code is kept apart from another's")
    sigma: float = Field(default=0.5, gt=0, description="σ of distances ‖z − z'‖² / (2 σ²)")


@register
class ContrastiveStructured(LatentAlgorithm[ContrastiveSettings]):
    """One negative for each transition: what any other transition of the minibatch started at."""

    name = "contrastive-structured"
    title = "C-SWM's loss"
    description = "A latent model by the loss of C-SWM: codes move as actions do, kept apart from any others met."
    bibtex = """@inproceedings{kipf2020contrastive,
  title={Contrastive Learning of Structured World Models},
  author={Kipf, Thomas and van der Pol, Elise and Welling, Max},
  booktitle={International Conference on Learning Representations},
  year={2020}
}"""
    settings = ContrastiveSettings
