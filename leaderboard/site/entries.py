"""The rows of the site's one table: an agent of a learner on a task of a suite, with what they can be chosen by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from symprior.leaderboard.board.board import Board
from symprior.leaderboard.board.citations import entries as bibtex_entries
from symprior.leaderboard.board.columns import TASK_COLUMNS, Column
from symprior.leaderboard.board.columns.column import Shown
from symprior.leaderboard.board.columns.numbers import standing
from symprior.leaderboard.board.tables.rows import AgentRow, TaskRow, TaskTable
from symprior.leaderboard.records.record import AgentCard
from symprior.leaderboard.statistics.intervals import Estimate
from symprior.leaderboard.verification.levels import Level
from symprior.tasks.certificates.kept import kept
from symprior.tasks.lookup import get_task
from symprior.tasks.task import Task

Cards = Mapping[tuple[str, str, str], AgentCard]
"""By suite, learner and agent."""

CHOSEN_BY = ("suite", "family", "group", "exactness", "algorithm", "prior")
"""What the table can be filtered by, in this order."""

Value = str | int | float | bool | None


@dataclass(frozen=True)
class Entry:
    """One row.

    Attributes:
        suite: with its version.
        task: the table that the row is from.
        row: its numbers.
        of_agent: the agent's row over all tasks of the suite.
        card: the agent's.
        group: of the task's symmetry.
        exactness: of the task's dynamics, as its certificate measured it; as declared, where there is none.
        keys: of the BibTeX entries of the task and the agent.
        is_verified: whether the code is the project's own, or runs were trained again and nobody contradicts the row.
    """

    suite: str
    task: TaskTable
    row: TaskRow
    of_agent: AgentRow
    card: AgentCard
    group: str
    exactness: str
    keys: tuple[str, ...]
    is_verified: bool

    @property
    def agent(self) -> str:
        """The agent's id."""
        return self.row.agent

    @property
    def chosen_by(self) -> dict[str, str]:
        """The row's value for each of `CHOSEN_BY`."""
        values = (
            self.suite,
            self.task.family,
            self.group,
            self.exactness,
            self.of_agent.algorithm,
            self.of_agent.prior,
        )
        return dict(zip(CHOSEN_BY, values, strict=True))

    @property
    def attributes(self) -> dict[str, str]:
        """What the page's script reads of the row."""
        return {
            **self.chosen_by,
            "agent": self.agent,
            "cell": f"{self.task.task}, {self.suite}, {self.row.learner}",
            "verified": "yes" if self.is_verified else "no",
            "keys": " ".join(self.keys),
        }


def entries_of(board: Board, cards: Cards, shown: Mapping[str, Level]) -> Iterator[Entry]:
    """Every row of every task of a board, in the board's order.

    Args:
        board: of a suite.
        cards: of the agents.
        shown: what was shown of submissions, by their names.
    """
    suite = board.suite_id
    of_agents = {(row.learner, row.agent): row for row in board.rows}
    for table in board.tasks:
        task = get_task(table.task)
        group, exactness = symmetry_of(task)
        for row in table.rows:
            card = cards[suite, row.learner, row.agent]
            keys = tuple(key for key, _ in bibtex_entries(f"{task.card.bibtex}\n\n{card.bibtex}"))
            of_agent = of_agents[row.learner, row.agent]
            is_verified = row.verified or _is_verified(shown.get(row.agent))
            yield Entry(suite, table, row, of_agent, card, group, exactness, tuple(dict.fromkeys(keys)), is_verified)


def _is_verified(level: Level | None) -> bool:
    return level is not None and level.name != "claimed" and not level.is_challenged


def symmetry_of(task: Task) -> tuple[str, str]:
    """The name of a task's group, and how exact its dynamics keep it: from the certificate, where there is one."""
    found = kept(task)
    if found is not None:
        return dict(found.lines)["group"], found.dynamics
    symmetry = task.symmetry()
    return symmetry.group.name, symmetry.exactness


def _where(entry: Entry) -> Shown:
    return Shown(entry.task.task, f"{entry.suite}, {entry.row.learner}", f"{entry.task.task} {entry.suite}")


def _symmetry(entry: Entry) -> Shown:
    return Shown(entry.group, entry.exactness, f"{entry.group} {entry.exactness}")


def _of_row(column: Column[TaskRow]) -> Column[Entry]:
    """A column of a task's table as one of this table."""
    return Column(
        column.name,
        column.title,
        column.explanation,
        lambda entry: column.show(entry.row),
        first=column.first,
        numeric=column.numeric,
    )


ENTRY_COLUMNS: tuple[Column[Entry], ...] = (
    *(_of_row(column) for column in TASK_COLUMNS if column.name == "agent"),
    Column("task", "Task", "What was learned, in which suite, by which learner.", _where, first=True, numeric=False),
    Column(
        "symmetry",
        "Symmetry",
        "The group of the task, and how exact its dynamics keep it, as measured.",
        _symmetry,
        first=True,
        numeric=False,
    ),
    *(_of_row(column) for column in TASK_COLUMNS if column.name not in ("agent", "learner")),
)
"""A task's columns, and beside the agent where the row is from."""


def numbers(entry: Entry) -> dict[str, Value]:
    """A row as plain values by name, for files."""
    row, gain, error = entry.row, entry.row.gain, entry.row.equivariance
    return {
        **entry.chosen_by,
        "task": entry.task.task,
        "track": entry.task.track,
        "learner": row.learner,
        "agent": row.agent,
        "control": entry.of_agent.control,
        "standing": standing(row) or "verified",
        "runs": row.runs,
        "budget": entry.task.budget,
        **_spread("data_efficiency", row.efficiency),
        **_spread("symmetry_gain", gain.estimate if gain else None),
        "gain_bound": gain.estimate.bound if gain and gain.estimate else None,
        "gain_over": gain.plain if gain else None,
        "gain_with_one_more_lost_run": gain.with_lost_run if gain else None,
        **_spread("gain_in_reaching", gain.reaching if gain else None),
        **_spread("final_score", row.final),
        **_spread("lost_data", row.lost),
        **_spread("steps_to_threshold", row.time),
        "never_at_threshold": row.failures.count,
        "fell_back": row.fell_back.count,
        "reached_threshold": row.fell_back.runs,
        "equivariance_error": error.mean if error else None,
        "equivariance_error_maximum": error.maximum if error else None,
        "settings_from": row.settings_from,
    }


def _spread(name: str, estimate: Estimate | None) -> dict[str, Value]:
    """A number and the ends of its interval."""
    interval = estimate.interval if estimate else None
    return {
        name: estimate.value if estimate else None,
        f"{name}_low": interval.low if interval else None,
        f"{name}_high": interval.high if interval else None,
    }


def choices(entries: Sequence[Entry]) -> dict[str, list[str]]:
    """What there is to choose from, for each of `CHOSEN_BY`."""
    return {name: sorted({entry.chosen_by[name] for entry in entries}) for name in CHOSEN_BY}
