"""What algorithms have in common that learn a latent model from given transitions and plan in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pydantic import Field, model_validator

from symprior.agents.algorithms.algorithm import Actions, LearningAlgorithm
from symprior.agents.algorithms.settings import LearningSettings, Width

if TYPE_CHECKING:
    from symprior.agents.networks.heads.latent_model import LatentModel


class LatentSettings(LearningSettings):
    """The model, its training, and the plans in it.

    PRAE has 100 epochs of minibatches of 1,024 at a learning rate of 0.001; these reach as good plans in the rooms sooner.
    """

    learning_rate: float = Field(default=3e-3, gt=0, description="Adam's, constant")
    adam_epsilon: float = Field(default=1e-8, gt=0, description="Adam's ε")
    gamma: float = Field(default=0.9, gt=0, lt=1, description="discount of plans")
    latent: int = Field(default=50, ge=1, le=4096, description="numbers in a code; whole copies of regular features")
    gradient_steps: int = Field(default=1_000, ge=1, description="gradient steps on each size of the data")
    batch_size: int = Field(default=128, ge=1, description="transitions in a minibatch, drawn with replacement")
    reward_weight: float = Field(default=0.5, ge=0, description="weight of the squared error of rewards")
    prototypes: int = Field(default=1_024, ge=1, description="observations that plans go through, at most")
    temperature: float = Field(default=0.01, gt=0, description="τ of the transitions between prototypes")
    sweeps: int = Field(default=500, ge=1, description="sweeps of value iteration, at most")

    @model_validator(mode="after")
    def _takes_observations_as_they_are(self) -> LatentSettings:
        if self.normalise_observations or self.symmetrise_statistics:
            raise ValueError("transitions that were given have no running statistics to scale observations by")
        return self


S = TypeVar("S", bound=LatentSettings)

IMAGE_WIDTHS: tuple[Width, ...] = (16, 16, 100)
"""Hidden widths of the plain network for images, where settings name none."""


class LatentAlgorithm(LearningAlgorithm[S]):
    """An algorithm that learns a latent model from given transitions; each of their sizes trains it anew.

    It acts greedily in its plans, towards the goal that is seen beside the world.
    """

    mode = "greedy"
    actions = frozenset({Actions.DISCRETE})
    learns_from_given = True
    priors = frozenset({"plain", "wide", "homomorphic", "augment"})

    def network(self, settings: S) -> type[LatentModel]:
        """Encoder, action map and reward."""
        from symprior.agents.networks.heads.latent_model import latent_model

        return latent_model(settings.latent)

    def updates(self, settings: S) -> tuple[int, int]:
        """(gradient steps on a size of the data, transitions in each)."""
        return settings.gradient_steps, settings.batch_size
