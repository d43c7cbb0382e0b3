"""Python files from outside the project: what a user names as `path/to/file.py:Name`."""

from __future__ import annotations

import importlib.util
import sys
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

from symprior.tasks.errors import SympriorError


def names_a_file(name: str) -> bool:
    """Whether a name means something in a user's file: `path/to/file.py:Name`."""
    path, colon, _ = name.rpartition(":")
    return bool(colon) and path.endswith(".py")


def load(name: str, kind: str) -> Any:
    """What `path/to/file.py:Name` names; the file is imported once, whatever is asked of it.

    Args:
        name: the file and a name in it.
        kind: what the file should hold, for the messages: `agent` or `task`.

    Raises:
        SympriorError: the file is missing, does not import, or holds no such name.
    """
    path, _, attribute = name.rpartition(":")
    module = _module(_existing(path, kind))
    if not hasattr(module, attribute):
        raise SympriorError(f"{path} defines no {attribute!r}.")
    return getattr(module, attribute)


def digest(name: str) -> str:
    """A digest of the file, so that results of an edited one are not taken for its own."""
    return digest_of(Path(name.rpartition(":")[0]))


def digest_of(path: Path) -> str:
    """Twelve characters that change with the file."""
    return sha256(path.read_bytes()).hexdigest()[:12]


def _existing(path: str, kind: str) -> str:
    whole = Path(path).resolve()
    try:
        is_there = whole.is_file()
    except OSError as error:
        raise SympriorError(f"Cannot read the {kind} file {whole}: {error.strerror or error}.") from error
    if not is_there:
        raise SympriorError(f"There is no {kind} file {whole}.")
    return str(whole)


@cache
def _module(path: str) -> ModuleType:
    """The module of a file; once, so that a file that holds a task and an agent has one class of each."""
    spec = importlib.util.spec_from_file_location(f"symprior_own_{Path(path).stem}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except SympriorError:
        raise
    except (Exception, SystemExit) as error:
        raise SympriorError(f"{path} does not import: {type(error).__name__}: {error}.") from error
    return module
