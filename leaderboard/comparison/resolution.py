"""What a board can find at all: the gain that its number of seeds finds with 80 % power, known before any result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from symprior.leaderboard.comparison.cells import Cell, Cells, collect
from symprior.leaderboard.comparison.gains import PLAIN_PRIORS, TOO_EASY, share_lost
from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.statistics.intervals import why_no_interval
from symprior.leaderboard.statistics.power import Spread, detectable_gain
from symprior.leaderboard.statistics.resamples.aggregates import family_weights
from symprior.leaderboard.statistics.resamples.resampling import Floats
from symprior.tasks.task import Task


@dataclass(frozen=True)
class Resolution:
    """The smallest gain over one task or several that is found with 80 % power.

    Attributes:
        gain: whose 95 % interval excludes 1 then.
        runs: the fewest of a cell.
        spread: coefficients of variation of lost data, of the plain arm and of a typical prior, the mean over tasks.
    """

    gain: float
    runs: int
    spread: tuple[float, float]


def resolution(cells: Cells, learner: str, tasks: Sequence[str]) -> Resolution | None:
    """The resolution of a learner's agents over tasks; None where no plain agent is there, or too few runs are.

    As for a gain, tasks whose budget is too long do not count.
    """
    of_tasks = {task: _cells_on(cells, learner, task) for task in tasks}
    if not all(any(cell.agent.prior in PLAIN_PRIORS for cell in own) for own in of_tasks.values()):
        return None
    counted = {task: found for task, own in of_tasks.items() if (found := task_spread(own)) is not None}
    runs = min((len(cell.runs) for task in counted for cell in of_tasks[task]), default=0)
    if why_no_interval(runs, len(counted)):
        return None
    weights = family_weights({task.id: task.family for task in cells.tasks if task.id in counted})
    spreads = [replace(found, weight=weights[task]) for task, found in counted.items()]
    spread = float(np.mean([each.plain for each in spreads])), float(np.mean([each.prior for each in spreads]))
    return Resolution(detectable_gain(spreads, runs), runs, spread)


def task_spread(cells: Sequence[Cell]) -> Spread | None:
    """How much runs differ on a task: those of plain agents, and of a typical one with a prior, which is the median.

    None where no plain agent has two runs, or the budget is too long to show a gain. Where no agent with a prior
    has, it is taken to be like plain.
    """
    plain = [cell for cell in cells if cell.agent.prior in PLAIN_PRIORS and share_lost(cell) >= TOO_EASY]
    of_plain = [variation(cell.values("lost")) for cell in plain]
    of_priors = [
        variation(cell.values("lost"))
        for cell in cells
        if cell.agent.prior not in PLAIN_PRIORS and not cell.agent.control
    ]
    if not of_plain:
        return None
    return Spread(float(np.median(of_plain)), float(np.median(of_priors or of_plain)))


def variation(values: Floats) -> float:
    """The standard deviation over the mean, `[runs]`; 0 where the mean is 0."""
    mean = float(values.mean())
    return float(values.std(ddof=1)) / mean if mean > 0 else 0.0


def _cells_on(cells: Cells, learner: str, task: str) -> list[Cell]:
    """Those with at least two finished runs and none lost."""
    of_tasks: list[Mapping[str, Cell]] = [own for entry, own in cells.of_entries.items() if entry[0] == learner]
    found = [own[task] for own in of_tasks if task in own]
    return [cell for cell in found if cell.complete and len(cell.runs) > 1]


@dataclass(frozen=True)
class OnRecord:
    """The spread of an algorithm's runs on a task in one set of records.

    Attributes:
        where: suite and learner in words.
        plain: the agent.
        spread: of its runs, and of a typical prior's.
    """

    where: str
    plain: str
    spread: Spread


def spreads_on_record(records: Iterable[RunRecord], task: Task) -> list[OnRecord]:
    """What is known of the spread of runs on a task: for each suite, learner and algorithm with a plain agent.

    Args:
        records: all of that task; every run counts, whatever a suite lists.
        task: with its references.
    """
    groups: dict[tuple[str, str, str], list[RunRecord]] = {}
    for record in records:
        where = record.suite_id, record.agent.learner, record.agent.algorithm
        groups.setdefault(where, []).append(record)
    found = []
    for (suite, learner, algorithm), own in sorted(groups.items()):
        cells = collect(own, tasks={task.id: task}, suite_tasks={task.id}, seeds={record.seed for record in own})
        complete = [replace(of_task[task.id], missing=()) for of_task in cells.of_entries.values()]
        spread = task_spread([cell for cell in complete if cell.complete and len(cell.runs) > 1])
        if spread is not None:
            found.append(OnRecord(f"{suite}, {learner}", algorithm, spread))
    return found
