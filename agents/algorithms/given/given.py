"""What algorithms have in common that learn from transitions which are given beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pydantic import Field, model_validator

from symprior.agents.algorithms.algorithm import Actions, LearningAlgorithm
from symprior.agents.algorithms.settings import LearningSettings

if TYPE_CHECKING:
    from symprior.agents.algorithms.settings import Width

IMAGE_WIDTHS: tuple[Width, ...] = (16, 16, 100)
"""Hidden widths of the plain network for images, where settings name none."""


class GivenSettings(LearningSettings):
    """How long is learned from each size of the data; the discount is that of the way to a goal."""

    learning_rate: float = Field(default=3e-3, gt=0, description="Adam's, constant")
    adam_epsilon: float = Field(default=1e-8, gt=0, description="Adam's ε")
    gamma: float = Field(default=0.9, gt=0, lt=1, description="discount of the way to a goal")
    gradient_steps: int = Field(default=1_000, ge=1, description="gradient steps on each size of the data")
    batch_size: int = Field(default=128, ge=1, description="transitions in a minibatch, drawn with replacement")

    @model_validator(mode="after")
    def _takes_observations_as_they_are(self) -> GivenSettings:
        if self.normalise_observations or self.symmetrise_statistics:
            raise ValueError("transitions that were given have no running statistics to scale observations by")
        return self


S = TypeVar("S", bound=GivenSettings)


class GivenAlgorithm(LearningAlgorithm[S]):
    """An algorithm that learns from given transitions, anew from each of their sizes.

    It acts greedily towards the goal that is seen beside the world.
    """

    mode = "greedy"
    actions = frozenset({Actions.DISCRETE})
    learns_from_given = True
    priors = frozenset({"plain", "wide", "homomorphic", "augment"})

    def updates(self, settings: S) -> tuple[int, int]:
        """(gradient steps on a size of the data, transitions in each)."""
        return settings.gradient_steps, settings.batch_size
