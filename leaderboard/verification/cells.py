"""The published runs of one agent on one task held against the same runs trained again, with how far chance takes them.

Where another code or processor made other bits, a run of the same seed is a new draw. The mean difference of m such runs in
data efficiency is then within t · s · √(2/m) but for one cell in twenty of a table: s is the spread of all published runs of
the cell, t Student's quantile, Bonferroni-corrected for the cells of the table.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import sqrt

import numpy as np
from scipy import special

from symprior.leaderboard.records.places import Place, by_place
from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.statistics.intervals import CONFIDENCE
from symprior.leaderboard.statistics.runs.scores import learning_curve, score_curve
from symprior.leaderboard.verification.agreement import Verdict, equal_returns
from symprior.tasks.lookup import known_references


@dataclass(frozen=True)
class Again:
    """A cell that was trained again, or a part of it.

    Attributes:
        place: which.
        published: all of its runs.
        pairs: those that were trained again, each with its new record.
        cells: of the table that it stands in, which the bound is corrected for.
    """

    place: Place
    published: tuple[RunRecord, ...]
    pairs: tuple[tuple[RunRecord, RunRecord], ...]
    cells: int = 1

    @cached_property
    def other(self) -> tuple[tuple[RunRecord, RunRecord], ...]:
        """The pairs whose returns differ."""
        return tuple(pair for pair in self.pairs if not equal_returns(*pair))

    @property
    def equal(self) -> int:
        """How many runs have the same returns at every evaluation, to the bit."""
        return len(self.pairs) - len(self.other)

    @property
    def means(self) -> tuple[float, float] | None:
        """Mean data efficiency by the records and trained again, over the pairs; None where it is not known."""
        first, second = ([_efficiency(pair[side]) for pair in self.pairs] for side in (0, 1))
        known = [(one, two) for one, two in zip(first, second, strict=True) if one is not None and two is not None]
        if not known:
            return None
        means = np.mean(known, axis=0)
        return float(means[0]), float(means[1])

    @cached_property
    def distance(self) -> float | None:
        """By how much the means of those of other bits differ; None where there are none, or a run has no efficiency."""
        each = [(_efficiency(one), _efficiency(two)) for one, two in self.other]
        found = [two - one for one, two in each if one is not None and two is not None]
        return float(np.mean(found)) if found and len(found) == len(each) else None

    @cached_property
    def bound(self) -> float | None:
        """How far chance takes that distance; None where the published runs have no spread."""
        known = [score for record in self.published if (score := _efficiency(record)) is not None]
        spread = float(np.std(known, ddof=1)) if len(known) > 1 else 0.0
        if not self.other or spread == 0:
            return None
        quantile = float(special.stdtrit(len(known) - 1, 1 - (1 - CONFIDENCE) / (2 * self.cells)))
        return quantile * spread * sqrt(2 / len(self.other))

    @property
    def verdict(self) -> Verdict:
        """Equal bits, else whether the distance is within its bound; nothing is said where a finished run failed now."""
        if not self.pairs or any(
            again.status == "failed" for record, again in self.other if record.status == "finished"
        ):
            return Verdict.NOT_RUN
        if not self.other:
            return Verdict.EQUAL
        if self.distance is None or self.bound is None:
            return Verdict.DIFFERS
        return Verdict.WITHIN if abs(self.distance) <= self.bound else Verdict.DIFFERS


def held_against(published: Iterable[RunRecord], again: Iterable[RunRecord]) -> list[Again]:
    """The cells of which something was trained again, in the order of their places."""
    of_cells = by_place(published)
    found = {record.key: record for record in again}
    paired = {
        place: tuple((record, found[record.key]) for record in records if record.key in found)
        for place, records in sorted(of_cells.items())
    }
    cells = sum(1 for pairs in paired.values() if pairs)
    return [Again(place, tuple(of_cells[place]), pairs, cells) for place, pairs in paired.items() if pairs]


def one_by_one(cells: Sequence[Again]) -> list[Again]:
    """Each run that was trained again for itself, with a bound for as many."""
    runs = sum(len(cell.pairs) for cell in cells)
    return [Again(cell.place, cell.published, (pair,), runs) for cell in cells for pair in cell.pairs]


def _efficiency(record: RunRecord) -> float | None:
    """Data efficiency as the board counts it; None of a failed run, or of a task that has no references here."""
    references = known_references(record.task)
    if record.status == "failed" or references is None:
        return None
    return score_curve(record.seed, record.budget, learning_curve(record), references).efficiency_clipped
