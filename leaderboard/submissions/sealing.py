"""The digest of a submission: code, records and statement. It changes with each of them, and not with what comes later."""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from symprior.leaderboard.submissions.layout import AGENT, RECORDS, files_of
from symprior.leaderboard.submissions.statement import Statement


def digest_of(folder: Path, statement: Statement) -> str:
    """`sha256:` and 64 characters, from the bytes of code and records and from the statement without its status.

    A status may change and verifications may be added: the digest stays.
    """
    files = [*files_of(folder, AGENT), *files_of(folder, RECORDS)]
    return sealed(((path.relative_to(folder).as_posix(), path.read_bytes()) for path in files), statement)


def sealed(files: Iterable[tuple[str, bytes]], statement: Statement) -> str:
    """The same of files by their paths in the folder."""
    sums = [[path, sha256(content).hexdigest()] for path, content in sorted(files)]
    said = statement.model_dump(mode="json", exclude={"status"})
    text = json.dumps([sums, said], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"sha256:{sha256(text.encode()).hexdigest()}"
