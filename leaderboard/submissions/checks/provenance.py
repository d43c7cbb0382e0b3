"""Where runs come from: a commit of the project that was there when they began, unchanged, isolated, with these versions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from symprior.leaderboard.records.record import CLOCKS, Provenance, RunRecord
from symprior.leaderboard.submissions.checks.against import Against, OfARun
from symprior.leaderboard.submissions.layout import AGENT, LOCK
from symprior.leaderboard.submissions.submission import Submission

COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
LOCKED = re.compile(r"([A-Za-z0-9._-]+)==([A-Za-z0-9.!+_-]+)")


def problems(submission: Submission, against: Against) -> Iterator[OfARun]:
    """Runs of changed code, from a commit that was not there, before or after their time, or with other versions."""
    locked = _locked((submission.folder / AGENT / LOCK).read_text(encoding="utf-8"))
    devices = {record.provenance.device.partition(" ")[0] for record in against.of_suite}
    commits = {commit: _looked_up(commit, against) for commit in {run.provenance.commit for run in submission.records}}
    for record in submission.records:
        origin = record.provenance
        found = [
            *_of_code(origin, commits[origin.commit]),
            *_of_time(origin, commits[origin.commit], against),
            *_of_the_run(record, devices),
            *_of_versions(origin, locked),
        ]
        yield from (OfARun.of(record, said) for said in found)


def remarks(submission: Submission, against: Against) -> Iterator[str]:
    """What could not be looked up, and runs that were kept apart by a process alone."""
    if against.repository is None:
        yield "the commits that records name were not looked up: there is no git repository here"
    if any(record.provenance.isolation == "process" for record in submission.records):
        yield "some runs were isolated by a process alone, without namespaces: the agent could have reached others"


@dataclass(frozen=True)
class _Commit:
    """What is known of the commit that a record names.

    Attributes:
        problem: why no run may be of it; empty where there is no reason.
        made: when; None where that is not known.
    """

    problem: str
    made: datetime | None = None


def _looked_up(commit: str | None, against: Against) -> _Commit:
    if commit is None:
        return _Commit("no commit of symprior is recorded: run it from a checkout")
    if not COMMIT.fullmatch(commit):
        return _Commit(f"{commit[:40]!r} is no commit")
    repository, base = against.repository, against.base
    if repository is None:
        return _Commit("")
    made, short = repository.date(commit), commit[:12]
    if made is None or not repository.is_ancestor(commit):
        return _Commit(f"commit {short} is not in the project's history", made)
    if base is not None and (changed := repository.code_changed(base, commit)):
        return _Commit(f"commit {short} changes {', '.join(changed[:3])}: run it with the project's own code", made)
    return _Commit("", made)


def _of_code(origin: Provenance, commit: _Commit) -> Iterator[str]:
    if commit.problem:
        yield commit.problem
    if origin.dirty is not False:
        yield "it was run from a checkout whose code was changed: commit or undo that, and run it again"


def _of_time(origin: Provenance, commit: _Commit, against: Against) -> Iterator[str]:
    started = origin.began
    if started is None:
        yield f"it began at {origin.started[:40]!r}, which is no time"
    elif started > against.now + CLOCKS:
        yield f"it began on {origin.started}, which is still to come"
    elif commit.made is not None and origin.began_before(commit.made):
        yield f"it began on {origin.started}, before its commit was made ({commit.made.isoformat()})"


def _of_the_run(record: RunRecord, devices: set[str]) -> Iterator[str]:
    """What every run of an agent from a file has."""
    origin = record.provenance
    device = origin.device.partition(" ")[0]
    if devices and device not in devices:
        yield f"it was computed on {device}, and the suite's runs on {' and '.join(sorted(devices))}"
    if origin.isolation is None:
        yield "it does not say how the agent was isolated, as every run of an agent from a file does"
    if origin.stack_size != 1 or origin.kernel is not None or origin.ledger is not None:
        yield "it names a stack, a kernel or a ledger, which an agent from a file does not have"
    if origin.task_source is not None:
        yield "its task came from a file of its own"


def _of_versions(origin: Provenance, locked: Mapping[str, str]) -> Iterator[str]:
    for name, version in origin.packages.items():
        kept, run = locked.get(name.lower().replace("_", "-")), version.partition("+")[0]
        if kept is not None and kept != run:
            yield f"it was run with {name} {run}, and {AGENT}/{LOCK} says {kept}: pack it where it was run"
    if missing := sorted(origin.packages.keys() - {name for name in origin.packages if name.lower() in locked}):
        yield f"{AGENT}/{LOCK} does not name {', '.join(missing)}, which it was run with"


def _locked(text: str) -> dict[str, str]:
    found = (LOCKED.fullmatch(line.strip()) for line in text.splitlines())
    return {match[1].lower().replace("_", "-"): match[2] for match in found if match}
