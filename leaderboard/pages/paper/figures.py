"""The figures and tables of a suite for a paper: each figure as SVG and PDF, as wide as a column."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from math import ceil
from pathlib import Path
from typing import Any

import matplotlib
import seaborn
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from symprior.leaderboard.board.board import Board
from symprior.leaderboard.board.columns import AGENT_COLUMNS, TASK_COLUMNS
from symprior.leaderboard.board.dial_curves import SCORES, DialCurves
from symprior.leaderboard.pages.figure import NO_DATES, draw_curves
from symprior.leaderboard.pages.paper.gains import draw_gains, gain_limits, gains_on
from symprior.leaderboard.pages.paper.latex import as_latex
from symprior.leaderboard.pages.paper.profiles import draw_profiles
from symprior.leaderboard.pages.styles import COLOURS, Style, styles
from symprior.leaderboard.pages.tracks.dial_pages import draw_dial, name_of
from symprior.leaderboard.statistics.resamples.resampling import Floats
from symprior.tasks.files.atomic import write_bytes_atomically, write_text_atomically

COLUMN_INCHES = 3.25
"""A column of a page with two; NeurIPS has 5.5 on one."""

FORMATS = ("svg", "pdf")
HIGH, OF_A_GAIN, ROUND_GAINS, OF_A_NAME = 1.7, 0.17, 0.75, 0.15
"""Inches: of a panel, of a line of gains, of what is around them, and of a line of the legend."""

LINE = 1.2
"""Points."""

GREY = "0.4"

_LOOK: dict[Any, Any] = {
    "font.size": 7,
    "axes.titlesize": 8,
    "axes.labelsize": 7,
    "xtick.labelsize": 6.5,
    "ytick.labelsize": 6.5,
    "legend.fontsize": 6.5,
    "axes.linewidth": 0.6,
    "svg.hashsalt": "symprior",
    "svg.fonttype": "path",
    "pdf.fonttype": 42,  # outlines that journals take
}

Draw = Callable[[Axes], None]


def write_figures(
    board: Board,
    dials: Sequence[DialCurves],
    scores: Mapping[str, Mapping[str, Floats]],
    folder: Path,
    width: float = COLUMN_INCHES,
) -> Iterator[Path]:
    """Write gains, curves, profiles, dials and tables, and say each file's path; the same board gives the same bytes.

    Args:
        board: of the suite.
        dials: of the suite.
        scores: for each learner the data efficiencies of its agents, `[runs, tasks]`; what is not there has no profile.
        folder: where they are written.
        width: inches.

    Raises:
        SympriorError: the folder cannot be written.
    """
    for learner in board.learners:
        behind = f"-{learner}" if len(board.learners) > 1 else ""
        drawn_as = styles({row.agent: row.prior for row in board.rows_of(learner)})
        yield from _gains(board, learner, drawn_as, folder / f"gains{behind}", width)
        yield from _curves(board, learner, drawn_as, folder / f"curves{behind}", width)
        if learner in scores:
            panel = partial(draw_profiles, of_agents=scores[learner], drawn_as=drawn_as, width=LINE)
            yield from _written([panel], [HIGH], folder / f"profiles{behind}", width)
        yield from _tables(board, learner, folder, behind)
    for curves in dials:
        yield from _dial(curves, folder, width)


def _gains(board: Board, learner: str, drawn_as: dict[str, Style], path: Path, width: float) -> Iterator[Path]:
    found = {table.task: gains for table in board.tasks if (gains := gains_on(table, learner, drawn_as))}
    limits = gain_limits(each for gains in found.values() for each in gains)
    panels = [
        partial(_titled, title=task, draw=partial(draw_gains, gains=gains, limits=limits, colour=_colour, mark=GREY))
        for task, gains in found.items()
    ]
    heights = [ROUND_GAINS + OF_A_GAIN * len(gains) for gains in found.values()]
    yield from _written(panels, heights, path, width)


def _titled(axes: Axes, title: str, draw: Draw) -> None:
    draw(axes)
    axes.set_title(title)


def _colour(style: Style) -> str:
    return COLOURS[style.colour]


def _curves(board: Board, learner: str, drawn_as: dict[str, Style], path: Path, width: float) -> Iterator[Path]:
    tables = [table for table in board.tasks if table.rows_of(learner)]
    panels = [partial(draw_curves, table=table, learner=learner, drawn_as=drawn_as, width=LINE) for table in tables]
    yield from _written(panels, [HIGH] * len(panels), path, width)


def _dial(curves: DialCurves, folder: Path, width: float) -> Iterator[Path]:
    drawn_as = styles(curves.priors)
    panels = [partial(draw_dial, curves=curves, score=score, drawn_as=drawn_as, width=LINE) for score in SCORES]
    yield from _written(panels, [HIGH] * len(panels), folder / f"dial-{name_of(curves)}", width)


def _tables(board: Board, learner: str, folder: Path, behind: str) -> Iterator[Path]:
    suite = f"Suite {board.suite_id}, learner {learner}, rules {board.rules}"
    texts = {
        f"{table.task}{behind}": as_latex(TASK_COLUMNS, table.rows_of(learner), f"{table.task}. {suite}.")
        for table in board.tasks
        if table.rows_of(learner)
    }
    if over := board.compared[learner]:
        rows = [row for row in board.rows_of(learner) if row.tasks == over]
        texts[f"agents{behind}"] = as_latex(AGENT_COLUMNS, rows, f"Over {', '.join(over)}. {suite}.")
    for name, text in texts.items():
        write_text_atomically(folder / f"{name}.tex", text)
        yield folder / f"{name}.tex"


def _written(panels: Sequence[Draw], heights: Sequence[float], path: Path, width: float) -> Iterator[Path]:
    """Panels under each other, with one legend above where their lines have names."""
    if not panels:
        return
    with matplotlib.rc_context({**seaborn.axes_style("ticks"), **_LOOK}):
        figure = Figure(figsize=(width, sum(heights)), layout="constrained")
        all_axes = figure.subplots(len(panels), 1, squeeze=False, height_ratios=heights)[:, 0]
        for axes, draw in zip(all_axes, panels, strict=True):
            draw(axes)
        handles, labels = figure.axes[0].get_legend_handles_labels()
        if handles:
            figure.set_figheight(sum(heights) + OF_A_NAME * ceil(len(labels) / 2))
            figure.legend(handles, labels, loc="outside upper center", ncols=2, frameon=False)
        for ending in FORMATS:
            buffer = io.BytesIO()
            figure.savefig(buffer, format=ending, metadata=NO_DATES[ending])
            write_bytes_atomically(path.with_name(f"{path.name}.{ending}"), buffer.getvalue())
            yield path.with_name(f"{path.name}.{ending}")
