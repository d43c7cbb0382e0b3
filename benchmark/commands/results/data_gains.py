"""`symprior data-gains`: scores against the number of given transitions, from records to a page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from symprior.benchmark.command_line.console import console
from symprior.benchmark.sweep.store import RECORDS


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("data-gains")(data_gains)


def data_gains(
    suite: Annotated[
        str | None,
        typer.Option(help="The suite, which has tasks that give transitions; needed where there are several."),
    ] = None,
    records: Annotated[Path, typer.Option(help="The folder with the runs' records.")] = RECORDS,
    published: Annotated[
        bool, typer.Option("--published", help="Show the results that come with symprior instead.")
    ] = False,
    out: Annotated[Path, typer.Option(help="Where the page is written.")] = Path("site"),
) -> None:
    """How many times fewer transitions each agent needs than its plain arm: a page and a picture for a suite."""
    from symprior import leaderboard as floor
    from symprior.leaderboard.board.tables.given_data import given_tables
    from symprior.leaderboard.pages.tracks.given_data_pages import write_given_data_page

    found = floor.read_published(floor.PUBLISHED_RESULTS, suite) if published else floor.read_records(records)
    for path in write_given_data_page(given_tables(found, suite), out):
        console.print(f"Wrote {path}", soft_wrap=True, highlight=False, markup=False)
