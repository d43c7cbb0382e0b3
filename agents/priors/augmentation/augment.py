"""Augmentation: every transition and its images under the group in each minibatch."""

from __future__ import annotations

from dataclasses import replace

from torch import Tensor

from symprior.agents.bibliography import EUCLIDEAN_AUGMENTATION, SYMMETRIC_LOCOMOTION
from symprior.agents.networks.orbits import Orbit, as_rows
from symprior.agents.priors.prior import B, Draws, PlainNetwork, register


@register
class Augment(PlainNetwork):
    """DUP of Abdolhosseini et al. (2019) for any group: |G| times the samples, the same number of gradient steps.

    Copies keep the value, the advantage, the return and the log-probability that the policy gave to the *original*
    transition. (A2C never reads the old log-probability: to it the copies are off-policy samples.) Copies of a
    replayed transition (Luo et al., 2024) are transitions of the same task: the group acts on where it led, too; reward and
    end are invariant.
    """

    name = "augment"
    title = "augmentation"
    description = (
        "Each minibatch holds the whole orbit of its transitions, with the original log-probability and advantage."
    )
    bibtex = f"{SYMMETRIC_LOCOMOTION}\n\n{EUCLIDEAN_AUGMENTATION}"

    def minibatch(self, batch: B, orbit: Orbit, draws: Draws | None = None) -> B:
        """The orbit of every transition, [(seeds,) |G| · batch, …]; the first `batch` rows are the originals."""

        def images(name: str, column: Tensor) -> Tensor:
            moved: Tensor = column.expand(orbit.order, *column.shape)
            if name in batch.images:
                moved = orbit.observations(column)
            elif name == "actions":
                moved = orbit.actions(column)
            return moved

        return replace(
            batch, **{name: as_rows(images(name, column), batch.axis) for name, column in vars(batch).items()}
        )
