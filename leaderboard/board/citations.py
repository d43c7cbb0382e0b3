"""Whom to cite: the suite, and the tasks and agents in use, each once."""

from __future__ import annotations

import re
from collections.abc import Iterable

from symprior.leaderboard.rules import RULES

TITLE = "symprior: how much data is a symmetry prior worth?"
AUTHOR = "The symprior authors"
YEAR = 2026
LICENCE = "MIT"
KEY = "symprior"

ENTRY = re.compile(r"^\s*@\w+\s*\{\s*([^,\s]+)\s*,", re.MULTILINE)


def suite_bibtex() -> str:
    """The suite's own entry; it says what CITATION.cff says, and by which rules the records are read."""
    return (
        f"@software{{{KEY},\n  title = {{{{{TITLE}}}}},\n  author = {{{{{AUTHOR}}}}},\n"
        f"  year = {{{YEAR}}},\n  license = {{{LICENCE}}},\n  note = {{rules {RULES}}}\n}}"
    )


def bibliography(tasks: Iterable[str], agents: Iterable[str]) -> tuple[str, ...]:
    """BibTeX entries to cite: the suite's first, then those of tasks and agents in the order of their keys.

    Args:
        tasks: the `bibtex` of each task's card; one text may hold several entries, or none.
        agents: the `bibtex` of each agent's card.
    """
    found: dict[str, str] = {}
    for text in (*tasks, *agents):
        for key, entry in entries(text):
            # Of two wordings of one entry the same one must win in every order of entrants.
            found[key] = min(found.get(key, entry), entry)
    return (suite_bibtex(), *(found[key] for key in sorted(found) if key != KEY))


def entries(text: str) -> list[tuple[str, str]]:
    """The keys and entries in a BibTeX text."""
    starts = list(ENTRY.finditer(text))
    ends = [match.start() for match in starts[1:]] + [len(text)] * bool(starts)
    return [(match[1], text[match.start() : end].strip()) for match, end in zip(starts, ends, strict=True)]
