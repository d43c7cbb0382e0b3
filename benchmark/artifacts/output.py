"""What a run prints, in a file beside its record: of an agent's process as of a worker's, up to a mebibyte."""

from __future__ import annotations

import os
from pathlib import Path

MOST_OUTPUT = 1 << 20
"""Bytes that are kept."""


def output_path(record: Path) -> Path:
    """Where the output of the run lies whose record is in this file."""
    return record.with_suffix(".log")


def keep_output(printed: int, output: Path | None) -> None:
    """Read a pipe to its end, so that nobody who prints waits for ever; put it behind what a file holds, as far as it fits.

    Args:
        printed: the descriptor of the pipe.
        output: the file, which is made with the first byte; None: nothing is kept.
    """
    while chunk := os.read(printed, 1 << 16):
        if output is not None and not _added(chunk, output):
            output = None


def _added(chunk: bytes, output: Path) -> bool:
    """Whether the file can take more behind this."""
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with open(output, "ab", opener=_at_once) as file:
            room = MOST_OUTPUT - file.tell()
            file.write(chunk[: max(room, 0)])
            return room > len(chunk)
    except OSError:
        return False


def _at_once(path: str, flags: int) -> int:
    """Open a file; a pipe that lies there and that nobody reads is an error instead of a wait."""
    return os.open(path, flags | os.O_NONBLOCK, 0o644)
