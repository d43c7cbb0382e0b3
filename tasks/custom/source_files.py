"""Python files from outside the project: what a user names as `path/to/file.py:Name`."""

from __future__ import annotations

import importlib.util
import sys
import traceback
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import ModuleType

from symprior.symmetry.errors import SympriorError


def names_a_file(name: str) -> bool:
    """Whether a name means something in a user's file: `path/to/file.py:Name`."""
    path, colon, _ = name.rpartition(":")
    return bool(colon) and path.endswith(".py")


def load(name: str, kind: str) -> object:
    """What `path/to/file.py:Name` names; the file is imported once, whatever is asked of it.

    Args:
        name: the file and a name in it.
        kind: what the file should hold, for the messages: `agent` or `task`.

    Raises:
        SympriorError: the file is missing, does not import, or holds no such name.
    """
    path, _, attribute = name.rpartition(":")
    module = _module(existing(path, kind))
    if not hasattr(module, attribute):
        raise SympriorError(f"{path} defines no {attribute!r}.")
    return getattr(module, attribute)


def digest(name: str) -> str:
    """A digest of the file, so that results of an edited one are not taken for its own."""
    return digest_of(Path(name.rpartition(":")[0]))


def digest_of(path: Path) -> str:
    """Twelve characters that change with the file."""
    return sha256(path.read_bytes()).hexdigest()[:12]


def place(error: BaseException) -> str:
    """Where in a user's file an error was raised, as ` (my_agent.py, line 12)`; nothing where it was in none."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if is_read(frame.filename)]
    return f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""


def is_read(path: str) -> bool:
    """Whether this is a user's file that was imported for a command."""
    return path in _READ


def note(name: str) -> None:
    """Take the file that a name means for a user's, though it was imported elsewhere."""
    _READ.add(name.rpartition(":")[0])


_READ: set[str] = set()


def existing(path: str, kind: str) -> str:
    """The whole path of a file.

    Raises:
        SympriorError: it is missing, or cannot be looked for.
    """
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
    spec = importlib.util.spec_from_file_location(f"symprior_custom_{Path(path).stem}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    _READ.add(path)
    try:
        spec.loader.exec_module(module)
    except SympriorError:
        raise
    except (Exception, SystemExit) as error:
        said = f"{path} does not import: {type(error).__name__}: {error}{place(error)}.{_advice(error, path)}"
        raise SympriorError(said) from error
    return module


def _advice(error: BaseException, path: str) -> str:
    """What to do where the file imports one that lies beside it."""
    beside = Path(path).parent / f"{getattr(error, 'name', None)}.py"
    if not isinstance(error, ModuleNotFoundError) or not beside.is_file():
        return ""
    return (
        f" Only this file is read, whose digest tells results of an edited one from its own: put what it needs of "
        f"{beside.name} into it, or install {beside.stem} as a package."
    )
