"""An agent on seeds that its submitter did not know, held against the records: told apart or not, and what was to be seen.

The inflation is mean lost data on fresh seeds over that of the records, the geometric mean over tasks: as a gain is counted,
of the agent over itself. Its logarithm has Student's t with Welch and Satterthwaite's degrees of freedom.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, inf

import numpy as np
from scipy import special

from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.statistics.closed_forms.weighted_means import Total, of_log_mean, total
from symprior.leaderboard.statistics.intervals import CONFIDENCE
from symprior.leaderboard.statistics.power import POWER
from symprior.leaderboard.statistics.resamples.resampling import Floats
from symprior.leaderboard.statistics.runs.lost_data import LEAST_LOST
from symprior.leaderboard.statistics.runs.scores import learning_curve, lost_run, score_curve
from symprior.leaderboard.verification.levels import Entry
from symprior.leaderboard.verification.record import FreshSeeds, FreshTask
from symprior.symmetry.errors import SympriorError
from symprior.tasks.lookup import get_task
from symprior.tasks.task import References


@dataclass(frozen=True)
class Sample:
    """One task.

    Attributes:
        task: by its name.
        claimed, fresh: lost data of each run by the records, and on fresh seeds.
        relabelled: whether the fresh ones had secret places for observations and actions.
    """

    task: str
    claimed: Floats
    fresh: Floats
    relabelled: bool

    @property
    def ratio(self) -> float:
        """Mean lost data on fresh seeds over that of the records."""
        return float(self.fresh.mean() / self.claimed.mean())


def told_apart(entry: Entry, seed_from: str, samples: Sequence[Sample]) -> FreshSeeds:
    """What fresh seeds say of an agent.

    Args:
        entry: its learner and its id.
        seed_from: the text of which the seeds were made.
        samples: one for each task.

    Raises:
        SympriorError: a task has fewer than two runs on either side.
    """
    for each in samples:
        if min(len(each.claimed), len(each.fresh)) < 2:
            raise SympriorError(
                f"On {each.task} there are too few runs to be told apart; both sides need two at least."
            )
    ratio = _log_ratio(samples)
    p_value = ratio.p_value() if ratio.variance > 0 else float(ratio.value == 0)
    learner, agent = entry
    return FreshSeeds(
        learner=learner,
        agent=agent,
        seed_from=seed_from,
        tasks=tuple(_of_task(each) for each in samples),
        inflation=exp(ratio.value),
        p_value=p_value,
        told_apart=p_value < 1 - CONFIDENCE,
        detectable=_detectable(ratio),
    )


def losses(records: Iterable[RunRecord], task: str) -> Floats:
    """Lost data of each run, `[runs]`; one that failed lost its whole budget.

    Raises:
        SympriorError: the task has no reference scores.
    """
    references = get_task(task).references
    return np.array([max(_lost(record, references), LEAST_LOST) for record in records])


def _lost(record: RunRecord, references: References) -> float:
    if record.status == "failed":
        return lost_run(record.seed, record.budget).lost
    return score_curve(record.seed, record.budget, learning_curve(record), references).lost


def _log_ratio(samples: Sequence[Sample]) -> Total:
    weight = 1 / len(samples)
    return total(
        of_log_mean(values, sign * weight) for each in samples for values, sign in ((each.fresh, 1), (each.claimed, -1))
    )


def _detectable(ratio: Total) -> float:
    """The inflation that is told from none with 80 % power."""
    if ratio.freedom == inf:
        return 1.0
    quantiles = special.stdtrit(ratio.freedom, (1 + CONFIDENCE) / 2) + special.stdtrit(ratio.freedom, POWER)
    return exp(min(float(quantiles) * ratio.variance**0.5, 700.0))


def _of_task(of: Sample) -> FreshTask:
    return FreshTask(
        task=of.task,
        relabelled=of.relabelled,
        claimed=len(of.claimed),
        fresh=len(of.fresh),
        ratio=of.ratio,
    )
