"""What a merge would change: a submission adds its own folder, and nothing that was published goes or becomes another."""

from __future__ import annotations

from collections.abc import Iterator

from symprior.leaderboard.records.published import VERIFICATIONS
from symprior.leaderboard.submissions import FOLDER
from symprior.leaderboard.submissions.checks.against import Against
from symprior.leaderboard.submissions.git import RESULTS, Change, Repository
from symprior.leaderboard.submissions.layout import DIGEST
from symprior.leaderboard.submissions.statement import STATEMENT, Statement, parsed_statement
from symprior.leaderboard.submissions.submission import Submission
from symprior.symmetry.errors import SympriorError


def problems(submission: Submission, against: Against) -> Iterator[str]:
    """A suite that has retired, and every file that is changed, removed, or added elsewhere."""
    if against.successor is not None and _is_new(submission, against):
        yield f"{submission.suite_id} has retired and takes no more submissions; run {against.successor}"
    if against.repository is None or against.base is None:
        return
    for change in against.repository.changes(against.base):
        if problem := _of(change, submission, against):
            yield problem


def of_published(repository: Repository, base: str) -> list[str]:
    """Published records that a merge would remove or change, whoever asks for it."""
    return [
        f"{change.path} is published and would be {change.kind}; published records stay as they are"
        for change in repository.changes(base)
        if _is_published(change)
    ]


def touched(repository: Repository, base: str) -> list[str]:
    """The names of submissions that a merge would add to or change."""
    paths = (change.path.split("/") for change in repository.changes(base))
    return sorted({path[1] for path in paths if path[0] == FOLDER and len(path) > 2})


def _is_published(change: Change) -> bool:
    is_record = change.path.startswith(f"{RESULTS}/") and change.path.endswith(".json")
    return is_record and change.kind != "added"


def _of(change: Change, submission: Submission, against: Against) -> str:
    owner = change.path.split("/")[1] if change.path.startswith(f"{FOLDER}/") else None
    if _is_published(change):
        return f"{change.path} is published and would be {change.kind}; published records stay as they are"
    if owner is None:
        return f"{change.path} would be {change.kind}; a submission adds its own folder and changes nothing else"
    own = owner == submission.name
    if own and (change.kind == "added" or _is_new(submission, against)):
        return ""
    if change.kind == "added" and change.path.split("/")[2:3] == [VERIFICATIONS]:
        return ""
    if change.kind == "changed" and change.path == f"{FOLDER}/{owner}/{STATEMENT}":
        return _of_statement(change.path, owner, submission, against)
    return f"{change.path} is part of a published submission and would be {change.kind}; submit under another name"


def _is_new(submission: Submission, against: Against) -> bool:
    """Whether what it is to be merged into has no such submission yet."""
    if against.repository is None or against.base is None:
        return True
    return against.repository.file(against.base, f"{FOLDER}/{submission.name}/{DIGEST}") is None


def _of_statement(path: str, owner: str, submission: Submission, against: Against) -> str:
    """The status may change: the submission's own, or that of the one whose place it takes."""
    assert against.repository is not None and against.base is not None
    if owner not in (submission.name, submission.statement.supersedes):
        return f"{path} would be changed by somebody else's submission"
    before = against.repository.file(against.base, path) or b""
    try:
        then, now = (parsed_statement(text, path) for text in (before, (against.repository.root / path).read_bytes()))
    except (OSError, SympriorError) as error:
        return str(error)
    if _without_status(then) != _without_status(now):
        return f"{path} is published, and more of it than its status would be changed"
    if then.status.state != "active" and then.status != now.status:
        return f"{path} is {then.status.state} for good"
    if owner != submission.name and (now.status.state, now.status.by) != ("superseded", submission.name):
        return f'{path} may become state = "superseded", by = "{submission.name}", and nothing else'
    return ""


def _without_status(statement: Statement) -> dict[str, object]:
    return statement.model_dump(exclude={"status"})
