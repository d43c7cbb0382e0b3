"""The live display of a sweep: a bar over environment steps, with the time left."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import isclose
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn
from rich.progress import Progress as Bar

from symprior.benchmark.jobs.job import Stack
from symprior.benchmark.sweep.engines.engine import Report
from symprior.benchmark.sweep.engines.local import LocalEngine
from symprior.benchmark.sweep.estimate import Estimate, duration
from symprior.benchmark.sweep.store import RecordStore
from symprior.benchmark.sweep.sweep import Progress, Sweep

SECONDS_BETWEEN_LINES = 15.0
LEAST_PART, LEAST_SECONDS = 0.05, 5.0
"""Of a sweep, seen since its first step, before a time left is told: the first evaluations lie close together."""


class Pace:
    """The time left, from the pace since the first steps were reported: how workers start is no part of it.

    Args:
        clock: gives seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._part = clock, 0.0
        self._first: tuple[float, float] | None = None
        self._last = 0.0

    def reach(self, part: float) -> None:
        """So much of the work, of 1 in all, is done by now."""
        if part == self._part:
            return
        self._part, self._last = part, self._clock()
        self._first = self._first or (self._last, part)

    @property
    def time_left(self) -> str | None:
        """In words; None where too little was seen to tell."""
        since, before = self._first or (0.0, 0.0)
        seconds, seen = self._last - since, self._part - before
        if seconds < LEAST_SECONDS or seen < LEAST_PART:
            return None
        if isclose(self._part, 1):
            return "last evaluations"
        return f"about {duration(seconds * (1 - self._part) / seen)} left"


def sweep_on(console: Console, records: Path, workers: int) -> Sweep:
    """A sweep on this machine that shows its progress.

    Args:
        console: gets a bar, or where none can be drawn a line now and then.
        records: the folder of its records.
        workers: processes side by side.
    """
    store = RecordStore(records)
    return Sweep(store, LocalEngine(workers), progress_on(console, store))


def progress_on(console: Console, store: RecordStore) -> Progress:
    """What shows stacks while they run; the time left counts each by what it took before, where records tell.

    Args:
        console: gets a bar, or where none can be drawn a line now and then.
        store: where earlier records may be.
    """

    @contextmanager
    def over(units: Sequence[Stack]) -> Iterator[Report]:
        shares, pace = Estimate(store).shares(units), Pace()
        steps = [unit.steps for unit in units]
        with _shown(sum(len(unit.runs) for unit in units), sum(steps), console) as show:

            def report(done: Sequence[int]) -> None:
                pace.reach(sum(share * each / of for share, each, of in zip(shares, done, steps, strict=True)))
                show(sum(done), pace.time_left)

            yield report

    return over


Show = Callable[[int, str | None], None]
"""Takes the environment steps done so far and the time left in words."""


@contextmanager
def _shown(runs: int, steps: int, console: Console) -> Iterator[Show]:
    if not console.is_terminal:
        yield _lines(steps, console)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[left]}"),
    )
    with Bar(*columns, console=console) as bar:
        line = bar.add_task(f"{runs} runs, {steps:,} environment steps", total=steps, left="")
        yield lambda done, left: bar.update(line, completed=done, left=left or "")


def _lines(steps: int, console: Console) -> Show:
    printed = time.monotonic()

    def show(done: int, left: str | None) -> None:
        nonlocal printed
        now = time.monotonic()
        if now - printed >= SECONDS_BETWEEN_LINES and 0 < done < steps:
            printed = now
            words = f", {left}" if left else ""
            console.print(f"{done / steps:.0%} of {steps:,} environment steps{words}", highlight=False)

    return show
