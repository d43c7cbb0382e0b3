"""Certificates that are kept: the last measurement of each task, which its card shows and a test repeats."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter

from symprior.symmetry.symmetry import Exactness
from symprior.tasks.certificates.certificate import Certificate
from symprior.tasks.files.atomic import write_text_atomically
from symprior.tasks.files.json_files import read_json
from symprior.tasks.task import Task


@dataclass(frozen=True)
class KeptCertificate:
    """What a certificate said when it was measured.

    Attributes:
        dynamics, reset: the measured grades.
        agrees: whether they are what the task declares.
        versions: of the simulator and what it stands on.
        lines: (what, measured), as printed.
        file_digest: of the user's file that was measured; empty for a shipped task.
    """

    dynamics: Exactness
    reset: Exactness
    agrees: bool
    versions: dict[str, str]
    lines: list[tuple[str, str]]
    file_digest: str = ""


KEPT = TypeAdapter(KeptCertificate)


def keep(task: Task, certificate: Certificate) -> Path:
    """Write the certificate where the task's card looks for it."""
    kept = KeptCertificate(
        certificate.dynamics,
        certificate.reset,
        certificate.agrees,
        certificate.versions,
        certificate.lines(),
        task.file_digest,
    )
    values = {key: value for key, value in asdict(kept).items() if value != ""}
    path = kept_path(task)
    write_text_atomically(path, json.dumps(values, indent=1, ensure_ascii=False) + "\n")
    return path


def kept(task: Task) -> KeptCertificate | None:
    """The last certificate that was kept, if there is one; one that is older than the task's file says so first.

    Raises:
        SympriorError: the file is damaged.
    """
    path, again = kept_path(task), f"`symprior check {task.name_to_type} --write`"
    if not path.is_file():
        return None
    found = read_json(path, KEPT, f"Measure again with {again}.")
    if task.is_as_it_was(found.file_digest):
        return found
    warning = ("out of date", f"not measured with {task.file} as it is now: measure again with {again}")
    return replace(found, agrees=False, lines=[warning, *found.lines])


def kept_path(task: Task) -> Path:
    """Where the certificate of a task is kept."""
    return task.data / "certificates" / f"{task.id}.json"
