"""A symmetry of a Markov decision process: one group that acts on observations and on actions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from symprior.tasks.errors import SympriorError
from symprior.tasks.groups import Group
from symprior.tasks.representations import Representation, SignedPermutation


class Exactness(StrEnum):
    """How well a symmetry holds in the simulator: what is declared, and what a certificate measures."""

    EXACT = "exact"
    IN_DISTRIBUTION = "in distribution"
    APPROXIMATE = "approximate"
    BROKEN = "broken"
    NONE = "none"


APPROXIMATE_BORDER = 0.1
"""Residuals up to this part of a typical step are `approximate`, larger ones `broken`.

A wrong sign, a swapped action or an end on one side only is off by whole steps; a simulator's small
asymmetry by a few hundredths. A tenth keeps the two apart, and still bounds the harm: who plans with the
symmetric model is wrong about less than a tenth of what each step does.
"""


@dataclass(frozen=True)
class Symmetry:
    """Group, representation on observations, representation on actions.

    For discrete actions the representation is a permutation of the actions (on probabilities over them), for
    continuous ones it acts on the action vector.

    Raises:
        SympriorError: the two representations are of different groups.
    """

    observation: Representation
    action: Representation
    discrete: bool
    exactness: Exactness = Exactness.EXACT
    reset: Exactness = Exactness.EXACT

    def __post_init__(self) -> None:
        if self.observation.group != self.action.group:
            raise SympriorError(
                f"Observations are acted on by {self.observation.group.name}, "
                f"actions by {self.action.group.name}: a symmetry has one group."
            )
        if self.discrete and not (isinstance(self.action, SignedPermutation) and (self.action.sign > 0).all()):
            raise SympriorError("On discrete actions a group acts by permutations without signs.")

    @property
    def group(self) -> Group:
        """The group that acts."""
        return self.observation.group

    def act_on_actions(self, g: int, actions: Any) -> Any:
        """g·a for a batch of actions: discrete [...] integers, or continuous [..., size]."""
        if self.discrete:
            assert isinstance(self.action, SignedPermutation)
            return self.action.move_index(g, actions)
        return self.action(g, actions)

    def restrict(self, elements: Sequence[int], name: str | None = None) -> Symmetry:
        """The symmetry under a subgroup only."""
        subgroup = self.group.subgroup(elements, name)
        chosen = sorted(set(elements))
        return replace(
            self,
            observation=self.observation.restrict(chosen, subgroup),
            action=self.action.restrict(chosen, subgroup),
        )
