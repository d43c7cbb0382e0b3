"""How a submission will stand on its suite's board, and what the board's sentences will say of it."""

from __future__ import annotations

from symprior.leaderboard.board import sentences
from symprior.leaderboard.board.board import Board, build
from symprior.leaderboard.board.columns import AGENT_COLUMNS, TASK_COLUMNS
from symprior.leaderboard.board.columns.column import Column, Row
from symprior.leaderboard.records.learners import OWN
from symprior.leaderboard.submissions.checks.against import Against
from symprior.leaderboard.submissions.standing import entered
from symprior.leaderboard.submissions.submission import Submission, records_on_boards

Lines = list[tuple[str, str]]
"""Titles of columns and what stands there."""


def board_with(submission: Submission, against: Against) -> Board:
    """The board of its suite with the submission, and without the one whose place it takes.

    Raises:
        SympriorError: its records cannot be compared with the published ones.
    """
    others = [
        other
        for other in against.others
        if other.suite_id == submission.suite_id and other.name != submission.statement.supersedes
    ]
    return build(
        [*against.of_suite, *records_on_boards(others), *submission.records],
        submission.suite_id,
        entered=entered([submission]),
    )


def rows(board: Board, agent: str) -> dict[str, Lines]:
    """Its rows: over all tasks, then on each; by what they are over."""
    found = {
        sentences.over(board, OWN): _lines(AGENT_COLUMNS, row)
        for row in board.rows_of(OWN)
        if row.agent == agent and row.tasks
    }
    of_tasks = {
        f"On {table.task}": _lines(TASK_COLUMNS, row)
        for table in board.tasks
        for row in table.rows_of(OWN)
        if row.agent == agent
    }
    return {**found, **of_tasks}


def said(board: Board, agent: str) -> tuple[str, ...]:
    """What the board's sentences say of it."""
    return sentences.of_agent(board, OWN, agent)


def _lines(columns: tuple[Column[Row], ...], row: Row) -> Lines:
    shown = ((column.title, column.show(row)) for column in columns if column.first)
    return [(title, f"{each.text} [{each.detail}]" if each.detail else each.text) for title, each in shown]
