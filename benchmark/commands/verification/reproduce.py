"""`symprior reproduce`: published runs trained again, and what came of it."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from symprior.benchmark.command_line.console import console
from symprior.symmetry.errors import SympriorError, unknown_name

if TYPE_CHECKING:
    from symprior.leaderboard.records.record import RunRecord
    from symprior.leaderboard.verification.cells import Again

FOLDER = Path("reproduced")


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("reproduce")(reproduce)


def reproduce(
    suite: Annotated[
        str, typer.Argument(help="A published suite with its version, `quick-2`, or `quick`, the newest.")
    ],
    agent: Annotated[list[str] | None, typer.Option(help="Only this agent; may be given again.")] = None,
    task: Annotated[list[str] | None, typer.Option(help="Only this task; may be given again.")] = None,
    sample: Annotated[
        int | None, typer.Option(min=1, help="Only so many runs, drawn by `--seed-from`.", show_default="all")
    ] = None,
    seed_from: Annotated[
        str, typer.Option(help="The text that runs are drawn by; another one draws others.")
    ] = "reproduce",
    workers: Annotated[int, typer.Option(min=1, help="Processes side by side, one thread each.")] = 2,
    records: Annotated[
        Path, typer.Option(help="Where the new records are kept; finished runs found there are skipped.")
    ] = FOLDER,
) -> None:
    """Train published runs again, and hold what comes out against the published results, cell by cell.

    Exits with 0 where all runs are equal to the bit, with 3 where other bits lie within what chance does, with 1 where not.

    Examples:
      symprior reproduce quick

      symprior reproduce priors --agent ppo+fold --sample 10
    """
    from symprior.benchmark.jobs.recorded import jobs_of
    from symprior.benchmark.sweep.progress.telling.words import Words
    from symprior.benchmark.verification.again import carried_out
    from symprior.benchmark.verification.shown import EXIT_CODES
    from symprior.leaderboard import read_published
    from symprior.leaderboard.verification.agreement import worst
    from symprior.leaderboard.verification.cells import held_against
    from symprior.leaderboard.verification.drawing import sampled

    published = _chosen(read_published(suite=suite), agent, task)
    wanted = published if sample is None else sampled(published, sample, seed_from)
    again = carried_out(jobs_of(wanted), records, workers, Words(console))
    cells = held_against(published, again)
    _say(cells, len(wanted))
    raise typer.Exit(EXIT_CODES[worst(cell.verdict for cell in cells)])


def _chosen(published: list[RunRecord], agents: list[str] | None, tasks: list[str] | None) -> list[RunRecord]:
    """The runs of these agents on these tasks; all where none are named.

    Raises:
        SympriorError: one was not published, or never together.
    """
    _check_names("agent in this suite", agents, {record.agent.id for record in published})
    _check_names("task in this suite", tasks, {record.task for record in published})
    chosen = [
        record
        for record in published
        if (not agents or record.agent.id in agents) and (not tasks or record.task in tasks)
    ]
    if not chosen:
        raise SympriorError("These agents have no published runs on these tasks. Leave --agent or --task out.")
    return chosen


def _check_names(kind: str, given: list[str] | None, known: Collection[str]) -> None:
    for name in given or ():
        if name not in known:
            raise unknown_name(kind, name, known)


def _say(cells: list[Again], runs: int) -> None:
    """The table, and why bits may differ where they do."""
    from symprior.benchmark.verification.comparable import why_not
    from symprior.benchmark.verification.shown import other_differences, table_of_cells

    console.print(table_of_cells(cells))
    console.print(
        f"{sum(cell.equal for cell in cells)} of {runs} runs have the published returns, to the bit.", highlight=False
    )
    pairs = [pair for cell in cells for pair in cell.other]
    reasons = {why_not(published.provenance, again.provenance) for published, again in pairs} - {""}
    sentences = [
        *other_differences(cells),
        *(f"Other bits are no surprise where {reason}." for reason in sorted(reasons)),
    ]
    for sentence in sentences:
        console.print(sentence, highlight=False, soft_wrap=True, markup=False)
