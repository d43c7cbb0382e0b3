"""What a reader should know of a task."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Card:
    """A task in words: what it is, where it comes from, under which licence."""

    description: str
    group_in_words: str
    source: str
    licence: str
    bibtex: str
