"""Drawing a wrong group by a published seed: candidates, their order, and the first that the certificate measures broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.errors import SympriorError
from symprior.symmetry.representations import ImageTransform, SignedPermutation, equivariant_rank, regular
from symprior.symmetry.symmetry import Exactness, Symmetry
from symprior.tasks.certificates.certificate import Certificate, certify
from symprior.tasks.certificates.evidence.dynamics import DynamicsEvidence
from symprior.tasks.certificates.fit import KEPT
from symprior.tasks.environments.streams import seed_from
from symprior.tasks.references.wrong_groups.wrong_group import WrongGroup, replaced
from symprior.tasks.task import Task

DRAWS = 1000
"""Random representations of each kind that a seed gives."""

MEASURED = 20
"""So many of them are measured at most."""


@dataclass(frozen=True)
class Kind:
    """One way to draw another representation of the same group.

    Attributes:
        changed: the space on which it acts.
        drawn_from: in words.
        draw: makes a representation from the declared one.
    """

    changed: str
    drawn_from: str
    draw: Callable[[SignedPermutation, np.random.Generator], SignedPermutation]


@dataclass(frozen=True)
class Candidate:
    """A representation that was drawn.

    Attributes:
        number: of the draw.
        wrong: whether each element acts otherwise than declared, [|G|].
    """

    kind: Kind
    number: int
    representation: SignedPermutation
    wrong: NDArray[np.bool_]


def draw_wrong_group(task: Task, seed: int = 0, samples: int = 200) -> WrongGroup:
    """Draw representations of the task's group until one is measured broken.

    Preferred are conjugates of the action's representation (the actions take each other's places), then conjugates of the
    observation's, both of which keep all cycle types; where nothing else is left, signs of observation entries are drawn
    anew. Within a kind those come first that move as many elements as possible otherwise than declared, in the order of
    the draws.

    Args:
        task: of a dial its symmetric task.
        seed: of the draws, published with the result.
        samples: states from each sampler of the certificate.

    Raises:
        SympriorError: the group is trivial, or no draw is both broken and of the same ranks.
    """
    own = task.symmetry()
    if len(own.group) == 1:
        raise SympriorError(f"{task.id} declares the trivial group, of which there is no wrong one.")
    tried = 0
    for number, kind in enumerate(KINDS):
        for candidate in _candidates(own, kind, np.random.default_rng(seed_from(task.id, seed, "wrong group", number))):
            new = candidate.representation
            symmetry = replaced(own, kind.changed, new.source.tolist(), new.sign.tolist())
            if ranks(symmetry) != ranks(own):
                continue
            tried += 1
            found = certify(task, samples=samples, symmetry=symmetry)
            if found.dynamics == Exactness.BROKEN and found.spaces == KEPT:
                return _frozen(task, seed, candidate, ranks(own), found)
    why = (
        f"of {tried} other representations of {own.group.name} that were measured, none is broken and keeps the spaces. Try "
        "another --seed."
        if tried
        else f"{own.group.name} can act there in no other way of equal ranks, neither by permutations of the actions nor by "
        "signed permutations of observations, which images are not moved by."
    )
    raise SympriorError(f"{task.id} gets no wrong group from seed {seed}: {why}")


def ranks(symmetry: Symmetry) -> dict[str, int]:
    """The free weights of equivariant layers between observations, regular features and actions."""
    middle = regular(symmetry.group)
    return {
        "observation to regular features": equivariant_rank(symmetry.observation, middle),
        "regular features to action": equivariant_rank(middle, symmetry.action),
        "observation to action": equivariant_rank(symmetry.observation, symmetry.action),
    }


def _candidates(own: Symmetry, kind: Kind, rng: np.random.Generator) -> list[Candidate]:
    """Different draws of a kind, the most different from the declared representation first."""
    declared = own.action if kind.changed == "actions" else own.observation
    if not isinstance(declared, SignedPermutation) or (kind.changed == "observations" and _is_image(declared)):
        return []
    found: dict[bytes, Candidate] = {}
    for number in range(DRAWS):
        drawn = kind.draw(declared, rng)
        wrong = ((drawn.source != declared.source) | (drawn.sign != declared.sign)).any(axis=1)
        found.setdefault(drawn.source.tobytes() + drawn.sign.tobytes(), Candidate(kind, number, drawn, wrong))
    different = [candidate for candidate in found.values() if candidate.wrong.any()]
    return sorted(different, key=lambda candidate: (-candidate.wrong.sum(), candidate.number))[:MEASURED]


def _is_image(representation: SignedPermutation) -> bool:
    """Whether networks need it as an image, which no permutation of pixels is."""
    return isinstance(representation, ImageTransform)


def _conjugated(declared: SignedPermutation, rng: np.random.Generator) -> SignedPermutation:
    """Q ρ(g) Q⁻¹ with a random permutation Q, of which the signs are random where ρ has signs."""
    source = rng.permutation(declared.size)
    sign = rng.choice([-1, 1], declared.size) if (declared.sign < 0).any() else np.ones(declared.size, dtype=np.int64)
    moved = np.argsort(source)[declared.source[:, source]]
    return SignedPermutation(declared.group, moved, sign * declared.sign[:, source] * sign[moved], declared.shape)


def _with_other_signs(declared: SignedPermutation, rng: np.random.Generator) -> SignedPermutation:
    """Every entry stays where it is and takes one of the declared entries' signs, or none, at random."""
    if (declared.source != np.arange(declared.size)).any():
        return declared
    patterns = np.unique(np.column_stack([np.ones(len(declared.group), dtype=np.int64), declared.sign]), axis=1)
    sign = patterns[:, rng.integers(patterns.shape[1], size=declared.size)]
    return SignedPermutation(declared.group, declared.source, sign, declared.shape)


KINDS = (
    Kind(
        "actions",
        "conjugates of the action's representation by a random permutation of the actions: same cycle types",
        _conjugated,
    ),
    Kind(
        "observations",
        "conjugates of the observation's representation by a random signed permutation of its entries: same cycle types",
        _conjugated,
    ),
    Kind(
        "observations",
        "representations by other signs of the observation's entries: the cycle types are not kept, as no conjugate of a "
        "representation on actions or observations is broken here; the ranks are",
        _with_other_signs,
    ),
)


def _frozen(task: Task, seed: int, candidate: Candidate, kept: dict[str, int], found: Certificate) -> WrongGroup:
    group, evidence = task.symmetry().group, found.dynamics_evidence
    residuals = {}
    if isinstance(evidence, DynamicsEvidence):
        residuals = {
            "observation": evidence.mean_observation,
            "dynamics": evidence.mean_dynamics,
            "reward": evidence.mean_reward,
        }
    return WrongGroup(
        task=task.id,
        group=group.name,
        seed=seed,
        draw=candidate.number,
        changed="actions" if candidate.kind.changed == "actions" else "observations",
        drawn_from=candidate.kind.drawn_from,
        wrong_elements=[group.elements[g] for g in np.flatnonzero(candidate.wrong)],
        source=candidate.representation.source.tolist(),
        sign=candidate.representation.sign.tolist(),
        ranks=kept,
        dynamics=found.dynamics,
        residuals=residuals,
        evidence=evidence.lines(),
        versions=found.versions,
    )
