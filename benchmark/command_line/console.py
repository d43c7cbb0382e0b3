"""Where commands print: as wide as the terminal, and wide enough for every list through a pipe."""

from __future__ import annotations

import os

from rich.console import Console

PIPE_COLUMNS = 200
"""Where there is no terminal. No list is wider, so that it is not cut for 80 columns; only long prose is folded."""

console = Console()


def fit_to_output() -> None:
    """Give the console the width of what it prints to now; `COLUMNS` says another."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdigit():
        console.width = int(columns)
    elif not console.is_terminal:
        console.width = PIPE_COLUMNS
