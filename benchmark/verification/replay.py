"""Drawn runs that were trained again: a verdict for each, and all of it as a verification."""

from __future__ import annotations

from collections.abc import Sequence

from symprior.benchmark.sweep.engines.work import summary
from symprior.benchmark.verification.comparable import why_not
from symprior.benchmark.verification.pack import Pack
from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.verification.agreement import Verdict, difference
from symprior.leaderboard.verification.cells import Again, held_against, one_by_one
from symprior.leaderboard.verification.drawing import power_of
from symprior.leaderboard.verification.record import CheckedRun, Replay


def replay_of(pack: Pack, again: Sequence[RunRecord], cells: int, text: str) -> Replay:
    """What came of the drawn runs.

    Args:
        pack: the records.
        again: the drawn ones, trained again.
        cells: how many were to be drawn.
        text: of the draw.
    """
    singles = one_by_one(held_against(pack.records, again))
    checked = tuple(map(checked_run, singles))
    return Replay(seed_from=text, cells=cells, power=power_of(pack.records, cells), runs=checked)


def checked_run(single: Again) -> CheckedRun:
    """The verdict on one run.

    Other bits speak against a record only where code, packages and kind of processor are the record's.
    """
    ((record, again),) = single.pairs
    verdict, note = _verdict(record, again)
    differs = bool(single.other)
    return CheckedRun(
        learner=record.agent.learner,
        agent=record.agent.id,
        task=record.task,
        seed=record.seed,
        verdict=verdict,
        note=note,
        distance=single.distance if differs else None,
        bound=single.bound if differs else None,
    )


def _verdict(record: RunRecord, again: RunRecord) -> tuple[Verdict, str]:
    what = difference(record, again)
    if not what:
        return Verdict.EQUAL, ""
    if again.error is not None and record.status == "finished":
        return Verdict.NOT_RUN, f"it failed here: {summary(again.error)}"
    if why := why_not(record.provenance, again.provenance):
        return Verdict.NOT_COMPARABLE, f"other {what}; {why}"
    return Verdict.DIFFERS, f"other {what}"
