"""Nothing but failures, on the standard error output."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from symprior.benchmark.jobs.job import Job, Run
from symprior.benchmark.sweep.progress.telling.telling import Telling
from symprior.benchmark.sweep.sweep import Outcome


class Quiet(Telling):
    """Says what failed."""

    def plan(self, jobs: Sequence[Job], waiting: Sequence[Run], expected: str, records: Path) -> None:
        """Nothing."""

    def conclude(self, outcome: Outcome, records: Path) -> None:
        """A line for each failed run."""
        for run, error in outcome.failed:
            sys.stderr.write(f"Failed: {run}: {error}\n")
