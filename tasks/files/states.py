"""States of things that stop and go on: trees of numbers, texts and arrays, in one file without any pickled object."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import numpy as np

from symprior.symmetry.arrays import NumpyArray
from symprior.tasks.files.atomic import writing_atomically

State: TypeAlias = dict[str, Any]
"""Texts for names; values are numbers, texts, None, lists, arrays of numpy, and states."""

ARRAY, TREE = "array", "tree"


def write_state(path: Path, state: State) -> None:
    """Write a state atomically, as an `.npz` archive: its arrays, and the tree that they hang on as JSON.

    Raises:
        SympriorError: the folder cannot be written.
        TypeError: something in the state is of another kind.
    """
    with writing_atomically(path) as file:
        _write(file, state)


def read_state(path: Path) -> State:
    """The state that a file holds; nothing is unpickled, and damage is noticed by the archive's check sums.

    Raises:
        OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile: there is none, or it is damaged.
    """
    return _read(path)


def state_as_bytes(state: State) -> bytes:
    """The same archive, in memory."""
    file = io.BytesIO()
    _write(file, state)
    return file.getvalue()


def state_from_bytes(archive: bytes) -> State:
    """The state in such an archive; raises as `read_state` does."""
    return _read(io.BytesIO(archive))


def peek_at_state(path: Path) -> State:
    """The state that a file holds but for its arrays, which are not read."""
    with np.load(path, allow_pickle=False) as archive:
        found: State = json.loads(archive[TREE].tobytes())
    return found


def _write(file: BinaryIO, state: State) -> None:
    arrays: dict[str, NumpyArray] = {}
    tree = json.dumps(_without_arrays(state, arrays))
    np.savez(file, **{TREE: np.frombuffer(tree.encode(), dtype=np.uint8)}, **arrays)  # type: ignore[arg-type]


def _read(source: Path | BinaryIO) -> State:
    with np.load(source, allow_pickle=False) as archive:
        tree = json.loads(archive[TREE].tobytes())
        found: State = _with_arrays(tree, archive)
    return found


def _without_arrays(value: Any, arrays: dict[str, NumpyArray]) -> Any:
    """The value, with the number of an array in its place."""
    if isinstance(value, np.ndarray):
        name = f"{ARRAY}{len(arrays)}"
        arrays[name] = value
        return {ARRAY: name}
    if isinstance(value, dict):
        return {name: _without_arrays(part, arrays) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_without_arrays(part, arrays) for part in value]
    return value


def _with_arrays(value: Any, archive: Any) -> Any:
    if isinstance(value, dict):
        if value.keys() == {ARRAY}:
            return archive[value[ARRAY]]
        return {name: _with_arrays(part, archive) for name, part in value.items()}
    return [_with_arrays(part, archive) for part in value] if isinstance(value, list) else value
