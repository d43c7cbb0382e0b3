"""What `symprior publish --out` wrote, `symprior leaderboard --records` reads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess


def test_a_folder_of_published_results_has_a_board(
    answer: Callable[..., CompletedProcess[str]], tmp_path: Path
) -> None:
    run = ["run", "--task", "cartpole-v1", "--agent", "random", "--seeds", "0-1", "--budget", "50000"]
    assert answer(*run).returncode == 0
    assert answer("publish", "--out", "kept").returncode == 0
    boards = []
    for folder in ("runs", "kept"):
        result = answer("leaderboard", "--records", folder, "--out", f"site-{folder}")
        assert result.returncode == 0, result.stderr
        boards.append((tmp_path / f"site-{folder}" / "leaderboard.md").read_text())
    assert boards[0] == boards[1]
