"""What algorithms have in common that learn a latent model and plan in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pydantic import Field

from symprior.agents.algorithms.given.given import GivenAlgorithm, GivenSettings

if TYPE_CHECKING:
    from symprior.agents.networks.heads.latent_model import LatentModel


class LatentSettings(GivenSettings):
    """The model, and the plans in it.

    PRAE has 100 epochs of minibatches of 1,024 at a learning rate of 0.001, and 1,024 prototypes; these reach as good plans
    in the rooms sooner.
    """

    latent: int = Field(default=50, ge=1, le=4096, description="numbers in a code; whole copies of regular features")
    reward_weight: float = Field(default=0.5, ge=0, description="weight of the squared error of rewards")
    prototypes: int = Field(default=2_048, ge=1, description="observations that plans go through, at most")
    temperature: float = Field(default=0.01, gt=0, description="τ of the transitions between prototypes")
    sweeps: int = Field(default=500, ge=1, description="sweeps of value iteration, at most")


S = TypeVar("S", bound=LatentSettings)


class LatentAlgorithm(GivenAlgorithm[S]):
    """An algorithm that learns a latent model from given transitions, and plans in it."""

    def network(self, settings: S) -> type[LatentModel]:
        """Encoder, action map and reward."""
        from symprior.agents.networks.heads.latent_model import latent_model

        return latent_model(settings.latent)
