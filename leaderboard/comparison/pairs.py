"""Two agents, or two collections of records, cell by cell: what each reaches, how many times less data the second loses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from symprior.leaderboard.comparison.cells import Cell, Cells
from symprior.leaderboard.comparison.estimates import SCORE_RANGE, weighted_mean
from symprior.leaderboard.comparison.gains import Gain, gain_on_task
from symprior.leaderboard.comparison.places import by_place, cell_of
from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.statistics.intervals import Estimate


@dataclass(frozen=True)
class Compared:
    """Two cells of one task and one learner.

    Attributes:
        first, second: the cells; None where there is none.
    """

    first: Cell | None
    second: Cell | None

    @property
    def either(self) -> Cell:
        """One that is there."""
        found = self.first or self.second
        assert found is not None
        return found

    @cached_property
    def efficiencies(self) -> tuple[Estimate | None, Estimate | None]:
        """The data efficiency of each."""
        both = (weighted_mean([cell], "efficiency_clipped", SCORE_RANGE) if cell else None for cell in self._cells)
        first, second = both
        return first, second

    @cached_property
    def gain(self) -> Gain | None:
        """Mean lost data of the first over that of the second; None where one of them is not there."""
        return gain_on_task(self.second, self.first) if self.first and self.second else None

    @property
    def equal_curves(self) -> tuple[int, int]:
        """How many seeds of both have the same returns at every evaluation, to the bit; and how many seeds both have."""
        curves = [{run.seed: run.curve for run in cell.runs} if cell else {} for cell in self._cells]
        shared = curves[0].keys() & curves[1].keys()
        return sum(curves[0][seed] == curves[1][seed] for seed in shared), len(shared)

    @property
    def _cells(self) -> tuple[Cell | None, Cell | None]:
        """Those that hold a run that finished or was lost."""
        return tuple(cell if cell is not None and cell.scores else None for cell in (self.first, self.second))  # type: ignore[return-value]


def two_agents(cells: Cells, first: str, second: str) -> Iterator[Compared]:
    """Two agents of one suite, on every task and by every learner that both were run with."""
    for learner in sorted({learner for learner, _ in cells.of_entries}):
        own, other = (cells.of_entries.get((learner, agent), {}) for agent in (first, second))
        yield from (Compared(own[task], other[task]) for task in sorted(own.keys() & other.keys()))


def two_collections(first: Iterable[RunRecord], second: Iterable[RunRecord]) -> Iterator[Compared]:
    """The cells of two collections, also those that only one has; each over the seeds that lie there."""
    own, other = ({place: cell_of(found) for place, found in by_place(each).items()} for each in (first, second))
    yield from (Compared(own.get(place), other.get(place)) for place in sorted(own.keys() | other.keys()))
