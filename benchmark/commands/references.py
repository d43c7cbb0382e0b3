"""`symprior references`: measure a task's reference returns, its threshold and its budget."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from symprior.benchmark.ledger import budget_by_rule, load
from symprior.tasks import TASKS, get_task
from symprior.tasks.errors import SympriorError
from symprior.tasks.reference_scores import measure, write

console = Console()


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("references")(references)


def references(
    task: Annotated[list[str] | None, typer.Argument(help="The tasks to measure.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Measure every task of the registry.")] = False,
    budget_from: Annotated[
        str | None, typer.Option(help="Set the budget by the protocol's rule from this tuned plain agent, such as ppo.")
    ] = None,
    save: Annotated[bool, typer.Option("--write", help="Keep what was measured in tasks/data.")] = False,
) -> None:
    """Measure the returns that normalise a task's scores: exactly where it can be enumerated, else over many episodes."""
    names = list(TASKS) if every else task
    if not names:
        raise SympriorError("Name a task, or --all.")
    for name in names:
        chosen = get_task(name)
        with console.status(f"Measuring {name} …"):
            data = measure(chosen)
        if budget_from is not None:
            data["budget"], data["budget_source"] = budget_by_rule(load(chosen.family, budget_from))
        console.print(_table(name, data))
        if save:
            console.print(f"Wrote {write(chosen, data)}", soft_wrap=True, highlight=False, markup=False)


def _table(name: str, data: dict[str, object]) -> Table:
    table = Table(title=f"References of {name}", title_justify="left", show_header=False)
    table.add_column("", style="bold", no_wrap=True)
    table.add_column("", overflow="fold")
    policies = data["policies"]
    assert isinstance(policies, dict)
    for policy, reference in policies.items():
        found = f"{reference['value']:.6f} ± {reference['standard_error']:.2g} by {reference['method']}"
        table.add_row(policy, found)
    for key, value in data.items():
        if key != "policies":
            table.add_row(key.replace("_", " "), str(value))
    return table
