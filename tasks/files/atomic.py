"""Writing a file so that nobody ever reads half of it."""

from __future__ import annotations

import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from symprior.symmetry.errors import SympriorError

HALF = ".partial"
"""How a file is called that is not whole yet."""
SECONDS_TO_BEGIN = 60.0
"""From when a half is made until its writer holds it, at the most."""


def write_text_atomically(path: Path, text: str) -> None:
    """Write `text` as UTF-8, as `writing_atomically` writes."""
    write_bytes_atomically(path, text.encode())


def write_bytes_atomically(path: Path, content: bytes) -> None:
    """Write `content`, as `writing_atomically` writes."""
    with writing_atomically(path) as file:
        file.write(content)


@contextmanager
def writing_atomically(path: Path) -> Iterator[BinaryIO]:
    """A file to write to; a reader sees the whole new file or the old one, never half.

    Raises:
        SympriorError: the folder cannot be written (full disk, no permission).
    """
    temporary: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=HALF)
        with os.fdopen(handle, "wb") as file:
            _hold(file)
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        if not isinstance(error, OSError):
            raise
        raise SympriorError(
            f"Cannot write {path}: {error.strerror or error}. "
            "Free space or choose a writable folder; nothing was changed."
        ) from error


def _hold(file: BinaryIO) -> bool:
    """Hold a file until it is closed, or its writer dies; False where another holds it, or the file system has no locks."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def remove_abandoned_halves(folder: Path) -> None:
    """Remove what writers who were killed left in a folder; what somebody writes now stays."""
    for half in folder.glob(f".*{HALF}"):
        with suppress(OSError), half.open("rb") as file:  # gone meanwhile, or not to be had: then it is no harm
            if time.time() - half.stat().st_mtime > SECONDS_TO_BEGIN and _hold(file):
                half.unlink()


def halves_of(path: Path) -> list[Path]:
    """What was left beside a file by those that were killed while they wrote it."""
    return list(path.parent.glob(f".{path.name}.*{HALF}"))
