"""What was found on a task, kept beside its other data, so that agents can be told it instead of what is declared."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter

from symprior.symmetry.errors import SympriorError
from symprior.symmetry.groups import Group
from symprior.symmetry.representations import SignedPermutation
from symprior.symmetry.symmetry import Exactness, Symmetry
from symprior.tasks.files.atomic import write_text_atomically
from symprior.tasks.files.json_files import read_json, with_rows_in_lines
from symprior.tasks.task import Task

Rows = list[list[int]]


@dataclass(frozen=True)
class Acting:
    """How a group acts on one space: `source` and `sign` of a `SignedPermutation`, each [|G|, size]."""

    source: Rows
    sign: Rows


@dataclass(frozen=True)
class KeptDiscovery:
    """A symmetry that was found and certified, as a file holds it.

    Attributes:
        task: on which it was found.
        group: its name.
        elements, table: of the group, as in `Group`.
        observation, action: how it acts.
        discrete: whether actions are.
        exactness, reset: the grades that the certificate gave.
        seed: of the search.
    """

    task: str
    group: str
    elements: list[str]
    table: Rows
    observation: Acting
    action: Acting
    discrete: bool
    exactness: Exactness
    reset: Exactness
    seed: int

    def symmetry(self, task: Task) -> Symmetry:
        """The symmetry to tell an agent instead of the task's own.

        Raises:
            SympriorError: it does not fit the task's spaces.
        """
        group = Group(self.group, tuple(self.elements), self.table)  # type: ignore[arg-type]  # checked and converted
        seen = SignedPermutation(group, self.observation.source, self.observation.sign, task.observation_space.shape)
        done = SignedPermutation(group, self.action.source, None if self.discrete else self.action.sign)
        return Symmetry(seen, done, self.discrete, self.exactness, self.reset)


KEPT_DISCOVERY = TypeAdapter(KeptDiscovery)


def discovered_symmetry(task: Task) -> Symmetry:
    """What was found on the task and kept.

    Raises:
        SympriorError: nothing was kept for the task yet, or the file is damaged.
    """
    path, search = path_of(task), f"symprior discover {task.name_to_type} --write"
    if not path.is_file():
        raise SympriorError(f"No discovery is kept for {task.id}. `{search}` searches, and keeps what it finds.")
    return read_json(path, KEPT_DISCOVERY, f"Remove it and search again with `{search}`.").symmetry(task)


def keep(task: Task, symmetry: Symmetry, seed: int) -> Path:
    """Write what was found where agents look for it; gives the file."""
    group, seen, done = symmetry.group, symmetry.observation, symmetry.action
    assert isinstance(seen, SignedPermutation) and isinstance(done, SignedPermutation)
    kept = KeptDiscovery(
        task=task.id,
        group=group.name,
        elements=list(group.elements),
        table=group.table.tolist(),
        observation=Acting(seen.source.tolist(), seen.sign.tolist()),
        action=Acting(done.source.tolist(), done.sign.tolist()),
        discrete=symmetry.discrete,
        exactness=symmetry.exactness,
        reset=symmetry.reset,
        seed=seed,
    )
    write_text_atomically(path_of(task), with_rows_in_lines(asdict(kept)))
    return path_of(task)


def path_of(task: Task) -> Path:
    """Where it is kept."""
    return task.data / "discovered" / f"{task.id}.json"
