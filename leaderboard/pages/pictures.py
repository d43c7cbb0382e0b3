"""Learning curves as SVG: colours are the page's, light or dark; the bytes always the same."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from html import escape

import matplotlib
import seaborn
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from symprior.leaderboard.board.tables.rows import TaskRow, TaskTable
from symprior.leaderboard.pages.rendering import without_controls
from symprior.leaderboard.pages.styles import DASHES, Style

# matplotlib cannot write CSS variables: it writes these colours, which are replaced afterwards.
INK, LINE, MARKED = "#010101", "#020202", "#030303"


def learning_curves(suite: str, table: TaskTable, learner: str, drawn_as: Mapping[str, Style]) -> str:
    """An inline SVG: mean normalised score over environment steps, with bands and the threshold.

    The names of what is inside are apart from those of every other suite, task and learner.
    """
    rows = table.rows_of(learner)

    def draw(axes: Axes) -> None:
        for row in rows:
            _draw_curve(axes, row, drawn_as[row.agent])
        _finish_curves(axes, table)

    label = f"Learning curves on {table.task}: {', '.join(row.agent for row in rows)}"
    return inline_picture(draw, f"curves {suite} {table.task} {learner}", (7.6, 3.4), label)


def inline_picture(draw: Callable[[Axes], None], name: str, inches: tuple[float, float], label: str) -> str:
    """What `draw` draws as an SVG for a page; it says where its axes lie, and from where to where they go.

    Args:
        draw: gets the axes; its colours are `sentinel`'s, `INK`, `LINE` and `MARKED`.
        name: decides the names of what is inside.
        inches: width and height.
        label: what it shows, for those who do not see it.
    """
    look = seaborn.axes_style("ticks") | {
        "svg.hashsalt": name,
        "svg.fonttype": "none",
        "text.color": INK,
        "axes.labelcolor": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "axes.edgecolor": LINE,
        "grid.color": LINE,
        "figure.facecolor": "none",
        "axes.facecolor": "none",
    }
    with matplotlib.rc_context(look):
        figure = Figure(figsize=inches, layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.subplots()
        draw(axes)
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return _inline(file.getvalue(), label, _places(axes))


def _places(axes: Axes) -> str:
    """Attributes: the left, right, bottom and top of the axes as parts of the picture, and what lies there."""
    box = axes.get_position()
    parts = {"box": (box.x0, box.x1, box.y0, box.y1), "ends": (*axes.get_xlim(), *axes.get_ylim())}
    return " ".join(f'data-{name}="{" ".join(f"{value:.4g}" for value in values)}"' for name, values in parts.items())


def sentinel(style: Style) -> str:
    """A colour that stands for the page's own of this style."""
    return f"#0000{16 + style.colour:02x}"


def _draw_curve(axes: Axes, row: TaskRow, style: Style) -> None:
    colour, curve = sentinel(style), row.curve
    axes.plot(curve.steps, curve.mean, color=colour, linestyle=DASHES[style.dash], linewidth=1.8)
    if curve.mean_band is not None:
        axes.fill_between(curve.steps, *curve.mean_band, color=colour, alpha=0.16, linewidth=0)


def _finish_curves(axes: Axes, table: TaskTable) -> None:
    axes.axhline(table.threshold_normalised, color=MARKED, linestyle=(0, (2, 2)), linewidth=1)
    axes.annotate(
        "threshold",
        (1, table.threshold_normalised),
        xycoords=("axes fraction", "data"),
        xytext=(5, 0),
        textcoords="offset points",
        va="center",
        fontsize=9,
        color=MARKED,
    )
    axes.set(xlim=(0, table.budget), xlabel=table.unit, ylabel="normalised score")
    axes.set_ylim(top=max(1.08, axes.get_ylim()[1]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda steps, _: f"{steps:,.0f}"))
    axes.grid(True, axis="y", linewidth=0.6)
    seaborn.despine(ax=axes)


def _inline(svg: str, label: str, places: str) -> str:
    svg = svg[svg.index("<svg") :].strip()
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'<g id="[^"]*"', "<g", svg)
    svg = re.sub(r'(<svg [^>]*?)\bwidth="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r'(<svg [^>]*?)\bheight="[^"]*"', r"\1", svg, count=1)
    svg = svg.replace("<svg ", f'<svg role="img" aria-label="{escape(without_controls(label))}" {places} ', 1)
    svg = re.sub(r"font: (\d+)px [^;\"]*", r"font-size: \1px", svg)
    for colour, variable in ((INK, "ink"), (LINE, "line"), (MARKED, "threshold")):
        svg = svg.replace(colour, f"var(--{variable})")
    return re.sub(r"#0000([12][0-9a-f])", lambda match: f"var(--series-{int(match[1], 16) - 16})", svg)
