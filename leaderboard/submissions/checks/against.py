"""What a submission is held against: its suite's list, published runs, other submissions, the project's history.

And what a check says of it: a sentence, or one of a single run.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TypeVar, cast

from symprior.leaderboard.records.published import PUBLISHED_RESULTS, read_published_on
from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.records.suite_lists import SuiteList, successor, suite_list
from symprior.leaderboard.submissions.git import Repository
from symprior.leaderboard.submissions.submission import Submission
from symprior.symmetry.errors import SympriorError
from symprior.tasks.lookup import get_task
from symprior.tasks.task import Task

T = TypeVar("T")


@dataclass(frozen=True)
class OfARun:
    """What a check says of one run, without its name: the same is often said of many."""

    task: str
    seed: int
    said: str

    @classmethod
    def of(cls, run: RunRecord, said: str) -> OfARun:
        """So much of this run."""
        return cls(run.task, run.seed, said)

    def __str__(self) -> str:
        return f"{self.task}, seed {self.seed}: {self.said}"


Said = str | OfARun
"""Of a submission."""


@dataclass(frozen=True)
class Published:
    """Published runs, and what was worked out from all of them.

    Attributes:
        runs: on the tasks of a suite, of every suite.
    """

    runs: tuple[RunRecord, ...]
    _known: dict[object, object] = field(default_factory=dict, compare=False, repr=False)

    def once(self, work_out: Callable[[Sequence[RunRecord]], T]) -> T:
        """What a function makes of the runs, worked out once, however many submissions ask for it."""
        if work_out not in self._known:
            self._known[work_out] = work_out(self.runs)
        return cast(T, self._known[work_out])


@dataclass(frozen=True)
class Against:
    """What is known without the submission.

    Attributes:
        suite: the list of its suite.
        tasks: those of the list, by id.
        published: runs on these tasks.
        of_suite: those of them that are of the submission's suite.
        others: the other submissions.
        now: when it is checked.
        repository: the git repository that it lies in, or that these checks are of; None where there is none.
        base: what it is to be merged into, a commit of the repository; None: it is not asked what a merge would change.
        successor: the suite that took the place of the submission's; None where that has not retired.
        ledgers: names of the project's searches, `cartpole/ppo`; None: unknown here.
    """

    suite: SuiteList
    tasks: Mapping[str, Task]
    published: Published
    of_suite: tuple[RunRecord, ...]
    others: tuple[Submission, ...]
    now: datetime
    repository: Repository | None = None
    base: str | None = None
    successor: str | None = None
    ledgers: Collection[str] | None = None

    @cached_property
    def budgets(self) -> dict[str, int]:
        """Environment steps of each task: those of the suite's published runs, else the task's own."""
        own = {name: task.references.budget for name, task in self.tasks.items()}
        return own | {record.task: record.budget for record in self.of_suite}

    @cached_property
    def evaluate_every(self) -> int | None:
        """Steps between evaluations; None: the protocol's points."""
        return next((record.evaluate_every for record in self.of_suite), None)


def against(
    submission: Submission,
    others: Collection[Submission] = (),
    *,
    repository: Repository | None = None,
    base: str | None = None,
    ledgers: Collection[str] | None = None,
    published: Path = PUBLISHED_RESULTS,
) -> Against:
    """What this submission is held against.

    Raises:
        SympriorError: its suite is none that has a list, or a published record cannot be read.
    """
    suite = submission.suite_id
    listed = suite_list(suite)
    if listed is None:
        raise SympriorError(
            f"{submission.name} has records of {suite}, which is no frozen suite. Run one: symprior run --suite NAME "
            "--agent PATH; symprior suites lists them."
        )
    runs = tuple(record for task in listed.tasks for record in read_published_on(task, published))
    return Against(
        suite=listed,
        tasks={name: get_task(name) for name in listed.tasks},
        published=Published(runs),
        of_suite=tuple(record for record in runs if record.suite_id == suite),
        others=tuple(other for other in others if other.name != submission.name),
        now=datetime.now(UTC),
        repository=repository,
        base=base,
        successor=successor(suite),
        ledgers=ledgers,
    )
