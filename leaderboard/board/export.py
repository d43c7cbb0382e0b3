"""Data efficiencies as rliable takes them, so that its functions and plots run on our records."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from symprior.leaderboard.comparison.cells import collect
from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.statistics.resamples.resampling import Floats
from symprior.symmetry.errors import SympriorError

QUANTITIES = ("efficiency_clipped", "efficiency", "final_clipped", "lost", "time")
"""Numbers of a run that can be exported; the first is what the board's aggregates are of."""


def rliable_scores(
    records: Iterable[RunRecord], suite: str | None = None, quantity: str = QUANTITIES[0], learner: str | None = None
) -> dict[str, Floats]:
    """For each complete agent its scores, `[runs, tasks]`, tasks in the order of their ids.

    `rliable.library.get_interval_estimates` and the plots take it as it is.

    Args:
        records: as in `build`.
        suite: `name` or `name-version`; needed where the records are of several.
        quantity: one of `QUANTITIES`.
        learner: whose agents; needed where there are several.

    Raises:
        SympriorError: no agent is complete over the headline tasks with as many runs on each, or an argument names nothing.
    """
    if quantity not in QUANTITIES:
        raise SympriorError(f"There is no quantity {quantity!r} of a run. Known: {', '.join(QUANTITIES)}.")
    cells = collect(records, suite)
    learners = sorted({entry[0] for entry in cells.of_entries})
    if learner is None and len(learners) > 1:
        raise SympriorError(
            f"The records are of the learners {' and '.join(learners)}. Name one: --learner {learners[0]}."
        )
    chosen = [cells.over(entry) for entry in cells.of_entries if entry[0] == (learner or learners[0])]
    found = {
        over[0].agent.id: np.stack([cell.values(quantity) for cell in over], axis=1)
        for over in chosen
        if over and all(cell.complete for cell in over) and len({len(cell.runs) for cell in over}) == 1
    }
    tasks = {scores.shape[1] for scores in found.values()}
    if len(tasks) != 1:
        raise SympriorError(
            "rliable takes agents with as many runs on each of the same tasks, and "
            + ("these are over different ones." if tasks else "none here has.")
        )
    return found
