"""What agents make of given transitions: scores, steps to the goal, and the gain in data, task by task."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from symprior.leaderboard.comparison.cells import Cell, Cells, Entry, collect
from symprior.leaderboard.comparison.data_gains import data_gain
from symprior.leaderboard.comparison.gains import PLAIN_PRIORS, plain_arm
from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.records.suite_lists import baselines
from symprior.leaderboard.statistics.intervals import Estimate
from symprior.symmetry.errors import SympriorError
from symprior.tasks.lookup import get_task
from symprior.tasks.task import Task


@dataclass(frozen=True)
class OfGoalSet:
    """An agent on the goals of one set.

    Attributes:
        returns: the mean over runs and episodes at each evaluation, `[points]`.
        lengths: the same of the steps of an episode.
    """

    returns: tuple[float, ...]
    lengths: tuple[float, ...]


@dataclass(frozen=True)
class GivenRow:
    """One agent on one task.

    Attributes:
        agent, learner, prior: of its card.
        runs: finished ones.
        scores: normalised, clipped to [0, 1], the mean over runs at each evaluation, `[points]`.
        of_goals: by set of goals.
        gain: in data, over its plain arm; None where it has none.
        plain: the plain arm.
        shortfall: what is wrong with its runs, in words.
    """

    agent: str
    learner: str
    prior: str
    runs: int
    scores: tuple[float, ...]
    of_goals: Mapping[str, OfGoalSet]
    gain: Estimate | None
    plain: str
    shortfall: str


@dataclass(frozen=True)
class GivenTable:
    """One task: the transitions of the evaluations, and a row for each agent, plain ones first."""

    task: Task
    points: tuple[int, ...]
    rows: tuple[GivenRow, ...]


@dataclass(frozen=True)
class GivenTables:
    """All tasks of a suite on which transitions are given."""

    suite: str
    tables: tuple[GivenTable, ...]

    @property
    def priors(self) -> dict[str, str]:
        """The prior of each agent."""
        return {row.agent: row.prior for table in self.tables for row in table.rows}


def has_given_data(records: Iterable[RunRecord]) -> bool:
    """Whether any of the records is of a task on which transitions are given."""
    return any(get_task(task).given is not None for task in {record.task for record in records})


def given_tables(
    records: Iterable[RunRecord],
    suite: str | None = None,
    *,
    seeds: Collection[int] | None = None,
    baseline: Mapping[str, str] | None = None,
) -> GivenTables:
    """Every task of a suite on which transitions are given.

    Args:
        records: finished and failed runs.
        suite: `name` or `name-version`; needed where the records are of several.
        seeds: those that count; by default those of a shipped suite, of another all.
        baseline: as in `build`.

    Raises:
        SympriorError: the records cannot be compared, or no finished run is on such a task.
    """
    cells = collect(records, suite, seeds=seeds)
    better_plain = baselines(cells.suite_id, baseline)
    tables = [_table(cells, task, better_plain) for task in cells.tasks if task.given is not None]
    found = tuple(table for table in tables if table.rows)
    if not found:
        raise SympriorError(
            f"The finished runs of {cells.suite_id} are on no task that gives transitions, such as plan-room-v1."
        )
    return GivenTables(cells.suite_id, found)


def _table(cells: Cells, task: Task, baseline: Mapping[str, str]) -> GivenTable:
    own = {entry: cell for entry, of in cells.of_entries.items() if (cell := of.get(task.id)) is not None and cell.runs}
    budget = max((cell.budget for cell in own.values()), default=0)
    points = (0, *(portion for portion in task.portions if portion <= budget))
    rows = [_row(cells, entry, cell, own, points, baseline) for entry, cell in own.items()]
    ordered = sorted(rows, key=lambda row: (row.learner, row.agent.partition("+")[0], row.agent))
    return GivenTable(task, points, tuple(ordered))


def _row(
    cells: Cells,
    entry: Entry,
    cell: Cell,
    own: Mapping[Entry, Cell],
    points: tuple[int, ...],
    baseline: Mapping[str, str],
) -> GivenRow:
    plain = plain_arm(cells, entry, cell.task.family, baseline)
    against = own.get(plain) if plain is not None and cell.agent.prior not in PLAIN_PRIORS else None
    steps, scores = cell.curves
    mean = np.clip(scores, 0, 1).mean(axis=0)
    return GivenRow(
        agent=cell.agent.id,
        learner=cell.agent.learner,
        prior=cell.agent.prior,
        runs=len(cell.runs),
        scores=tuple(np.interp(points, steps, mean).tolist()),
        of_goals={name: _of_goals(cell, name, points) for name in cell.task.goal_sets},
        gain=None if against is None else data_gain(cell, against),
        plain="" if against is None else against.agent.id,
        shortfall=cell.shortfall,
    )


def _of_goals(cell: Cell, name: str, points: tuple[int, ...]) -> OfGoalSet:
    """The means over runs and episodes; a run that was evaluated elsewhere is interpolated linearly."""
    returns, lengths = (
        np.mean([_at(points, run, name, quantity, cell.task) for run in cell.runs], axis=0).tolist()
        for quantity in ("returns", "lengths")
    )
    return OfGoalSet(tuple(returns), tuple(lengths))


def _at(points: tuple[int, ...], run: RunRecord, name: str, quantity: str, task: Task) -> list[float]:
    steps = [point.step for point in run.curve]
    means = [np.mean(task.by_goal_set(getattr(point, quantity))[name]) for point in run.curve]
    return list(np.interp(points, steps, means))
