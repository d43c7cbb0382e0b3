"""What a site is made of. Nothing is computed here: whoever has the parts brings them."""

from __future__ import annotations

from dataclasses import dataclass

from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.submissions.submission import Submission


@dataclass(frozen=True)
class Trial:
    """One configuration that was tried: its settings in words, its mean data efficiency, on how many seeds."""

    settings: str
    score: float
    runs: int
    chosen: bool


@dataclass(frozen=True)
class Search:
    """A search for an agent's settings, as its ledger has it.

    Attributes:
        scope: the family, suite or task that it was for.
        decided_by: a larger search that made the choice; empty if its own trials did.
    """

    agent: str
    scope: str
    task: str
    learner: str
    budget: int
    trials: tuple[Trial, ...]
    decided_by: str = ""


@dataclass(frozen=True)
class Document:
    """A text in Markdown.

    Attributes:
        source: where it lies in the repository, `docs/paper.md`; links of other documents lead to it by this.
        address: where it lies on the site.
        text: the Markdown.
    """

    source: str
    address: str
    text: str


@dataclass(frozen=True)
class Content:
    """A site's content.

    Attributes:
        records: finished and failed runs of every suite.
        submissions: of others; the records of those that are active stand on the boards.
        searches: every ledger of tuning.
        documents: the rules among them.
        software: the BibTeX of symprior itself, with its version.
        version: of symprior.
        release: which symprior made the site, in a line.
    """

    records: tuple[RunRecord, ...]
    submissions: tuple[Submission, ...]
    searches: tuple[Search, ...]
    documents: tuple[Document, ...]
    software: str
    version: str
    release: str
