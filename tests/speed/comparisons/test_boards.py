"""The synthetic board that is measured is one that the leaderboard accepts: else times mean nothing."""

from __future__ import annotations

from speed.comparisons.boards import TASKS, synthetic_runs
from symprior.leaderboard import build


def test_the_synthetic_board_is_whole() -> None:
    board = build(synthetic_runs(3, TASKS[:3], 10))
    assert [row.complete for row in board.rows] == [True] * 3
    assert not any(row.shortfalls for row in board.rows)
    assert all(row.gain is not None and row.gain.estimate is not None for row in board.rows if not row.plain)
