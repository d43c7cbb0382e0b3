"""Whether a record and the same run trained again can have the same bits: same code, packages and kind of processor.

And what a record says of its origin that cannot be: a commit that was made behind the run's start.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from pathlib import Path

from symprior.leaderboard.records.record import Provenance, RunRecord
from symprior.leaderboard.submissions.git import Repository

CHECKOUT = Path(__file__).parents[2]
COMMIT = re.compile(r"[0-9a-f]{7,64}")
CORES = re.compile(r", \d+ cores$")


def why_not(made: Provenance, again: Provenance) -> str:
    """Why the bits of the two need not be equal, in words; empty where they must be."""
    if made.portable != again.portable:
        return f"it was made {_with_kernels(made)}, and again {_with_kernels(again)}"
    if not made.portable and kind_of(made) != kind_of(again):
        return f"it was made on {kind_of(made)}, and this is {kind_of(again)}"
    packages = [
        f"{name} {made.packages[name]} (here {again.packages.get(name, 'none')})"
        for name in sorted(made.packages)
        if again.packages.get(name) != made.packages[name]
    ]
    if packages:
        return f"it was made with {', '.join(packages)}"
    if made.computed_by != again.computed_by:
        return f"its updates were computed by {made.computed_by}, and here by {again.computed_by}"
    if made.device != again.device:
        return f"it was made on {made.device}, and this is {again.device}"
    if made.commit is None or made.commit != again.commit:
        return f"it was made by commit {_short(made.commit)}, and this is {_short(again.commit)}"
    if made.dirty or again.dirty:
        return f"the checkout was changed {'when it was made' if made.dirty else 'here'}"
    return ""


def _with_kernels(provenance: Provenance) -> str:
    return f"with{'' if provenance.portable else 'out'} portable kernels"


def kind_of(provenance: Provenance) -> str:
    """The make of a processor with its vector instructions, by which libraries choose their kernels."""
    return CORES.sub("", provenance.processor)


def impossible(records: Iterable[RunRecord]) -> list[str]:
    """What the records say of their origin and cannot be, a sentence for each commit and for each start that is no time."""
    first: dict[str, tuple[datetime, RunRecord]] = {}
    found: list[str] = []
    for record in records:
        commit, began = record.provenance.commit, record.provenance.began
        if began is None:
            found.append(f"{_name_of(record)} was started {record.provenance.started[:40]!r}, which is no time.")
        elif commit is not None and (commit not in first or began < first[commit][0]):
            first[commit] = began, record
    return found + [sentence for commit, of in sorted(first.items()) if (sentence := _too_early(commit, of[1]))]


def _too_early(commit: str, record: RunRecord) -> str:
    made = _time_of(commit)
    if made is None or not record.provenance.began_before(made):
        return ""
    return (
        f"{_name_of(record)} was started {record.provenance.started}, before its commit {_short(commit)} was made "
        f"({made.isoformat(timespec='seconds')})."
    )


def _name_of(record: RunRecord) -> str:
    return f"{record.agent.id} on {record.task}, seed {record.seed}"


@cache
def _time_of(commit: str) -> datetime | None:
    """When a commit of this checkout was made; None where it is not known here."""
    repository = Repository.around(CHECKOUT)
    return repository.date(commit) if repository and COMMIT.fullmatch(commit) else None


def _short(commit: str | None) -> str:
    return "unknown" if commit is None else commit[:12]
