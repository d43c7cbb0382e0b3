"""`symprior check`: measure a declared symmetry on the real environment."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from symprior.symmetry.errors import SympriorError
from symprior.tasks import get_task, task_names
from symprior.tasks.certificates import Certificate, certify
from symprior.tasks.certificates.kept import keep

console = Console()

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
) -> None:
    """Measure declared symmetries on the real simulator; exits with 1 where a grade is not what is declared."""
    names = task_names() if every else task
    if not names:
        raise SympriorError("Name a task, or --all.")
    contradicted: list[str] = []
    not_shown: list[str] = []
    states, more = (10 * samples, 4) if thorough else (samples, 1)
    for number, name in enumerate(names, start=1):
        with console.status(f"Checking {name}, {number} of {len(names)} …"):
            certificate = certify(
                get_task(name), samples=states, seed=seed, resets=more * RESETS, episodes=more * EPISODES
            )
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


def _table(certificate: Certificate) -> Table:
    table = Table(title=f"Certificate of {certificate.task}", title_justify="left", show_header=False)
    table.add_column("", style="bold", no_wrap=True)
    table.add_column("", overflow="fold")
    for label, value in certificate.lines():
        table.add_row(label, value)
    return table
