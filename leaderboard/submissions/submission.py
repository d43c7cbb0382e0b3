"""A submission as a value, read from its folder; what is damaged, misplaced or changed after packing is refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from symprior.leaderboard.records.learners import OWN
from symprior.leaderboard.records.published import VERIFICATIONS, read_file, to_text
from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.submissions import SUBMISSIONS
from symprior.leaderboard.submissions.layout import AGENT, CODE, DIGEST, RECORDS, check_layout, files_of
from symprior.leaderboard.submissions.sealing import digest_of
from symprior.leaderboard.submissions.statement import STATEMENT, Statement, checked_name, read_statement
from symprior.symmetry.errors import SympriorError


@dataclass(frozen=True)
class Submission:
    """An agent that somebody submitted, with its records.

    Attributes:
        folder: where it lies, `submissions/NAME`.
        statement: what it says of itself.
        digest: of code, records and statement.
        records: of one suite, in the order of their keys.
    """

    folder: Path
    statement: Statement
    digest: str
    records: tuple[RunRecord, ...]

    @property
    def name(self) -> str:
        """Its name, which is its folder's, its class's and its records'."""
        return self.folder.name

    @property
    def suite_id(self) -> str:
        """The suite with its version, `quick-2`."""
        return self.records[0].suite_id

    def is_of(self, suite: str | None) -> bool:
        """Whether it is to a suite, `quick` or `quick-2`; to any, where none is named."""
        return self.records[0].is_of(suite)

    @property
    def agent(self) -> str:
        """Its agent as `symprior run --agent` takes it, `path/to/agent.py:NAME`."""
        return f"{self.folder / AGENT / CODE}:{self.name}"

    @property
    def verifications(self) -> Path:
        """The folder of what others found who ran it again; it need not be there."""
        return self.folder / VERIFICATIONS

    @property
    def is_active(self) -> bool:
        """Whether it stands on the board."""
        return self.statement.status.state == "active"


def read_submission(folder: Path) -> Submission:
    """Read one submission, without running any of its code.

    Raises:
        SympriorError: the folder is laid out otherwise, its statement or a record says what the schema does not have, a
            record belongs elsewhere, or something was changed after the digest was written.
    """
    check_layout(folder)
    try:
        checked_name(folder.name)
    except ValueError as error:
        raise SympriorError(f"{folder} cannot be a submission: {error}.") from error
    statement, records = read_statement(folder / STATEMENT), _read_records(folder)
    digest = digest_of(folder, statement)
    if (kept := (folder / DIGEST).read_text(encoding="utf-8", errors="replace").strip()) != digest:
        raise SympriorError(
            f"{folder} was changed after it was packed: its digest is {digest}, and {DIGEST} says {kept[:80]!r}. Pack it "
            "again: symprior submit pack."
        )
    return Submission(folder, statement, digest, records)


def read_submissions(folder: Path = SUBMISSIONS) -> tuple[Submission, ...]:
    """All submissions below a folder, by name; none where there is no such folder.

    Raises:
        SympriorError: one of them cannot be read; all such are named.
    """
    found, problems = [], []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if not path.is_dir() or path.name.startswith("."):
            continue  # a page about the folder, or one that is being packed
        try:
            found.append(read_submission(path))
        except SympriorError as error:
            problems.append(str(error))
    if problems:
        raise SympriorError("\n".join(problems))
    return tuple(found)


def records_on_boards(submissions: Iterable[Submission]) -> list[RunRecord]:
    """The records of those that are active, which stand on the boards of their suites."""
    return [record for submission in submissions if submission.is_active for record in submission.records]


def _read_records(folder: Path) -> tuple[RunRecord, ...]:
    """All records, each in the file of its task, each of this agent, all of one suite."""
    found = [record for path in files_of(folder, RECORDS) for record in _of_file(folder, path)]
    if not found:
        raise SympriorError(f"{folder / RECORDS} holds no records. Pack it again: symprior submit pack.")
    if len(suites := sorted({record.suite_id for record in found})) > 1:
        raise SympriorError(f"{folder} has records of {' and '.join(suites)}. A submission is to one suite.")
    return tuple(sorted(found, key=lambda record: record.key))


def _of_file(folder: Path, path: Path) -> list[RunRecord]:
    records = read_file(path)
    for problem in (problem for record in records for problem in _misplaced(record, folder.name, path)):
        raise SympriorError(f"{path} {problem}")
    if len({record.seed for record in records}) != len(records):
        raise SympriorError(f"{path} holds a seed twice.")
    if to_text(records) != path.read_text(encoding="utf-8"):
        raise SympriorError(f"{path} is written otherwise than `symprior submit pack` writes. Pack it again.")
    return records


def _misplaced(record: RunRecord, name: str, path: Path) -> Iterator[str]:
    if record.task != path.stem:
        yield f"holds a run on {record.task}, which belongs in {record.task}.json."
    if record.agent.id != name:
        yield f"holds a run of the agent {record.agent.id!r}, and the submission is {name!r}."
    if record.agent.learner != OWN:
        yield f"holds a run by the learner {record.agent.learner!r}; an agent of one's own has the learner {OWN!r}."
