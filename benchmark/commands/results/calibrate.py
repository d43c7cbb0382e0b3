"""`symprior calibrate` and `symprior power`: whether the board's numbers keep their promises, and what seeds can find."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from symprior.benchmark.command_line.console import console
from symprior.symmetry.errors import SympriorError
from symprior.tasks import get_task
from symprior.tasks.files.atomic import write_text_atomically

BEGIN, END = "<!-- symprior calibrate -->", "<!-- /symprior calibrate -->"
"""Between these lines of a page the tables are written."""


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("calibrate")(calibrate)
    app.command("power")(power)


def calibrate(
    draws: Annotated[int, typer.Option(min=1, help="Groups of seeds for each line of the tables.")] = 1_000,
    out: Annotated[
        Path | None, typer.Option(help=f"A page in which the tables are put between {BEGIN} and {END}; else a new one.")
    ] = None,
) -> None:
    """Draw groups of seeds from the published records: false alarms, coverage, power and false claims, as Markdown."""
    from symprior.leaderboard import PUBLISHED_RESULTS, read_published
    from symprior.leaderboard.calibration.table import calibration, to_markdown

    lines = []
    for line in calibration(read_published(PUBLISHED_RESULTS), draws):
        lines.append(line)
        if out is not None:
            console.print(
                f"{line.table}: {line.population}, {line.seeds} seeds", soft_wrap=True, highlight=False, markup=False
            )
    text = to_markdown(lines, draws)
    if out is None:
        console.print(text, soft_wrap=True, highlight=False, markup=False)
        return
    write_text_atomically(out, _put(text, out))
    console.print(f"Wrote {out}", soft_wrap=True, highlight=False, markup=False)


def _put(text: str, page: Path) -> str:
    old = page.read_text(encoding="utf-8") if page.is_file() else f"{BEGIN}\n{END}\n"
    if BEGIN not in old or END not in old:
        raise SympriorError(f"{page} has no lines {BEGIN} and {END} to put the tables between. Add them.")
    return f"{old.partition(BEGIN)[0]}{BEGIN}\n\n{text}\n{END}{old.partition(END)[2]}"


def power(
    task: Annotated[str, typer.Argument(help="The task.")],
    gain: Annotated[float, typer.Option(help="The gain that is to be found with 80 % power.")] = 1.2,
    records: Annotated[
        Path | None, typer.Option(help="A folder with runs' records; the published ones by default.")
    ] = None,
) -> None:
    """How many seeds an arm a gain takes on a task, from how much plain runs and those of a typical prior differ there."""
    from symprior.leaderboard import read_records
    from symprior.leaderboard.comparison.resolution import spreads_on_record
    from symprior.leaderboard.records.published import read_published_on
    from symprior.leaderboard.statistics.power import detectable_gain, runs_needed

    known = get_task(task)
    found = read_published_on(known.id) if records is None else read_records(records)
    spreads = spreads_on_record([record for record in found if record.task == known.id], known)
    if not spreads:
        raise SympriorError(
            f"There are no complete runs of a plain agent on {known.id} to learn from. Run some: symprior run --task "
            f"{known.name_to_type} --agent ppo --seeds 0-9, then name the folder: --records runs."
        )
    table = Table(title=f"{known.id}: seeds an arm for {gain:g}× with 80 % power", title_justify="left")
    for heading in ("records", "plain", "spread", "typical prior", "seeds", "20 seeds find"):
        table.add_column(heading, justify="left" if heading in ("records", "plain") else "right")
    for each in spreads:
        try:
            needed = f"{runs_needed([each.spread], gain):,}"
        except ValueError as error:
            raise SympriorError(str(error)) from error
        shares = f"{each.spread.plain:.2f}", f"{each.spread.prior:.2f}"
        table.add_row(each.where, each.plain, *shares, needed, f"{detectable_gain([each.spread], 20):.2f}×")
    console.print(table)
    console.print("Spread: the standard deviation of lost data over its mean. Found: the 95 % interval excludes 1.")
