"""Whether the starts of episodes are invariant under a group: enumerated, or by an equivalence test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.symmetry import APPROXIMATE_BORDER, Exactness, Symmetry
from symprior.tasks.certificates.evidence.distributions import Scales, left_over, total_variation
from symprior.tasks.certificates.evidence.dynamics import act_on_outcomes, as_outcome
from symprior.tasks.certificates.evidence.two_sample import (
    AUC_BORDER,
    detectable_auc,
    separation,
    upper_bounds,
    verdict,
)
from symprior.tasks.environments.probes.probe import Outcome, Probe
from symprior.tasks.environments.probes.rollout_probe import RolloutProbe

MOST_COMPARED = 100_000_000
"""Numbers that are compared to find starts that differ by round-off only."""

SAMPLED_STARTS = 2000
"""Of very many starts so many are compared first."""


@dataclass(frozen=True)
class ResetEvidence:
    """What the grade of the reset distribution rests on.

    Attributes:
        method: how the starts were compared.
        total_variation: the largest over g, where the starts are enumerated.
        sample_size: resets in each of the two samples, where they are drawn.
        auc: the classifier's AUC for each g.
        upper_bound: its upper 95 % bound, Holm-corrected over g.
        detectable_auc: the AUC that samples of this size tell from one half nine times in ten.
    """

    method: str
    total_variation: float | None = None
    sample_size: int | None = None
    auc: dict[str, float] | None = None
    upper_bound: dict[str, float] | None = None
    detectable_auc: float | None = None

    def lines(self) -> list[tuple[str, str]]:
        """(what, measured)."""
        rows = [("reset compared by", self.method)]
        if self.total_variation is not None:
            rows.append(("reset, total variation", f"{self.total_variation:.3g}"))
        for g, bound in (self.upper_bound or {}).items():
            auc = (self.auc or {})[g]
            rows.append((f"reset, AUC under {g}", f"{auc:.3f}, at most {bound:.3f} (border {AUC_BORDER})"))
        if self.detectable_auc is not None:
            rows.append(("reset, detectable", f"an asymmetry of AUC {self.detectable_auc:.3f}, 9 times in 10"))
        return rows


def measure_reset(
    probe: Probe | RolloutProbe, symmetry: Symmetry, rng: np.random.Generator, resets: int
) -> tuple[Exactness, ResetEvidence]:
    """Grade the starts: exactly where the probe enumerates them, else by 2 · `resets` real resets."""
    if isinstance(probe, Probe):
        distribution = probe.reset_distribution()
        if distribution is not None:
            starts = [as_outcome(observation, probability) for probability, observation in distribution]
            return _compare_starts(symmetry, starts, f"enumeration of all {len(starts)} starts")
        enumerated = probe.start_states()
        if enumerated is not None:
            return _compare_start_states(probe, symmetry, rng, *enumerated)
    drawn = _draw_starts(probe, rng, 2 * resets)
    if (drawn == drawn[0]).all():
        return _compare_starts(symmetry, [as_outcome(drawn[0])], f"the one start that {len(drawn)} resets gave")
    return _test_starts(symmetry, drawn, rng)


def _compare_starts(symmetry: Symmetry, starts: list[Outcome], method: str) -> tuple[Exactness, ResetEvidence]:
    shown = np.array([np.ravel(start.observation) for start in starts], dtype=np.float64)
    scales = Scales(np.abs(shown).max(axis=0), shown.std(axis=0), 1.0)
    elements: Sequence[int] = symmetry.group.generators or (0,)  # what these leave as it is, every element does
    variation = _largest_variation(symmetry, starts, scales, elements)
    if variation > 1e-9:
        variation = _largest_variation(symmetry, starts, scales, range(len(symmetry.group)))
    return _graded(variation, method)


def _graded(variation: float, method: str) -> tuple[Exactness, ResetEvidence]:
    if variation <= 1e-9:
        grade = Exactness.EXACT
    else:
        grade = Exactness.APPROXIMATE if variation <= APPROXIMATE_BORDER else Exactness.BROKEN
    return grade, ResetEvidence(method, total_variation=variation)


def _largest_variation(symmetry: Symmetry, starts: list[Outcome], scales: Scales, elements: Sequence[int]) -> float:
    images = (act_on_outcomes(symmetry.observation, g, [starts])[0] for g in elements)
    return max(_variation(*left_over(image, starts), scales) for image in images)


def _variation(first: list[Outcome], second: list[Outcome], scales: Scales) -> float:
    """The variation of what has no bit-equal partner; where that is very much, all of it counts as different."""
    if not first or len(first) * len(second) * scales.entry.size > MOST_COMPARED:
        return sum(start.probability for start in first)
    return total_variation(first, second, scales)


def _compare_start_states(
    probe: Probe, symmetry: Symmetry, rng: np.random.Generator, probabilities: NDArray[np.float64], states: NumpyArray
) -> tuple[Exactness, ResetEvidence]:
    """The distribution of g·s against that of s, for too many starts to show them all; of a sample, if that differs."""
    elements: Sequence[int] = symmetry.group.generators or (0,)
    some = rng.choice(len(states), SAMPLED_STARTS, replace=False)
    variation = max(_start_variation(probe, symmetry, g, probabilities, states, some) for g in elements)
    if variation > 1e-9:
        return _graded(variation, f"the states of {len(some)} of {len(states)} starts")
    every = np.arange(len(states))
    variation = max(_start_variation(probe, symmetry, g, probabilities, states, every) for g in elements)
    return _graded(variation, f"enumeration of the states of all {len(states)} starts")


def _start_variation(
    probe: Probe,
    symmetry: Symmetry,
    g: int,
    probabilities: NDArray[np.float64],
    states: NumpyArray,
    some: NDArray[np.int64],
) -> float:
    """The total variation: as g permutes states, the expectation of max(0, 1 − p(g s)/p(s)) over starts s; here some."""
    numbers = _number_rows(np.concatenate([states, probe.act_on_states(symmetry, g, states[some])]))
    likely = np.bincount(numbers[: len(states)], weights=probabilities, minlength=numbers.max() + 1)
    missing = np.maximum(1 - likely[numbers[len(states) :]] / likely[numbers[some]], 0)
    return float(np.average(missing, weights=probabilities[some]))


def _number_rows(rows: NumpyArray) -> NDArray[np.int64]:
    """Equal numbers for equal rows, entry by entry, which is quicker than to compare whole rows; [rows]."""
    numbers = np.zeros(len(rows), dtype=np.int64)
    for entry in rows.reshape(len(rows), -1).T:
        values, of_entry = np.unique(entry, return_inverse=True)
        numbers = np.unique(numbers * len(values) + of_entry, return_inverse=True)[1]
    return numbers


def _draw_starts(probe: Probe | RolloutProbe, rng: np.random.Generator, count: int) -> NumpyArray:
    first, _ = probe.env.reset(seed=int(rng.integers(1 << 31)))
    return np.stack([first, *(probe.env.reset()[0] for _ in range(count - 1))])


def _test_starts(symmetry: Symmetry, drawn: NumpyArray, rng: np.random.Generator) -> tuple[Exactness, ResetEvidence]:
    """The equivalence test of starts against g-images of other starts, for each g."""
    size = len(drawn) // 2
    originals, others = drawn[:size].reshape(size, -1).astype(np.float64), drawn[size:]
    found = {
        name: separation(originals, symmetry.observation(g, others).reshape(size, -1).astype(np.float64), rng)
        for g, name in enumerate(symmetry.group.elements)
        if g > 0
    }
    return verdict(found), ResetEvidence(
        method=f"equivalence test: a classifier on {size} starts and {size} images of others",
        sample_size=size,
        auc={name: separated.auc for name, separated in found.items()},
        upper_bound=upper_bounds(found),
        detectable_auc=detectable_auc(size),
    )
