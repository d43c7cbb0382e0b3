"""Two records of one run held against each other: equal to the bit, or in what they differ first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import zip_longest

import numpy as np

from symprior.leaderboard.records.checks import MEANS_ALONE
from symprior.leaderboard.records.record import Checkpoint, RunRecord


class Verdict(StrEnum):
    """What was found where something was trained again, from the best to the worst."""

    EQUAL = "bits equal"
    WITHIN = "within bound"
    NOT_COMPARABLE = "not comparable"
    NOT_RUN = "not run"
    DIFFERS = "differs"


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of several; of none: not run."""
    order = list(Verdict)
    return max(verdicts, key=order.index, default=Verdict.NOT_RUN)


def difference(record: RunRecord, again: RunRecord) -> str:
    """The first thing that a record says and the run of the same name, trained again, does not; empty: none.

    Every number that was computed is compared to the bit, times and provenance are not. What a record does not say, as older
    ones do not say how equivariant a policy was, is not compared.
    """
    return next((what for what, said, found in _claims(record, again) if said is not None and said != found), "")


def equal_returns(record: RunRecord, again: RunRecord) -> bool:
    """Whether two records have the same returns at the same steps, which is all that scores rest on."""
    return record.status == again.status and _returns(record) == _returns(again, record.suite == MEANS_ALONE)


def _claims(record: RunRecord, again: RunRecord) -> Iterator[tuple[str, object, object]]:
    """What both say, as (name, by the record, trained again)."""
    yield "whether it finished", record.status, again.status
    yield "its budget", record.budget, again.budget
    yield "its evaluation points", _steps(record), _steps(again)
    yield from _on_the_curve(record, again)
    if record.other_mode is not None:
        yield "returns in the other mode of acting", record.other_mode, again.other_mode
    yield "its hyperparameters", record.hyperparameters, _those_of(record, again)
    yield "how many parameters it has", record.agent.parameters, again.agent.parameters
    yield "the group that it was given", record.agent.symmetry_used, again.agent.symmetry_used
    yield "its gradient steps", record.effort.gradient_steps, again.effort.gradient_steps
    yield "its environment steps", record.steps_used, again.steps_used
    yield "its way of acting", record.mode, again.mode


def _on_the_curve(record: RunRecord, again: RunRecord) -> Iterator[tuple[str, object, object]]:
    """Point by point, so that the first that differs is named."""
    returns = zip_longest(_returns(record), _returns(again, record.suite == MEANS_ALONE))
    for (step, said), found in ((pair[0] or (0, None), pair[1]) for pair in returns):
        yield f"returns at step {step:,}", said, found and found[1]
    for point, found in zip(record.curve, again.curve, strict=False):
        yield f"the equivariance error at step {point.step:,}", point.equivariance, found.equivariance


def _steps(record: RunRecord) -> list[int]:
    return [point.step for point in record.curve]


def _returns(record: RunRecord, means_alone: bool = False) -> list[tuple[int, list[float]]]:
    """Steps and returns; or the mean of each evaluation, as the tests of learners keep them."""
    return [(point.step, _mean(point) if means_alone else point.returns) for point in record.curve]


def _mean(point: Checkpoint) -> list[float]:
    return [float(np.mean(point.returns))]


def _those_of(record: RunRecord, again: RunRecord) -> dict[str, object]:
    """The hyperparameters that the record names: later versions may have more."""
    return {name: value for name, value in again.hyperparameters.items() if name in record.hyperparameters}
