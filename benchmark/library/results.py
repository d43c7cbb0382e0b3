"""Results as a frame: one row for each run and evaluation point."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from symprior.leaderboard.records.measurements import MEASURED, measurements
from symprior.leaderboard.records.published import read_published
from symprior.leaderboard.records.record import RunRecord, read_records
from symprior.tasks.lookup import known_references
from symprior.tasks.task import References

COLUMNS = (
    "suite",
    "task",
    "agent",
    "algorithm",
    "prior",
    "control",
    "learner",
    "seed",
    "status",
    "parameters",
    "budget",
    *MEASURED,
)
"""What the frame holds, in this order."""


def results(suite: str | None = None, records: Path | str | None = None) -> pd.DataFrame:
    """Runs as a tidy frame: one row for each run and evaluation point, in the order of runs, then of steps.

    `step` counts environment steps over all copies, `return` is the mean of the undiscounted returns of `episodes`
    episodes, and `score` puts that between the task's references 0 and 1; it is not clipped, and not a number where the task
    is not known here. `equivariance_error` is the relative one of the policy, not a number where it was not measured. A run
    that failed keeps its rows, with `status` "failed". If it failed before its first evaluation it has one row without a
    return.

    Args:
        suite: of published results, `quick-2`, or `quick`, its newest version; None: all that are published.
        records: a folder with records of your own runs in place of published ones.

    Raises:
        SympriorError: no such suite, no such folder, or a file in it that is no record.
    """
    if records is None:
        found = read_published(suite=suite)
    else:
        found = [record for record in read_records(Path(records)) if record.is_of(suite)]
    references = {task: known_references(task) for task in {record.task for record in found}}
    rows = [row for record in found for row in _rows(record, references[record.task])]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _rows(record: RunRecord, references: References | None) -> Iterator[dict[str, Any]]:
    of_run = {
        "suite": record.suite_id,
        "task": record.task,
        "agent": record.agent.id,
        "algorithm": record.agent.algorithm,
        "prior": record.agent.prior,
        "control": record.agent.control,
        "learner": record.agent.learner,
        "seed": record.seed,
        "status": record.status,
        "parameters": record.agent.parameters,
        "budget": record.budget,
    }
    for point in record.curve:
        yield {**of_run, **measurements(point, references)}
    if not record.curve:
        yield {**of_run, "step": record.steps_used, "episodes": 0}
