"""`symprior wrong-group`: draw and measure the wrong group that a task's control is told."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from symprior.benchmark.command_line.console import console
from symprior.symmetry.description import describe
from symprior.symmetry.errors import SympriorError
from symprior.tasks import DIALS, Task, get_task
from symprior.tasks.references.wrong_groups import WrongGroup, is_frozen, wrong_group
from symprior.tasks.references.wrong_groups.drawing import draw_wrong_group
from symprior.tasks.references.wrong_groups.wrong_group import freeze
from symprior.tasks.task.dials import dial_of


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("wrong-group")(wrong_group_command)


def wrong_group_command(
    task: Annotated[list[str] | None, typer.Argument(help="The tasks, or dials as a whole.")] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Draw by this seed, even where one is frozen.", show_default="0")
    ] = None,
    samples: Annotated[int, typer.Option(min=10, help="States from each sampler of the certificate.")] = 200,
    save: Annotated[bool, typer.Option("--write", help="Freeze what was drawn, for the agents +wrong-group.")] = False,
) -> None:
    """Show a task's wrong group: the declared group acting so that it is no symmetry, for the agents +wrong-group.

    Where none is frozen yet, representations of the same group are drawn by a seed until the certificate measures one
    broken; networks that use it have as many parameters as those that use the declared one.
    """
    if not task:
        raise SympriorError("Name a task.")
    for name in task:
        chosen = _symmetric(name)
        if is_frozen(chosen) and seed is None and not save:
            console.print(_table(chosen, wrong_group(chosen)))
            continue
        with console.status(f"Drawing a wrong group for {chosen.id} …"):
            found = draw_wrong_group(chosen, seed or 0, samples)
        console.print(_table(chosen, found))
        if save:
            console.print(f"Wrote {freeze(chosen, found)}", soft_wrap=True, highlight=False, markup=False)


def _symmetric(name: str) -> Task:
    """The task; of a dial the one whose symmetry holds."""
    task = DIALS[name].task(DIALS[name].values[0]) if name in DIALS else get_task(name)
    dial = dial_of(task)
    return task if dial is None else dial.task(dial.values[0])


def _table(task: Task, found: WrongGroup) -> Table:
    table = Table(title=f"Wrong group of {task.id}", title_justify="left", show_header=False)
    table.add_column("", style="bold", no_wrap=True)
    table.add_column("", overflow="fold")
    table.add_row("drawn", f"seed {found.seed}, draw {found.draw}, from {found.drawn_from}")
    for element in describe(found.symmetry(task), task.called):
        table.add_row(element.element, f"observation: {element.observation}; action: {element.action}")
    table.add_row("otherwise than declared", ", ".join(found.wrong_elements))
    table.add_row("ranks", ", ".join(f"{layer} {rank}" for layer, rank in found.ranks.items()))
    table.add_row("dynamics", str(found.dynamics))
    for what, measured in found.evidence:
        table.add_row(what, measured)
    return table
