"""`symprior dial-curves`: scores against the value of a dial, from records to pages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from symprior.benchmark.command_line.console import console
from symprior.benchmark.sweep.store import RECORDS


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("dial-curves")(dial_curves)


def dial_curves(
    suite: Annotated[str, typer.Option(help="The suite, which has tasks of dials.")] = "dials",
    records: Annotated[Path, typer.Option(help="The folder with the runs' records.")] = RECORDS,
    published: Annotated[
        bool, typer.Option("--published", help="Show the results that come with symprior instead.")
    ] = False,
    out: Annotated[Path, typer.Option(help="Where the pages are written.")] = Path("site"),
) -> None:
    """Draw each agent's scores against the value of a dial: a page and a picture for each dial of a suite.

    A dial breaks a symmetry by as much as its value says: `symprior tasks` lists them.
    """
    from symprior import leaderboard as floor
    from symprior.leaderboard.board.dial_curves import dial_curves as curves_of
    from symprior.leaderboard.pages.tracks.dial_pages import write_dial_page

    found = floor.read_published(floor.PUBLISHED_RESULTS, suite) if published else floor.read_records(records)
    for curves in curves_of(found, suite):
        for path in write_dial_page(curves, out):
            console.print(f"Wrote {path}", soft_wrap=True, highlight=False, markup=False)
