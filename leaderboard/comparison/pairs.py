"""Two agents, or two collections of records, cell by cell: what each reaches, how many times less data the second loses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from symprior.leaderboard.comparison.cells import Cell, Cells
from symprior.leaderboard.comparison.estimates import SCORE_RANGE, weighted_mean
from symprior.leaderboard.comparison.gains import Gain, gain_on_task
from symprior.leaderboard.comparison.places import cell_of
from symprior.leaderboard.records.places import by_place
from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.statistics.intervals import Estimate
from symprior.leaderboard.verification.cells import Again, held_against


@dataclass(frozen=True)
class Compared:
    """Two cells of one task and one learner.

    Attributes:
        first, second: the cells; None where there is none.
        again: of two collections the runs that both have, the second ones taken for the first trained again; else None.
    """

    first: Cell | None
    second: Cell | None
    again: Again | None = None

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
    both = list(first), list(second)
    own, other = ({place: cell_of(found) for place, found in by_place(each).items()} for each in both)
    held = {cell.place: cell for cell in held_against(*both)}
    for place in sorted(own.keys() | other.keys()):
        yield Compared(own.get(place), other.get(place), held.get(place))
