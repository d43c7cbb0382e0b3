"""`symprior tasks`: what can be played, and under which symmetry."""

from __future__ import annotations

import typer
from rich.console import Console
from rich.table import Table

from symprior.tasks import TASKS, Task, get_task

console = Console()


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="List the tasks, or show one's card.", invoke_without_command=True)
    group.callback()(tasks)
    group.command("show")(show)
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
    console.print("One task's card: symprior tasks show ID", highlight=False)


def _row(task: Task) -> tuple[str, ...]:
    symmetry = task.symmetry()
    observation = "×".join(map(str, symmetry.observation.shape))
    actions = str(symmetry.action.size) if symmetry.discrete else f"{symmetry.action.size} continuous"
    return task.id, symmetry.group.name, observation, actions, str(symmetry.exactness), f"{task.budget:,}"


def show(task_id: str) -> None:
    """Show one task's card: symmetry, references, budget, how to make it, citation."""
    from symprior.tasks.description import describe

    task = get_task(task_id)
    card, references = task.card, task.references
    console.rule(f"[bold]{task.id}", align="left")
    console.print(card.description, soft_wrap=True)
    console.print(f"\n[bold]Symmetry[/]  {card.group_in_words}", soft_wrap=True)
    for element in describe(task.symmetry()):
        does = f"{element.element} (order {element.order}): observation {element.observation}; actions {element.action}"
        console.print(f"  {does}", highlight=False, markup=False, soft_wrap=True)
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
    console.print(f"[bold]Make it[/]    symprior.tasks.get_task({task.id!r}).make()", highlight=False)
    console.print(f"[bold]Check it[/]   symprior check {task.id}", highlight=False)
    console.print(f"[bold]Source[/]     {card.source} Licence: {card.licence}.\n", soft_wrap=True)
    console.print(card.bibtex, highlight=False, markup=False)
