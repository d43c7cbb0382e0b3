"""The one exception that users meet: a sentence that says what was given, what is allowed and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class SympriorError(Exception):
    """A mistake in what a user gave; the command line prints it without a traceback and exits with 2."""


def unknown_name(kind: str, given: str, known: Iterable[str]) -> SympriorError:
    """The error for a name that is not registered: "did you mean …" and the whole list."""
    names = sorted(known)
    close = get_close_matches(given, names, n=1, cutoff=0.5)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    return SympriorError(f"There is no {kind} {given!r}.{hint} Known: {', '.join(names) or 'none'}.")
