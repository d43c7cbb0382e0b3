"""Augmentation by chance: every transition of a minibatch is replaced by one of its images."""

from __future__ import annotations

from dataclasses import replace

from torch import Tensor

from symprior.agents.bibliography import MDP_HOMOMORPHIC_NETWORKS
from symprior.agents.networks.orbits import Orbit
from symprior.agents.priors.prior import B, Draws, PlainNetwork, register


@register
class AugmentOne(PlainNetwork):
    """Augmentation, but each sample is one image of its transition, by an element drawn uniformly from the whole group.

    The minibatch is as large as the plain agent's; so are an update's cost and the number of gradient steps. A transition is
    drawn anew each time that it is seen. Images keep what copies keep in `Augment`: the old log-probability too.
    """

    name = "augment-one"
    title = "augmentation, one image"
    description = (
        "Each transition of a minibatch is replaced by its image under one random element: as many samples as plain."
    )
    bibtex = MDP_HOMOMORPHIC_NETWORKS

    def minibatch(self, batch: B, orbit: Orbit, draws: Draws | None = None) -> B:
        """One image of every transition, [(seeds,) batch, …]."""
        assert draws is not None
        elements = (draws(batch.actions.shape[batch.axis]) * orbit.order).long()

        def image(name: str, column: Tensor) -> Tensor:
            if name in batch.images:
                return orbit.observations.by(elements, column)
            return orbit.actions_by(elements, column) if name == "actions" else column

        return replace(batch, **{name: image(name, column) for name, column in vars(batch).items()})
