"""The board as Markdown, JSON, and one HTML file that needs nothing from anywhere.

Two builds from the same records write the same bytes.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from math import isfinite
from pathlib import Path

from markupsafe import Markup

from symprior.leaderboard.board import sentences
from symprior.leaderboard.board.board import Board
from symprior.leaderboard.board.columns import AGENT_COLUMNS, MARKS, TASK_COLUMNS
from symprior.leaderboard.pages.rendering import TEMPLATES, rendered
from symprior.leaderboard.pages.styles import DASHES, styles
from symprior.tasks.files.atomic import write_text_atomically

SIGNIFICANT_DIGITS = 6


def write_pages(board: Board, folder: Path) -> list[Path]:
    """Write `index.html`, `leaderboard.md` and `leaderboard.json` into `folder` and return their paths.

    Raises:
        SympriorError: the folder cannot be written.
    """
    texts = {
        "index.html": to_html(board),
        "leaderboard.md": to_markdown(board),
        "leaderboard.json": to_json(board),
    }
    paths = [folder / name for name in texts]
    for path, text in zip(paths, texts.values(), strict=True):
        write_text_atomically(path, text)
    return paths


def to_html(board: Board) -> str:
    """One self-contained page: no font, script or picture from elsewhere."""
    return rendered("index.html.j2", TEMPLATES, links=None, **html_values(board))


def html_values(board: Board) -> dict[str, object]:
    """What the templates of a board in HTML take; its learning curves are drawn here."""
    from symprior.leaderboard.pages.pictures import learning_curves  # matplotlib takes a while to import

    drawn_as = {learner: styles({row.agent: row.prior for row in board.rows_of(learner)}) for learner in board.learners}
    curves = {
        (table.task, learner): Markup(learning_curves(board.suite_id, table, learner, drawn_as[learner]))
        for table in board.tasks
        for learner in board.learners
        if table.rows_of(learner)
    }
    return {**_values(board), "curves": curves, "drawn_as": drawn_as, "dashes": DASHES}


def to_markdown(board: Board) -> str:
    """The tables for a repository's front page."""
    return rendered("leaderboard.md.j2", TEMPLATES, **_values(board))


def to_json(board: Board) -> str:
    """Every number of the board to six significant digits, and what the columns mean."""
    columns = [
        {"name": column.name, "title": column.title, "explanation": column.explanation} for column in AGENT_COLUMNS
    ]
    tree = {
        "rules": board.rules,
        "headline": sentences.headline(board),
        "board": asdict(board),
        "columns": columns,
        "marks": dict(MARKS),
    }
    return json.dumps(rounded(tree), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _values(board: Board) -> dict[str, object]:
    """What every template of a board takes."""
    return {
        "board": board,
        "headline": sentences.headline(board),
        "first": sentences.first(board),
        "of_best": sentences.of_best(board),
        "apart": sentences.apart(board),
        "resolutions": sentences.resolutions(board),
        "resolved": sentences.resolved,
        "over": sentences.over,
        "sentences": sentences.of_task,
        "agent_columns": AGENT_COLUMNS,
        "task_columns": TASK_COLUMNS,
        "legend": _legend(board),
        "marks": MARKS,
    }


def _legend(board: Board) -> dict[str, str]:
    """What the heads of the board's tables mean; what a head means over all tasks covers what it means on one."""
    over_all = {column.title: column.explanation for column in AGENT_COLUMNS if any(board.compared.values())}
    return over_all | {c.title: c.explanation for c in TASK_COLUMNS if c.title not in over_all}


def rounded(value: object) -> object:
    """A tree for JSON with every number to six significant digits; what is not finite becomes null."""
    if isinstance(value, float) and not isfinite(value):
        return None
    if isinstance(value, float):
        return float(f"{value:.{SIGNIFICANT_DIGITS}g}")
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(inner) for inner in value]
    return value
