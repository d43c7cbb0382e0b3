"""The runs in a folder, in whichever of the two forms they lie there: one file a run, or one for each agent and task."""

from __future__ import annotations

from pathlib import Path

from symprior.leaderboard.records.published import read_published
from symprior.leaderboard.records.record import RunRecord, read_records


def records_in(folder: Path, suite: str | None = None) -> list[RunRecord]:
    """The runs below a folder, as `symprior run` or as `symprior publish` wrote them, in the order of their keys.

    Args:
        folder: of records.
        suite: `quick` or `quick-1`, where published ones of one suite are wanted.

    Raises:
        SympriorError: no such folder, nothing in it, or a file that cannot be read.
    """
    is_published = folder.is_dir() and next(folder.rglob("seed-*.json"), None) is None
    if is_published and next(folder.glob("*/*/*.json"), None) is not None:
        return read_published(folder, suite)
    return read_records(folder)
