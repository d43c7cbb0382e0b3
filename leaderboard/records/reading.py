"""Files from outside, read without harm: regular ones of a sane size, whose JSON names no key twice."""

from __future__ import annotations

import gc
import json
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from symprior.symmetry.errors import SympriorError

MOST_BYTES = 256 * 1024 * 1024


def read_bytes(path: Path, most: int = MOST_BYTES) -> bytes:
    """The bytes of a regular file.

    Raises:
        SympriorError: it cannot be read, is no regular file, or is larger than `most` bytes.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise SympriorError(f"{path} is no regular file. Move it away.")
        if found.st_size > most:
            raise SympriorError(f"{path} has {found.st_size:,} bytes, and {most:,} are the most that is read.")
        return path.read_bytes()
    except OSError as error:
        raise SympriorError(f"Cannot read {path}: {error.strerror or error}.") from error


@contextmanager
def many_records() -> Iterator[None]:
    """Nobody looks for garbage while many are read: they hold no cycles, and to search them takes as long as to read."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def parsed(text: str | bytes) -> object:
    """The JSON of a text.

    Raises:
        ValueError: it is none, or an object names a key twice, of which readers would choose differently.
    """
    return json.loads(text, object_pairs_hook=_unique)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} stands twice in one object")
    return found
