"""`symprior figures`: a suite's figures and tables for a paper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from symprior.benchmark.command_line.console import console
from symprior.symmetry.errors import SympriorError

if TYPE_CHECKING:
    from symprior.leaderboard.board.board import Board
    from symprior.leaderboard.records.record import RunRecord
    from symprior.leaderboard.statistics.resamples.resampling import Floats

NARROWEST, WIDEST = 2.0, 12.0


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("figures")(figures)


def figures(
    suite: Annotated[str, typer.Argument(help="The suite, with or without its version.")],
    out: Annotated[Path, typer.Option(help="The folder that they are written into.")] = Path("figures"),
    records: Annotated[
        Path | None, typer.Option(help="A folder with your runs' records; the published results by default.")
    ] = None,
    width: Annotated[float, typer.Option(help="Of a column, in inches: 3.25 on a page with two, 5.5 on one.")] = 3.25,
) -> None:
    """Draw a suite for a paper: gains by task, curves, profiles, dials as SVG and PDF, and tables for LaTeX.

    Everything is as wide as a column, and the tables need the packages booktabs and graphicx.
    """
    from symprior.leaderboard import PUBLISHED_RESULTS, build, read_published, read_records
    from symprior.leaderboard.board.dial_curves import dial_curves, has_dials
    from symprior.leaderboard.pages.paper.figures import write_figures

    if not NARROWEST <= width <= WIDEST:
        raise SympriorError(f"A column is {NARROWEST:g} to {WIDEST:g} inches wide, not {width:g}. Try --width 3.25.")
    found = read_published(PUBLISHED_RESULTS, suite) if records is None else read_records(records)
    board = build(found, suite)
    own = [record for record in found if record.is_of(suite)]
    dials = dial_curves(own, suite) if has_dials(own) else []
    for path in write_figures(board, dials, _scores(board, own, suite), out, width):
        console.print(f"Wrote {path}", soft_wrap=True, highlight=False, markup=False)


def _scores(board: Board, records: list[RunRecord], suite: str) -> dict[str, dict[str, Floats]]:
    """For each learner with a complete agent over the board's tasks the scores of its complete agents."""
    from symprior.leaderboard import rliable_scores

    complete = {row.learner for row in board.rows if row.complete and row.tasks}
    return {learner: rliable_scores(records, suite, learner=learner) for learner in sorted(complete)}
