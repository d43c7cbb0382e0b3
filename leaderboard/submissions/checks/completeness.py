"""Every task and seed of the suite, its budgets and evaluation points, and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from symprior.leaderboard.records.checks import impossible
from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.submissions.checks.against import Against, OfARun, Said
from symprior.leaderboard.submissions.submission import Submission


def problems(submission: Submission, against: Against) -> Iterator[Said]:
    """What is missing or too much, and what the protocol does not allow."""
    seeds: dict[str, set[int]] = {task: set() for task in against.suite.tasks}
    for record in submission.records:
        seeds.setdefault(record.task, set()).add(record.seed)
    wanted = set(against.suite.seeds)
    for task, found in seeds.items():
        if task not in against.suite.tasks:
            yield f"{task} is no task of {submission.suite_id}, which has {', '.join(against.suite.tasks)}"
            continue
        if missing := wanted - found:
            yield f"{task} lacks {_listed(missing)} of {submission.suite_id}: a run that failed is a record, too"
        if others := found - wanted:
            yield f"{task} has {_listed(others)}, which {submission.suite_id} does not have"
    yield from (OfARun.of(record, said) for record in submission.records for said in _of_record(record, against))


def remarks(submission: Submission, against: Against) -> Iterator[str]:
    """Runs that failed: the row shows bounds."""
    for task in against.suite.tasks:
        if failed := {record.seed for record in submission.records if (record.task, record.status) == (task, "failed")}:
            yield f"{task}: {_listed(failed)} failed, so that its row has bounds, and neither interval nor rank"


def _of_record(record: RunRecord, against: Against) -> Iterator[str]:
    if record.task not in against.tasks:
        return
    budget = against.budgets[record.task]
    if record.budget != budget:
        yield f"a budget of {record.budget:,} environment steps, where the suite has {budget:,}"
    if record.evaluate_every != against.evaluate_every:
        yield f"evaluations every {record.evaluate_every} steps, where the suite has {against.evaluate_every}"
    if said := impossible(record, against.tasks[record.task]):
        yield said


def _listed(seeds: Collection[int]) -> str:
    return f"seed{'s' if len(seeds) > 1 else ''} {', '.join(map(str, sorted(seeds)))}"
