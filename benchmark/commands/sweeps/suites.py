"""`symprior suites`: which suites there are."""

from __future__ import annotations

from typing import Annotated

import typer

from symprior.benchmark.command_line.console import console
from symprior.benchmark.jobs.job import parse_seeds
from symprior.benchmark.sweep.suite import Suite, get_suite, suite_names
from symprior.leaderboard.records.suite_lists import SuiteList, write_suite_list


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("suites")(suites)


def suites(
    write: Annotated[
        bool, typer.Option("--write", help="Freeze what each suite says should be there, for readers of its records.")
    ] = False,
) -> None:
    """List the suites: frozen lists of tasks, agents and seeds, each with a version."""
    for name in suite_names():
        suite = get_suite(name)
        console.print(f"[bold]{name}[/], version {suite.version}: {suite.description}", soft_wrap=True, highlight=False)
        console.print(f"  tasks   {', '.join(suite.tasks)}", soft_wrap=True, highlight=False)
        console.print(f"  agents  {', '.join(suite.agents)}", soft_wrap=True, highlight=False)
        console.print(f"  seeds   {suite.seeds}, learner {suite.learner}\n", soft_wrap=True, highlight=False)
        if write:
            path = write_suite_list(suite.suite_id, list_of(suite))
            console.print(f"  Wrote {path}\n", soft_wrap=True, highlight=False, markup=False)
    console.print("Run one: symprior run --suite NAME", highlight=False)


def list_of(suite: Suite) -> SuiteList:
    """What a suite says should be there, as a reader of its records needs it."""
    return SuiteList(
        tasks=tuple(suite.tasks),
        seeds=tuple(parse_seeds(suite.seeds)),
        baseline=dict(sorted(suite.baselines().items())),
        crossing=suite.crossing,
    )
