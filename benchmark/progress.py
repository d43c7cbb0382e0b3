"""The live display of a sweep: a bar over environment steps, with the time left."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from symprior.benchmark.estimate import duration
from symprior.benchmark.job import Run

SECONDS_BETWEEN_LINES = 15.0
LEAST_SHARE, LEAST_SECONDS = 0.05, 5.0
"""Of a sweep, seen since its first step, before a time left is told: the first evaluations lie close together."""


class Pace:
    """The time left, from the pace since the first steps were reported: how workers start is no part of it.

    Args:
        steps: environment steps of the whole sweep.
        clock: gives seconds.
    """

    def __init__(self, steps: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._steps, self._clock, self.done = steps, clock, 0
        self._first: tuple[float, int] | None = None
        self._last = 0.0

    def advance(self, more: int) -> None:
        """So many environment steps were done since the last call."""
        if more == 0:
            return
        self.done += more
        self._last = self._clock()
        self._first = self._first or (self._last, self.done)

    @property
    def time_left(self) -> str | None:
        """In words; None where too little was seen to tell."""
        since, before = self._first or (0.0, 0)
        seconds, seen = self._last - since, self.done - before
        if seconds < LEAST_SECONDS or seen < LEAST_SHARE * self._steps:
            return None
        return f"about {duration(seconds * (self._steps - self.done) / seen)} left"


@contextmanager
def progress_over(runs: list[Run], console: Console) -> Iterator[Callable[[int], None]]:
    """Show a bar over the runs' environment steps; call what is yielded with the steps done since the last call."""
    steps = sum(run.job.budget for run in runs)
    pace = Pace(steps)
    if not console.is_terminal:
        yield _lines(steps, pace, console)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[left]}"),
    )
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task(f"{len(runs)} runs, {steps:,} environment steps", total=steps, left="")

        def advance(more: int) -> None:
            pace.advance(more)
            progress.update(bar, completed=pace.done, left=pace.time_left or "")

        yield advance


def _lines(steps: int, pace: Pace, console: Console) -> Callable[[int], None]:
    """Where no bar can be drawn: a line now and then."""
    printed = time.monotonic()

    def advance(more: int) -> None:
        nonlocal printed
        pace.advance(more)
        now = time.monotonic()
        if now - printed >= SECONDS_BETWEEN_LINES and 0 < pace.done < steps:
            printed = now
            left = f", {pace.time_left}" if pace.time_left else ""
            console.print(f"{pace.done / steps:.0%} of {steps:,} environment steps{left}", highlight=False)

    return advance
