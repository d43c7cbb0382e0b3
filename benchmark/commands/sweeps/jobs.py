"""`symprior jobs`: a sweep as a list of commands, for a cluster's own scheduler."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from symprior.benchmark.jobs.job import Run, most_shares, share
from symprior.benchmark.sweep.store import RECORDS, RecordStore
from symprior.benchmark.sweep.suite import get_suite
from symprior.symmetry.errors import SympriorError


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("jobs")(jobs)


def jobs(
    suite: Annotated[str, typer.Argument(help="A suite; `symprior suites` lists them.")],
    shares: Annotated[
        int | None,
        typer.Option(min=1, help="How many commands; each then does several stacks.", show_default="one a stack"),
    ] = None,
    records: Annotated[
        Path, typer.Option(help="Where all of them keep records; what is finished there is left out.")
    ] = RECORDS,
) -> None:
    """Write a suite's runs as a list of commands, one a line, for SLURM arrays and the like.

    Any of them may run anywhere and any number of times, as long as all see one folder of records.

    Examples:
      symprior jobs quick --records /shared/quick > commands.txt
    """
    runs = [run for job in get_suite(suite).jobs() for run in job.runs]
    count, store = shares or most_shares(runs), RecordStore(records)
    if count > len(runs):
        raise SympriorError(f"{suite} has {len(runs)} runs, too few for {count} commands.")
    for number in range(1, count + 1):
        own = share(runs, number, count)
        if any(not store.is_finished(run) for run in own):
            command = ["symprior", "run", "--suite", suite, "--only", f"{number}/{count}", "--workers", "1"]
            typer.echo(f"{shlex.join([*command, '--records', str(records)])}  # {_described(own)}")


def _described(runs: list[Run]) -> str:
    cells = {f"{run.job.agent} on {run.job.task}": None for run in runs}
    first, *others = cells
    more = f" and {len(others)} more" if others else ""
    return f"{len(runs)} runs of {first}{more}"
