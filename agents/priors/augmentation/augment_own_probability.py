"""Augmentation whose copies have the log-probability that the policy gave to themselves, not to the original."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from torch import Tensor

from symprior.agents.algorithms.algorithm import OnPolicyAlgorithm
from symprior.agents.networks.orbits import Orbit, as_rows
from symprior.agents.priors.augmentation.augment import Augment
from symprior.agents.priors.batch import Minibatch
from symprior.agents.priors.prior import B, Draws, LogProbabilities, register

if TYPE_CHECKING:
    from symprior.agents.algorithms.algorithm import Algorithm


@dataclass(frozen=True)
class _WithImages(Minibatch):
    """A rollout that knows of its images.

    Attributes:
        image_log_probabilities: log π_old(g a | g s) for every g, [(seeds,) batch, |G|].
    """

    image_log_probabilities: Tensor


@register
class AugmentOwnProbability(Augment):
    """Augmentation with π_old(g a | g s) in a copy's probability ratio instead of π_old(a | s).

    Every ratio starts at 1, as if the policy had chosen the copy by itself; with π_old(a | s) a copy that the policy finds
    improbable starts outside the clipped range. While the policy is equivariant the two are the same.
    """

    name = "augment-own-probability"
    title = "augmentation, own probability"
    description = "Augmentation whose copies have the log-probability that the old policy gave to the copy itself."

    def refusal(self, algorithm: Algorithm) -> str | None:
        """It changes what the loss compares the policy with."""
        if isinstance(algorithm, OnPolicyAlgorithm) and algorithm.reads_old_probabilities:
            return None
        name = algorithm.name
        return f"it differs from {name}+augment in the old log-probability of copies, which {name} never reads."

    def collected(self, rollout: Minibatch, orbit: Orbit, log_probabilities: LogProbabilities) -> Minibatch:
        """The rollout, and what the policy that collected it says of its images."""
        images, axis = super().minibatch(rollout, orbit), rollout.axis
        found = log_probabilities(images.observations, images.actions)
        return _WithImages(
            **vars(rollout), image_log_probabilities=found.unflatten(axis, (orbit.order, -1)).movedim(axis, -1)
        )

    def minibatch(self, batch: B, orbit: Orbit, draws: Draws | None = None) -> B:
        """The orbit of every transition, [(seeds,) |G| · batch, …], with its images' own log-probabilities."""
        assert isinstance(batch, _WithImages)
        images, own = super().minibatch(batch, orbit), batch.image_log_probabilities.movedim(-1, 0)
        return replace(images, old_log_probabilities=as_rows(own, batch.axis))
