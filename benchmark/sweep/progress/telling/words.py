"""Words for people: a table of what is to do, a bar or a line now and then, and how it ended."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, TaskID, TextColumn
from rich.progress import Progress as Bar
from rich.table import Table

from symprior.benchmark.jobs.job import Job, Run, Stack
from symprior.benchmark.sweep.progress.standing import Standing
from symprior.benchmark.sweep.progress.telling.telling import Display, Telling
from symprior.benchmark.sweep.sweep import Outcome

SECONDS_BETWEEN_LINES = 15.0


class Words(Telling):
    """Says everything, on a console: with a bar, or where none can be drawn a line now and then."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def plan(self, jobs: Sequence[Job], waiting: Sequence[Run], expected: str, records: Path) -> None:
        """A table of the cells, and how long they take."""
        total = sum(len(job.seeds) for job in jobs)
        finished = f"All {total} runs are finished; their records are in {records}."
        self._console.print(_table(jobs, waiting))
        self._console.print(expected if waiting else finished, soft_wrap=True, markup=False, highlight=False)

    def note(self, sentence: str) -> None:
        """Print the sentence as it is."""
        self._console.print(sentence, soft_wrap=True, markup=False, highlight=False)

    @contextmanager
    def display(self, stacks: Sequence[Stack]) -> Iterator[Display]:
        """A bar over the time, or lines."""
        if not self._console.is_terminal:
            yield _Lines(self._console)
            return
        with Bar(BarColumn(), TextColumn("{task.description}"), console=self._console) as bar:
            yield _OnBar(bar, bar.add_task(f"{sum(len(stack.runs) for stack in stacks)} runs", total=None))

    def conclude(self, outcome: Outcome, records: Path) -> None:
        """How many finished, and what failed."""
        say = self._console.print
        say(f"{outcome.finished} runs finished; their records are in {records}.", soft_wrap=True, markup=False)
        for each, error in outcome.failed:
            say(f"[bold red]Failed:[/] {escape(f'{each}: {error}')}", highlight=False, soft_wrap=True)
        if outcome.failed:
            say(
                "The whole errors stand in the failed runs' records; the same command tries them again.", soft_wrap=True
            )


class _OnBar(Display):
    """A bar that is as long as the time; where that is not known it only says that there is one."""

    def __init__(self, bar: Bar, line: TaskID) -> None:
        self._bar, self._line = bar, line

    def show(self, standing: Standing) -> None:
        total = None if standing.part is None else 1.0
        self._bar.update(self._line, completed=standing.part or 0.0, total=total, description=standing.words)


class _Lines(Display):
    """A line now and then."""

    def __init__(self, console: Console) -> None:
        self._console, self._printed = console, time.monotonic()

    def show(self, standing: Standing) -> None:
        now = time.monotonic()
        if now - self._printed >= SECONDS_BETWEEN_LINES and 0 < sum(standing.done) < standing.steps:
            self._printed = now
            self._console.print(standing.words, highlight=False, soft_wrap=True)


def _table(jobs: Sequence[Job], waiting: Sequence[Run]) -> Table:
    total, left = sum(len(job.seeds) for job in jobs), Counter(id(run.job) for run in waiting)
    table = Table(title=f"{len(waiting)} of {total} runs to do", title_justify="left", box=None, pad_edge=False)
    for column in ("task", "agent"):
        table.add_column(column)
    for column in ("to do", "finished", "budget"):
        table.add_column(column, justify="right")
    for job in jobs:
        to_do = left[id(job)]
        table.add_row(job.task, escape(job.agent), str(to_do), str(len(job.seeds) - to_do), f"{job.budget:,}")
    return table
