"""Proximal policy optimisation (Schulman et al., 2017)."""

from __future__ import annotations

from pydantic import Field, model_validator

from symprior.agents.algorithms.algorithm import OnPolicyAlgorithm, register
from symprior.agents.algorithms.settings import OnPolicySettings


class PPOSettings(OnPolicySettings):
    """PPO's own knobs beside the common ones."""

    minibatches: int = Field(default=4, ge=1, description="minibatches of a rollout; they must divide it evenly")
    epochs: int = Field(default=4, ge=1, description="passes over a rollout")
    clip_range: float = Field(default=0.2, gt=0, description="how far the probability ratio may move")

    @model_validator(mode="after")
    def _divides(self) -> PPOSettings:
        if self.num_envs * self.steps % self.minibatches:
            raise ValueError(
                f"{self.num_envs} environments × {self.steps} steps do not divide into {self.minibatches} minibatches"
            )
        return self


@register
class PPO(OnPolicyAlgorithm[PPOSettings]):
    """Several epochs of clipped policy-gradient steps on each rollout."""

    name = "ppo"
    title = "PPO"
    description = "Proximal policy optimisation: several epochs of clipped policy-gradient steps on each rollout."
    bibtex = """@article{schulman2017proximal,
  title={Proximal Policy Optimization Algorithms},
  author={Schulman, John and Wolski, Filip and Dhariwal, Prafulla and Radford, Alec and Klimov, Oleg},
  journal={arXiv preprint arXiv:1707.06347}, year={2017}
}"""
    settings = PPOSettings
    reads_old_probabilities = True

    def updates(self, settings: PPOSettings) -> tuple[int, int]:
        """(epochs · minibatches, minibatch size)."""
        return settings.epochs * settings.minibatches, settings.num_envs * settings.steps // settings.minibatches
