"""`symprior suites`: which suites there are."""

from __future__ import annotations

import typer
from rich.console import Console
from rich.table import Table

from symprior.benchmark.suite import get_suite, suite_names

console = Console()


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("suites")(suites)


def suites() -> None:
    """List the suites: frozen lists of tasks, agents and seeds, each with a version."""
    table = Table(title="Suites", title_justify="left")
    for column in ("suite", "version", "tasks", "agents", "seeds", "what it is"):
        table.add_column(column, overflow="fold")
    for name in suite_names():
        suite = get_suite(name)
        table.add_row(
            name, suite.version, "\n".join(suite.tasks), "\n".join(suite.agents), suite.seeds, suite.description
        )
    console.print(table)
