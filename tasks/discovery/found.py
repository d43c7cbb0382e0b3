"""A group that was found: how it acts on states, actions and observations, as representations and in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.closing import SignedMap, close, end_to_end, named, table_of, unchanged
from symprior.symmetry.description import cycles
from symprior.symmetry.errors import SympriorError
from symprior.symmetry.groups import Group
from symprior.symmetry.representations import SignedPermutation
from symprior.symmetry.symmetry import Exactness, Symmetry
from symprior.symmetry.turned import TurnedSignedPermutation

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
        """As it is declared, with these grades."""
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


def sentences(found: FoundGroup, states: Sequence[str], observations: Sequence[str] | None) -> list[str]:
    """What each generator does, in words.

    Args:
        found: the group.
        states: a name for each state entry.
        observations: a name for each observation entry; None where they have none.
    """
    seen = observations or [f"observation {i}" for i in range(len(found.motions[0].observations.source))]
    lines = []
    for g in found.group.generators:
        motion = found.motions[g]
        done = [f"action {i}" for i in range(len(motion.actions.source))]
        acts = cycles(np.argsort(motion.actions.source)) if found.discrete else in_words(motion.actions, done)
        if found.discrete and acts == "()":
            acts = "unchanged"
        parts = {"State": in_words(motion.states, states) if states else "", "Actions": acts}
        parts["Observation"] = in_words(motion.observations, seen) if len(motion.observations.source) else ""
        does = " ".join(f"{what}: {how}." for what, how in parts.items() if how)
        lines.append(f"{found.group.elements[g]}, of order {found.group.order_of(g)}. {does}")
    return lines


def in_words(moved: SignedMap, names: Sequence[str]) -> str:
    """Which entries change places, which only their sign, and which are turned."""
    signed = [names[i] for i in range(len(names)) if moved.source[i] == i and moved.sign[i] < 0 and not moved.turn[i]]
    parts = [f"{'; '.join(signed)} change{'s' if len(signed) == 1 else ''} sign"] if signed else []
    swapped, others = [], []
    for i, (source, sign, turn) in enumerate(zip(moved.source.tolist(), moved.sign, moved.turn, strict=True)):
        is_swap = moved.source[source] == i and moved.sign[source] == sign and not turn
        if source == i and not turn:
            continue
        if is_swap and source > i:
            swapped.append(f"{names[i]} ↔ {'−' if sign < 0 else ''}{names[source]}")
        elif not is_swap:
            others.append(f"{names[i]} ← {'−' if sign < 0 else ''}{names[source]}{TURNED[turn]}")
    return "; ".join([*parts, *swapped, *others]) or "unchanged"


def _rows(maps: Sequence[SignedMap]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    source, sign, turn = (np.stack([getattr(each, name) for each in maps]) for name in ("source", "sign", "turn"))
    return source, sign, turn
