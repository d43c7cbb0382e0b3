"""Twin delayed deep deterministic policy gradient (Fujimoto et al., 2018)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from symprior.agents.algorithms.algorithm import register
from symprior.agents.algorithms.replay.twin_critics import TwinCriticAlgorithm, TwinCriticSettings

if TYPE_CHECKING:
    from symprior.agents.networks.heads.squashed_actor import MeanActor


class TD3Settings(TwinCriticSettings):
    """TD3's own knobs beside the common ones; noise is on actions that are scaled to [−1, 1]."""

    exploration_noise: float = Field(default=0.1, ge=0, description="σ of the noise on actions while training")
    policy_delay: int = Field(default=2, ge=1, description="gradient steps of the critics for each one of the actor")
    target_noise: float = Field(default=0.2, ge=0, description="σ of the noise on the actions of targets")
    target_noise_clip: float = Field(default=0.5, ge=0, description="where that noise is cut off")


@register
class TD3(TwinCriticAlgorithm[TD3Settings]):
    """Stable-Baselines3's TD3.

    Noise is independent and equally large in all entries of the action, so that the group leaves its distribution as it is.
    """

    name = "td3"
    title = "TD3"
    description = "Twin delayed DDPG: a deterministic squashed policy and twin critics, learned from replay with noise."
    bibtex = """@inproceedings{fujimoto2018addressing,
  title={Addressing Function Approximation Error in Actor-Critic Methods},
  author={Fujimoto, Scott and van Hoof, Herke and Meger, David},
  booktitle={International Conference on Machine Learning},
  year={2018}
}"""
    settings = TD3Settings

    def network(self, settings: TD3Settings) -> type[MeanActor]:
        """Means."""
        from symprior.agents.networks.heads.squashed_actor import MeanActor

        return MeanActor
