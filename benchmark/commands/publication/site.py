"""`symprior site`: all results as one static site."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from symprior.benchmark.command_line.console import console

if TYPE_CHECKING:
    from symprior.leaderboard.site.content import Content, Document, Search
    from symprior.leaderboard.submissions.submission import Submission

SITE = Path("public")
ROOT = Path(__file__).parents[3]
"""Where the rules and the other documents lie, in a checkout as in an installed package."""

ADDRESSES = {"RULES.md": "rules.html", "docs/paper.md": "papers.html", "docs/submit.md": "submit.html"}
"""Documents with a place of their own; the others lie in one folder."""


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("site")(site)


def site(
    out: Annotated[Path, typer.Option(help="The folder that the site is written into.")] = SITE,
    records: Annotated[
        Path | None,
        typer.Option(
            help="Published results, as `publish --out` writes them; those that come with symprior by default."
        ),
    ] = None,
    suite: Annotated[str | None, typer.Option(help="Of one suite only.")] = None,
) -> None:
    """Write one static site over all suites: the board, a page for each task and agent, dials, rules, how to cite.

    It needs no server and nothing from elsewhere: open index.html.
    """
    from symprior.leaderboard.site.site import write_site

    written = sum(1 for _ in write_site(content(records, suite), out))
    console.print(f"Wrote {written} files. Open {out / 'index.html'}", soft_wrap=True, highlight=False, markup=False)


def content(records: Path | None = None, suite: str | None = None) -> Content:
    """What the site is made of here: published records, submissions, every ledger, the rules and the other documents.

    Args:
        records: published results; None: those that come with symprior, and the submissions of this checkout.
        suite: of one suite only.

    Raises:
        SympriorError: there are no results, or a file is damaged.
    """
    from symprior.benchmark.library.release import __version__
    from symprior.benchmark.run.provenance import checkout_state, release
    from symprior.leaderboard import PUBLISHED_RESULTS, read_published
    from symprior.leaderboard.board.citations import suite_bibtex
    from symprior.leaderboard.site.content import Content

    return Content(
        records=tuple(read_published(records or PUBLISHED_RESULTS, suite)),
        submissions=tuple(_submissions(suite) if records is None else ()),
        searches=tuple(_searches()),
        documents=tuple(_documents()),
        software=suite_bibtex(version=__version__, commit=checkout_state()[0]),
        version=__version__,
        release=release(),
    )


def _submissions(suite: str | None) -> Iterator[Submission]:
    """Those of this checkout, to one suite or to all."""
    from symprior.leaderboard.submissions.submission import read_submissions

    for submission in read_submissions():
        if submission.is_of(suite):
            yield submission


def _searches() -> Iterator[Search]:
    """Every ledger of tuning, in the words of the site."""
    from symprior.agents.ledgers.ledger import decider, every
    from symprior.leaderboard.site.content import Search, Trial

    for ledger in every():
        larger = decider(ledger)
        trials = tuple(
            Trial(
                ", ".join(f"{name} {value:g}" for name, value in trial.settings.items()),
                trial.score,
                trial.runs,
                trial.settings == ledger.chosen,
            )
            for trial in ledger.trials
        )
        decided_by = "" if larger is None else f"{len(larger.trials)} configurations over {larger.budget:,} steps"
        yield Search(ledger.agent, ledger.scope, ledger.task, ledger.learner, ledger.budget, trials, decided_by)


def _documents() -> Iterator[Document]:
    """The rules, and whatever lies in `docs/`."""
    from symprior.leaderboard.site.content import Document

    for path in (ROOT / "RULES.md", *sorted((ROOT / "docs").glob("*.md"))):
        source = path.relative_to(ROOT).as_posix()
        yield Document(source, ADDRESSES.get(source, f"documents/{path.stem}.html"), path.read_text(encoding="utf-8"))
