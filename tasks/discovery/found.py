"""A group that was found: how it acts on states, actions and observations, as representations and in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.description import describe_action
from symprior.symmetry.errors import SympriorError
from symprior.symmetry.generated.closing import SignedMap, close, end_to_end, named, table_of, unchanged
from symprior.symmetry.generated.turned import TurnedSignedPermutation
from symprior.symmetry.groups import Group
from symprior.symmetry.names import Names
from symprior.symmetry.representations import SignedPermutation
from symprior.symmetry.symmetry import Exactness, Symmetry

TURNED = ("", " + ¼ turn", " + ½ turn", " + ¾ turn")


@dataclass(frozen=True, eq=False)
class Motion:
    """One element: what it does to states, actions and observations; on discrete actions it is a permutation."""

    states: SignedMap
    actions: SignedMap
    observations: SignedMap

    @property
    def on_states_and_actions(self) -> SignedMap:
        """Laid end to end, without observations."""
        return end_to_end(self.states, self.actions)

    @property
    def whole(self) -> SignedMap:
        """All of it, laid end to end."""
        return end_to_end(self.states, self.actions, self.observations)


@dataclass(frozen=True, eq=False)
class FoundGroup:
    """A closed set of motions with its name.

    Attributes:
        group: the group; named where it is cyclic, dihedral, symmetric or a product.
        motions: one for each of its elements.
        discrete: whether actions are.
        shape: of an observation.
        is_whole: there are no more elements; else the group was too large, and this is a part of it.
    """

    group: Group
    motions: tuple[Motion, ...]
    discrete: bool
    shape: tuple[int, ...]
    is_whole: bool = True

    @property
    def state_representation(self) -> SignedPermutation:
        """On states."""
        source, sign, turn = _rows([motion.states for motion in self.motions])
        if turn.any():
            return TurnedSignedPermutation(self.group, source, sign, turn)
        return SignedPermutation(self.group, source, sign)

    def symmetry(
        self, exactness: Exactness = Exactness.EXACT, reset: Exactness = Exactness.IN_DISTRIBUTION
    ) -> Symmetry:
        """The symmetry as it is declared, with these grades."""
        source, sign, _ = _rows([motion.observations for motion in self.motions])
        seen = SignedPermutation(self.group, source, sign, self.shape)
        source, sign, _ = _rows([motion.actions for motion in self.motions])
        done = SignedPermutation(self.group, source, None if self.discrete else sign)
        return Symmetry(seen, done, self.discrete, exactness, reset)

    def restricted(self, elements: Sequence[int]) -> FoundGroup:
        """The subgroup of these elements, under its own name."""
        return replace(closed([self.motions[g] for g in elements], self.discrete, self.shape), is_whole=self.is_whole)


def closed(generators: Sequence[Motion], discrete: bool, shape: tuple[int, ...]) -> FoundGroup:
    """The group that motions generate; of one that is too large the part that the first of them generate."""
    first = generators[0]
    sizes = np.cumsum([0, *(len(part.source) for part in (first.states, first.actions, first.observations))]).tolist()
    elements, is_whole = [unchanged(sizes[-1])], True
    chosen: list[SignedMap] = []
    for motion in sorted(generators, key=lambda each: each.actions.is_identity):
        try:
            elements = close([*chosen, motion.whole], sizes[-1])
            chosen.append(motion.whole)
        except SympriorError:
            is_whole = False
    group, rows = named(table_of(elements))
    cuts = list(pairwise(sizes))
    parts = [Motion(*(elements[row].part(a, b) for a, b in cuts)) for row in rows]
    return FoundGroup(group, tuple(parts), discrete, shape, is_whole)


def sentences(found: FoundGroup, states: Sequence[str], names: Names) -> list[str]:
    """What each generator does to states, actions and observations, in words.

    Args:
        found: the group.
        states: a name for each state entry; none where states were not searched.
        names: of observation entries and actions.
    """
    return [_sentence(found, g, states, names) for g in found.group.generators]


def _sentence(found: FoundGroup, g: int, states: Sequence[str], names: Names) -> str:
    symmetry, motion = found.symmetry(), found.motions[g]
    parts = {"Actions": describe_action(symmetry.action, g, names.action)}
    if states:
        turned = "".join(f"; {states[i]}{TURNED[turn]}" for i, turn in enumerate(motion.states.turn) if turn)
        parts = {"States": describe_action(found.state_representation, g, states) + turned, **parts}
    if len(motion.observations.source):
        parts["Observations"] = describe_action(symmetry.observation, g, names.observation)
    does = " ".join(f"{what}: {how}." for what, how in parts.items())
    return f"{found.group.elements[g]}, of order {found.group.order_of(g)}. {does}"


def _rows(maps: Sequence[SignedMap]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    source, sign, turn = (np.stack([getattr(each, name) for each in maps]) for name in ("source", "sign", "turn"))
    return source, sign, turn
