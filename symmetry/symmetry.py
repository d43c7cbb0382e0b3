"""A symmetry of a Markov decision process: one group that acts on observations and on actions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from symprior.symmetry.arrays import A
from symprior.symmetry.errors import SympriorError
from symprior.symmetry.groups import Group
from symprior.symmetry.representations import Representation, SignedPermutation, halved


class Exactness(StrEnum):
    """How well a symmetry holds in the simulator: what is declared, and what a certificate measures.

    Nothing is declared `not shown`: it is what a measurement with too little data says, which is evidence neither way. And
    nothing is measured `between`: who declares it says that it is not exact, and leaves open whether it is approximate or
    broken, as a dial does whose value lies at the border of the two.
    """

    EXACT = "exact"
    IN_DISTRIBUTION = "in distribution"
    APPROXIMATE = "approximate"
    BETWEEN = "between approximate and broken"
    BROKEN = "broken"
    NONE = "none"
    NOT_SHOWN = "not shown"


APPROXIMATE_BORDER = 0.1
"""Mean residuals up to this part of what a step does are `approximate`, larger ones `broken`.

A wrong sign, a swapped action or an end on one side only is off by whole steps; a simulator's small
asymmetry by a few hundredths. A tenth keeps the two apart, and still bounds the harm: who plans with the
symmetric model is wrong about less than a tenth of what each step does.
"""


def exactness_at(breaking: float, approximate_up_to: float, broken_from: float) -> Exactness:
    """What a dial declares where its parameter is at `breaking`: 0 is exact, then approximate, then broken.

    In between it lies so near the border that one certificate would find the one, and another the other.
    """
    if breaking == 0:
        return Exactness.EXACT
    if breaking <= approximate_up_to:
        return Exactness.APPROXIMATE
    return Exactness.BROKEN if breaking >= broken_from else Exactness.BETWEEN


@dataclass(frozen=True)
class StatedShare:
    """What an approximate symmetry promises of one quantity: in at least this share of steps it agrees so far.

    Where a symmetry fails seldom, or in one part of what is seen, the largest residual says nothing but that it fails. A
    declaration by shares says how often and where, and a certificate must confirm every one of them for every behaviour.

    Attributes:
        quantity: one that the task's probe reads off an observation; or `reward` or `end`.
        tolerance: the largest difference that counts as agreement, in the probe's unit.
        share: of the steps of a behaviour, over 0 and up to 1.
    """

    quantity: str
    tolerance: float
    share: float

    def __post_init__(self) -> None:
        if not (self.tolerance >= 0 and 0 < self.share <= 1):
            raise SympriorError(
                f"A stated share has a tolerance of at least 0 and a share over 0 and up to 1; {self.quantity!r} has "
                f"{self.tolerance:g} and {self.share:g}."
            )


def _declared(what: str, given: str, never: Sequence[Exactness]) -> Exactness:
    grades = [str(grade) for grade in Exactness if grade not in never]
    if given not in grades:
        raise SympriorError(f"{what} is one of {', '.join(map(repr, grades))}, not {given!r}.")
    return Exactness(given)


@dataclass(frozen=True)
class Symmetry:
    """Group, representation on observations, representation on actions.

    For discrete actions the representation is a permutation of the actions (on probabilities over them), for
    continuous ones it acts on the action vector.

    Attributes:
        exactness: how well one step commutes with the group; `reset` how well the starts are invariant.
        shares: what an approximate symmetry states of itself where residuals relative to a typical step say too little;
            quantities that are not named here must agree in every step.

    Raises:
        SympriorError: the two representations are of different groups, a grade is none, or shares are stated and the
            symmetry is not declared approximate.
    """

    observation: Representation
    action: Representation
    discrete: bool
    exactness: Exactness = Exactness.EXACT
    reset: Exactness = Exactness.EXACT
    shares: tuple[StatedShare, ...] = ()

    def __post_init__(self) -> None:
        never = Exactness.NOT_SHOWN, Exactness.BETWEEN
        object.__setattr__(self, "exactness", _declared("exactness", self.exactness, never[:1]))
        object.__setattr__(self, "reset", _declared("reset", self.reset, never))
        if self.shares and self.exactness != Exactness.APPROXIMATE:
            raise SympriorError(f"Shares are stated by a symmetry that is approximate; this one is {self.exactness}.")
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

    def act_on_actions(self, g: int, actions: A) -> A:
        """g·a for a batch of actions: discrete [...] integers, or continuous [..., size]."""
        if self.discrete:
            assert isinstance(self.action, SignedPermutation)
            return self.action.move_index(g, actions)
        return self.action(g, actions)

    def half(self) -> Symmetry:
        """The symmetry of what is seen of the world alone, where a goal lies behind it along the first axis.

        Raises:
            SympriorError: the group does not act alike on both.
        """
        return replace(self, observation=halved(self.observation))

    def restrict(self, elements: Sequence[int], name: str | None = None) -> Symmetry:
        """The symmetry under a subgroup only."""
        subgroup = self.group.subgroup(elements, name)
        chosen = sorted(set(elements))
        return replace(
            self,
            observation=self.observation.restrict(chosen, subgroup),
            action=self.action.restrict(chosen, subgroup),
        )
