"""The marks beside numbers, and what they mean."""

from __future__ import annotations

from symprior.leaderboard.board.columns.column import NOTHING

MARKS: tuple[tuple[str, str], ...] = (
    (
        "≥",
        "at least this: runs are missing or failed and count as the worst; of a gain also where the plain arm loses "
        "over 90 % of the budget, and would lose more of a longer one",
    ),
    ("≤", "at most this: runs are missing or failed and count as the worst"),
    ("†", "fewer than 20 runs per task: the real coverage of the 95 % interval may be lower"),
    ("⚠", "runs failed or are missing: the row has no rank and no interval"),
    (
        "no interval",
        "fewer than 5 seeds, or fewer than 10 on a single task, or runs that do not differ: an interval would promise "
        "too much",
    ),
    (NOTHING, "not measured, or not defined"),
)
