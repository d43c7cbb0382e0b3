"""The figure for papers: the same bytes twice, every format, a clear refusal of others."""

import pytest

from symprior.leaderboard import build
from symprior.leaderboard.pages.figure import write_figure
from symprior.tasks import SympriorError


@pytest.mark.parametrize("ending", ["svg", "pdf", "png"])
def test_two_figures_of_one_board_are_equal(tmp_path, suite_runs, tasks, ending):
    board = build(suite_runs(), tasks=tasks)
    first = write_figure(board, tmp_path / f"first.{ending}").read_bytes()
    assert first == write_figure(board, tmp_path / f"second.{ending}").read_bytes()
    assert len(first) > 1000


def test_other_formats_are_refused(tmp_path, suite_runs, tasks):
    with pytest.raises(SympriorError, match="svg, pdf, png"):
        write_figure(build(suite_runs(), tasks=tasks), tmp_path / "figure.bmp")
