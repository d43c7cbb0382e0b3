"""What a submission took beside its plain agent: gradient steps, parameters, seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.submissions.checks.against import Against
from symprior.leaderboard.submissions.submission import Submission

MORE_STEPS, OTHER_SIZE = 1.01, 1.05
"""Ratios to the plain agent's from which on gradient steps and parameters are not its own any more (rules 5.1 and 5.2)."""


@dataclass(frozen=True)
class Effort:
    """A number of a submission on one task beside that of its plain agent, mean over runs; None where it is not said."""

    task: str
    what: str
    own: float | None
    plain: float | None

    @property
    def ratio(self) -> float | None:
        """How many times the plain agent's it is; None where one of them is not said."""
        return self.own / self.plain if self.own is not None and self.plain else None


Measured = Callable[[RunRecord], float | None]
GRADIENT_STEPS, PARAMETERS = "gradient steps", "parameters"
MEASURES: dict[str, Measured] = {
    GRADIENT_STEPS: lambda run: run.effort.gradient_steps,
    PARAMETERS: lambda run: run.agent.parameters,
    "seconds of training": lambda run: run.effort.training_seconds,
}


def efforts(submission: Submission, against: Against) -> list[Effort]:
    """Each number on each task."""
    plain = [record for record in against.of_suite if record.agent.id == submission.statement.baseline]
    return [
        Effort(task, what, _mean(submission.records, task, measured), _mean(plain, task, measured))
        for task in against.tasks
        for what, measured in MEASURES.items()
    ]


def remarks(submission: Submission, against: Against) -> Iterator[str]:
    """More gradient steps than the plain agent's, a network of another size, or neither said."""
    baseline = submission.statement.baseline
    if baseline is None:
        return
    for each in efforts(submission, against):
        pair = f"{_shown(each.own)} {each.what}, where {baseline} has {_shown(each.plain)}"
        if each.what in (GRADIENT_STEPS, PARAMETERS) and each.own is None:
            yield f"{each.task}: it does not say its {each.what} (an attribute {each.what.replace(' ', '_')})"
        elif each.what == GRADIENT_STEPS and each.ratio is not None and each.ratio > MORE_STEPS:
            yield f"{each.task}: {pair}; rule 5.1 asks for as many"
        elif each.what == PARAMETERS and each.ratio is not None and not 1 / OTHER_SIZE <= each.ratio <= OTHER_SIZE:
            yield f"{each.task}: {pair}; rule 5.2 compares networks of one size"


def _mean(records: Sequence[RunRecord], task: str, measured: Measured) -> float | None:
    found = [measured(record) for record in records if record.task == task and record.status == "finished"]
    said = [each for each in found if each is not None]
    return float(np.mean(said)) if said else None


def _shown(number: float | None) -> str:
    return "none" if number is None else f"{number:,.0f}"
