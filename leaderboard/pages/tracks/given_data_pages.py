"""A page for the tasks of a suite on which transitions are given: tables, and a picture of scores over ln(transitions)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import matplotlib
import seaborn
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from symprior.leaderboard.board.tables.given_data import GivenRow, GivenTable, GivenTables, OfGoalSet
from symprior.leaderboard.pages.figure import NO_DATES, PANEL_INCHES, line
from symprior.leaderboard.pages.rendering import rendered
from symprior.leaderboard.pages.styles import Style, styles
from symprior.leaderboard.rules import RULES
from symprior.leaderboard.statistics.intervals import in_words
from symprior.tasks.files.atomic import write_text_atomically

COLUMNS = 3
"""Panels side by side."""


def write_given_data_page(tables: GivenTables, folder: Path) -> list[Path]:
    """Write the page and its picture into `folder` and return their paths; the same records give the same bytes.

    Raises:
        SympriorError: the folder cannot be written.
    """
    name = f"{tables.suite}-data"
    texts = {
        folder / f"{name}.md": to_markdown(tables, f"{name}.svg"),
        folder / f"{name}.svg": to_svg(tables),
    }
    for path, text in texts.items():
        write_text_atomically(path, text)
    return list(texts)


def to_markdown(tables: GivenTables, picture: str) -> str:
    """The page; `picture` is the name of its picture's file."""
    return rendered("given_data.md.j2", tables=tables, picture=picture, rules=RULES, gain=_gain, pairs=_pairs)


def to_svg(tables: GivenTables) -> str:
    """A panel for each task."""
    drawn_as = styles(tables.priors)
    columns, rows = min(COLUMNS, len(tables.tables)), -(-len(tables.tables) // COLUMNS)
    with matplotlib.rc_context(seaborn.axes_style("ticks") | {"svg.hashsalt": "symprior", "svg.fonttype": "path"}):
        figure = Figure(figsize=(PANEL_INCHES[0] * columns, PANEL_INCHES[1] * rows), layout="constrained")
        panels = list(figure.subplots(rows, columns, squeeze=False).flat)
        for axes in panels[len(tables.tables) :]:
            axes.set_axis_off()
        for axes, table in zip(panels, tables.tables, strict=False):
            _draw(axes, table, drawn_as)
        handles = {
            label: handle for axes in panels for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
        }
        figure.legend(
            list(handles.values()), list(handles), loc="outside upper center", ncols=len(handles), frameon=False
        )
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata=NO_DATES["svg"])
    return buffer.getvalue()


def _draw(axes: Axes, table: GivenTable, drawn_as: dict[str, Style]) -> None:
    """Mean scores of every agent on a task."""
    rows = {row.agent: row for row in table.rows}
    for agent, style in drawn_as.items():
        if agent in rows:
            axes.plot(table.points[1:], rows[agent].scores[1:], label=agent, marker="o", ms=4, **line(style))
    axes.set(title=table.task.id, xlabel="transitions", ylabel="normalised score", xscale="log", ylim=(-0.03, 1.03))
    axes.set_xticks(table.points[1:])
    axes.xaxis.set_major_formatter(FuncFormatter(lambda steps, _: f"{steps:,.0f}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    seaborn.despine(ax=axes)


def _gain(row: GivenRow) -> str:
    """A gain with its interval, or why there is none."""
    gain = row.gain
    if gain is None:
        return "–"
    if gain.value != gain.value:
        return f"– ({gain.note})"
    if gain.interval is None:
        return f"{gain.bound}{gain.value:.2f}× ({gain.note})"
    return f"{gain.value:.2f}× [{in_words(gain.interval.low, gain.interval.high, 2)}{gain.interval.mark}]"


def _pairs(of: OfGoalSet) -> Iterator[tuple[float, float]]:
    """Steps and return of each evaluation."""
    return zip(of.lengths, of.returns, strict=True)
