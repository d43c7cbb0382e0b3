"""`symprior export`: scores for other people's programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from symprior.benchmark.command_line.console import console
from symprior.benchmark.sweep.store import RECORDS
from symprior.symmetry.errors import SympriorError
from symprior.tasks.files.atomic import write_text_atomically


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("export")(export)


def export(
    out: Annotated[Path, typer.Argument(help="The JSON file that is written.")],
    rliable: Annotated[
        bool, typer.Option("--rliable", help="rliable's score dictionary: for each agent a list of runs by tasks.")
    ] = False,
    suite: Annotated[str | None, typer.Option(help="Which suite, where the records are of several.")] = None,
    quantity: Annotated[str, typer.Option(help="Which number of a run.")] = "efficiency_clipped",
    learner: Annotated[str | None, typer.Option(help="Whose agents, where there are several learners.")] = None,
    records: Annotated[Path, typer.Option(help="The folder with the runs' records.")] = RECORDS,
    published: Annotated[
        bool, typer.Option("--published", help="Export the results that come with symprior instead.")
    ] = False,
) -> None:
    """Write each agent's scores as JSON: under its name a list of runs, each a list of scores, task by task."""
    from symprior.leaderboard import read_records, rliable_scores
    from symprior.leaderboard.submissions.standing import read_standing

    if not rliable:
        raise SympriorError("Say in which form: --rliable is the one there is.")
    found = read_standing(suite) if published else read_records(records)
    scores = rliable_scores(found, suite, quantity, learner)
    tree = {agent: of_agent.tolist() for agent, of_agent in scores.items()}
    write_text_atomically(out, json.dumps(tree, indent=1) + "\n")
    console.print(f"Wrote {out}", soft_wrap=True, highlight=False, markup=False)
