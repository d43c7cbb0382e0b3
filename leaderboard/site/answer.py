"""The answer as one picture: for each task the gains of the priors, from the suite that compares most of them there."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from symprior.leaderboard.board.board import Board
from symprior.leaderboard.board.tables.rows import TaskTable
from symprior.leaderboard.pages.paper.gains import DrawnGain, draw_gains, gain_limits, gains_on
from symprior.leaderboard.pages.pictures import MARKED, inline_picture, sentinel
from symprior.leaderboard.pages.styles import styles
from symprior.leaderboard.site.built import Built

WIDTH, HEAD, LINE = 4.6, 0.65, 0.27
"""Inches: of a panel, of what lies under its lines, and of a line."""


@dataclass(frozen=True)
class Panel:
    """The gains on one task.

    Attributes:
        suite: that they are from.
        learner: of the agents.
        table: of the task there.
        gains: of agents that are no control, the largest first.
    """

    suite: str
    learner: str
    table: TaskTable
    gains: tuple[DrawnGain, ...]

    @property
    def seeds(self) -> int:
        """The fewest runs behind one of the gains."""
        return min(each.gain.runs for each in self.gains)


def panels(site: Built) -> list[Panel]:
    """One for each task that is no dial and has a gain with an interval, the task with most priors first."""
    found: dict[str, Panel] = {}
    for suite, board in site.boards.items():
        for table in board.tasks:
            for learner in board.learners:
                panel = Panel(suite, learner, table, _of_priors(board, table, learner))
                if panel.gains and table.track != "dial":
                    found[table.task] = max(found.get(table.task, panel), panel, key=_says)
    return sorted(found.values(), key=lambda panel: (-len(panel.gains), panel.table.task))


def _says(panel: Panel) -> tuple[int, int]:
    return len(panel.gains), panel.seeds


def _of_priors(board: Board, table: TaskTable, learner: str) -> tuple[DrawnGain, ...]:
    rows = {row.agent: row for row in board.rows_of(learner)}
    drawn_as = styles({row.agent: row.prior for row in rows.values()})
    gains = gains_on(table, learner, drawn_as)
    return tuple(
        each for each in gains if each.gain.interval and not rows[each.agent].control and not rows[each.agent].plain
    )


def pictures(shown: list[Panel]) -> list[Markup]:
    """A picture for each panel, all on one axis."""
    limits = gain_limits(each for panel in shown for each in panel.gains)
    return [Markup(_picture(panel, limits)) for panel in shown]


def _picture(panel: Panel, limits: tuple[float, float]) -> str:
    label = f"Symmetry gains on {panel.table.task}: " + "; ".join(
        f"{each.agent} {each.gain.value:.2f}, {each.ends[0]:.2f} to {each.ends[1]:.2f}" for each in panel.gains
    )
    return inline_picture(
        lambda axes: draw_gains(axes, panel.gains, limits, sentinel, MARKED),
        f"gains {panel.suite} {panel.table.task} {panel.learner}",
        (WIDTH, HEAD + LINE * len(panel.gains)),
        label,
    )
