"""How long a sweep will take, from how long the same cells took before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from statistics import median

from symprior.benchmark import contestants
from symprior.benchmark.job import Run
from symprior.benchmark.store import RecordStore
from symprior.leaderboard import OWN_RESULTS, RunRecord, read_published, read_records
from symprior.tasks.errors import SympriorError

Cell = tuple[str, str, str]


class Estimate:
    """Seconds for runs, learned from the records of this folder first and from the suite's published ones."""

    def __init__(self, store: RecordStore, suite: str) -> None:
        self._speeds: dict[Cell, float] = {}
        for source in (_published(suite), _local(store)):
            self._speeds |= _speeds(source)

    def seconds(self, run: Run) -> float | None:
        """Seconds of one worker for a run; None where nothing like it ran before."""
        job = run.job
        contestant = contestants.find(job.agent)
        speed = self._speeds.get((job.task, contestant.id, contestant.learner(job.learner)))
        return job.budget / speed if speed else None

    def sentence(self, runs: list[Run], workers: int) -> str:
        """What to expect, in words."""
        known = [seconds for run in runs if (seconds := self.seconds(run)) is not None]
        if not known:
            return "Nothing like it ran before, so how long it takes shows after the first runs."
        total = sum(known) * len(runs) / len(known) / min(workers, len(runs))
        rough = "" if len(known) == len(runs) else f" (known for {len(known)} of {len(runs)} runs)"
        return f"About {duration(total)} with {workers} workers, judging by earlier runs{rough}."


def duration(seconds: float) -> str:
    """A time in words: `40 s`, `3 min`, `2.5 h`."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _local(store: RecordStore) -> list[RunRecord]:
    try:
        return read_records(store.folder)
    except SympriorError:
        return []


def _published(suite: str) -> list[RunRecord]:
    try:
        return read_published(OWN_RESULTS, suite)
    except SympriorError:
        return []


def _speeds(records: Iterable[RunRecord]) -> dict[Cell, float]:
    """Environment steps a second of each cell, evaluation included."""
    found: dict[Cell, list[float]] = defaultdict(list)
    for record in records:
        seconds = record.effort.training_seconds + record.effort.evaluation_seconds
        if record.status == "finished" and seconds > 0:
            found[(record.task, record.agent.id, record.agent.learner)].append(record.steps_used / seconds)
    return {cell: median(speeds) for cell, speeds in found.items()}
