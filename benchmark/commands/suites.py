"""`symprior suites`: which suites there are."""

from __future__ import annotations

import typer
from rich.console import Console

from symprior.benchmark.sweep.suite import get_suite, suite_names

console = Console()


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("suites")(suites)


def suites() -> None:
    """List the suites: frozen lists of tasks, agents and seeds, each with a version."""
    for name in suite_names():
        suite = get_suite(name)
        console.print(f"[bold]{name}[/], version {suite.version}: {suite.description}", soft_wrap=True, highlight=False)
        console.print(f"  tasks   {', '.join(suite.tasks)}", soft_wrap=True, highlight=False)
        console.print(f"  agents  {', '.join(suite.agents)}", soft_wrap=True, highlight=False)
        console.print(f"  seeds   {suite.seeds}, learner {suite.learner}\n", soft_wrap=True, highlight=False)
    console.print("Run one: symprior run --suite NAME", highlight=False)
