"""`symprior cite`: BibTeX for what was used."""

from __future__ import annotations

from typing import Annotated

import typer

from symprior.benchmark.command_line.console import console
from symprior.benchmark.sweep.suite import get_suite
from symprior.leaderboard import bibliography
from symprior.tasks import get_task


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("cite")(cite)


def cite(
    suite: Annotated[str | None, typer.Option(help="Cite everything that a suite uses.")] = None,
    task: Annotated[list[str] | None, typer.Option(help="A task; may be given again.")] = None,
    agent: Annotated[list[str] | None, typer.Option(help="A shipped agent; may be given again.")] = None,
) -> None:
    """Print BibTeX for symprior, and for the tasks and agents that you used."""
    chosen = get_suite(suite) if suite else None
    tasks = [*(task or []), *(chosen.tasks if chosen else [])]
    agents = [*(agent or []), *(chosen.agents if chosen else [])]
    for entry in bibliography((get_task(name).card.bibtex for name in tasks), _agents_bibtex(agents)):
        console.print(entry, end="\n\n", highlight=False, markup=False, soft_wrap=True)


def _agents_bibtex(names: list[str]) -> list[str]:
    if not names:
        return []
    from symprior.agents import get_agent

    return [entry for name in names for entry in get_agent(name).bibtex]
