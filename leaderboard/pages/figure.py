"""The learning curves of a board as one figure for a paper or a talk: a panel for each task; SVG, PDF or PNG."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TypedDict

import matplotlib
import seaborn
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from symprior.leaderboard.board.board import Board
from symprior.leaderboard.board.tables.rows import TaskTable
from symprior.leaderboard.pages.styles import COLOURS, DASHES, Style, styles
from symprior.symmetry.errors import SympriorError
from symprior.tasks.files.atomic import write_bytes_atomically

FORMATS = ("svg", "pdf", "png")
PANEL_INCHES = (5.0, 3.2)
WIDTH = 1.8
"""Of a line, in points."""
NO_DATES = {"svg": {"Date": None, "Creator": None}, "pdf": {"CreationDate": None}, "png": {}}


def write_figure(board: Board, path: Path) -> Path:
    """Draw mean normalised scores with their bands and thresholds, and write them; the same board gives the same bytes.

    Raises:
        SympriorError: the ending of `path` names no format, or the file cannot be written.
    """
    ending = check_format(path)
    drawn = {(row.learner, table.task) for table in board.tasks for row in table.rows}
    panels = [(table, learner) for table in board.tasks for learner in board.learners if (learner, table.task) in drawn]
    drawn_as = styles({row.agent: row.prior for row in board.rows})
    with matplotlib.rc_context(seaborn.axes_style("ticks") | {"svg.hashsalt": "symprior", "svg.fonttype": "path"}):
        figure = Figure(figsize=(PANEL_INCHES[0] * len(panels), PANEL_INCHES[1]), layout="constrained")
        for axes, (table, learner) in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True):
            draw_curves(axes, table, learner, drawn_as)
        handles, labels = figure.axes[0].get_legend_handles_labels()
        figure.legend(
            handles, labels, loc="outside upper center", ncols=min(len(labels), 2 * len(panels)), frameon=False
        )
        buffer = io.BytesIO()
        figure.savefig(buffer, format=ending, dpi=160, metadata=NO_DATES[ending])
    write_bytes_atomically(path, buffer.getvalue())
    return path


def check_format(path: Path) -> str:
    """The format that the ending names.

    Raises:
        SympriorError: it names none.
    """
    ending = path.suffix.removeprefix(".")
    if ending not in FORMATS:
        raise SympriorError(f"A figure ends in {', '.join(FORMATS)}, not {path.name!r}.")
    return ending


class Line(TypedDict):
    """What matplotlib's `plot` takes of a line."""

    color: str
    linestyle: str | tuple[int, tuple[int, ...]]
    linewidth: float


def line(style: Style, width: float = WIDTH) -> Line:
    """A style in matplotlib's words; `width` is in points."""
    return {"color": COLOURS[style.colour], "linestyle": DASHES[style.dash], "linewidth": width}


def draw_curves(axes: Axes, table: TaskTable, learner: str, drawn_as: dict[str, Style], width: float = WIDTH) -> None:
    """The learning curves of a learner's agents on a task, with bands and the threshold; lines `width` points wide."""
    rows = {row.agent: row for row in table.rows if row.learner == learner}
    for agent, style in drawn_as.items():
        if agent in rows:
            curve = rows[agent].curve
            axes.plot(curve.steps, curve.mean, label=agent, **line(style, width))
            if curve.mean_band is not None:
                axes.fill_between(curve.steps, *curve.mean_band, color=COLOURS[style.colour], alpha=0.18, linewidth=0)
    axes.axhline(table.threshold_normalised, color="0.4", linestyle=":", linewidth=1)
    runs = max((row.runs for row in table.rows), default=0)
    axes.set(title=f"{table.task} ({runs} runs each)", xlabel=table.unit, ylabel="normalised score")
    axes.set(xlim=(0, table.budget), ylim=(max(-1.0, axes.get_ylim()[0]), max(1.05, axes.get_ylim()[1])))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda steps, _: f"{steps:,.0f}"))
    seaborn.despine(ax=axes)
