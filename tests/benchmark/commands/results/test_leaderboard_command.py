"""`symprior leaderboard` on single runs: which tasks it shows, and what it says where it cannot."""

import pytest

from symprior.benchmark.commands.results.leaderboard import leaderboard
from symprior.leaderboard import PUBLISHED_RESULTS, build, read_published, read_records, write_record
from symprior.leaderboard.pages.pages import to_json, to_markdown
from symprior.symmetry.errors import SympriorError


@pytest.fixture
def single_runs(tmp_path):
    """Five seeds of the published `ppo` on CartPole and `ppo+augment` on catch, as if they were run one by one."""
    for record in read_published(PUBLISHED_RESULTS, "quick"):
        if (record.agent.id, record.task) in (
            ("ppo", "cartpole-v1"),
            ("ppo+augment", "grid-catch-v1"),
        ) and record.seed < 5:
            write_record(tmp_path / "runs", record.model_copy(update={"suite": "custom", "suite_version": "1"}))
    return tmp_path / "runs"


def test_one_task_of_single_runs_is_a_board(single_runs, tmp_path):
    out = tmp_path / "site"
    leaderboard(single_runs, published=False, suite=None, task=["grid-catch-v1"], out=out, figure=None)
    page = (out / "leaderboard.md").read_text(encoding="utf-8")
    assert "ppo+augment" in page
    assert "cartpole-v1" not in page
    assert "incomplete]" not in page


def test_a_task_without_single_runs_or_of_a_frozen_suite_is_refused(single_runs, tmp_path):
    for suite, task, sentence in (
        (None, "hopper-v1", "no single runs on hopper-v1"),
        ("custom", "hopper-v1", "no single runs on hopper-v1"),
        ("custom-1", "hopper-v1", "no single runs on hopper-v1"),
        ("paper", "cartpole-v1", "Give one of --suite and --task"),
    ):
        with pytest.raises(SympriorError, match=sentence):
            leaderboard(single_runs, published=False, suite=suite, task=[task], out=tmp_path, figure=None)


def test_all_pages_are_written_by_one_command(tmp_path, monkeypatch):
    quick = read_published(PUBLISHED_RESULTS, "quick")
    monkeypatch.setattr("symprior.leaderboard.submissions.standing.read_standing", lambda: quick)
    leaderboard(tmp_path, out=tmp_path, everything=True)
    assert {path.name for path in tmp_path.iterdir()} == {"quick-2.md", "quick-2.svg"}
    assert (tmp_path / "quick-2.md").read_bytes() == (PUBLISHED_RESULTS / "quick-2.md").read_bytes()
    with pytest.raises(SympriorError, match="--all writes every published page; give it without --suite"):
        leaderboard(tmp_path, suite="quick", out=tmp_path, everything=True)


@pytest.mark.parametrize("suite", ["custom", "quick"])
def test_python_gives_what_the_command_line_gives(tmp_path, suite):
    """Of a shipped suite both know which seeds are missing and which plain arm was better on tuning seeds."""
    for record in read_published(PUBLISHED_RESULTS, "quick"):
        if record.seed < 12 or record.agent.id != "ppo+augment":
            changes = {} if suite == "quick" else {"suite": "custom", "suite_version": "1"}
            write_record(tmp_path / "runs", record.model_copy(update=changes))
    leaderboard(tmp_path / "runs", suite=suite, out=tmp_path / "site")
    board = build(read_records(tmp_path / "runs"))
    for name, text in (("leaderboard.json", to_json(board)), ("leaderboard.md", to_markdown(board))):
        assert (tmp_path / "site" / name).read_text(encoding="utf-8") == text
    assert any(row.shortfalls for row in board.rows) is (suite == "quick")
    assert ("better plain arm" in to_markdown(board)) is (suite == "quick")
