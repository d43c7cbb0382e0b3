"""`symprior data`: given transitions as data sets in Minari's format, and whether one is what it says."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from symprior.benchmark.command_line.console import console
from symprior.tasks import get_task


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="Write given transitions as a data set in Minari's format, or check one.", no_args_is_help=True
    )
    group.command("write")(write)
    group.command("check")(check)
    app.add_typer(group, name="data")


def write(
    task: Annotated[str, typer.Argument(help="A task of the track planning, such as plan-room-v1.")],
    seed: Annotated[int, typer.Option(min=0, help="Of the run that these transitions are given to.")] = 0,
    episodes: Annotated[int, typer.Option(min=1, help="How many episodes of random actions.")] = 100,
    out: Annotated[
        Path, typer.Option(help="The folder of data sets: Minari's MINARI_DATASETS_PATH finds the set there by its id.")
    ] = Path("data-sets"),
) -> None:
    """Write the transitions that a run is given: what its agent sees, with actions and rewards, without a goal."""
    from symprior.benchmark.artifacts.data_sets import write_data_set

    path = write_data_set(get_task(task), seed, episodes, out)
    console.print(f"Wrote {path}", soft_wrap=True, highlight=False, markup=False)


def check(folder: Annotated[Path, typer.Argument(help="The folder of one data set.")]) -> None:
    """Hold a data set against its task: certificate, symmetry, and every transition, made anew from the seed."""
    from symprior.benchmark.artifacts.data_sets import check_data_set

    about = check_data_set(folder)
    console.print(
        f"{about.episodes:,} episodes of {about.task}, seed {about.seed}: every transition is what the task gives.",
        soft_wrap=True,
        highlight=False,
        markup=False,
    )
