"""The published board is rebuilt from the published records to the last byte."""

import re
from pathlib import Path

import numpy as np
import pytest

from symprior.agents.priors.prior import PRIORS
from symprior.benchmark.commands.sweeps.suites import list_of
from symprior.benchmark.sweep.suite import get_suite, suite_names
from symprior.leaderboard import PUBLISHED_RESULTS
from symprior.leaderboard.comparison.learner_tests import SUITE, learner_tests
from symprior.leaderboard.pages import learner_pages
from symprior.leaderboard.pages.published_pages import write_published_pages
from symprior.leaderboard.records.suite_lists import suite_list
from symprior.leaderboard.submissions.standing import entered, read_standing
from symprior.leaderboard.submissions.submission import read_submissions

pytestmark = pytest.mark.xdist_group("published")

PAGES = sorted(path for kind in ("md", "svg") for path in PUBLISHED_RESULTS.glob(f"*.{kind}"))
SUITES = sorted(path.name for path in PUBLISHED_RESULTS.iterdir() if path.is_dir() and not path.name.startswith(SUITE))


@pytest.fixture(scope="module")
def published():
    """All published runs and those of submissions, in the order of their keys: read once."""
    return read_standing()


def pages_of(suite: str) -> list[Path]:
    """The page of a suite's board and its picture, and those of its dials."""
    return [path for path in PAGES if path.stem == suite or path.stem.startswith(f"{suite}-")]


def assert_same_picture(drawn: str, kept: str) -> None:
    """Coordinates may differ by what another processor's rounding moves them."""
    number = re.compile(r"-?\d+(?:\.\d+)?")
    assert number.split(drawn) == number.split(kept)
    np.testing.assert_allclose(*(list(map(float, number.findall(text))) for text in (drawn, kept)), atol=1e-3)


@pytest.mark.parametrize("suite", SUITES[::-1])
@pytest.mark.cells(test=1)
def test_published_pages_are_what_their_records_say(published, suite: str, tmp_path: Path):
    records = [record for record in published if record.suite_id == suite]
    paths = list(write_published_pages(records, tmp_path, entered(read_submissions())))
    assert {path.name for path in paths} == {path.name for path in pages_of(suite)}
    for path in paths:
        found, kept = ((folder / path.name).read_text(encoding="utf-8") for folder in (tmp_path, PUBLISHED_RESULTS))
        if path.suffix == ".svg":
            assert_same_picture(found, kept)
        else:
            assert found == kept, "Write all pages anew: symprior leaderboard --all"


def test_the_page_of_the_two_learners_is_what_its_records_say(published, tmp_path: Path):
    kept = PUBLISHED_RESULTS / learner_pages.PAGE
    assert learner_pages.to_markdown(learner_tests(published)) == kept.read_text(encoding="utf-8")


def test_every_page_is_of_a_suite_or_of_the_learners():
    of_suites = {path for suite in SUITES for path in pages_of(suite)}
    assert {*of_suites, PUBLISHED_RESULTS / learner_pages.PAGE} == set(PAGES)
    assert {"quick-2", "dials-3"} <= set(SUITES)


@pytest.mark.parametrize("name", suite_names())
def test_readers_of_records_know_what_a_suite_says_should_be_there(name: str):
    suite = get_suite(name)
    assert suite_list(suite.suite_id) == list_of(suite), "Freeze it: symprior suites --write"


def test_published_records_say_which_priors_are_controls(published):
    cards = {record.agent.prior: record.agent.control for record in published}
    assert cards == {name: PRIORS[name].is_control for name in cards}
    assert any(cards.values())


def test_every_published_run_is_finished_and_from_a_clean_checkout(published):
    for record in published:
        assert record.status == "finished"
        assert record.provenance.commit is not None
        assert record.provenance.dirty is False
