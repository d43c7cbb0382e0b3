"""The live display of a sweep: a bar over environment steps, with the time left."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from symprior.benchmark.estimate import duration
from symprior.benchmark.job import Run

SECONDS_BETWEEN_LINES = 15.0


@contextmanager
def progress_over(runs: list[Run], console: Console) -> Iterator[Callable[[int], None]]:
    """Show a bar over the runs' environment steps; call what is yielded with the steps done since the last call."""
    steps = sum(run.job.budget for run in runs)
    if not console.is_terminal:
        yield _lines(steps, console)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("time left"),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task(f"{len(runs)} runs, {steps:,} environment steps", total=steps)
        yield lambda done: progress.advance(bar, done)


def _lines(steps: int, console: Console) -> Callable[[int], None]:
    """Where no bar can be drawn: a line now and then."""
    started = printed = time.monotonic()
    done = 0

    def advance(more: int) -> None:
        nonlocal done, printed
        done += more
        now = time.monotonic()
        if now - printed >= SECONDS_BETWEEN_LINES and 0 < done < steps:
            printed = now
            left = duration((now - started) * (steps - done) / done)
            console.print(f"{done / steps:.0%} of {steps:,} environment steps, about {left} left", highlight=False)

    return advance
