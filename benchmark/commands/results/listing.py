"""`symprior list`: what the runs that ended came to."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer
from rich.table import Table

from symprior.benchmark.artifacts.policies import policy_path
from symprior.benchmark.command_line.console import console
from symprior.benchmark.sweep.store import RECORDS

if TYPE_CHECKING:
    from symprior.leaderboard.records.record import RunRecord

Group = tuple[str, str, str, str, int]
"""Suite, task, agent, learner, budget."""


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("list")(list_runs)


def list_runs(
    records: Annotated[Path, typer.Option(help="The folder with the runs' records.")] = RECORDS,
    published: Annotated[bool, typer.Option("--published", help="List the results that come with symprior.")] = False,
    suite: Annotated[str | None, typer.Option(help="Of one suite only.")] = None,
) -> None:
    """List results: for each task and agent the runs that ended, what they returned, and how many policies are kept.

    `symprior status` says how far a sweep is that still runs, and why runs failed. `symprior tasks`, `symprior agents` and
    `symprior suites` list what can be run.
    """
    from symprior.benchmark.verification.shown import levels_in, levels_of_submissions
    from symprior.leaderboard import read_records
    from symprior.leaderboard.submissions.standing import read_standing

    found = read_standing(suite) if published else read_records(records)
    groups: dict[Group, list[RunRecord]] = defaultdict(list)
    for record in found:
        if record.is_of(suite):
            groups[record.suite_id, record.task, record.agent.id, record.agent.learner, record.budget].append(record)
    console.print(_table(groups, None if published else records))
    console.print(f"{sum(map(len, groups.values()))} runs.", highlight=False)
    for line in levels_of_submissions(suite) if published else levels_in(records, found, suite):
        console.print(line, highlight=False, soft_wrap=True, markup=False)


def _table(groups: dict[Group, list[RunRecord]], folder: Path | None) -> Table:
    """A line for each group."""
    from symprior.leaderboard.records.record import path_of

    table = Table(box=None, pad_edge=False)
    for column in ("suite", "task", "agent", "learner"):
        table.add_column(column, overflow="fold")
    for column in ("budget", "finished", "failed", "last return", "policies"):
        table.add_column(column, justify="right")
    for (suite, task, agent, learner, budget), runs in sorted(groups.items()):
        finished = [run for run in runs if run.status == "finished"]
        reached = [np.mean(run.curve[-1].returns) for run in finished]
        kept = sum(policy_path(path_of(folder, run)).exists() for run in runs) if folder else 0
        table.add_row(
            suite,
            task,
            agent,
            learner,
            f"{budget:,}",
            str(len(finished)),
            str(len(runs) - len(finished) or ""),
            f"{np.mean(reached):.4g}" if reached else "",
            str(kept or ""),
        )
    return table
