"""What a board says of a submission beside its row: what it is, whose, and where it is in its life."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entered:
    """A submission to the suite of a board.

    Attributes:
        name: of its agent.
        suite: with its version, `quick-2`.
        title, authors, claim: what its authors say.
        source, commit: where its code is from.
        state: `active`, on the board; `superseded` or `retracted`, which have no row any more.
        by: what took its place; empty where nothing did.
        reason: why it has no row any more; empty where it has one.
    """

    name: str
    suite: str
    title: str
    authors: tuple[str, ...]
    claim: str
    source: str
    commit: str
    state: str
    by: str
    reason: str

    @property
    def standing(self) -> str:
        """Where it is in its life, in words."""
        if self.state == "active":
            return "on the board"
        return f"{self.state}{f' by {self.by}' if self.by else ''}: {self.reason}"
