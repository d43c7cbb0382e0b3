"""`symprior figures`: every figure and table of a suite, as wide as a column, the same bytes twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from symprior.leaderboard import build, read_published

Answer = Callable[..., CompletedProcess[str]]

FILES = {
    *(f"{name}.{ending}" for name in ("gains", "curves", "profiles") for ending in ("svg", "pdf")),
    *("agents.tex", "cartpole-v1.tex", "grid-catch-v1.tex"),
}


def check_table(text: str) -> None:
    """It has the numbers of the board."""
    board = build(read_published(suite="quick"))
    for row in board.rows:
        line = next(line for line in text.splitlines() if line.startswith(f"    {row.agent} "))
        assert row.headline is not None and f" & {row.headline.value:.3f} " in line
        if row.gain and row.gain.estimate and row.gain.estimate.interval:
            low, high = row.gain.estimate.interval.low, row.gain.estimate.interval.high
            assert f"{row.gain.estimate.value:.2f}$\\times$ {{\\scriptsize [{low:.2f} -- {high:.2f}" in line
        assert line.endswith(r"\\") and line.count("&") == 3
    assert text.count("{") == text.count("}")
    assert r"\resizebox{\columnwidth}{!}" in text


def test_a_suite_is_drawn_at_the_width_of_a_column(answer: Answer, tmp_path: Path) -> None:
    found = answer("figures", "quick", "--out", "first", "--width", "3")
    assert found.returncode == 0, found.stderr
    assert {path.name for path in (tmp_path / "first").iterdir()} == FILES
    for name in ("gains", "curves", "profiles"):
        svg = (tmp_path / "first" / f"{name}.svg").read_text(encoding="utf-8")
        width = re.search(r'<svg [^>]*?width="([\d.]+)pt"', svg)
        assert width is not None and float(width[1]) == 3 * 72
        pdf = (tmp_path / "first" / f"{name}.pdf").read_bytes()
        assert pdf.startswith(b"%PDF") and b"/MediaBox [ 0 0 216 " in pdf and b"/Type3" not in pdf
    check_table((tmp_path / "first" / "agents.tex").read_text(encoding="utf-8"))
    answer("figures", "quick-2", "--out", "second", "--width", "3")
    for name in FILES:
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes()


@pytest.mark.parametrize("width", ["1", "13", "nan"])
def test_an_impossible_width_is_a_sentence(answer: Answer, width: str) -> None:
    found = answer("figures", "quick", "--width", width)
    assert found.returncode == 2 and "A column is 2 to 12 inches wide" in found.stderr


def test_an_unknown_suite_is_a_sentence(answer: Answer) -> None:
    found = answer("figures", "quik")
    assert found.returncode == 2 and "holds no published results of the suite 'quik'" in found.stderr
