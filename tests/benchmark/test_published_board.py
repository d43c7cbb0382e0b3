"""The published board is rebuilt from the published records to the last byte."""

from pathlib import Path

import pytest

from symprior.benchmark.commands.leaderboard import expectations
from symprior.leaderboard import OWN_RESULTS, build, dial_pages, learner_pages, read_published
from symprior.leaderboard.dial_curves import dial_curves
from symprior.leaderboard.learner_tests import learner_tests
from symprior.leaderboard.pages import to_markdown

LEARNERS = sorted(OWN_RESULTS.glob(learner_pages.PAGE))
BOARDS = sorted(path for path in OWN_RESULTS.glob("*.md") if (OWN_RESULTS / path.stem).is_dir())
DIALS_OF_SUITES = sorted({path.parts[-3] for path in OWN_RESULTS.glob("*/*@*/*.json")})


def test_there_are_published_boards():
    assert [path.stem for path in BOARDS if path.stem.startswith("quick-")]


@pytest.mark.parametrize("path", BOARDS, ids=lambda path: path.stem)
def test_a_published_board_is_what_its_records_say(path: Path):
    records = read_published(OWN_RESULTS)
    board = build(records, path.stem, **expectations(records, path.stem))
    assert to_markdown(board) == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", LEARNERS, ids=lambda path: path.stem)
def test_the_page_of_the_two_learners_is_what_its_records_say(path: Path):
    page = learner_pages.to_markdown(learner_tests(read_published(OWN_RESULTS)))
    assert page == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("suite", DIALS_OF_SUITES)
def test_the_pages_of_dials_are_what_their_records_say(suite: str):
    records = read_published(OWN_RESULTS, suite)
    known = {key: value for key, value in expectations(records, suite).items() if key in ("seeds", "baseline")}
    for curves in dial_curves(records, suite, **known):
        path = OWN_RESULTS / f"{dial_pages.name_of(curves)}.md"
        assert dial_pages.to_markdown(curves) == path.read_text(encoding="utf-8")


def test_every_page_is_of_a_suite_a_dial_or_the_learners():
    dials = {path for suite in DIALS_OF_SUITES for path in OWN_RESULTS.glob(f"{suite}-*.md")}
    assert set(OWN_RESULTS.glob("*.md")) == {*BOARDS, *LEARNERS, *dials}


def test_every_published_run_is_finished_and_from_a_clean_checkout():
    for record in read_published(OWN_RESULTS):
        assert record.status == "finished"
        assert record.provenance.commit is not None
        assert record.provenance.dirty is False
