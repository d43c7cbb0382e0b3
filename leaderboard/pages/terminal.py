"""The board in a terminal: tables that fit 80 columns, and under them what is too long for a cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from symprior.leaderboard.board import sentences
from symprior.leaderboard.board.board import Board
from symprior.leaderboard.board.columns import AGENT_COLUMNS, MARKS, TASK_COLUMNS, Column, Row

WIDEST_DETAIL = 14
"""Letters of a cell's second line: an interval with its mark."""


def terminal_table(board: Board) -> Group:
    """What `symprior leaderboard` prints: the headline, tables for each learner, what is incomplete, the marks."""
    shown = list(_tables(board))
    words = " ".join(str(cell) for table, _ in shown for column in table.columns for cell in column.cells)
    notes = [
        f"95 % intervals over seeds, for these tasks; ranks are ranges, claims Holm-corrected. Rules {board.rules}."
    ]
    notes += [f"{mark}: {meaning}." for mark, meaning in MARKS if mark in words]
    parts: list[RenderableType] = [Text(sentence, style="dim") for sentence in sentences.resolutions(board)]
    parts += [Text(sentences.first(board), style="bold"), *map(Text, sentences.of_best(board))]
    parts += [Text(sentence, style="yellow") for sentence in (*sentences.apart(board), *board.strangers)]
    for table, remarks in shown:
        parts += ["", table, *(Text(remark, style="dim") for remark in remarks)]
    parts += [Text(f"⚠ {shortfall}", style="yellow") for row in board.rows for shortfall in row.shortfalls]
    return Group(*parts, "", *(Text(note, style="dim") for note in notes))


def _tables(board: Board) -> Iterator[tuple[Table, list[str]]]:
    """A learner has one table over its tasks; where it has nothing to say over them, one for each."""
    for learner in board.learners:
        of_learner = f"learner {learner}, {board.suite_id}"
        if board.compared[learner]:
            title = f"{sentences.over(board, learner)}, {of_learner}"
            yield _table(title, AGENT_COLUMNS, board.rows_of(learner))
            continue
        for table in board.tasks:
            if rows := table.rows_of(learner):
                yield _table(f"On {table.task}, {of_learner}", TASK_COLUMNS, rows)


def _table(title: str, columns: Sequence[Column[Row]], rows: Sequence[Row]) -> tuple[Table, list[str]]:
    """The table, and what its cells had no room for."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, collapse_padding=True)
    chosen = [column for column in columns if column.first]
    for column in chosen:
        table.add_column(
            column.title.replace(" ", "\n"), justify="right" if column.numeric else "left", overflow="fold"
        )
    remarks = []
    for row in rows:
        shown = [column.show(row) for column in chosen]
        details = [each.detail.replace(" – ", "–") for each in shown]
        fits = [detail if len(detail) <= WIDEST_DETAIL else "" for detail in details]
        table.add_row(*(_cell(each.text, detail) for each, detail in zip(shown, fits, strict=True)))
        remarks += [f"{row.agent}: {detail}" for detail in details if len(detail) > WIDEST_DETAIL]
    return table, remarks


def _cell(text: str, detail: str) -> Text:
    return Text(text).append(f"\n{detail}", style="dim") if detail else Text(text)
