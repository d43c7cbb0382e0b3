"""`symprior plot`: learning curves of the agents that one chooses, as a figure."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from symprior.benchmark.command_line.console import console
from symprior.benchmark.sweep.store import RECORDS
from symprior.symmetry.errors import unknown_name

if TYPE_CHECKING:
    from symprior.leaderboard.records.record import RunRecord


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("plot")(plot)


def plot(
    agent: Annotated[list[str] | None, typer.Option(help="An agent, all by default; may be given again.")] = None,
    task: Annotated[list[str] | None, typer.Option(help="A task, all by default; may be given again.")] = None,
    out: Annotated[Path, typer.Option(help="The figure that is written: .svg, .pdf or .png.")] = Path("curves.svg"),
    records: Annotated[Path, typer.Option(help="The folder with the runs' records.")] = RECORDS,
    published: Annotated[bool, typer.Option("--published", help="Draw the results that come with symprior.")] = False,
    suite: Annotated[str | None, typer.Option(help="Which suite, where the records are of several.")] = None,
) -> None:
    """Draw learning curves: mean normalised scores with their 95 % bands, a panel for each task.

    Examples:
      symprior plot --agent ppo --agent ppo+homomorphic --task cartpole-v1 --published --suite priors --out curves.pdf
    """
    from symprior.leaderboard import build, read_records
    from symprior.leaderboard.pages.figure import check_format, write_figure
    from symprior.leaderboard.submissions.standing import read_standing

    check_format(out)
    found = read_standing(suite) if published else read_records(records)
    chosen = _chosen(found, agent, task)
    tasks = {record.task for record in chosen}
    board = build(chosen, suite, suite_tasks=tasks if task else None)
    console.print(f"Wrote {write_figure(board, out)}", soft_wrap=True, highlight=False, markup=False)


def _chosen(found: list[RunRecord], agents: list[str] | None, tasks: list[str] | None) -> list[RunRecord]:
    """The records of these agents on these tasks.

    Raises:
        SympriorError: there are none of one of them.
    """
    _check("agent in these records", agents, {record.agent.id for record in found})
    of_agents = [record for record in found if agents is None or record.agent.id in agents]
    _check("task of these agents", tasks, {record.task for record in of_agents})
    return [record for record in of_agents if tasks is None or record.task in tasks]


def _check(kind: str, asked: list[str] | None, known: Collection[str]) -> None:
    for name in asked or ():
        if name not in known:
            raise unknown_name(kind, name, sorted(known))
