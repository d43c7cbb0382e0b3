"""Submissions of others on the site: what they say of themselves, what others found, and those that stand no longer."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from symprior.leaderboard.site.content import Content
from symprior.leaderboard.site.site import write_site
from symprior.leaderboard.submissions.submission import Submission
from symprior.leaderboard.verification.agreement import Verdict
from symprior.leaderboard.verification.drawing import digest_of, drawn, power_of
from symprior.leaderboard.verification.record import CheckedRun, Replay, Subject, Verification, write_verification

Submitted = Any

pytestmark = pytest.mark.xdist_group("site")


def trained_again(submission: Submission, by: str, verdict: Verdict) -> None:
    """Keep what somebody found who trained drawn runs again."""
    records = submission.records
    runs = tuple(
        CheckedRun(
            learner="custom", agent=submission.name, task=run.task, seed=run.seed, verdict=verdict, note="<i>n</i>"
        )
        for run in drawn(records, 22, "a public number")
    )
    found = Verification(
        subject=Subject(suite="quick-2", digest=digest_of(records), runs=len(records)),
        by=by,
        machine=records[0].provenance,
        replay=Replay(seed_from="a public number", cells=22, power=power_of(records, 22), runs=runs),
    )
    write_verification(submission.verifications, found)


def renamed(submission: Submission, name: str, folder: Path) -> Submission:
    """The same runs as another submission's."""
    records = tuple(
        run.model_copy(update={"agent": run.agent.model_copy(update={"id": name})}) for run in submission.records
    )
    return replace(submission, folder=folder / name, records=records)


@pytest.fixture
def pages(content: Content, submitted: Submitted, tmp_path: Path) -> Path:
    """A site with four submissions: replayed, challenged, claimed alone, and one whose place another took."""
    mine = submitted.make()
    doubtful, fresh, older = (renamed(mine, name, tmp_path) for name in ("Doubtful", "Fresh", "Older"))
    trained_again(mine, "Grace Hopper", Verdict.EQUAL)
    trained_again(doubtful, "Sophie Germain", Verdict.DIFFERS)
    status = mine.statement.status.model_copy(
        update={"state": "superseded", "by": "Mine", "reason": "A seed was <b>wrong</b>."}
    )
    older = replace(older, statement=mine.statement.model_copy(update={"status": status, "title": "The first try"}))
    quick = tuple(record for record in content.records if record.suite == "quick")
    submissions = (doubtful, fresh, mine, older)
    assert list(write_site(replace(content, records=quick, submissions=submissions), tmp_path / "site"))
    return tmp_path / "site"


def test_a_submission_has_a_page_with_what_it_says_and_what_others_found(pages: Path) -> None:
    page = (pages / "agents" / "Mine.html").read_text(encoding="utf-8")
    for said in (
        "An agent of the tests. It loses less data than plain PPO.",
        "Emmy Noether, Ada Lovelace",
        "https://example.org/mine, commit 012345678901 (MIT)",
        "self-reported: Six learning rates on seeds 100 to 104",
        '<a href="../agents/ppo.html">ppo</a>',
        '<span class="tag">replayed</span>',
        "<dt>Shown</dt><dd>replayed 22/40 (10 % of forged runs found with ",
        "<summary>Grace Hopper, ",
        "22 runs, drawn from “a public number”, were trained again",
    ):
        assert said in page, said
    assert page.count("<td>bits equal</td>") == 22 and "&lt;i&gt;n&lt;/i&gt;" in page and "<i>n" not in page
    doubtful = (pages / "agents" / "Doubtful.html").read_text(encoding="utf-8")
    assert '<span class="tag">challenged</span>' in doubtful
    assert re.search(r"<details open><summary>Sophie Germain, \d{4}-\d\d-\d\d: contradicts the records<", doubtful)
    assert "Nobody has trained its runs again yet." in (pages / "agents" / "Fresh.html").read_text(encoding="utf-8")


def test_rows_are_of_what_stands_and_verified_once_trained_again_and_not_contradicted(pages: Path) -> None:
    board = (pages / "board.html").read_text(encoding="utf-8")
    found = dict(re.findall(r'data-agent="(\w+)"[^>]*data-verified="(\w+)"', board))
    assert found == {"Mine": "yes", "Doubtful": "no", "Fresh": "no", "ppo": "yes"}
    listed = (pages / "agents" / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'>(\w+)</a> <span class="tag">(\w+)<', listed) == [
        ("Doubtful", "challenged"),
        ("Fresh", "claimed"),
        ("Mine", "replayed"),
    ]
    assert "The first try, by Emmy Noether, Ada Lovelace." in listed
    assert 'Its place took <a href="../agents/Mine.html">Mine</a>. A seed was &lt;b&gt;wrong&lt;/b&gt;.' in listed
    assert "Older" not in board
