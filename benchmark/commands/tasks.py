"""`symprior tasks`: what can be played, and under which symmetry."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from symprior.tasks import DIALS, TASKS, Task, get_task
from symprior.tasks.extras import install_command
from symprior.tasks.task import References

console = Console()


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="List the tasks, or show one's card.", invoke_without_command=True)
    group.callback()(tasks)
    group.command("show")(show)
    group.command("picture")(picture)
    group.command("gallery")(gallery)
    app.add_typer(group, name="tasks")


def tasks(context: typer.Context) -> None:
    """List the tasks: group, observation, actions, declared grade, budget in environment steps."""
    if context.invoked_subcommand:
        return
    table = Table(title="Tasks", title_justify="left")
    for column in ("id", "group", "observation", "actions", "grade", "budget"):
        table.add_column(column, justify="right" if column == "budget" else "left", no_wrap=column == "id")
    for name in TASKS:
        table.add_row(*_row(get_task(name)))
    console.print(table)
    _print_missing_extras()
    if list(DIALS):
        console.print(_dials())
    console.print("One task's card: symprior tasks show ID", highlight=False)


def _print_missing_extras() -> None:
    missing: dict[str, list[str]] = {}
    for name in TASKS:
        task = TASKS[name]
        if task.extra is not None and not task.is_installed:
            missing.setdefault(task.extra, []).append(name)
    for extra, names in missing.items():
        line = f"Not installed: the simulator of {', '.join(names)}. {install_command(extra)}"
        console.print(line, soft_wrap=True, highlight=False, markup=False)


def _dials() -> Table:
    table = Table(title="Dials: the symmetry breaks as the parameter grows", title_justify="left")
    for column in ("id", "parameter", "frozen values", "symmetric twin"):
        table.add_column(column, no_wrap=column == "id")
    for name in DIALS:
        dial = DIALS[name]
        values = ", ".join(f"{value:g}" for value in dial.values)
        table.add_row(name, f"{dial.parameter}: {dial.meaning}", values, dial.twin)
    return table


def _row(task: Task) -> tuple[str, ...]:
    symmetry = task.symmetry()
    observation = "×".join(map(str, symmetry.observation.shape))
    actions = str(symmetry.action.size) if symmetry.discrete else f"{symmetry.action.size} continuous"
    return (
        task.id,
        symmetry.group.name,
        observation,
        actions,
        str(symmetry.exactness),
        f"{task.budget:,}" if task.is_measured else "not measured",
    )


def show(task_id: str) -> None:
    """Show one task's card: symmetry, references, budget, how to make it, citation."""
    from symprior.tasks.description import describe

    task = get_task(task_id)
    card = task.card
    console.rule(f"[bold]{task.id}", align="left")
    console.print(card.description, soft_wrap=True)
    console.print(f"\n[bold]Symmetry[/]  {card.group_in_words}", soft_wrap=True)
    for element in describe(task.symmetry()):
        does = f"{element.element} (order {element.order}): observation {element.observation}; actions {element.action}"
        console.print(f"  {does}", highlight=False, markup=False, soft_wrap=True)
    _print_certificate(task)
    if task.is_measured:
        _print_references(task.references)
    else:
        console.print(f"[bold]References[/] not measured yet: symprior references {task.id} --help", highlight=False)
    console.print(f"[bold]Make it[/]    symprior.tasks.get_task({task.id!r}).make()", highlight=False)
    if task.extra:
        console.print("[bold]Install[/]   ", escape(install_command(task.extra)), highlight=False)
    console.print(f"[bold]Check it[/]   symprior check {task.id}", highlight=False)
    console.print(f"[bold]See it[/]     symprior tasks picture {task.id}", highlight=False)
    console.print(f"[bold]Source[/]     {card.source} Licence: {card.licence}.\n", soft_wrap=True)
    console.print(card.bibtex, highlight=False, markup=False)


def _print_certificate(task: Task) -> None:
    from symprior.tasks.certificates.kept import kept

    found = kept(task)
    if found is None:
        return
    table = Table(title="Certificate, as last measured", title_justify="left", show_header=False)
    table.add_column("", style="bold", no_wrap=True)
    table.add_column("", overflow="fold")
    for label, value in found.lines:
        table.add_row(label, escape(value))
    console.print(table)


def _print_references(references: References) -> None:
    table = Table(title="Reference returns", title_justify="left")
    for column in ("policy", "return", "± s.e.", "score", "how"):
        table.add_column(column)
    for name, reference in references.policies.items():
        score = f"{references.normalise(reference.value):.3f}"
        table.add_row(name, f"{reference.value:.4f}", f"{reference.standard_error:.4f}", score, reference.method)
    console.print(table)
    console.print(f"[bold]Threshold[/]  {references.threshold:.4g}  ({references.threshold_source})", soft_wrap=True)
    console.print(
        f"[bold]Budget[/]     {references.budget:,} environment steps  ({references.budget_source})", soft_wrap=True
    )
    if references.provisional:
        console.print(f"[bold]Provisional[/] {references.provisional}", soft_wrap=True)


def picture(
    task_id: Annotated[str, typer.Argument(help="The task.")],
    out: Annotated[Path | None, typer.Option(help="The file, a .png. [default: TASK.png]")] = None,
) -> None:
    """Draw a state of a task beside its images under the group, as PNG; off-screen, also for MuJoCo and Pong."""
    from symprior.tasks.picture import write_picture

    task = get_task(task_id)
    console.print(f"Wrote {write_picture(task, out or Path(f'{task.id}.png'))}", soft_wrap=True, markup=False)


def gallery(
    out: Annotated[Path | None, typer.Option(help="Where; the checkout's own tasks/ by default.")] = None,
    only: Annotated[list[str] | None, typer.Option(help="Draw these pictures only; the page lists all.")] = None,
) -> None:
    """Write the gallery: README.md with a picture and the certified grade of every task of the registry."""
    from symprior.tasks.gallery import FOLDER, write_gallery

    with console.status("Drawing …") as status:
        written = write_gallery(out or FOLDER, only, lambda name: status.update(f"Drawing {name} …"))
    console.print(f"Wrote {written}", soft_wrap=True, markup=False)
