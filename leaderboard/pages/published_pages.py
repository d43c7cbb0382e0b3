"""All pages of the published results: boards, some with a picture, pages of dials, of given data and of the learners."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from symprior.leaderboard.board.board import build
from symprior.leaderboard.board.dial_curves import dial_curves, has_dials
from symprior.leaderboard.board.entered import Entered
from symprior.leaderboard.board.tables.given_data import given_tables, has_given_data
from symprior.leaderboard.comparison.learner_tests import SUITE, learner_tests
from symprior.leaderboard.pages import learner_pages
from symprior.leaderboard.pages.figure import write_figure
from symprior.leaderboard.pages.pages import to_markdown
from symprior.leaderboard.pages.tracks.dial_pages import write_dial_page
from symprior.leaderboard.pages.tracks.given_data_pages import write_given_data_page
from symprior.leaderboard.records.places import by_suite
from symprior.leaderboard.records.record import RunRecord
from symprior.tasks.files.atomic import write_text_atomically

DRAWN = ("quick", "priors", "paper-grid", "tabular")
"""Suites whose learning curves are published as a picture beside the page."""


def write_published_pages(
    records: Iterable[RunRecord], folder: Path, entered: Collection[Entered] = ()
) -> Iterator[Path]:
    """Write every page that these records give into `folder`, and say its path when it is written.

    Args:
        records: of published results and of active submissions.
        folder: where the pages are put.
        entered: what is said of submissions.

    Raises:
        SympriorError: records of a suite cannot be compared, or the folder cannot be written.
    """
    chosen = list(records)
    for suite, runs in by_suite(chosen).items():
        if runs[0].suite != SUITE:
            yield from _of_suite(suite, runs, folder, entered)
    if tests := learner_tests(chosen):
        yield _written(folder / learner_pages.PAGE, learner_pages.to_markdown(tests))


def _of_suite(suite: str, records: list[RunRecord], folder: Path, entered: Collection[Entered]) -> Iterator[Path]:
    board = build(records, suite, entered=entered)
    yield _written(folder / f"{suite}.md", to_markdown(board))
    if records[0].suite in DRAWN:
        yield write_figure(board, folder / f"{suite}.svg")
    if has_given_data(records):
        yield from write_given_data_page(given_tables(records, suite), folder)
    if has_dials(records):
        for curves in dial_curves(records, suite):
            yield from write_dial_page(curves, folder)


def _written(path: Path, text: str) -> Path:
    write_text_atomically(path, text)
    return path
