"""How long a sweep will take, from how long the same cells took before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cache, cached_property
from math import sqrt
from statistics import median

from symprior.benchmark.jobs import contestants
from symprior.benchmark.jobs.job import Job, Run, Stack, stacks
from symprior.benchmark.sweep.store import RecordStore
from symprior.leaderboard import RunRecord, read_records
from symprior.leaderboard.records.published import read_published_cell
from symprior.symmetry.errors import SympriorError

Alike = tuple[str, str, str]
"""Task, agent and learner: runs that agree in these take about as long."""
Costs = dict[int, float]
"""Seconds of a stack for each environment step of one of its runs, by how many runs are in the stack."""


class Estimate:
    """Seconds for stacks of runs, learned from the records of this folder first and from their suite's published ones."""

    def __init__(self, store: RecordStore) -> None:
        self._store = store
        self._alike: dict[tuple[str, str, str], Alike] = {}

    def seconds(self, stack: Stack) -> float | None:
        """Seconds of one worker for a stack; None where nothing like it ran before.

        The earlier stack that is nearest in size decides. A stack's time grows about as the square root of its size: four
        times the seeds take 1.6 and 2.6 times as long in `docs/speed.md`.
        """
        job, size = stack.job, len(stack.runs)
        costs = self._costs(job)
        if not costs:
            return None
        nearest = min(costs, key=lambda seen: max(seen / size, size / seen))
        return job.budget * costs[nearest] * sqrt(size / nearest)

    def _costs(self, job: Job) -> Costs | None:
        """What the job's cell took before, in this folder or in published results."""
        alike = self._cell(job)
        return self._local.get(alike) or _published(job.suite, job.suite_version, *alike[:2]).get(alike)

    @cached_property
    def _local(self) -> dict[Alike, Costs]:
        """What cells of this folder took, read where it is asked for."""
        return _costs(_local(self._store))

    def _cell(self, job: Job) -> Alike:
        asked = job.task, job.agent, job.learner
        if asked not in self._alike:
            contestant = contestants.find(job.agent)
            self._alike[asked] = job.task, contestant.id, contestant.learner(job.learner)
        return self._alike[asked]

    def sentence(self, runs: list[Run], workers: int) -> str:
        """What to expect, in words."""
        if not runs:
            return "Nothing is to do."
        jobs = {id(run.job): run.job for run in runs}
        units = stacks(runs, workers) if any(map(self._costs, jobs.values())) else []
        known = [(unit, seconds) for unit in units if (seconds := self.seconds(unit)) is not None]
        if not known:
            return "Nothing like it ran before, so how long it takes shows after the first runs."
        each = [seconds for _, seconds in known]
        total = sum(each) * len(units) / len(known) / min(workers, len(units))
        of_runs = sum(len(unit.runs) for unit, _ in known)
        rough = "" if of_runs == len(runs) else f" (known for {of_runs} of {len(runs)} runs)"
        return f"About {duration(max(total, *each))} with {workers} workers, judging by earlier runs{rough}."


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


@cache
def _published(suite: str, version: str, task: str, agent: str) -> dict[Alike, Costs]:
    """A published cell of a suite, read once: what is published does not change while a command runs.

    Another version took as long only where this one was not published.
    """
    try:
        found = read_published_cell(suite, task, agent)
    except SympriorError:
        return {}
    return _costs([record for record in found if record.suite_version == version] or found)


def _costs(records: Iterable[RunRecord]) -> dict[Alike, Costs]:
    """What each cell took, evaluation included; a record has its run's share of the stack's seconds."""
    found: dict[Alike, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for record in records:
        seconds = record.effort.training_seconds + record.effort.evaluation_seconds
        if record.status == "finished" and seconds > 0 and record.steps_used > 0:
            size = record.provenance.stack_size
            alike = (record.task, record.agent.id, record.agent.learner)
            found[alike][size].append(size * seconds / record.steps_used)
    return {alike: {size: median(costs) for size, costs in sizes.items()} for alike, sizes in found.items()}
