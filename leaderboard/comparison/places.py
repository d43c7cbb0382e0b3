"""Cells as their records lie: each over the seeds that are there, whatever a suite lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from symprior.leaderboard.comparison.cells import Cell, collect
from symprior.leaderboard.records.record import RunRecord

Place = tuple[str, str, str, str]
"""Where a cell is: suite, task, learner, agent."""


def by_place(records: Iterable[RunRecord]) -> dict[Place, list[RunRecord]]:
    """The records of each cell."""
    of_places: dict[Place, list[RunRecord]] = {}
    for record in records:
        place = record.suite_id, record.task, record.agent.learner, record.agent.id
        of_places.setdefault(place, []).append(record)
    return of_places


def cell_of(records: Sequence[RunRecord]) -> Cell:
    """The cell of the records of one place.

    Raises:
        SympriorError: they cannot be of one cell.
    """
    cells = collect(records, suite_tasks={records[0].task}, seeds={record.seed for record in records})
    [of_tasks] = cells.of_entries.values()
    [cell] = of_tasks.values()
    return cell
