"""The seam between a sweep and what is said of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from symprior.benchmark.jobs.job import Job, Run, Stack
from symprior.benchmark.sweep.engines.engine import Ended
from symprior.benchmark.sweep.progress.standing import Standing
from symprior.benchmark.sweep.sweep import Outcome


class Display:
    """Is shown how a sweep stands while it runs; this one shows nothing."""

    def show(self, standing: Standing) -> None:
        """It stands so; called about once a second."""

    def end(self, ended: Ended) -> None:
        """A stack is over."""


class Telling(ABC):
    """What is said before, during and after a sweep."""

    @abstractmethod
    def plan(self, jobs: Sequence[Job], waiting: Sequence[Run], expected: str, records: Path) -> None:
        """These runs of these jobs are to do; `expected` says how long that takes."""

    def note(self, sentence: str) -> None:  # noqa: B027  (most say nothing)
        """Something that a person may want to know."""

    def display(self, stacks: Sequence[Stack]) -> AbstractContextManager[Display]:
        """For as long as they are carried out."""
        return nullcontext(Display())

    @abstractmethod
    def conclude(self, outcome: Outcome, records: Path) -> None:
        """That became of the sweep; its records are there."""
