"""The mirror loss: the policy is pulled towards being equivariant, and may stay away where that pays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from pydantic import Field
from torch import Tensor

from symprior.agents.algorithms.algorithm import OnPolicyAlgorithm
from symprior.agents.algorithms.replay.twin_critics import TwinCriticAlgorithm
from symprior.agents.bibliography import SYMMETRIC_LOCOMOTION
from symprior.agents.networks.orbits import Orbit, as_rows, elements_last
from symprior.agents.priors.prior import AuxiliaryLoss, PlainNetwork, PriorSettings, register
from symprior.symmetry.errors import SympriorError

if TYPE_CHECKING:
    from symprior.agents.algorithms.algorithm import Algorithm


class MirrorSettings(PriorSettings):
    """How far and in which distance the policy is pulled."""

    mirror_weight: float = Field(default=4.0, ge=0, description="w of the mirror loss")
    mirror_divergence: Literal["squared", "kl"] = Field(
        default="squared",
        description="distance of π(s) and g⁻¹ π(g s): squared, of probabilities or means; kl: the mean of both "
        "Kullback–Leibler divergences, of discrete actions only",
    )


@register
class Mirror(PlainNetwork):
    """LOSS of Abdolhosseini et al. (2019) for any group: + w · mean over s and g ≠ e of ‖π(s) − g⁻¹ π(g s)‖².

    π(s) is the vector of probabilities, or of means (of SAC and TD3 squashed ones in [−1, 1], in the actor's loss alone).
    w = 4 is theirs (their code takes the mean over the vector's entries, the paper and this agent the sum). Both sides of
    the difference are pulled; values are not. The loss enters the clipping of gradients, and each gradient step passes |G|
    times the observations through the network.
    """

    name = "mirror"
    title = "mirror loss"
    description = (
        "A plain network with an auxiliary loss: the distance between its policy at a state and at its images."
    )
    bibtex = (
        SYMMETRIC_LOCOMOTION
        + """

@inproceedings{mittal2024symmetry,
  title={Symmetry Considerations for Learning Task Symmetric Robot Policies},
  author={Mittal, Mayank and Rudin, Nikita and Klemm, Victor and Allshire, Arthur and Hutter, Marco},
  booktitle={IEEE International Conference on Robotics and Automation},
  year={2024}
}"""
    )
    settings = MirrorSettings

    def refusal(self, algorithm: Algorithm) -> str | None:
        """It compares policies."""
        if isinstance(algorithm, OnPolicyAlgorithm | TwinCriticAlgorithm):
            return None
        return (
            f"the mirror loss compares policies, and {algorithm.name} learns action values: these are as large as the "
            "task's rewards, so that no weight would mean the same on two tasks."
        )

    def auxiliary_loss(self, orbit: Orbit, settings: object) -> MirrorLoss:
        """The loss over all images of a minibatch."""
        of_loss = cast(MirrorSettings, settings)
        return MirrorLoss(orbit, of_loss.mirror_weight, of_loss.mirror_divergence)


class MirrorLoss(AuxiliaryLoss):
    """W · mean distance of π(s) and g⁻¹ π(g s); with w = 1 a measure of any policy.

    Args:
        orbit: the symmetry.
        weight: a number, or one for each seed, [seeds, 1].
        divergence: as in `MirrorSettings`.

    Attributes:
        weight, divergence: as they were given.

    Raises:
        SympriorError: a Kullback–Leibler divergence on action vectors.
    """

    def __init__(self, orbit: Orbit, weight: float | Tensor = 1.0, divergence: str = "squared") -> None:
        if divergence == "kl" and not orbit.discrete:
            raise SympriorError(
                "mirror_divergence = 'kl' compares policies over discrete actions. On action vectors use 'squared', the "
                "distance of means."
            )
        self._orbit, self.weight, self.divergence = orbit, weight, divergence

    def observations(self, own: Tensor) -> Tensor:
        """The whole orbit, [(seeds,) |G| · batch, …]; element 0 is the identity."""
        images: Tensor = self._orbit.observations(own)
        axis = own.ndim - 1 - len(self._orbit.observations.shape)
        return as_rows(images, axis)

    def loss(self, outputs: Tensor) -> Tensor:
        """The mean over states and elements but the identity."""
        if not self._orbit.discrete:
            policies = outputs[..., : self._orbit.outputs.shape[0]]  # where log σ follows, it is not compared
        else:
            policies = outputs.log_softmax(-1) if self.divergence == "kl" else outputs.softmax(-1)
        images = policies.unflatten(-2, (self._orbit.order, -1)).movedim(-3, 0)
        moved = self._orbit.outputs.back(images)
        apart = elements_last(self._distance(moved[:1], moved[1:])).sum(-1).mean(-1, keepdim=True)
        return apart * (self.weight / max(self._orbit.order - 1, 1))

    def _distance(self, policy: Tensor, moved: Tensor) -> Tensor:
        if self.divergence == "kl":  # of logarithms p, q: ½ Σ (eᵖ − e^q) (p − q)
            return ((policy.exp() - moved.exp()) * (policy - moved)).sum(-1) / 2
        return (policy - moved).square().sum(-1)
