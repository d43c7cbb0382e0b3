"""The text of an error, as records and messages keep it."""

from __future__ import annotations

import signal
import traceback

from symprior.symmetry.errors import SympriorError

LONGEST_ERROR = 64 * 1024
"""Bytes that are kept."""


class ProcessDied(SympriorError):
    """An agent's process ended before it gave the answer that was due."""


def shortened(error: str) -> str:
    """The beginning and the end of a text, `LONGEST_ERROR` bytes at most."""
    written = error.encode(errors="replace")
    if len(written) <= LONGEST_ERROR:
        return written.decode()
    note = f"\n… {len(written) - LONGEST_ERROR:,} bytes are left out …\n"
    half = LONGEST_ERROR // 2 - len(note.encode())
    return written[:half].decode(errors="ignore") + note + written[-half:].decode(errors="ignore")


def traceback_now() -> str:
    """That of the exception that is being handled, without characters that a terminal would obey."""
    text = traceback.format_exc()
    return shortened("".join(each if each.isprintable() or each in "\n\t" else "\ufffd" for each in text))


def death_in_words(code: int | None) -> str:
    """How a process ended, by its exit code or minus the signal that killed it."""
    if code is None or code >= 0:
        return f"exit code {code}"
    hint = ", as a system ends what takes too much memory" if code == -signal.SIGKILL else ""
    return f"{signal.Signals(-code).name}{hint}"
