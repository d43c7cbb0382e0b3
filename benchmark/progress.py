"""The live display of a sweep: a bar over environment steps, with the time left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from symprior.benchmark.job import Run


@contextmanager
def progress_over(runs: list[Run], console: Console) -> Iterator[Callable[[int], None]]:
    """Show a bar over the runs' environment steps; call what is yielded with the steps done since the last call."""
    steps = sum(run.job.budget for run in runs)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("time left"),
        TimeRemainingColumn(compact=True, elapsed_when_finished=True),
    )
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task(f"{len(runs)} runs, {steps:,} environment steps", total=steps)
        yield lambda done: progress.advance(bar, done)
