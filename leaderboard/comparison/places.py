"""Cells as their records lie: each over the seeds that are there, whatever a suite lists."""

from __future__ import annotations

from collections.abc import Sequence

from symprior.leaderboard.comparison.cells import Cell, collect
from symprior.leaderboard.records.record import RunRecord


def cell_of(records: Sequence[RunRecord]) -> Cell:
    """The cell of the records of one place.

    Raises:
        SympriorError: they cannot be of one cell.
    """
    cells = collect(records, suite_tasks={records[0].task}, seeds={record.seed for record in records})
    [of_tasks] = cells.of_entries.values()
    [cell] = of_tasks.values()
    return cell
