"""A suite of dials for a paper: a figure of each dial, tables of its tasks, and none over headline tasks that it has not."""

from __future__ import annotations

from pathlib import Path

from symprior.leaderboard.board.board import build
from symprior.leaderboard.board.dial_curves import dial_curves
from symprior.leaderboard.pages.paper.figures import write_figures
from symprior.leaderboard.records.published import PUBLISHED_RESULTS, read_file

VALUES, AGENTS = ("0", "0.4"), ("ppo", "ppo+homomorphic")


def test_a_dial_is_drawn_under_its_name(tmp_path: Path) -> None:
    places = [PUBLISHED_RESULTS / "dials-3" / f"grid-catch-drift-v1@eps={value}" for value in VALUES]
    records = [run for place in places for agent in AGENTS for run in read_file(place / f"{agent}.json")]
    written = list(write_figures(build(records), dial_curves(records), {}, tmp_path, width=5.5))
    drawn = {
        f"{name}.{end}" for name in ("gains", "curves", "dial-dials-3-grid-catch-drift-v1") for end in ("svg", "pdf")
    }
    tables = {f"grid-catch-drift-v1@eps={value}.tex" for value in VALUES}
    assert {path.name for path in written} == {path.name for path in tmp_path.iterdir()} == drawn | tables
    picture = (tmp_path / "dial-dials-3-grid-catch-drift-v1.svg").read_text(encoding="utf-8")
    assert 'width="396pt"' in picture
