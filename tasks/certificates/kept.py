"""Certificates that are kept: the last measurement of each task, which its card shows and a test repeats."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from symprior.tasks.certificates.certificate import Certificate
from symprior.tasks.files import write_text_atomically
from symprior.tasks.symmetry import Exactness
from symprior.tasks.task import Task


@dataclass(frozen=True)
class KeptCertificate:
    """What a certificate said when it was measured.

    Attributes:
        dynamics, reset: the measured grades.
        agrees: whether they are what the task declares.
        versions: of the simulator and what it stands on.
        lines: (what, measured), as printed.
    """

    dynamics: Exactness
    reset: Exactness
    agrees: bool
    versions: dict[str, str]
    lines: list[tuple[str, str]]


def keep(task: Task, certificate: Certificate) -> Path:
    """Write the certificate where the task's card looks for it."""
    kept = KeptCertificate(
        certificate.dynamics, certificate.reset, certificate.agrees, certificate.versions, certificate.lines()
    )
    path = _path(task)
    write_text_atomically(path, json.dumps(asdict(kept), indent=1, ensure_ascii=False) + "\n")
    return path


def kept(task: Task) -> KeptCertificate | None:
    """The last certificate that was kept, if there is one."""
    path = _path(task)
    if not path.is_file():
        return None
    data = json.loads(path.read_text(encoding="utf-8"))
    return KeptCertificate(
        dynamics=Exactness(data["dynamics"]),
        reset=Exactness(data["reset"]),
        agrees=data["agrees"],
        versions=data["versions"],
        lines=[(what, measured) for what, measured in data["lines"]],
    )


def _path(task: Task) -> Path:
    return task.data / "certificates" / f"{task.id}.json"
