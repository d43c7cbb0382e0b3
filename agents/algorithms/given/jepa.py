"""A joint-embedding predictive architecture with variance and covariance terms, as in PLDM (Sobal et al., 2025)."""

from __future__ import annotations

from pydantic import Field

from symprior.agents.algorithms.algorithm import register
from symprior.agents.algorithms.given.latent import LatentAlgorithm, LatentSettings


class JEPASettings(LatentSettings):
    """What keeps codes from collapsing; the weights are VICReg's relations."""

    variance_weight: float = Field(default=1.0, ge=0, description="weight of the hinge on each entry's deviation at 1")
    covariance_weight: float = Field(default=0.04, ge=0, description="weight of the squared covariances of entries")


@register
class JEPA(LatentAlgorithm[JEPASettings]):
    """Codes predict the next codes; each of their entries must vary, and no two together."""

    name = "jepa"
    title = "JEPA"
    description = "A latent model whose codes predict the next ones, kept from collapsing by variance and covariance."
    bibtex = """@article{sobal2025learning,
  title={Learning from Reward-Free Offline Data: A Case for Planning with Latent Dynamics Models},
  author={Sobal, Vlad and Zhang, Wancong and Cho, Kyunghyun and Balestriero, Randall and Rudner, Tim G. J. and LeCun, Yann},
  journal={arXiv preprint arXiv:2502.14819}, year={2025}
}

@inproceedings{bardes2022vicreg,
  title={{VICReg}: Variance-Invariance-Covariance Regularization for Self-Supervised Learning},
  author={Bardes, Adrien and Ponce, Jean and LeCun, Yann},
  booktitle={International Conference on Learning Representations},
  year={2022}
}"""
    settings = JEPASettings
