"""`symprior tune`: search the learning rate with equal effort for every agent."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from symprior.benchmark import contestants, tuning
from symprior.benchmark.job import LEARNERS, STABLE_BASELINES3, parse_seeds
from symprior.benchmark.progress import progress_over
from symprior.benchmark.store import RecordStore
from symprior.tasks import get_task

console = Console()


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("tune")(tune)


def tune(
    task: Annotated[str, typer.Option(help="The task that stands for its family.")],
    agent: Annotated[list[str], typer.Option(help="An agent; may be given again. All get the same range and seeds.")],
    seeds: Annotated[str, typer.Option(help="Tuning seeds, apart from those of results.")] = "10000-10004",
    budget: Annotated[
        int | None, typer.Option(help="Environment steps of a trial, where not the task's budget.")
    ] = None,
    learner: Annotated[str, typer.Option(help=f"What trains: {' or '.join(LEARNERS)}.")] = STABLE_BASELINES3,
    records: Annotated[Path, typer.Option(help="Where the trials' records are kept.")] = Path("runs/tuning"),
    workers: Annotated[int, typer.Option(min=1, help="Processes side by side.")] = 2,
    save: Annotated[bool, typer.Option("--save", help="Keep the ledgers; the agents' defaults follow them.")] = False,
) -> None:
    """Search each agent's learning rate on tuning seeds, by mean data efficiency.

    Where a best value lies on the edge of the range, the range grows for all agents.
    """
    chosen_task = get_task(task)
    for name in agent:
        contestants.find(name)
    ledgers = tuning.tune(
        chosen_task,
        agent,
        parse_seeds(seeds),
        chosen_task.budget if budget is None else budget,
        RecordStore(records),
        workers,
        lambda runs: progress_over(runs, console),
        learner,
    )
    console.print(_table(ledgers))
    if save:
        for ledger in ledgers:
            console.print(f"Wrote {tuning.save(ledger)}", soft_wrap=True, highlight=False)


def _table(ledgers: list[tuning.Ledger]) -> Table:
    table = Table(title=f"Mean data efficiency on {len(ledgers[0].seeds)} tuning seeds", title_justify="left")
    table.add_column("learning rate", justify="right")
    for ledger in ledgers:
        table.add_column(ledger.agent, justify="right")
    for row in zip(*(ledger.trials for ledger in ledgers), strict=True):
        cells = []
        for ledger, trial in zip(ledgers, row, strict=True):
            text = f"{trial.score:.3f}"
            cells.append(f"[bold]{text} ←[/]" if trial is ledger.best else text)
        table.add_row(f"{row[0].learning_rate:g}", *cells)
    return table
