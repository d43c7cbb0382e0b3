"""One JSON object a line, for programs that watch a sweep."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from symprior.benchmark.jobs.job import Job, Run, Stack
from symprior.benchmark.sweep.engines.engine import Ended
from symprior.benchmark.sweep.progress.standing import Standing
from symprior.benchmark.sweep.progress.telling.telling import Display, Telling
from symprior.benchmark.sweep.sweep import Outcome


class JsonLines(Display, Telling):
    """Events `plan`, `progress`, `run` and `end`; times are in seconds."""

    def plan(self, jobs: Sequence[Job], waiting: Sequence[Run], expected: str, records: Path) -> None:
        """How many runs there are."""
        runs = sum(len(job.seeds) for job in jobs)
        _say("plan", runs=runs, finished=runs - len(waiting), waiting=len(waiting), expected=expected)

    @contextmanager
    def display(self, stacks: Sequence[Stack]) -> Iterator[Display]:
        """Itself."""
        yield self

    def show(self, standing: Standing) -> None:
        """How far it is."""
        _say(
            "progress",
            runs=standing.runs,
            runs_over=standing.runs_over,
            steps=standing.steps,
            steps_done=sum(standing.done),
            seconds=round(standing.seconds, 1),
            seconds_left=None if standing.seconds_left is None else round(standing.seconds_left, 1),
        )

    def end(self, ended: Ended) -> None:
        """Each of its runs."""
        for run, error in zip(ended.stack.runs, ended.errors, strict=True):
            job = run.job
            status = "failed" if error else "finished"
            _say("run", task=job.task, agent=job.agent, seed=run.seed, status=status, error=error)

    def conclude(self, outcome: Outcome, records: Path) -> None:
        """How many finished and failed, and where the records are."""
        _say("end", finished=outcome.finished, failed=len(outcome.failed), records=str(records))


def _say(event: str, **fields: object) -> None:
    sys.stdout.write(json.dumps({"event": event, **fields}) + "\n")
    sys.stdout.flush()
