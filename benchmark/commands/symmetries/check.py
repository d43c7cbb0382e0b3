"""`symprior check`: measure a declared symmetry on the real environment."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import Annotated

import typer
from rich.status import Status
from rich.table import Table

from symprior.benchmark.command_line.console import console
from symprior.symmetry.errors import SympriorError
from symprior.tasks import get_task, task_names
from symprior.tasks.certificates import Certificate, certify
from symprior.tasks.certificates.kept import keep

SMALL, RESETS, EPISODES = 200, 4000, 1000
"""States from each sampler, episode starts and roll-outs, where nothing else is asked for."""


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("check")(check)


def check(
    task: Annotated[list[str] | None, typer.Argument(help="The tasks to check.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Check every task of the registry.")] = False,
    samples: Annotated[int, typer.Option(min=10, help="States from each sampler.")] = SMALL,
    thorough: Annotated[
        bool, typer.Option("--thorough", help="Ten times as many states, and four times as many starts and roll-outs.")
    ] = False,
    save: Annotated[
        bool, typer.Option("--write", help="Keep the certificate where the task's card and the tests look for it.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Decides the states.")] = 0,
    processes: Annotated[
        int | None, typer.Option(min=1, help="Processes side by side; by default one for each core.")
    ] = None,
) -> None:
    """Measure declared symmetries on the real simulator; exits with 1 where a grade is not what is declared."""
    names = task_names() if every else task
    if not names:
        raise SympriorError("Name a task, or --all.")
    contradicted: list[str] = []
    not_shown: list[str] = []
    scale, more = (10, 4) if thorough else (1, 1)
    measure = partial(_measure, samples=scale * samples, seed=seed, resets=more * RESETS, episodes=more * EPISODES)
    for name, certificate in zip(names, _side_by_side(measure, names, processes or os.cpu_count() or 1), strict=True):
        console.print(_table(certificate))
        if save:
            path = keep(get_task(name), certificate)
            console.print(f"Wrote {path}", soft_wrap=True, highlight=False, markup=False)
        if not certificate.agrees:
            (contradicted if certificate.contradicts else not_shown).append(certificate.task)
    for words, found in (("Contradicted", contradicted), ("Not shown", not_shown)):
        if found:
            console.print(f"[bold red]{words}:[/] {', '.join(found)}", soft_wrap=True)
    if contradicted or not_shown:
        raise typer.Exit(1)


def _measure(name: str, samples: int, seed: int, resets: int, episodes: int) -> Certificate:
    return certify(get_task(name), samples=samples, seed=seed, resets=resets, episodes=episodes)


def _side_by_side(measure: Callable[[str], Certificate], names: Sequence[str], processes: int) -> Iterator[Certificate]:
    """The tasks' certificates, in the order of the names; several tasks are measured by processes with one thread each."""
    with console.status("") as status:
        if min(processes, len(names)) == 1:
            yield from _told(map(measure, names), names, status)
            return
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        with ProcessPoolExecutor(min(processes, len(names)), get_context("spawn")) as pool:
            yield from _told(pool.map(measure, names), names, status)


def _told(found: Iterator[Certificate], names: Sequence[str], status: Status) -> Iterator[Certificate]:
    """The same, while the console says how far it is."""
    for number, name in enumerate(names, start=1):
        status.update(f"Checking {name}, {number} of {len(names)} …")
        yield next(found)


def _table(certificate: Certificate) -> Table:
    table = Table(title=f"Certificate of {certificate.task}", title_justify="left", show_header=False)
    table.add_column("", style="bold", no_wrap=True)
    table.add_column("", overflow="fold")
    for label, value in certificate.lines():
        table.add_row(label, value)
    return table
