"""Gains as points with their intervals on a logarithmic axis; for pages and papers alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from symprior.leaderboard.board.tables.rows import TaskTable
from symprior.leaderboard.pages.styles import Style
from symprior.leaderboard.statistics.intervals import Estimate

TICKS = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
ROOM = 1.15
"""What the axis goes on behind the outermost interval, as a factor."""


@dataclass(frozen=True)
class DrawnGain:
    """One agent's gain, and how it is drawn."""

    agent: str
    gain: Estimate
    style: Style

    @property
    def ends(self) -> tuple[float, float]:
        """Those of its interval; of a gain without one the gain itself."""
        interval = self.gain.interval
        return (interval.low, interval.high) if interval else (self.gain.value, self.gain.value)


def gains_on(table: TaskTable, learner: str, drawn_as: dict[str, Style]) -> list[DrawnGain]:
    """What there is to draw of a task: the gains of a learner's agents, the largest first."""
    found = [
        DrawnGain(row.agent, row.gain.estimate, drawn_as[row.agent])
        for row in table.rows_of(learner)
        if row.gain is not None and row.gain.estimate is not None
    ]
    return sorted(found, key=lambda each: -each.gain.value)


def gain_limits(gains: Iterable[DrawnGain]) -> tuple[float, float]:
    """Where an axis begins and ends that has all of these and 1."""
    ends = [end for each in gains for end in each.ends] + [1.0]
    return min(ends) / ROOM, max(ends) * ROOM


def draw_gains(
    axes: Axes, gains: Sequence[DrawnGain], limits: tuple[float, float], colour: Callable[[Style], str], mark: str
) -> None:
    """A line for each agent from the top down, and an upright one at 1, where nothing is gained.

    Args:
        axes: where they are drawn.
        gains: from the top down.
        limits: of the axis.
        colour: of a style.
        mark: the colour of the line at 1.
    """
    axes.set(xscale="log", xlim=limits, ylim=(len(gains) - 0.5, -0.5), xlabel="symmetry gain")
    axes.axvline(1, color=mark, linestyle=(0, (2, 2)), linewidth=1)
    for place, each in enumerate(gains):
        shade = colour(each.style)
        axes.plot(each.ends, (place, place), color=shade, linewidth=2.4, alpha=0.7, solid_capstyle="butt")
        axes.plot([each.gain.value], [place], marker="o", ms=5, color=shade)
        axes.annotate(
            in_times(each.gain),
            (1, place),
            xycoords=("axes fraction", "data"),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize="small",
        )
    axes.set_yticks(range(len(gains)), labels=[each.agent for each in gains])
    axes.tick_params(axis="y", length=0)
    ticks = [tick for tick in TICKS if limits[0] <= tick <= limits[1]]
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}×"))
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)


def in_times(gain: Estimate) -> str:
    """A gain as a factor."""
    return f"{gain.bound}{gain.value:.2f}×"
