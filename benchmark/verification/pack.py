"""What is verified together: records of one suite, the files of their agents, and the folder that verifications go to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from symprior.benchmark.jobs.isolation.described import whole_name
from symprior.leaderboard.records.checks import check_records
from symprior.leaderboard.records.folders import records_in
from symprior.leaderboard.records.published import VERIFICATIONS
from symprior.leaderboard.records.record import SOURCE_DIGEST, RunRecord
from symprior.leaderboard.submissions.layout import AGENT, CODE
from symprior.leaderboard.submissions.statement import STATEMENT
from symprior.leaderboard.submissions.submission import read_submission
from symprior.leaderboard.verification.drawing import digest_of
from symprior.leaderboard.verification.record import Subject
from symprior.symmetry.errors import SympriorError
from symprior.tasks.custom.source_files import digest_of as digest_of_file
from symprior.tasks.files.atomic import write_bytes_atomically
from symprior.tasks.lookup import get_task


@dataclass(frozen=True)
class Pack:
    """Records that are verified together.

    Attributes:
        folder: where they lie.
        records: all of them, of one suite.
        files: Python files that may hold their agents.
        authors: who submitted them, as they sign.
    """

    folder: Path
    records: tuple[RunRecord, ...]
    files: tuple[Path, ...] = ()
    authors: tuple[str, ...] = ()

    @property
    def subject(self) -> Subject:
        """Which records these are."""
        return Subject(suite=self.records[0].suite_id, digest=digest_of(self.records), runs=len(self.records))

    @property
    def verifications(self) -> Path:
        """Where verifications of them are kept."""
        return self.folder / VERIFICATIONS

    def agents(self, into: Path) -> dict[str, str]:
        """For each agent from a file its `path/to/file.py:Name`; the file alone is copied, without what lies beside it.

        Weights beside an agent's file are no part of what its digest stands for, so that it has to do without them.

        Args:
            into: a folder for the copies.

        Raises:
            SympriorError: none of the files is the one that an agent was trained with.
        """
        sources = {record.agent.id: str(record.hyperparameters[SOURCE_DIGEST]) for record in self._of_files}
        return {agent: _copied(agent, source, self.files, into) for agent, source in sorted(sources.items())}

    @property
    def _of_files(self) -> list[RunRecord]:
        return [record for record in self.records if SOURCE_DIGEST in record.hyperparameters]


def read_pack(folder: Path, suite: str | None = None, agents: Iterable[str] = ()) -> Pack:
    """The pack in a folder: of records as they are run or published, or of a submission.

    Args:
        folder: of records, or one with a `submission.toml`.
        suite: which, where there are several.
        agents: `path/to/file.py:Name` of agents whose files do not lie in it.

    Raises:
        SympriorError: there are no records, of several suites, or they say what cannot be; or it is a submission that was
            changed after it was packed.
    """
    submission = read_submission(folder) if (folder / STATEMENT).is_file() else None
    found = list(submission.records) if submission else records_in(folder)
    records = _of_one_suite([record for record in found if record.is_of(suite)], found)
    check_records(records, {record.task: get_task(record.task) for record in records})
    files = [Path(whole_name(name).rpartition(":")[0]) for name in agents]
    if submission:
        return Pack(folder, tuple(records), (*files, folder / AGENT / CODE), tuple(submission.statement.authors))
    return Pack(folder, tuple(records), tuple(files))


def _of_one_suite(records: list[RunRecord], found: Sequence[RunRecord]) -> list[RunRecord]:
    suites = sorted({record.suite_id for record in records})
    if len(suites) == 1:
        return records
    known = ", ".join(sorted({record.suite_id for record in found}))
    if not suites:
        raise SympriorError(f"There are no records of that suite; there are some of {known}. Name one with --suite.")
    raise SympriorError(f"The records are of {len(suites)} suites, {known}. Name one with --suite.")


def _copied(agent: str, source: str, files: Iterable[Path], into: Path) -> str:
    for file in files:
        if digest_of_file(file) == source:
            copy = into / file.name
            write_bytes_atomically(copy, file.read_bytes())
            return f"{copy.resolve()}:{agent}"
    raise SympriorError(
        f"{agent} was trained with a file of digest {source}, and there is none such here. Name it with --agent "
        f"path/to/file.py:{agent}."
    )
