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
        level: what was shown of it by training it again, in words; `claimed` where nothing was.
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
    level: str = "claimed"

    @property
    def is_active(self) -> bool:
        """Whether it has a row."""
        return self.state == "active"

    @property
    def standing(self) -> str:
        """What was shown of it, or why it has no row any more."""
        if self.is_active:
            return self.level
        return f"{self.state}{f' by {self.by}' if self.by else ''}: {self.reason}"
