"""`symprior check`: measure a declared symmetry on the real environment."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from symprior.tasks import TASKS, get_task
from symprior.tasks.certificates import Certificate, certify
from symprior.tasks.errors import SympriorError

console = Console()


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("check")(check)


def check(
    task: Annotated[list[str] | None, typer.Argument(help="The tasks to check.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Check every task of the registry.")] = False,
    samples: Annotated[int, typer.Option(min=10, help="States from each sampler.")] = 200,
    seed: Annotated[int, typer.Option(min=0, help="Decides the states.")] = 0,
) -> None:
    """Measure declared symmetries on the real simulator; exits with 1 where a grade contradicts the declaration."""
    names = list(TASKS) if every else task
    if not names:
        raise SympriorError("Name a task, or --all.")
    contradicted = []
    for name in names:
        with console.status(f"Checking {name} …"):
            certificate = certify(get_task(name), samples=samples, seed=seed)
        console.print(_table(name, certificate))
        if not certificate.agrees:
            contradicted.append(name)
    if contradicted:
        console.print(f"[bold red]Contradicted:[/] {', '.join(contradicted)}", soft_wrap=True)
        raise typer.Exit(1)


def _table(name: str, certificate: Certificate) -> Table:
    table = Table(title=f"Certificate of {name}", title_justify="left", show_header=False)
    table.add_column("", style="bold", no_wrap=True)
    table.add_column("", overflow="fold")
    for label, value in certificate.lines():
        table.add_row(label, value)
    return table
