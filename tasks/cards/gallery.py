"""The gallery: one page with a picture, the group, its map and the certified grade of every task, `tasks/README.md`."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from symprior.symmetry.description import describe
from symprior.tasks.cards.map_picture import write_map
from symprior.tasks.cards.picture import write_picture
from symprior.tasks.certificates.kept import kept
from symprior.tasks.files.atomic import write_text_atomically
from symprior.tasks.task import TASKS, Task
from symprior.tasks.task.dials import DIALS, Dial

FOLDER = Path(__file__).parents[1]
PICTURES, MAPS = "cards/pictures", "cards/maps"

HEAD = """# The tasks

Every picture shows a state of the task and its images under the group, above each the element and, where that is short,
what it does to the actions. A map says in words and as a picture where every entry goes: in `x → y → −x`, what points along
x is turned to y, and what points along y to −x. In the picture blue keeps its sign and orange changes it.

The grade is the one that was *measured* on the simulator: for the dynamics with reward, and for the starts of episodes.
`symprior tasks gallery` writes this page, `symprior check --all --write` the certificates, `symprior tasks show ID` prints a
task's card.

"""


def write_gallery(folder: Path, only: Collection[str] | None, on_task: Callable[[str], None]) -> Path:
    """Draw the tasks' pictures and write the page.

    Args:
        folder: gets `README.md`, `cards/pictures/` and `cards/maps/`.
        only: the tasks whose pictures and maps are drawn anew; None: all.
        on_task: told of each task before it is drawn.

    Returns:
        The page.
    """
    for name in shown():
        if only is None or name in only:
            on_task(name)
            write_picture(TASKS[name], folder / PICTURES / f"{name}.png")
            write_map(TASKS[name], folder / MAPS / f"{name}.svg")
    page = folder / "README.md"
    write_text_atomically(page, as_text())
    return page


def as_text() -> str:
    """The page."""
    tasks = "\n".join(_section(TASKS[name]) for name in shown())
    dials = "".join(_dial(DIALS[name]) for name in DIALS)
    return HEAD + tasks + (f"\n## Dials\n\n{_DIALS}{dials}" if dials else "")


_DIALS = """A dial breaks the symmetry continuously; its first value keeps it. Its twin is as difficult and symmetric.

| dial | parameter | frozen values | measured grades of the dynamics | twin |
| --- | --- | --- | --- | --- |
"""


def shown() -> list[str]:
    """The tasks of the gallery: all of the registry but those that a user's file brought."""
    return [name for name in TASKS if TASKS[name].file is None]


def _section(task: Task) -> str:
    found = kept(task)
    grade = f"dynamics {found.dynamics}, starts {found.reset}" if found else "not measured yet"
    needs = f" Extra: `{task.extra}`." if task.extra else ""
    budget = f"**Budget** {_budget(task)}\n\n" if task.is_measured else ""
    return (
        f"## {task.id}\n\n{task.card.description}\n\n"
        f"**Group** {task.card.group_in_words or task.symmetry().group.name}\n\n"
        f"**Measured** {grade}.{needs}\n\n"
        f"{budget}"
        f"![{task.id} and its images under the group]({PICTURES}/{task.id}.png)\n\n"
        f"<details><summary>Where every entry goes</summary>\n\n{_map(task)}\n"
        f"![the map of {task.id}]({MAPS}/{task.id}.svg)\n\n</details>\n"
    )


def _map(task: Task) -> str:
    """Sentences for the generators of the group."""
    symmetry = task.symmetry()
    words = describe(symmetry, task.called)
    return "".join(
        f"- **{words[g].element}** Observation: {words[g].observation}. Actions: {words[g].action}.\n"
        for g in symmetry.group.generators
    )


def _budget(task: Task) -> str:
    references = task.references
    reason = references.provisional or references.budget_source
    mark = f", *provisional* ({reason})" if references.is_provisional else ""
    return f"{references.budget:,} {task.unit}{mark}."


def _dial(dial: Dial) -> str:
    grades = [kept(dial.task(value)) for value in dial.values]
    measured = ", ".join(str(found.dynamics) if found else "–" for found in grades)
    values = ", ".join(f"{value:g}" for value in dial.values)
    twin = "is a twin" if dial.twin == dial.id else dial.twin
    return f"| {dial.id} | {dial.parameter}: {dial.meaning} | {values} | {measured} | {twin} |\n"
