"""Submissions on boards: a row that is unverified, what its authors say, and nothing but words once it is withdrawn."""

from __future__ import annotations

from html import unescape
from pathlib import Path
from typing import Any

from symprior.leaderboard.board.board import Board, build
from symprior.leaderboard.pages.pages import to_html, to_json, to_markdown
from symprior.leaderboard.pages.published_pages import write_published_pages
from symprior.leaderboard.submissions.standing import entered, read_standing
from symprior.leaderboard.submissions.submission import read_submissions

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
        assert "unverified" in page
        assert "(on the board): An agent of the tests, by Emmy Noether, Ada Lovelace. They claim: It loses less" in page
    assert "https://example.org/mine" in to_json(board)


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
    assert "Mine [unverified]" in page and "An agent of the tests" in page
    others = [run for run in read_standing("priors", published, submitted.scratch / "none") if run.seed < 5]
    assert build(others, "priors", entered=said).entered == ()
