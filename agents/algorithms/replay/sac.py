"""Soft actor-critic (Haarnoja et al., 2018)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from symprior.agents.algorithms.algorithm import register
from symprior.agents.algorithms.replay.twin_critics import TwinCriticAlgorithm, TwinCriticSettings

if TYPE_CHECKING:
    from symprior.agents.networks.heads.squashed_actor import GaussianSquashedActor


class SACSettings(TwinCriticSettings):
    """The entropy that the temperature is learned for, beside the common settings."""

    target_entropy: float | None = Field(
        default=None, description="entropy of the policy that the temperature aims at; null: −(size of the action)"
    )


@register
class SAC(TwinCriticAlgorithm[SACSettings]):
    """Stable-Baselines3's SAC with a learned temperature (Haarnoja et al., 2018, "Algorithms and Applications").

    The actor is a Gaussian, squashed by tanh, whose standard deviations depend on the observation: equivariant where means
    are, with σ(g s) = |ρ(g)| σ(s).
    """

    name = "sac"
    title = "SAC"
    description = "Soft actor-critic: a squashed Gaussian policy of high entropy and twin critics, learned from replay."
    bibtex = """@inproceedings{haarnoja2018soft,
  title={Soft Actor-Critic: Off-Policy Maximum Entropy Deep Reinforcement Learning with a Stochastic Actor},
  author={Haarnoja, Tuomas and Zhou, Aurick and Abbeel, Pieter and Levine, Sergey},
  booktitle={International Conference on Machine Learning},
  year={2018}
}

@article{haarnoja2018applications,
  title={Soft Actor-Critic Algorithms and Applications},
  author={Haarnoja, Tuomas and Zhou, Aurick and Hartikainen, Kristian and Tucker, George and Ha, Sehoon and Tan, Jie and
    Kumar, Vikash and Zhu, Henry and Gupta, Abhishek and Abbeel, Pieter and Levine, Sergey},
  journal={arXiv preprint arXiv:1812.05905}, year={2018}
}"""
    settings = SACSettings

    def network(self, settings: SACSettings) -> type[GaussianSquashedActor]:
        """Means and standard deviations."""
        from symprior.agents.networks.heads.squashed_actor import GaussianSquashedActor

        return GaussianSquashedActor
