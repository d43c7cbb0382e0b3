"""The records folder of a sweep: which of its runs are finished already, and where new records go."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from symprior.agents.agent.abilities import PolicyArrays
from symprior.benchmark.artifacts.curves import LOGS, CurveLog, check_logs
from symprior.benchmark.artifacts.output import output_path
from symprior.benchmark.artifacts.policies import check_can_keep, policy_path, write_policy
from symprior.benchmark.jobs import contestants
from symprior.benchmark.jobs.job import Job, Run, Stack
from symprior.benchmark.run.snapshots import EVERY
from symprior.benchmark.run.snapshots import FOLDER as SNAPSHOTS
from symprior.leaderboard.records.record import (
    DIVERGED,
    RunRecord,
    path_of,
    read_record,
    record_name,
    record_path,
    write_record,
)
from symprior.symmetry.errors import SympriorError
from symprior.tasks import get_task
from symprior.tasks.custom.source_files import digest
from symprior.tasks.files.atomic import remove_abandoned_halves

RECORDS = Path("runs")
"""Where records are kept unless another folder is named."""

ROOM_FOR_RECORDS = 1 << 16
"""Bytes that must fit on the disk before anything is trained."""


@dataclass(frozen=True)
class RecordStore:
    """Records below one folder, one file a run.

    Attributes:
        folder: where they lie.
        keeps_policies: whether the policies of finished runs are kept beside them.
        logs: names of `LOGS` that are written beside them while runs go on.
        snapshots_every: seconds between two snapshots of a run that goes on.
    """

    folder: Path
    keeps_policies: bool = False
    logs: tuple[str, ...] = ()
    snapshots_every: float = EVERY

    def check_writable(self) -> None:
        """Find out before hours of training whether records can be written.

        Raises:
            SympriorError: they cannot, or what is to be kept beside them cannot.
        """
        if self.keeps_policies:
            check_can_keep()
        check_logs(self.logs)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.folder, prefix=".room-for-records-") as probe:
                probe.write(bytes(ROOM_FOR_RECORDS))
                probe.flush()
        except OSError as error:
            raise SympriorError(
                f"Cannot write records to {self.folder}: {error.strerror or error}. Name another folder with --records."
            ) from error

    def remove_abandoned_halves(self, runs: Iterable[Run]) -> None:
        """Remove what earlier commands that were killed left half written beside the records of these runs."""
        for folder in {self.folder / SNAPSHOTS, *(self._folder(job) for job in {run.job for run in runs})}:
            remove_abandoned_halves(folder)

    def path(self, run: Run) -> Path:
        """Where a run's record lies."""
        job = run.job
        contestant = contestants.find(job.agent)
        return record_path(
            self.folder,
            suite=job.suite_id,
            learner=contestant.learner(job.learner),
            task=job.task,
            agent=contestant.id,
            seed=run.seed,
        )

    def is_finished(self, run: Run) -> bool:
        """Whether a run's record is there and finished.

        Raises:
            SympriorError: a record is there that cannot be read, or that answers another question (other budget, other
                settings).
        """
        path = self.path(run)
        try:
            if not path.exists():
                return False
        except OSError as error:
            raise SympriorError(
                f"Cannot look for {path}: {error.strerror or error}. Name another --records."
            ) from error
        return self._answers(path, run.job, run.seed)

    def check_other_seeds(self, job: Job) -> None:
        """Seeds that are not asked for answer the same question: no board takes an agent's seeds of several budgets.

        Raises:
            SympriorError: a finished record beside those of the job answers another one.
        """
        folder, own = self._folder(job), {record_name(seed) for seed in job.seeds}
        for name in sorted(self._names(folder) - own):
            self._answers(folder / name, job, None)

    def unfinished(self, job: Job) -> list[Run]:
        """The job's runs that are not finished; of a million runs only the records that are there are looked at.

        Raises:
            SympriorError: as `is_finished`.
        """
        there = self._names(self._folder(job))
        return [run for run in job.runs if not there or record_name(run.seed) not in there or not self.is_finished(run)]

    def _folder(self, job: Job) -> Path:
        return self.path(Run(job, job.seeds[0])).parent

    def _names(self, folder: Path) -> set[str]:
        """The names of the records in a folder."""
        try:
            return {path.name for path in folder.iterdir() if path.match("seed-*.json")}
        except (FileNotFoundError, NotADirectoryError):
            return set()
        except OSError as error:
            raise SympriorError(
                f"Cannot look into {folder}: {error.strerror or error}. Name another --records."
            ) from error

    def _answers(self, path: Path, job: Job, seed: int | None) -> bool:
        """Whether the record there is finished; it answers what is asked for then."""
        record = read_record(path)
        if record.status == "failed":
            return False
        for name, recorded, asked in self._differences(job, record, record.seed if seed is None else seed):
            if recorded != asked:
                raise SympriorError(
                    f"{path} is a finished run with {name} {recorded}, but {asked} is asked for. Name another folder with "
                    f"--records, or delete {path.parent}."
                )
        return True

    def is_answered(self, run: Run) -> bool:
        """Whether a run finished, or diverged: with these settings it would do so again."""
        path = self.path(run)
        return self.is_finished(run) or (path.exists() and read_record(path).error == DIVERGED)

    def _differences(self, job: Job, record: RunRecord, seed: int) -> list[tuple[str, object, object]]:
        contestant = contestants.find(job.agent)
        task = get_task(job.task)
        asked = contestant.resolve(job, task).hyperparameters
        return [
            ("the task", record.task, task.id),
            ("the agent", record.agent.id, contestant.id),
            ("the suite", record.suite_id, job.suite_id),
            ("a budget of", record.budget, job.budget),
            ("settings", contestant.completed(record.hyperparameters), asked),
            ("evaluations every", record.evaluate_every, job.evaluate_every),
            ("the seed", record.seed, seed),
            ("kernels that are", _portability(record.provenance.portable), _portability(job.portable)),
            ("a task file of digest", record.provenance.task_source, task.file and digest(task.file)),
        ]

    def output_of(self, stack: Stack) -> Path:
        """Where a stack's output lies, beside the record of its first run."""
        return output_path(self.path(stack.runs[0]))

    def logs_of(self, run: Run) -> list[CurveLog]:
        """Where a run's curve is written beside its record."""
        task = get_task(run.job.task)
        references = task.references if task.is_measured else None
        return [LOGS[name](self.path(run), references) for name in self.logs]

    def lacks_policy(self, run: Run) -> bool:
        """Whether policies are to be kept, and this finished run has none: it was trained when nobody asked."""
        return self.keeps_policies and not policy_path(self.path(run)).exists()

    def write_policy(self, record: RunRecord, arrays: PolicyArrays) -> None:
        """Write a run's policy beside the place of its record.

        Raises:
            SympriorError: it is no policy, or cannot be written.
        """
        write_policy(policy_path(path_of(self.folder, record)), record, arrays)

    def write(self, record: RunRecord) -> Path:
        """Write one record atomically.

        Raises:
            SympriorError: another command has meanwhile finished this run with other settings; its record stays.
        """
        path = path_of(self.folder, record)
        held = read_record(path) if path.exists() else record
        if held.status == "finished" and _asked(held) != _asked(record):
            raise SympriorError(
                f"another command has meanwhile finished {path} with other settings, which is kept. Name another folder "
                "with --records"
            )
        return write_record(self.folder, record)


def _portability(portable: bool | None) -> str:
    return "portable" if portable else "not portable"


def _asked(record: RunRecord) -> tuple[object, ...]:
    """What a record answers, beside where it lies."""
    return (
        record.budget,
        record.evaluate_every,
        record.hyperparameters,
        record.provenance.portable,
        record.provenance.task_source,
    )
