"""The leaderboard as one frozen value, computed from records alone; every page is a picture of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from symprior.leaderboard.board.citations import bibliography
from symprior.leaderboard.board.claims import Claims, claims_of
from symprior.leaderboard.board.entered import Entered
from symprior.leaderboard.board.sources import Sources, sources_of
from symprior.leaderboard.board.tables.agent_rows import agent_rows, compared_tasks, reference_first
from symprior.leaderboard.board.tables.rows import AgentRow, TaskTable
from symprior.leaderboard.board.tables.task_tables import task_table
from symprior.leaderboard.comparison.cells import Cells, collect
from symprior.leaderboard.comparison.resolution import Resolution, resolution
from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.records.suite_lists import baselines, suite_list
from symprior.leaderboard.rules import RULES
from symprior.tasks.task import Task


@dataclass(frozen=True)
class Board:
    """The leaderboard of one version of a suite; rows of different learners never compare.

    Attributes:
        rules: the version of the reading.
        compared: for each learner the headline tasks that its first rows are over; where there is none, nothing is said over
            all.
        free: no list says what should be there: each row is over the tasks that its agent was run on.
        strangers: records that are on no task of the suite, in words; they change no row.
        resolutions: for each learner the gain over all of `compared` that its runs can find.
        claims: what the page's sentences may claim, Holm-corrected together.
        crossing: a raw return; where the median over runs crosses it is told of every row. None: of no interest.
        entered: submissions to the suite, those without a row among them.
    """

    suite: str
    version: str
    rules: int
    learners: tuple[str, ...]
    compared: Mapping[str, tuple[str, ...]]
    free: bool
    strangers: tuple[str, ...]
    resolutions: Mapping[str, Resolution]
    rows: tuple[AgentRow, ...]
    tasks: tuple[TaskTable, ...]
    claims: Claims
    sources: Sources
    citations: tuple[str, ...]
    crossing: float | None = None
    entered: tuple[Entered, ...] = ()

    @property
    def suite_id(self) -> str:
        """The suite with its version, as records have it: `quick-2`."""
        return f"{self.suite}-{self.version}"

    def rows_of(self, learner: str) -> tuple[AgentRow, ...]:
        """The rows of one learner, best first."""
        return tuple(row for row in self.rows if row.learner == learner)


def build(
    records: Iterable[RunRecord],
    suite: str | None = None,
    *,
    tasks: Mapping[str, Task] | None = None,
    suite_tasks: Collection[str] | None = None,
    seeds: Collection[int] | None = None,
    baseline: Mapping[str, str] | None = None,
    crossing: float | None = None,
    entered: Iterable[Entered] = (),
) -> Board:
    """Compute the leaderboard.

    What a shipped suite says should be there is known; the arguments say it of another, or otherwise.

    Args:
        records: finished and failed runs.
        suite: `name` or `name-version`; needed where the records are of several.
        tasks: where tasks are looked up; the registry by default.
        suite_tasks: the tasks an agent must have for a complete row.
        seeds: the seeds an agent must have; by default those that it has on any task.
        baseline: for `"ppo"` or `"ppo/cartpole"` the plain prior or agent that was better on tuning seeds;
            `"plain"` by default.
        crossing: a raw return; the board tells where the median over runs crosses it.
        entered: what is said of submissions; those to other suites are left out.

    Raises:
        SympriorError: the records are none, of several suites, contradictory, incomparable or of unknown
            tasks.
    """
    chosen = list(records)
    cells = collect(chosen, suite, tasks=tasks, suite_tasks=suite_tasks, seeds=seeds)
    listed = suite_list(cells.suite_id)
    better_plain = dict(baselines(cells.suite_id, baseline))
    crossed = crossing if crossing is not None or listed is None else listed.crossing
    said = tuple(each for each in entered if each.suite == cells.suite_id)
    levels = {each.name: each.level for each in said if each.is_active}
    rows = agent_rows(cells, better_plain, levels)
    tables = tuple(task_table(cells, task, better_plain, crossed, levels) for task in cells.tasks)
    learners = sorted({row.learner for row in rows}, key=reference_first)
    compared = {learner: compared_tasks(rows, learner) for learner in learners}
    return Board(
        suite=cells.suite,
        version=cells.version,
        rules=RULES,
        learners=tuple(learners),
        compared=compared,
        free=not cells.frozen,
        strangers=cells.strangers,
        resolutions=_resolutions(cells, compared),
        rows=rows,
        tasks=tables,
        claims=claims_of(rows, tables),
        sources=sources_of(cells.counted(chosen)),
        citations=bibliography(
            [task.card.bibtex for task in cells.tasks],
            [card.bibtex for entry in cells.of_entries for card in cells.cards(entry)],
        ),
        crossing=crossed,
        entered=said,
    )


def _resolutions(cells: Cells, compared: Mapping[str, Sequence[str]]) -> dict[str, Resolution]:
    found = {learner: resolution(cells, learner, tasks) for learner, tasks in compared.items() if tasks}
    return {learner: each for learner, each in found.items() if each is not None}
