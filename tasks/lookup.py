"""From a name to a task: one of the registry, a dial at a value, or one in a user's file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from symprior.symmetry.errors import SympriorError, unknown_name
from symprior.tasks.custom.source_files import digest, load, names_a_file
from symprior.tasks.environments.gymnasium_types import Environment
from symprior.tasks.task import TASKS, References, Task
from symprior.tasks.task.dials import DIALS
from symprior.tasks.task.relabelled import MARK, relabelled_by_name


def get_task(name: str) -> Task:
    """The task of that name.

    Args:
        name: a task's id; `dial@parameter=value`; one of these under a secret relabelling, `cartpole-v1~KEY`; or
            `path/to/file.py:Name`. A task from a file is known by its id from then on.

    Raises:
        SympriorError: no such task; the message has the nearest name and the list.
    """
    if names_a_file(name):
        return _from_file(name)
    if name.endswith(".py"):
        raise SympriorError(f"{name} names a file but no task in it. Write {name}:Name.")
    plain, mark, key = name.partition(MARK)
    if mark and key:
        return relabelled_by_name(get_task(plain), key)
    dial, at, setting = name.partition("@")
    if at and dial in DIALS:
        return DIALS[dial].parse(setting)
    if name in DIALS:
        raise SympriorError(f"{name} is a dial: {DIALS[name].meaning}. {DIALS[name].how}")
    if name not in TASKS:
        raise unknown_name("task", name, [*TASKS, *DIALS])
    return TASKS[name]


def known_references(task: str) -> References | None:
    """What scores of a task are measured against; None where the task is not known here or was not measured."""
    try:
        return get_task(task).references
    except SympriorError:
        return None


def make(name: str, **arguments: object) -> Environment:
    """A task's single environment, with its time limit.

    Args:
        name: as `get_task` takes it.
        arguments: of the environment, such as `render_mode="rgb_array"`.

    Raises:
        SympriorError: no such task, or its simulator is not installed.
    """
    return get_task(name).make(**arguments)


def task_names() -> list[str]:
    """Every task of the registry, and every dial's tasks at its frozen values."""
    return [*TASKS, *(name for dial in DIALS for name in DIALS[dial].names)]


def custom_files() -> list[str]:
    """The names `path/to/file.py:Name` under which tasks were looked up so far."""
    return [str(task.file) for task in _FROM_FILES.values()]


_FROM_FILES: dict[str, Task] = {}


def _from_file(name: str) -> Task:
    path, _, attribute = name.rpartition(":")
    whole = f"{Path(path).resolve()}:{attribute}"
    if whole not in _FROM_FILES:
        found = load(name, "task")
        if not isinstance(found, Task):
            raise SympriorError(
                f"{name} is no task but {type(found).__name__}. Decorate the function or class that makes the environment "
                "with `symprior.tasks.custom_task`."
            )
        task = replace(found, file=whole, file_digest=digest(whole))
        TASKS.register(task.id, task, path)
        _FROM_FILES[whole] = task
    return _FROM_FILES[whole]
