"""Which files a submission may hold: text that a reviewer can read, and compact records; no weights, no links."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from symprior.leaderboard.records.published import VERIFICATIONS
from symprior.leaderboard.submissions.statement import STATEMENT
from symprior.leaderboard.submissions.texts import unseen
from symprior.symmetry.errors import SympriorError

AGENT, RECORDS = "agent", "records"
"""Folders of the code and of the records by task; `VERIFICATIONS` holds what others found who ran it again."""

CODE, LOCK = "agent.py", "requirements.lock"
"""In the folder of the code: the file that was run, and the versions that it was run with."""

DIGEST = "digest.txt"
ENTRIES = {STATEMENT, DIGEST, AGENT, RECORDS, VERIFICATIONS}
TEXTS = {".bib", ".lock", ".md", ".py", ".toml", ".txt"}
"""Endings of what may lie beside the code."""

MOST_BYTES_OF_A_FILE, MOST_BYTES = 256 * 1024, 1024 * 1024
"""Of the code: of one file, and of all together."""

MOST_BYTES_OF_RECORDS = 16 * 1024 * 1024
"""Of one task: 20 runs on CartPole have a thirtieth of that."""

MOST_FILES = 50


def check_layout(folder: Path) -> None:
    """Look at the names and kinds of all files, and at the text of the code.

    Raises:
        SympriorError: names whatever is no part of a submission.
    """
    if folder.is_symlink() or not folder.is_dir():
        raise SympriorError(f"There is no submission's folder {folder}. Make one: symprior submit pack NAME.")
    missing = [
        name for name in (STATEMENT, DIGEST, f"{AGENT}/{CODE}", f"{AGENT}/{LOCK}") if not (folder / name).exists()
    ]
    problems = [f"{name} is missing" for name in missing] + list(_problems(folder))
    if problems:
        listed = "\n  ".join(problems[:MOST_FILES])
        raise SympriorError(f"{folder} is laid out otherwise than a submission is:\n  {listed}")


def files_of(folder: Path, part: str) -> list[Path]:
    """The files below one of its folders, in the order of their names."""
    return sorted(path for path in (folder / part).rglob("*") if path.is_file())


def _problems(folder: Path) -> Iterator[str]:
    for entry in sorted(folder.iterdir()):
        if entry.name not in ENTRIES:
            yield f"{entry.name} is no part of one; known are {', '.join(sorted(ENTRIES))}"
    found = [*_entries(folder)]
    yield from (problem for path in found if (problem := _of_another_kind(path, folder)))
    yield from problems_of_code(folder / AGENT)
    for path in found:
        if path.parent.name not in (RECORDS, VERIFICATIONS):
            continue
        if path.suffix != ".json":
            yield f"{path.relative_to(folder)} is no .json file"
        if (size := path.lstat().st_size) > MOST_BYTES_OF_RECORDS:
            yield f"{path.relative_to(folder)} has {size:,} bytes, and {MOST_BYTES_OF_RECORDS:,} are the most"


def _entries(folder: Path) -> Iterator[Path]:
    """All that lies below a folder, links not followed."""
    for place, folders, files in os.walk(folder):
        yield from (Path(place, name) for name in sorted([*folders, *files]))


def _of_another_kind(path: Path, folder: Path) -> str:
    """Why an entry is neither a plain file nor a folder that belongs there; empty where it is."""
    mode, where = path.lstat().st_mode, path.relative_to(folder)
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        return f"{where} is neither a file nor a folder (a link?)"
    if stat.S_ISDIR(mode) and where.parts[0] in (RECORDS, VERIFICATIONS) and len(where.parts) > 1:
        return f"{where} is a folder, where files lie"
    return ""


def problems_of_code(folder: Path) -> Iterator[str]:
    """What of the code no reviewer could read, in words; the folder may be that of somebody who submits nothing yet."""
    files = [path for path in _entries(folder) if path.is_file() and not path.is_symlink()]
    if len(files) > MOST_FILES:
        yield f"{folder.name} holds {len(files)} files, and {MOST_FILES} are the most"
    if (size := sum(path.stat().st_size for path in files)) > MOST_BYTES:
        yield f"{folder.name} has {size:,} bytes, and {MOST_BYTES:,} are the most"
    for path in files:
        if problem := _unreadable(path):
            yield f"{folder.name}/{path.relative_to(folder)} {problem}"


def _unreadable(path: Path) -> str:
    if path.suffix not in TEXTS:
        return f"is none of {', '.join(sorted(TEXTS))}: a submission brings no weights and no data"
    if (size := path.stat().st_size) > MOST_BYTES_OF_A_FILE:
        return f"has {size:,} bytes, and {MOST_BYTES_OF_A_FILE:,} are the most"
    try:
        text = path.read_bytes().decode("utf-8")
    except ValueError:
        return "is no text in UTF-8"
    code = unseen(text, allowed="\n\t")
    return f"holds the character {code}, which a reviewer does not see" if code else ""
