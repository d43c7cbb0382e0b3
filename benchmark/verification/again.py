"""Runs of records carried out again by the ordinary sweep, into a folder of their own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from symprior.benchmark.jobs.isolation.described import warning
from symprior.benchmark.jobs.job import Job
from symprior.benchmark.sweep.engines.local import LocalEngine
from symprior.benchmark.sweep.estimate import Estimate
from symprior.benchmark.sweep.progress.telling.telling import Telling
from symprior.benchmark.sweep.progress.watch import watched
from symprior.benchmark.sweep.store import RecordStore
from symprior.leaderboard.records.record import RunRecord, read_record


def carried_out(jobs: Sequence[Job], folder: Path, workers: int, telling: Telling) -> list[RunRecord]:
    """The records of the jobs' runs, finished or failed; those that lie in the folder already are not run again.

    Args:
        jobs: what to carry out.
        folder: where records are kept, so that the same call carries on after a stop.
        workers: processes side by side; each stack has one of its own.
        telling: who is told how it goes, and how long it takes.

    Raises:
        SympriorError: the folder cannot be written, or holds runs with other settings.
    """
    store = RecordStore(folder)
    estimate = Estimate(store)
    sweep = watched(telling, store, LocalEngine(workers), estimate)
    waiting = sweep.pending(jobs)
    telling.plan(jobs, waiting, estimate.sentence(waiting, workers), folder)
    if said := warning():
        telling.note(said)
    if waiting:
        telling.conclude(sweep.run(waiting), folder)
    return [read_record(store.path(run)) for job in jobs for run in job.runs]
