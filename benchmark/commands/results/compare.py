"""`symprior compare`: two agents, or two folders of records, cell by cell."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from symprior.benchmark.command_line.console import console
from symprior.benchmark.sweep.store import RECORDS
from symprior.benchmark.verification.shown import coloured
from symprior.symmetry.errors import SympriorError, unknown_name

if TYPE_CHECKING:
    from symprior.leaderboard.comparison.gains import Gain
    from symprior.leaderboard.comparison.pairs import Compared
    from symprior.leaderboard.records.record import RunRecord
    from symprior.leaderboard.statistics.intervals import Estimate
    from symprior.leaderboard.verification.cells import Again

NOTHING = "–"


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("compare")(compare)


def compare(
    first: Annotated[str, typer.Argument(help="An agent, or a folder of records.")],
    second: Annotated[str, typer.Argument(help="Another agent, or another folder.")],
    records: Annotated[Path, typer.Option(help="Where the records of two agents are.")] = RECORDS,
    published: Annotated[
        bool, typer.Option("--published", help="Compare two agents in the results that come with symprior.")
    ] = False,
    suite: Annotated[str | None, typer.Option(help="Which suite, where the records are of several.")] = None,
) -> None:
    """Compare two agents, or two folders of records, cell by cell.

    Each line says how many times less data the second loses than the first within the budget, as the board counts it.
    Intervals are of single lines; nothing is corrected for how many there are.

    Examples:
      symprior compare ppo ppo+homomorphic --published --suite quick

      symprior compare runs-before runs-after
    """
    from symprior.leaderboard import read_records
    from symprior.leaderboard.records.folders import records_in
    from symprior.leaderboard.submissions.standing import read_standing

    folders = [Path(name) for name in (first, second) if Path(name).is_dir()]
    if len(folders) == 1:
        raise SympriorError(f"{folders[0]} is a folder and the other is none. Give two folders, or two agents.")
    if folders:
        lines = _of_folders([records_in(folder, suite) for folder in folders], suite)
    else:
        found = read_standing(suite) if published else read_records(records)
        lines = _of_agents(found, suite, first, second)
    console.print(f"First: {first}\nSecond: {second}", highlight=False, markup=False)
    console.print(_table(lines, in_folders=bool(folders)))
    console.print(
        "Data efficiency, and how many times less data the second loses than the first, with 95 % intervals over seeds.",
        style="dim",
    )


def _of_agents(found: list[RunRecord], suite: str | None, first: str, second: str) -> list[Compared]:
    from symprior.leaderboard.comparison.cells import collect
    from symprior.leaderboard.comparison.pairs import two_agents

    agents = sorted({record.agent.id for record in found})
    for name in (first, second):
        if name not in agents:
            raise unknown_name("agent in these records", name, agents)
    cells = collect(found, suite)
    if lines := list(two_agents(cells, first, second)):
        return lines
    raise SympriorError(f"{first} and {second} were never run on one task by one learner in {cells.suite}.")


def _of_folders(both: Sequence[list[RunRecord]], suite: str | None) -> list[Compared]:
    from symprior.leaderboard.comparison.pairs import two_collections

    first, second = ([record for record in found if record.is_of(suite)] for found in both)
    if lines := list(two_collections(first, second)):
        return lines
    raise unknown_name("suite", str(suite), sorted({record.suite_id for found in both for record in found}))


def _table(lines: Sequence[Compared], in_folders: bool) -> Table:
    """A line for each pair of cells; of two folders also whose they are, and whether the second repeats the first."""
    table = Table(box=None, pad_edge=False)
    for column in ("suite", "task", "learner", *(["agent"] if in_folders else [])):
        table.add_column(column, overflow="fold")
    for column in ("seeds", "first", "second", "less lost", *(["equal runs"] if in_folders else [])):
        table.add_column(column, justify="right")
    if in_folders:
        table.add_column("verdict")
    for line in lines:
        cell = line.either
        table.add_row(
            *(cell.suite, cell.task.id, cell.agent.learner, *([cell.agent.id] if in_folders else [])),
            " / ".join(str(len(each.runs)) if each else NOTHING for each in (line.first, line.second)),
            *map(_estimate, line.efficiencies),
            _gain(line.gain),
            *(_repeated(line.again) if in_folders else []),
        )
    return table


def _repeated(again: Again | None) -> tuple[str, str | Text]:
    """How many runs that both have are equal to the bit, and the verdict that `symprior reproduce` would give."""
    return (NOTHING, NOTHING) if again is None else (f"{again.equal} of {len(again.pairs)}", coloured(again.verdict))


def _estimate(estimate: Estimate | None, digits: int = 3, unit: str = "") -> str:
    if estimate is None:
        return NOTHING
    said, interval = f"{estimate.bound}{estimate.value:.{digits}f}{unit}", estimate.interval
    return said if interval is None else f"{said} ({interval.low:.{digits}f} – {interval.high:.{digits}f})"


def _gain(gain: Gain | None) -> str:
    if gain is None:
        return NOTHING
    return gain.why_none if gain.estimate is None else _estimate(gain.estimate, 2, "×")
