"""The published board is rebuilt from the published records to the last byte."""

import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from symprior.agents.priors.prior import PRIORS
from symprior.benchmark.commands.sweeps.suites import list_of
from symprior.benchmark.sweep.suite import get_suite, suite_names
from symprior.leaderboard import PUBLISHED_RESULTS, build, read_published
from symprior.leaderboard.board.dial_curves import dial_curves
from symprior.leaderboard.comparison.learner_tests import learner_tests
from symprior.leaderboard.pages import dial_pages, learner_pages
from symprior.leaderboard.pages.figure import write_figure
from symprior.leaderboard.pages.pages import to_markdown
from symprior.leaderboard.records.suite_lists import suite_list

pytestmark = pytest.mark.xdist_group("published")

LEARNERS = sorted(PUBLISHED_RESULTS.glob(learner_pages.PAGE))
BOARDS = sorted(path for path in PUBLISHED_RESULTS.glob("*.md") if (PUBLISHED_RESULTS / path.stem).is_dir())
FIGURES = [path for path in BOARDS if path.stem.rpartition("-")[0] in ("quick", "priors", "paper-grid")]
DIALS_OF_SUITES = sorted({path.parts[-3] for path in PUBLISHED_RESULTS.glob("*/*@*/*.json")})


@pytest.fixture(scope="module")
def published():
    """All published runs, in the order of their keys: read once."""
    return read_published(PUBLISHED_RESULTS)


@pytest.fixture
def published_of(published):
    """Gives those of one suite, by its name and version."""

    def of(suite):
        return [record for record in published if f"{record.suite}-{record.suite_version}" == suite]

    return of


@pytest.fixture(scope="module")
def board_of(published):
    """Gives the board of one suite, by its name and version, built once."""

    @cache
    def of(suite):
        records = [record for record in published if f"{record.suite}-{record.suite_version}" == suite]
        return build(records, suite)

    return of


def assert_same_picture(drawn: str, kept: str) -> None:
    """Coordinates may differ by what another processor's rounding moves them."""
    number = re.compile(r"-?\d+(?:\.\d+)?")
    assert number.split(drawn) == number.split(kept)
    np.testing.assert_allclose(*(list(map(float, number.findall(text))) for text in (drawn, kept)), atol=1e-3)


def test_there_are_published_boards():
    assert [path.stem for path in BOARDS if path.stem.startswith("quick-")]


@pytest.mark.parametrize("path", BOARDS, ids=lambda path: path.stem)
@pytest.mark.cells(test=2)
def test_a_published_board_is_what_its_records_say(board_of, path: Path):
    assert to_markdown(board_of(path.stem)) == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FIGURES, ids=lambda path: path.stem)
def test_a_published_figure_is_what_its_records_say(board_of, path: Path, tmp_path: Path):
    drawn = write_figure(board_of(path.stem), tmp_path / "drawn.svg")
    assert_same_picture(drawn.read_text(encoding="utf-8"), path.with_suffix(".svg").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", LEARNERS, ids=lambda path: path.stem)
def test_the_page_of_the_two_learners_is_what_its_records_say(published, path: Path):
    page = learner_pages.to_markdown(learner_tests(published))
    assert page == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("suite", DIALS_OF_SUITES)
def test_the_pages_of_dials_are_what_their_records_say(published_of, suite: str):
    records = published_of(suite)
    for curves in dial_curves(records, suite):
        path = PUBLISHED_RESULTS / f"{dial_pages.name_of(curves)}.md"
        assert dial_pages.to_markdown(curves) == path.read_text(encoding="utf-8")
        assert_same_picture(dial_pages.to_svg(curves), path.with_suffix(".svg").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", suite_names())
def test_readers_of_records_know_what_a_suite_says_should_be_there(name: str):
    suite = get_suite(name)
    assert suite_list(f"{name}-{suite.version}") == list_of(suite), "Freeze it: symprior suites --write"


def test_every_page_is_of_a_suite_a_dial_or_the_learners():
    dials = {path for suite in DIALS_OF_SUITES for path in PUBLISHED_RESULTS.glob(f"{suite}-*.md")}
    assert set(PUBLISHED_RESULTS.glob("*.md")) == {*BOARDS, *LEARNERS, *dials}
    assert set(PUBLISHED_RESULTS.glob("*.svg")) == {path.with_suffix(".svg") for path in {*FIGURES, *dials}}


def test_published_records_say_which_priors_are_controls(published):
    cards = {record.agent.prior: record.agent.control for record in published}
    assert cards == {name: PRIORS[name].is_control for name in cards}
    assert any(cards.values())


def test_every_published_run_is_finished_and_from_a_clean_checkout(published):
    for record in published:
        assert record.status == "finished"
        assert record.provenance.commit is not None
        assert record.provenance.dirty is False
