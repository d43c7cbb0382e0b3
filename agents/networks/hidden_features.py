"""Which representation the hidden features of an equivariant network carry: regular, quotients, or sums of these.

A feature of a quotient G/H is a function on the cosets of a subgroup H, an *orbit feature* (Cohen, Geiger and Weiler, "A
general theory of equivariant CNNs on homogeneous spaces", NeurIPS 2019). The regular representation is the quotient by {e}:
it can express everything and has |G| entries. For S_k × D4 the quotient by S_{k−1}, the permutations that keep one object
where it is, has a feature for each object and each turn, and its layers are those of Deep Sets (Zaheer et al., NeurIPS
2017).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.errors import SympriorError
from symprior.symmetry.groups import Group
from symprior.symmetry.representations import (
    ImageTransform,
    Representation,
    SignedPermutation,
    as_signed_permutation,
    direct_sum,
    equivariant_rank,
    quotient,
    regular,
    trivial_representation,
)
from symprior.symmetry.symmetry import Symmetry

LARGEST_FIBRE = 32
"""Groups of more elements have quotient features by default, of at most this size where there are such."""

Summand = str | tuple[str, ...]
"""`regular`, `quotient` (the default one), `trivial`, or the names of elements that generate the subgroup to divide by."""


@lru_cache(maxsize=64)
def hidden_features(symmetry: Symmetry, summands: tuple[Summand, ...] | None = None) -> SignedPermutation:
    """The representation of one channel of hidden features: a permutation, so that ReLU commutes with it.

    Args:
        symmetry: what acts on observations and actions.
        summands: the parts of a direct sum; None: regular, or the default quotient where the group is large.

    Raises:
        SympriorError: a summand that there is not, or features that leave a network blind.
    """
    if summands is None:
        return quotient(symmetry.group, default_subgroup(symmetry))
    if not summands:
        raise SympriorError("Hidden features need at least one representation: regular, quotient, trivial.")
    parts = [_summand(symmetry, summand) for summand in summands]
    features = parts[0] if len(parts) == 1 else check_pointwise(direct_sum(*parts))
    _check_sight(features, symmetry, summands)
    return features


def _check_sight(features: SignedPermutation, symmetry: Symmetry, summands: tuple[Summand, ...]) -> None:
    """Whether equivariant maps lead from the observation to the features, and on to actions that differ."""
    observation, action = symmetry.observation, symmetry.action
    sees = isinstance(observation, ImageTransform) or equivariant_rank(observation, features) > 0
    alike = equivariant_rank(features, trivial_representation(symmetry.group)) if symmetry.discrete else 0
    if not sees or equivariant_rank(features, action) == alike:
        given = ", ".join(each if isinstance(each, str) else f"by {' '.join(each)}" for each in summands)
        lost = "tell actions apart" if sees else "see the observation"
        raise SympriorError(
            f"A network of hidden features {given} could not {lost}: no linear map that commutes with {symmetry.group.name} "
            "does. Add regular or quotient features."
        )


def _summand(symmetry: Symmetry, summand: Summand) -> SignedPermutation:
    group = symmetry.group
    if summand == "regular":
        return regular(group)
    if summand == "trivial":
        return trivial_representation(group)
    if summand == "quotient":
        return quotient(group, default_subgroup(symmetry))
    names = (summand,) if isinstance(summand, str) else summand
    unknown = [name for name in names if name not in group.elements]
    if unknown:
        raise SympriorError(
            f"{unknown[0]!r} is no hidden feature of {group.name}. There are regular, quotient, trivial, and quotients by "
            f"the subgroup that some elements generate: {', '.join(group.elements)}."
        )
    return quotient(group, group.generated_by([group.elements.index(name) for name in names]))


def default_subgroup(symmetry: Symmetry) -> tuple[int, ...]:
    """The subgroup to divide by: {e}, unless the group has more than `LARGEST_FIBRE` elements.

    Of a large group those subgroups are tried that keep one or two entries of an observation or action where they are, and
    whose features can tell everything: linear maps from the observation lose nothing, linear maps to the action leave
    nothing out. Among those with at most `LARGEST_FIBRE` cosets the one with the most such maps is taken.
    """
    group = symmetry.group
    if len(group) <= LARGEST_FIBRE:
        return (0,)
    signed = [as_signed_permutation(each) for each in (symmetry.observation, symmetry.action)]
    known = [each for each in signed if each is not None]
    candidates = [(0,), *sorted(_stabilisers(group, known))] if known else [(0,)]
    expressive = [each for each in candidates if all(_is_generated(rho, each) for rho in known)]
    small = [each for each in expressive if len(group) <= LARGEST_FIBRE * len(each)]
    if not small:
        return max(expressive, key=len)
    return max(small, key=lambda each: (round(sum(_invariants(rho, each) for rho in known)), len(each)))


def _stabilisers(group: Group, representations: Sequence[SignedPermutation]) -> set[tuple[int, ...]]:
    """The subgroups that fix one or two entries, sign and place."""
    fixed = np.concatenate(
        [(rho.source == np.arange(rho.size)) & (rho.sign > 0) for rho in representations], axis=1
    )  # [|G|, entries]
    single: list[NDArray[np.bool_]] = list(np.unique(fixed, axis=1).T)
    pairs = combinations_with_replacement(single, 2)
    return {tuple(np.flatnonzero(first & second).tolist()) for first, second in pairs}


def _invariants(representation: Representation, subgroup: Sequence[int]) -> float:
    """The dimension of what the subgroup leaves as it is: how many linear maps lead to its quotient, or from it."""
    return float(np.mean(representation.character[list(subgroup)]))


def _is_generated(representation: SignedPermutation, subgroup: Sequence[int]) -> bool:
    """Whether the images of the subgroup's invariants span the space."""
    to_invariants = np.mean([representation.matrix(h) for h in subgroup], axis=0)
    spanned = sum(
        (moved := representation.matrix(g) @ to_invariants) @ moved.T for g in range(len(representation.group))
    )
    return int(np.linalg.matrix_rank(np.asarray(spanned))) == representation.size


def check_pointwise(features: Representation) -> SignedPermutation:
    """The features as a permutation.

    Raises:
        SympriorError: they are none, so that a nonlinearity that acts entry by entry would not commute with the group.
    """
    signed = as_signed_permutation(features)
    if signed is None or (signed.sign < 0).any():
        raise SympriorError(
            f"ReLU acts on each entry and does not commute with this representation of {features.group.name}, which does "
            "more than permute the entries. Hidden features take regular, quotient and trivial representations and sums."
        )
    return signed
