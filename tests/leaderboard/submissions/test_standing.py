"""Submissions on boards: a row that is unverified, what its authors say, and nothing but words once it is withdrawn."""

from __future__ import annotations

from html import unescape
from pathlib import Path
from typing import Any

import pytest

from symprior.leaderboard.board.board import Board, build
from symprior.leaderboard.pages.pages import to_html, to_json, to_markdown
from symprior.leaderboard.pages.published_pages import write_published_pages
from symprior.leaderboard.submissions.standing import entered, read_standing
from symprior.leaderboard.submissions.submission import Submission, read_submissions
from symprior.leaderboard.verification.agreement import Verdict
from symprior.leaderboard.verification.drawing import digest_of, drawn, power_of
from symprior.leaderboard.verification.record import CheckedRun, Replay, Subject, Verification, write_verification

Submitted = Any
SUITE = "quick-2"


def board_of(submitted: Submitted, published: Path) -> Board:
    records = read_standing(SUITE, published, submitted.folder)
    return build(records, SUITE, entered=entered(read_submissions(submitted.folder)))


def test_an_active_one_has_a_row_beside_the_published_ones(submitted: Submitted, published: Path) -> None:
    submitted.make()
    board = board_of(submitted, published)
    rows = {row.agent: row for row in board.rows}
    assert set(rows) == {"Mine", "ppo", "ppo+augment", "ppo+homomorphic", "ppo+wide"}
    assert not rows["Mine"].verified and rows["Mine"].complete and rows["ppo"].verified
    assert rows["Mine"].gain is not None and rows["Mine"].gain.estimate is not None
    for page in (unescape(to_html(board)), to_markdown(board)):
        assert "claimed" in page and "unverified" not in page
        assert "(claimed): An agent of the tests, by Emmy Noether, Ada Lovelace. They claim: It loses less" in page
    assert "https://example.org/mine" in to_json(board)


def verified(submission: Submission, by: str, verdict: Verdict) -> None:
    """Write what somebody found who trained drawn runs again."""
    runs = tuple(
        CheckedRun(learner="custom", agent="Mine", task=run.task, seed=run.seed, verdict=verdict)
        for run in drawn(submission.records, 22, "a public number")
    )
    records = submission.records
    found = Verification(
        subject=Subject(suite=SUITE, digest=digest_of(records), runs=len(records)),
        by=by,
        machine=records[0].provenance,
        replay=Replay(seed_from="a public number", cells=22, power=power_of(records, 22), runs=runs),
    )
    write_verification(submission.verifications, found)


@pytest.mark.parametrize(
    ("by", "verdict", "standing"),
    [
        ("Grace Hopper", Verdict.EQUAL, "replayed 22/40 (10 % of forged runs found with "),
        ("Emmy Noether", Verdict.EQUAL, "claimed"),
        ("Grace Hopper", Verdict.DIFFERS, "claimed; challenged by Grace Hopper, "),
    ],
)
def test_a_row_says_what_was_shown_of_it(
    submitted: Submitted, published: Path, by: str, verdict: Verdict, standing: str
) -> None:
    verified(submitted.make(), by, verdict)
    board = board_of(submitted, published)
    row = next(row for row in board.rows if row.agent == "Mine")
    assert row.level.startswith(standing) and not row.verified
    assert f"Mine [{row.level}]" in to_markdown(board) and f"({row.level}): An agent of the tests" in to_markdown(board)


def test_a_withdrawn_one_has_words_alone(submitted: Submitted, published: Path) -> None:
    folder = submitted.make().folder
    with (folder / "submission.toml").open("a") as file:
        file.write('\n[status]\nstate = "retracted"\nreason = "The seeds were tuned on."\n')
    board = board_of(submitted, published)
    assert "Mine" not in {row.agent for row in board.rows}
    without = build(read_standing(SUITE, published, submitted.scratch / "none"), SUITE)
    assert board.rows == without.rows
    for page in (unescape(to_html(board)), to_markdown(board)):
        assert "(retracted: The seeds were tuned on.): An agent of the tests" in page


def test_pages_without_submissions_are_as_they_were(submitted: Submitted, published: Path) -> None:
    board = build(read_standing(SUITE, published, submitted.folder), SUITE)
    assert "Submissions" not in to_markdown(board) and "Submissions" not in to_html(board)


def test_words_of_others_do_nothing_to_a_page(submitted: Submitted, published: Path, tmp_path: Path) -> None:
    hostile = '"It wins. <img src=x onerror=alert(1) [x](javascript:alert(1)) **"'
    submission = submitted.make("Mine", {'"It loses less data than plain PPO."': hostile})
    board = board_of(submitted, published)
    assert submission.statement.claim in board.entered[0].claim
    assert "It wins. &lt;img src=x" in to_html(board)
    assert "\\<img src=x" in to_markdown(board) and "\\[x](javascript" in to_markdown(board)


def test_published_pages_show_submissions(submitted: Submitted, published: Path, tmp_path: Path) -> None:
    submitted.make()
    said = entered(read_submissions(submitted.folder))
    pages = list(write_published_pages(read_standing(SUITE, published, submitted.folder), tmp_path / "pages", said))
    assert [path.name for path in pages] == ["quick-2.md", "quick-2.svg"]
    page = pages[0].read_text(encoding="utf-8")
    assert "Mine [claimed]" in page and "An agent of the tests" in page
    others = [run for run in read_standing("priors", published, submitted.scratch / "none") if run.seed < 5]
    assert build(others, "priors", entered=said).entered == ()
