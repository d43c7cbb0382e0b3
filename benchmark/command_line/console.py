"""Where commands print: as wide as the terminal, and through a pipe as wide as each line needs."""

from __future__ import annotations

import os

from rich.console import Console

PIPE_COLUMNS = 1000
"""No table of a command is wider; what is piped or kept in a file is neither cut nor folded at 80 columns."""

console = Console()


def fit_to_output() -> None:
    """Give the console the width of what it prints to now; `COLUMNS` says another."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdigit():
        console.width = int(columns)
    elif not console.is_terminal:
        console.width = PIPE_COLUMNS
