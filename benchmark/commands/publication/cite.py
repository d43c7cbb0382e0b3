"""`symprior cite`: BibTeX for what was used, and a sentence that says what that was."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from symprior.benchmark.command_line.console import console
from symprior.benchmark.sweep.suite import get_suite, suite_names
from symprior.leaderboard import bibliography
from symprior.leaderboard.board.citations import TOOLS, keys_in, suite_bibtex, usage
from symprior.tasks import get_task

if TYPE_CHECKING:
    from symprior.benchmark.sweep.suite import Suite


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("cite")(cite)


def cite(
    suite: Annotated[str | None, typer.Option(help="Cite everything that a suite uses.")] = None,
    task: Annotated[list[str] | None, typer.Option(help="A task; may be given again.")] = None,
    agent: Annotated[
        list[str] | None, typer.Option(help="A shipped agent or `path/to/file.py:Name`; may be given again.")
    ] = None,
) -> None:
    """Print a sentence for your paper, and BibTeX for symprior, the tasks and agents that you used, and its tools.

    The output is a .bib file; the sentence is a comment in it.
    """
    from symprior.benchmark.library.release import __version__
    from symprior.benchmark.run.provenance import checkout_state

    chosen = _suite(suite) if suite else None
    of_suite = chosen.suite_id if chosen else ""
    commit, _ = checkout_state()
    tasks = [get_task(name).card.bibtex for name in (*(task or ()), *(chosen.tasks if chosen else ()))]
    agents = _agents_bibtex((*(agent or ()), *(chosen.agents if chosen else ())))
    cited = bibliography(tasks, [*agents, *TOOLS])[1:]
    _print(f"% {usage(keys_in(tasks, cited), keys_in(agents, cited), __version__, of_suite, commit)}")
    for entry in (suite_bibtex(__version__, of_suite, commit), *cited):
        _print(entry)


def _suite(name: str) -> Suite:
    """The suite of a name, with or without its version."""
    versions = {get_suite(each).suite_id: each for each in suite_names()}
    return get_suite(versions.get(name, name))


def _agents_bibtex(names: Iterable[str]) -> list[str]:
    from symprior.benchmark.jobs.contestants import find

    return [find(name).bibtex for name in names]


def _print(text: str) -> None:
    console.print(text, end="\n\n", highlight=False, markup=False, soft_wrap=True)
