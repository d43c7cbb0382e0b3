"""The tables of single tasks, from cells."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from symprior.leaderboard.board.tables.agent_rows import failures_of, fallen_back_of, paired_with_plain, reference_first
from symprior.leaderboard.board.tables.rows import TaskRow, TaskTable, equivariance
from symprior.leaderboard.comparison.cells import Cell, Cells, Entry
from symprior.leaderboard.comparison.curves import curve_of, median_at_threshold, median_crossing
from symprior.leaderboard.comparison.estimates import SCORE_RANGE, weighted_mean
from symprior.leaderboard.comparison.gains import gain_over_tasks
from symprior.leaderboard.comparison.resolution import resolution
from symprior.tasks.task import Task


def task_table(
    cells: Cells, task: Task, baseline: Mapping[str, str], crossing: float | None, levels: Mapping[str, str]
) -> TaskTable:
    """The table of one task.

    Args:
        cells: all cells.
        task: one of them.
        baseline: as in `build`.
        crossing: as in `build`.
        levels: of submissions, by their names.
    """
    references = task.references
    own = {entry: of_tasks[task.id] for entry, of_tasks in cells.of_entries.items() if task.id in of_tasks}
    rows = [_task_row(cells, entry, cell, baseline, crossing, levels) for entry, cell in own.items() if cell.runs]
    resolutions = {learner: resolution(cells, learner, [task.id]) for learner in sorted({row.learner for row in rows})}
    return TaskTable(
        task=task.id,
        family=task.family,
        track=task.track,
        description=task.card.description,
        group=task.card.group_in_words,
        source=task.card.source,
        licence=task.card.licence,
        budget=next((cell.budget for cell in own.values()), references.budget),
        zero=references.zero,
        zero_return=references.policies[references.zero].value,
        one=references.one,
        one_return=references.policies[references.one].value,
        threshold=references.threshold,
        threshold_normalised=references.normalise(references.threshold),
        threshold_source=references.threshold_source,
        resolutions={learner: found for learner, found in resolutions.items() if found is not None},
        rows=tuple(sorted(rows, key=lambda row: (reference_first(row.learner), -row.efficiency.value, row.agent))),
    )


def _task_row(
    cells: Cells,
    entry: Entry,
    cell: Cell,
    baseline: Mapping[str, str],
    crossing: float | None,
    levels: Mapping[str, str],
) -> TaskRow:
    pairs = paired_with_plain(cells, entry, [cell], baseline)
    steps = (0.0, float(cell.budget))
    return TaskRow(
        agent=cell.agent.id,
        learner=cell.agent.learner,
        efficiency=weighted_mean([cell], "efficiency_clipped", SCORE_RANGE),
        efficiency_unclipped=float(np.mean(cell.values("efficiency"))),
        final=weighted_mean([cell], "final_clipped", SCORE_RANGE),
        final_unclipped=float(np.mean(cell.values("final"))),
        lost=weighted_mean([cell], "lost", steps),
        time=weighted_mean([cell], "time", steps),
        median_at_threshold=median_at_threshold(cell),
        median_crossing=None if crossing is None else median_crossing(cell, crossing),
        gain=gain_over_tasks(pairs) if pairs else None,
        equivariance=equivariance(cell.runs),
        failures=failures_of([cell]),
        fell_back=fallen_back_of([cell]),
        runs=len(cell.runs),
        verified=cell.is_verified,
        level="" if cell.is_verified else levels.get(cell.agent.id, ""),
        settings_from=cell.settings_from,
        curve=curve_of(cell),
        shortfall=cell.shortfall,
    )
