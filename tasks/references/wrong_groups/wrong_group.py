"""A task's frozen wrong group: the representation that was drawn, and what its certificate measured."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter

from symprior.symmetry.errors import SympriorError
from symprior.symmetry.representations import SignedPermutation
from symprior.symmetry.symmetry import Exactness, Symmetry
from symprior.tasks.files.atomic import write_text_atomically
from symprior.tasks.files.json_files import read_json, with_rows_in_lines
from symprior.tasks.task import Task


@dataclass(frozen=True)
class WrongGroup:
    """One representation of a task's group that is no symmetry, in place of the declared one.

    Attributes:
        task: the task that it was measured on; of a dial the symmetric value.
        group: its name, which is the declared group's.
        seed, draw: which of the draws of a seed it is.
        changed: the space on which the group acts otherwise; on the other one it acts as declared.
        drawn_from: what it was drawn from, in words, and whether the cycle types are the declared ones.
        wrong_elements: those that act otherwise than declared.
        source, sign: the representation on that space, as in `SignedPermutation`, each [|G|, size].
        ranks: how many free weights an equivariant layer has, the same as under the declared symmetry.
        dynamics: the grade that the certificate gave it: broken.
        residuals: the certificate's mean residuals, in what a step does in the mean; empty where a classifier measured.
        evidence: (what, measured), as the certificate prints it.
        versions: of what it was measured with.
    """

    task: str
    group: str
    seed: int
    draw: int
    changed: Literal["actions", "observations"]
    drawn_from: str
    wrong_elements: list[str]
    source: list[list[int]]
    sign: list[list[int]]
    ranks: dict[str, int]
    dynamics: Exactness
    residuals: dict[str, float]
    evidence: list[tuple[str, str]]
    versions: dict[str, str]

    def symmetry(self, task: Task) -> Symmetry:
        """The symmetry to tell an agent instead of the task's own.

        Raises:
            SympriorError: the representation does not fit the task's group or spaces.
        """
        return replaced(task.symmetry(), self.changed, self.source, self.sign)


WRONG_GROUP = TypeAdapter(WrongGroup)


def replaced(own: Symmetry, changed: str, source: list[list[int]], sign: list[list[int]]) -> Symmetry:
    """A symmetry with another representation on one of its spaces; it declares that it is none."""
    old = own.action if changed == "actions" else own.observation
    new = SignedPermutation(own.group, source, sign, old.shape)
    undeclared = replace(own, exactness=Exactness.NONE, shares=())
    other = replace(undeclared, action=new) if changed == "actions" else replace(undeclared, observation=new)
    return other.restrict(range(len(own.group)), f"wrong {own.group.name}")


def wrong_symmetry(task: Task) -> Symmetry:
    """The task's frozen wrong group as a symmetry.

    Raises:
        SympriorError: none was drawn for the task yet.
    """
    return wrong_group(task).symmetry(task)


def wrong_group(task: Task) -> WrongGroup:
    """What was frozen for the task; the tasks of a dial share one.

    Raises:
        SympriorError: none was drawn for the task yet, or the file is damaged.
    """
    path, draw = path_of(task), f"symprior wrong-group {task.name_to_type}"
    if not path.is_file():
        raise SympriorError(
            f"{task.id} has no frozen wrong group. `{draw}` draws one (--write keeps it), or says why not."
        )
    return read_json(path, WRONG_GROUP, f"Remove it and draw it again with `{draw} --write`.")


def is_frozen(task: Task) -> bool:
    """Whether the task has a wrong group."""
    return path_of(task).is_file()


def freeze(task: Task, found: WrongGroup) -> Path:
    """Write the wrong group where agents look for it.

    Raises:
        SympriorError: the task has another one already, which results may stand on.
    """
    path, text = path_of(task), with_rows_in_lines(asdict(found))
    if path.is_file() and (before := wrong_group(task)) != found:
        same = (before.source, before.sign, before.changed) == (found.source, found.sign, found.changed)
        if not same:
            raise SympriorError(
                f"{task.id} has another wrong group already, of seed {before.seed}: {path}. Results may stand on it; "
                "remove it first if there are none."
            )
    write_text_atomically(path, text)
    return path


def path_of(task: Task) -> Path:
    """Where it is kept."""
    return task.data / "wrong_groups" / f"{task.id.partition('@')[0]}.json"
