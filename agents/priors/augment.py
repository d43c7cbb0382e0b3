"""Augmentation: every transition and its images under the group in each minibatch."""

from __future__ import annotations

from torch import Tensor

from symprior.agents.bibliography import SYMMETRIC_LOCOMOTION
from symprior.agents.orbits import Orbit
from symprior.agents.prior import Minibatch, PlainNetwork, register


@register
class Augment(PlainNetwork):
    """DUP of Abdolhosseini et al. (2019) for any group: |G| times the samples, the same number of gradient steps.

    Copies keep the value, the advantage, the return and the log-probability that the policy gave to the *original*
    transition. (A2C never reads the old log-probability: to it the copies are off-policy samples.)
    """

    name = "augment"
    title = "augmentation"
    description = (
        "Each minibatch holds the whole orbit of its transitions, with the original log-probability and advantage."
    )
    bibtex = SYMMETRIC_LOCOMOTION

    def minibatch(self, batch: Minibatch, orbit: Orbit) -> Minibatch:
        """The orbit of every transition, [(seeds,) |G| · batch, …]; the first `batch` rows are the originals."""
        axis = batch.advantages.ndim - 1  # the batch axis: 0, or 1 behind a seed axis

        def merged(images: Tensor) -> Tensor:
            return images.movedim(0, axis).flatten(axis, axis + 1)

        def repeated(values: Tensor) -> Tensor:
            return merged(values.unsqueeze(0).expand(orbit.order, *values.shape))

        return Minibatch(
            observations=merged(orbit.observations(batch.observations)),
            actions=merged(orbit.actions(batch.actions)),
            old_values=repeated(batch.old_values),
            old_log_probabilities=repeated(batch.old_log_probabilities),
            advantages=repeated(batch.advantages),
            returns=repeated(batch.returns),
        )
