"""Submissions of others on the site: what they say of themselves, and what became of those that stand no longer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from symprior.leaderboard.site.content import Content
from symprior.leaderboard.site.site import write_site
from symprior.leaderboard.submissions.submission import Submission

if TYPE_CHECKING:
    from conftest import Submitted

pytestmark = pytest.mark.xdist_group("site")


@pytest.fixture
def pages(content: Content, submitted: Submitted, tmp_path: Path) -> Path:
    """A site with two submissions beside the quick suite: one that stands, and an older one whose place it took."""
    mine = submitted.make()
    status = mine.statement.status.model_copy(
        update={"state": "superseded", "by": "Mine", "reason": "A seed was <b>wrong</b>."}
    )
    statement = mine.statement.model_copy(update={"status": status, "title": "The first try"})
    older = Submission(tmp_path / "Older", statement, "0" * 16, mine.records)
    quick = tuple(record for record in content.records if record.suite == "quick")
    assert list(write_site(replace(content, records=quick, submissions=(older, mine)), tmp_path / "site"))
    return tmp_path / "site"


def test_a_submission_has_a_page_and_stands_on_the_board(pages: Path) -> None:
    page = (pages / "agents" / "Mine.html").read_text(encoding="utf-8")
    for said in (
        "An agent of the tests. It loses less data than plain PPO.",
        "Emmy Noether, Ada Lovelace",
        "https://example.org/mine, commit 012345678901 (MIT)",
        "self-reported: Six learning rates on seeds 100 to 104",
        '<a href="../agents/ppo.html">ppo</a>',
        '<span class="tag">unverified</span>',
    ):
        assert said in page, said
    board = (pages / "board.html").read_text(encoding="utf-8")
    assert board.count('data-agent="Mine"') == 2 and 'data-verified="no"' in board


def test_a_submission_that_was_superseded_is_named_with_its_reason_and_has_no_row(pages: Path) -> None:
    listed = (pages / "agents" / "index.html").read_text(encoding="utf-8")
    assert "The first try, by Emmy Noether, Ada Lovelace." in listed
    assert 'Its place took <a href="../agents/Mine.html">Mine</a>. A seed was &lt;b&gt;wrong&lt;/b&gt;.' in listed
    assert "Older" not in (pages / "board.html").read_text(encoding="utf-8")
