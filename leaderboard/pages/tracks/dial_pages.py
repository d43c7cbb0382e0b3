"""A page for each dial: tables and a picture of scores against its value, rebuilt from records to the last byte."""

from __future__ import annotations

import io
from pathlib import Path

import matplotlib
import seaborn
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from symprior.leaderboard.board.dial_curves import SCORES, DialCurves, DialPoint
from symprior.leaderboard.comparison.gains import Gain
from symprior.leaderboard.pages.figure import NO_DATES, PANEL_INCHES, WIDTH, line
from symprior.leaderboard.pages.rendering import rendered
from symprior.leaderboard.pages.styles import COLOURS, Style, styles
from symprior.leaderboard.records.learners import BATCHED
from symprior.leaderboard.rules import RULES
from symprior.leaderboard.statistics.intervals import FEW_RUNS, Estimate
from symprior.leaderboard.statistics.power import POWER
from symprior.tasks.files.atomic import write_text_atomically


def write_dial_page(curves: DialCurves, folder: Path) -> list[Path]:
    """Write the page and its picture into `folder` and return their paths.

    Raises:
        SympriorError: the folder cannot be written.
    """
    texts = {folder / f"{name_of(curves)}.md": to_markdown(curves), folder / f"{name_of(curves)}.svg": to_svg(curves)}
    for path, text in texts.items():
        write_text_atomically(path, text)
    return list(texts)


def name_of(curves: DialCurves) -> str:
    """The name of both files, without their endings: suite, dial and, but for the batched one, learner."""
    return "-".join([curves.suite, curves.dial.id] + ([] if curves.learner == BATCHED else [curves.learner]))


def to_markdown(curves: DialCurves) -> str:
    """The page."""
    return rendered(
        "dial.md.j2",
        curves=curves,
        scores=SCORES,
        priors=[agent for agent in curves.agents if any(agent in point.added for point in curves.points)],
        budgets={point.task.budget for point in curves.points},
        provisional="; ".join(sorted({point.task.references.provisional for point in curves.points} - {""})),
        interval_mark=curves.runs[0] < FEW_RUNS,
        picture=f"{name_of(curves)}.svg",
        rules=RULES,
        shown=_shown,
        gain=_gain,
        lost=_lost,
        price=_price,
        resolved=_resolved(curves),
    )


def to_svg(curves: DialCurves) -> str:
    """A panel for each score; the same curves give the same bytes."""
    drawn_as = styles(curves.priors)
    with matplotlib.rc_context(seaborn.axes_style("ticks") | {"svg.hashsalt": "symprior", "svg.fonttype": "path"}):
        figure = Figure(figsize=(PANEL_INCHES[0] * len(SCORES), PANEL_INCHES[1]), layout="constrained")
        for axes, score in zip(figure.subplots(1, len(SCORES), squeeze=False)[0], SCORES, strict=True):
            draw_dial(axes, curves, score, drawn_as)
        figure.supxlabel(f"{curves.dial.parameter}: {curves.dial.meaning} (not to scale)", fontsize="medium")
        handles, labels = figure.axes[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=len(labels), frameon=False)
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata=NO_DATES["svg"])
    return buffer.getvalue()


def draw_dial(axes: Axes, curves: DialCurves, score: str, drawn_as: dict[str, Style], width: float = WIDTH) -> None:
    """One of `SCORES` of every agent against the dial's value, with intervals; lines `width` points wide."""
    for agent, style in drawn_as.items():
        found = [
            (place, point.scores[score][agent])
            for place, point in enumerate(curves.points)
            if agent in point.scores[score]
        ]
        places = [place for place, _ in found]
        axes.plot(places, [each.value for _, each in found], label=agent, marker="o", ms=4, **line(style, width))
        if all(each.interval is not None for _, each in found):
            low = [each.interval.low for _, each in found if each.interval]
            high = [each.interval.high for _, each in found if each.interval]
            axes.fill_between(places, low, high, color=COLOURS[style.colour], alpha=0.15, linewidth=0)
    axes.set_xticks(range(len(curves.points)), labels=[f"{point.value:g}" for point in curves.points])
    axes.set(title=SCORES[score], ylabel="normalised score")
    axes.set_ylim(max(-1.0, axes.get_ylim()[0]), max(1.02, axes.get_ylim()[1]))
    seaborn.despine(ax=axes)


def _shown(number: Estimate | None, style: str = "%.3f") -> str:
    """A mean with its interval."""
    if number is None:
        return "–"
    if number.interval is None:
        return style % number.value
    low, high = (style % end for end in (number.interval.low, number.interval.high))
    return f"{style % number.value} [{low} … {high}{number.interval.mark}]"


def _gain(of: Gain | None) -> str:
    """A gain with its interval, and with one more lost run."""
    if of is None or of.estimate is None:
        return "–" if of is None else f"– ({of.why_none})"
    shown = _shown(of.estimate, "%.2f").partition(" ")
    more = "" if of.with_lost_run is None else f"; {of.with_lost_run:.2f}×"
    return f"{of.estimate.bound}{shown[0]}×{shown[1]}{shown[2]}{more}"


def _lost(point: DialPoint, agent: str) -> str:
    """Runs never at the threshold, and those of the others that fell back."""
    if agent not in point.failures:
        return "–"
    never, back = point.failures[agent], point.fell_back[agent]
    return f"{never.count} of {never.runs}; {back.count} of {back.runs}"


def _resolved(curves: DialCurves) -> str:
    """What the seeds can find at each value."""
    found = [(point.value, point.resolution.gain) for point in curves.points if point.resolution is not None]
    if not found:
        return "No gain can be found at any value: the plain agent's runs are too few, or it loses too little."
    gains = ", ".join(f"{gain:.2f}× at {value:g}" for value, gain in found)
    return f"With {100 * POWER:.0f} % power its seeds find a gain of {gains}."


def _price(point: DialPoint) -> str:
    if point.price is None:
        return "–"
    least, most = (f"{bound:.3f}" for bound in point.price)
    return least if least == most else f"{least} – {most}"
