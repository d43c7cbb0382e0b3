"""A submission's folder from an agent's folder and its records: code and versions embedded, records compact, a digest."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

from symprior.leaderboard.records.published import to_text
from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.submissions.layout import AGENT, CODE, DIGEST, LOCK, RECORDS, problems_of_code
from symprior.leaderboard.submissions.sealing import digest_of
from symprior.leaderboard.submissions.statement import STATEMENT, read_statement
from symprior.leaderboard.submissions.submission import Submission, read_submission
from symprior.symmetry.errors import SympriorError
from symprior.tasks.files.atomic import write_bytes_atomically, write_text_atomically

LEFT_OUT = {"__pycache__", "runs", "site", STATEMENT, LOCK}
"""Of an agent's folder: what is no code, and what stands elsewhere in a submission."""

LOCAL_BUILD = re.compile(r"\+[a-z0-9.]+$")


def pack(source: Path, records: Iterable[RunRecord], into: Path) -> Submission:
    """Write the folder of a submission, named as the agent's, and read it.

    Args:
        source: the agent's folder: `agent.py`, `submission.toml`, and whatever text lies beside them.
        records: of its runs.
        into: where the new folder is made.

    Raises:
        SympriorError: something is missing, is no text that a reviewer can read, or says what the schema does not have.
    """
    source = source.resolve()
    code = {path.relative_to(source): path for path in _code(source)}
    statement = read_statement(source / STATEMENT)
    folder = into / source.name
    for place, path in code.items():
        write_bytes_atomically(folder / AGENT / place, path.read_bytes())
    write_text_atomically(folder / AGENT / LOCK, installed_versions())
    if problems := list(problems_of_code(folder / AGENT)):
        raise SympriorError(f"{source} holds what is no part of a submission:\n  " + "\n  ".join(problems))
    write_bytes_atomically(folder / STATEMENT, (source / STATEMENT).read_bytes())
    of_tasks: dict[str, list[RunRecord]] = {}
    for record in records:
        of_tasks.setdefault(record.task, []).append(record)
    for task, runs in of_tasks.items():
        write_text_atomically(folder / RECORDS / f"{task}.json", to_text(runs))
    write_text_atomically(folder / DIGEST, f"{digest_of(folder, statement)}\n")
    return read_submission(folder)


def put_in_place(packed: Submission, folder: Path) -> Path:
    """Move a packed submission to where submissions lie; one of its name that nobody has verified yet makes room.

    Raises:
        SympriorError: there is one that was verified or is no longer active, or the folder cannot be written.
    """
    place = folder / packed.name
    try:
        if place.exists():
            _make_room(place, packed.folder.parent)
        folder.mkdir(parents=True, exist_ok=True)
        return packed.folder.rename(place)
    except OSError as error:
        raise SympriorError(f"Cannot write {place}: {error.strerror or error}.") from error


def _make_room(place: Path, scratch: Path) -> None:
    earlier = read_submission(place)
    if earlier.verifications.exists() or not earlier.is_active:
        why = "was verified" if earlier.verifications.exists() else f"is {earlier.statement.status.state}"
        raise SympriorError(
            f"{place} {why}, and stays as it is. Submit under another name, "
            f'with supersedes = "{earlier.name}" in {STATEMENT}.'
        )
    place.rename(scratch / f"earlier-{place.name}")


def _code(source: Path) -> Iterator[Path]:
    """The files of an agent's folder that are submitted."""
    missing = [name for name in (CODE, STATEMENT) if not (source / name).is_file()]
    if missing:
        raise SympriorError(
            f"{source} has no {' and no '.join(missing)}. symprior new-agent NAME makes a folder that has all it takes."
        )
    for path in sorted(source.rglob("*")):
        parts = path.relative_to(source).parts
        if path.is_file() and not any(part in LEFT_OUT or part.startswith(".") for part in parts):
            yield path


@cache
def installed_versions() -> str:
    """The packages of this environment in the form of a lock file, and its Python in a comment."""
    found = {(each.name or "").lower().replace("_", "-"): each.version for each in distributions()}
    lines = [f"{name}=={LOCAL_BUILD.sub('', found[name])}" for name in sorted(found) if name not in ("", "symprior")]
    return "\n".join([f"# Python {platform.python_version()}", *lines]) + "\n"
