"""`symprior leaderboard` and `symprior publish`: from records to pages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from symprior.benchmark.command_line.console import console
from symprior.benchmark.sweep.store import RECORDS
from symprior.benchmark.sweep.suite import get_suite, suite_names
from symprior.leaderboard.records.record import CUSTOM_SUITE, RunRecord
from symprior.symmetry.errors import SympriorError
from symprior.tasks import get_task

SITE = Path("site")
SHOWN_FIRST = "quick"
"""The suite of the published results that is shown where none is named."""


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("leaderboard")(leaderboard)
    app.command("publish")(publish)


def leaderboard(
    records: Annotated[
        Path, typer.Option(help="The folder with the runs' records, or one that `publish --out` wrote.")
    ] = RECORDS,
    published: Annotated[
        bool, typer.Option("--published", help="Show the results that come with symprior instead.")
    ] = False,
    suite: Annotated[str | None, typer.Option(help="Which suite, where the folder holds several.")] = None,
    task: Annotated[
        list[str] | None,
        typer.Option(
            help="Of single runs (the suite `custom`) show this task only; may be given again. One of your own is "
            "`path/to/file.py:Name`."
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(help=f"Where the pages are written; {SITE} by default.")] = None,
    figure: Annotated[
        Path | None, typer.Option(help="Also draw the learning curves: a .svg, .pdf or .png file.")
    ] = None,
    everything: Annotated[
        bool,
        typer.Option(
            "--all",
            help="Instead: write all pages of the published results anew, beside them where --out says nothing.",
        ),
    ] = False,
) -> None:
    """Build the leaderboard from records: a table here, and leaderboard.md, leaderboard.json and index.html."""
    from symprior import leaderboard as board_floor
    from symprior.leaderboard.records.folders import records_in
    from symprior.leaderboard.submissions.standing import entered, read_standing
    from symprior.leaderboard.submissions.submission import read_submissions

    if everything:
        _write_all(out, chosen=bool(suite or task or figure or published))
        return
    if figure is not None:
        from symprior.leaderboard.pages.figure import check_format

        check_format(figure)
    if published:
        suite = suite or SHOWN_FIRST
    found = read_standing(suite) if published else records_in(records, suite)
    if suite is not None:
        _check_suite(found, suite, records)
    if task:
        found = _single_runs(found, suite, [get_task(name).id for name in task])
    board = board_floor.build(found, suite, entered=entered(read_submissions()) if published else ())
    console.print(board_floor.terminal_table(board))
    _say_levels(None if published else records, found, suite)
    for path in board_floor.write_pages(board, out or SITE):
        console.print(f"Wrote {path}", soft_wrap=True, highlight=False, markup=False)
    if figure is not None:
        from symprior.leaderboard.pages.figure import write_figure

        console.print(f"Wrote {write_figure(board, figure)}", soft_wrap=True, highlight=False, markup=False)


def _say_levels(folder: Path | None, found: list[RunRecord], suite: str | None) -> None:
    """What others showed who trained runs again: those in a folder, or submissions to a published suite."""
    from symprior.benchmark.verification.shown import levels_in, levels_of_submissions

    for line in levels_of_submissions(suite) if folder is None else levels_in(folder, found, suite):
        console.print(line, highlight=False, soft_wrap=True, markup=False)


def _write_all(out: Path | None, chosen: bool) -> None:
    """Every page of the published results, unless something else is chosen too."""
    from symprior import leaderboard as board_floor
    from symprior.leaderboard.pages.published_pages import write_published_pages
    from symprior.leaderboard.submissions.standing import entered, read_standing
    from symprior.leaderboard.submissions.submission import read_submissions

    if chosen:
        raise SympriorError(
            "--all writes every published page; give it without --suite, --task, --figure or --published."
        )
    records, said = read_standing(), entered(read_submissions())
    for path in write_published_pages(records, out or board_floor.PUBLISHED_RESULTS, said):
        console.print(f"Wrote {path}", soft_wrap=True, highlight=False, markup=False)


def _single_runs(found: list[RunRecord], suite: str | None, tasks: list[str]) -> list[RunRecord]:
    """The single runs on these tasks."""
    if suite is not None and suite.split("-")[0] != CUSTOM_SUITE:
        raise SympriorError(
            f"The suite {suite} has one board, with all of its tasks; --task chooses among single runs (the suite "
            f"{CUSTOM_SUITE}). Give one of --suite and --task."
        )
    chosen = [record for record in found if record.suite == CUSTOM_SUITE and record.task in tasks]
    if unknown := sorted(set(tasks) - {record.task for record in chosen}):
        raise SympriorError(
            f"There are no single runs on {', '.join(unknown)}, and --task chooses among those. Make some: symprior run "
            "--task TASK --agent AGENT; or leave --task out."
        )
    return chosen


def _check_suite(found: list[RunRecord], suite: str, records: Path) -> None:
    """Say how to come by the records of a shipped suite that the folder has none of."""
    there = sorted({record.suite_id for record in found})
    name = next((name for name in suite_names() if suite in (name, f"{name}-{get_suite(name).version}")), None)
    if name is not None and not any(each == suite or each.rpartition("-")[0] == suite for each in there):
        raise SympriorError(
            f"{records} holds no records of the suite {suite}; it has {', '.join(there)}. Run it: symprior run --suite "
            f"{name}, or show the published one: symprior leaderboard --suite {name} --published."
        )


def publish(
    records: Annotated[Path, typer.Option(help="The folder with the runs' records.")] = RECORDS,
    out: Annotated[
        Path | None, typer.Option(help="Where published results are kept; the checkout's own by default.")
    ] = None,
) -> None:
    """Put finished runs into the published results: one file per agent and task, nothing silently replaced."""
    from symprior import leaderboard as board_floor

    for path in board_floor.publish(board_floor.read_records(records), out or board_floor.PUBLISHED_RESULTS):
        console.print(f"Published {path}", soft_wrap=True, highlight=False, markup=False)
