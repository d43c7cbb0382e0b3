"""`symprior discover`: find the symmetry of an environment that nobody declared."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from symprior.benchmark.command_line.console import console
from symprior.symmetry.errors import SympriorError
from symprior.tasks import TASKS, Task
from symprior.tasks.discovery.discover import Discovery, discover_subject
from symprior.tasks.discovery.overview import row_of, table
from symprior.tasks.discovery.subject import Subject, subject_of
from symprior.tasks.files.atomic import write_text_atomically
from symprior.tasks.references.discovered import keep as write_kept


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("discover")(discover)


def discover(
    task: Annotated[
        list[str] | None, typer.Argument(help="A task, `path/to/file.py:Name`, or an id of gymnasium's registry.")
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option(help="A state entry that stays where it is, for a smaller search; may be given again."),
    ] = None,
    any_start: Annotated[
        bool, typer.Option("--any-start", help="Propose what dynamics and reward have, wherever episodes start.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="A file for the declaration, instead of the console.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Decides the states.")] = 0,
    write: Annotated[
        bool, typer.Option("--write", help="Keep it for agents +discovered: `symprior run --symmetry discovered`.")
    ] = False,
    every: Annotated[
        bool, typer.Option("--all", help="A table of all tasks that show vectors, beside what they declare.")
    ] = False,
) -> None:
    """Find the symmetry that nobody declared: its group, what it does, its certificate, and a declaration to paste.

    Exits with 1 where nothing was found.

    Examples:
      symprior discover Ant-v5 --out ant.py

      symprior check ant.py:Discovered
    """
    if every or (task is not None and len(task) > 1):
        if write:
            raise SympriorError("--write keeps what is found on one task; name one.")
        _write_overview(task or _vector_tasks(), seed, out)
        return
    if not task:
        raise SympriorError("Name a task, or --all.")
    subject = subject_of(task[0])
    kept_for = _shipped(subject) if write else None
    with console.status(f"Searching {task[0]} …"):
        found = discover_subject(subject, seed, keep or (), with_starts=not any_start)
    console.print(_table(found))
    if found.proposal is None:
        raise typer.Exit(1)
    if kept_for is not None:
        path = write_kept(kept_for, found.proposal.symmetry, seed)
        console.print(f"Wrote {path}; train under it with `symprior run --symmetry discovered`.", soft_wrap=True)
    _declare(found, out)


def _shipped(subject: Subject) -> Task:
    if subject.task is None or subject.task.id not in TASKS:
        raise SympriorError(f"--write keeps what is found on a task that comes with symprior; {subject.name} is none.")
    return subject.task


def _declare(found: Discovery, out: Path | None) -> None:
    """The declaration, into a file or on the console."""
    if out is None:
        console.print("\nTo declare it:\n")
        typer.echo(found.declaration)
        return
    write_text_atomically(out, found.declaration)
    console.print(f"Wrote {out}; measure it with `symprior check {out}:Discovered`.", soft_wrap=True, markup=False)


def _vector_tasks() -> list[str]:
    """The tasks of the registry, but for dials, that show vectors and whose simulator is installed."""
    installed = [task for task in map(TASKS.__getitem__, TASKS) if task.is_installed]
    return [task.id for task in installed if len(task.observation_space.shape or ()) == 1]


def _write_overview(tasks: list[str], seed: int, out: Path | None) -> None:
    """The table, row by row as it grows."""
    rows = []
    for number, name in enumerate(tasks, start=1):
        with console.status(f"Searching {name}, {number} of {len(tasks)} …"):
            rows.append(row_of(name, seed))
        console.print(rows[-1].in_markdown(), soft_wrap=True, highlight=False, markup=False)
        if out is not None:
            write_text_atomically(out, f"{table(rows)}\n")


def _table(found: Discovery) -> Table:
    table = Table(title=f"Symmetry of {found.name}", title_justify="left", show_header=False)
    table.add_column("", style="bold", no_wrap=True)
    table.add_column("", overflow="fold")
    for label, value in found.lines:
        table.add_row(label, value.replace("[", "\\["))
    table.add_row("processor time", f"{found.seconds:.0f} s")
    return table
