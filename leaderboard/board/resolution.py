"""What a board can find at all: the gain that its number of seeds finds with 80 % power, known before any result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from symprior.leaderboard.board.cells import Cell, Cells
from symprior.leaderboard.board.gains import PLAIN_PRIORS, TOO_EASY, share_lost
from symprior.leaderboard.statistics.aggregates import family_weights
from symprior.leaderboard.statistics.intervals import why_no_interval
from symprior.leaderboard.statistics.power import Spread, detectable_gain
from symprior.leaderboard.statistics.resampling import Floats


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
    """The resolution of a learner's agents over tasks; None where no plain agent is there, or too few runs are."""
    spreads, runs = [], []
    weights = family_weights({task.id: task.family for task in cells.tasks if task.id in tasks})
    for task in tasks:
        own = _cells_on(cells, learner, task)
        found = task_spread(own, weights[task])
        if found is None:
            return None
        spreads.append(found)
        runs.append(min(len(cell.runs) for cell in own))
    if not runs or why_no_interval(min(runs), len(tasks)):
        return None
    spread = float(np.mean([each.plain for each in spreads])), float(np.mean([each.prior for each in spreads]))
    return Resolution(detectable_gain(spreads, min(runs)), min(runs), spread)


def task_spread(cells: Sequence[Cell], weight: float = 1.0) -> Spread | None:
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
    return Spread(float(np.median(of_plain)), float(np.median(of_priors or of_plain)), weight)


def variation(values: Floats) -> float:
    """The standard deviation over the mean, `[runs]`; 0 where the mean is 0."""
    mean = float(values.mean())
    return float(values.std(ddof=1)) / mean if mean > 0 else 0.0


def _cells_on(cells: Cells, learner: str, task: str) -> list[Cell]:
    """Those with at least two finished runs and none lost."""
    of_tasks: list[Mapping[str, Cell]] = [own for entry, own in cells.of_entries.items() if entry[0] == learner]
    found = [own[task] for own in of_tasks if task in own]
    return [cell for cell in found if cell.complete and len(cell.runs) > 1]
