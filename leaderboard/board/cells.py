"""Records sorted into cells: an agent of a learner on a task, its runs, what failed and what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from symprior.leaderboard.records.record import OWN_SOURCE, OWN_SUITE, AgentCard, RunRecord, path_of
from symprior.leaderboard.statistics.resampling import RESAMPLES, Floats, Indices, resample_indices
from symprior.leaderboard.statistics.scores import RunScore, score_run
from symprior.symmetry.errors import SympriorError, unknown_name
from symprior.tasks.lookup import get_task
from symprior.tasks.task import Task

Entry = tuple[str, str]
"""What a row of the board is: learner and agent."""


@dataclass(frozen=True)
class Cell:
    """The runs of one agent on one task.

    Attributes:
        task: with references, family and track.
        agent: the card of its records.
        runs: the finished ones by seed.
        failed: seeds whose run crashed.
        missing: seeds that should be there and are not.
        left_out: seeds that are not the suite's.
    """

    suite: str
    task: Task
    agent: AgentCard
    runs: tuple[RunRecord, ...]
    failed: tuple[int, ...]
    missing: tuple[int, ...]
    left_out: tuple[int, ...] = ()

    @cached_property
    def scores(self) -> tuple[RunScore, ...]:
        """One value per finished run, by seed."""
        return tuple(score_run(run, self.task.references) for run in self.runs)

    def values(self, name: str) -> Floats:
        """One field of all scores, `[runs]`."""
        return np.array([getattr(score, name) for score in self.scores], dtype=np.float64)

    @cached_property
    def drawn(self) -> Indices:
        """The resamples of this cell, `[resamples, runs]`; the same for every statistic."""
        return resample_indices(
            (self.suite, self.agent.learner, self.agent.id, self.task.id), len(self.runs), RESAMPLES
        )

    @property
    def settings_from(self) -> str:
        """Whose search found its settings: "own search", "search of AGENT", "no search", "self-reported" or "none"."""
        settings, tuning = self.runs[0].hyperparameters, self.runs[0].provenance.ledger
        if not settings:
            return "none"
        if tuning is None:
            return "self-reported" if OWN_SOURCE in settings else "no search"
        searched = tuning.partition(" ")[0].rpartition("/")[-1]  # of "cartpole/ppo" and a digest
        return "own search" if searched == self.agent.id else f"search of {searched}"

    @property
    def complete(self) -> bool:
        """Every seed finished."""
        return bool(self.runs) and not self.failed and not self.missing

    @property
    def problem(self) -> str:
        """What is wrong with the cell in words; empty if nothing is."""
        parts = [
            f"{_seeds(seeds)} {verb}"
            for seeds, verb in (
                (self.failed, "failed"),
                (self.missing, "missing"),
                (self.left_out, "not of the suite, left out"),
            )
            if seeds
        ]
        return f"{self.agent.id} on {self.task.id}: {'; '.join(parts)}" if parts else ""


@dataclass(frozen=True)
class Cells:
    """All cells of one version of one suite."""

    suite: str
    version: str
    tasks: tuple[Task, ...]
    of_entries: Mapping[Entry, Mapping[str, Cell]]

    def compared(self, learner: str) -> tuple[Task, ...]:
        """The headline tasks that the agents of a learner are compared over: of single runs, those that all were run on."""
        headline = tuple(task for task in self.tasks if task.track == "headline")
        if self.suite != OWN_SUITE:
            return headline
        agents = [of_tasks for (other, _), of_tasks in self.of_entries.items() if other == learner]
        return tuple(task for task in headline if all(task.id in of_tasks for of_tasks in agents))

    def cards(self, entry: Entry) -> list[AgentCard]:
        """The agent's card on each of its tasks."""
        return [cell.agent for cell in self.of_entries[entry].values()]


def collect(
    records: Iterable[RunRecord],
    suite: str | None = None,
    *,
    tasks: Mapping[str, Task] | None = None,
    suite_tasks: Collection[str] | None = None,
    seeds: Collection[int] | None = None,
) -> Cells:
    """Sort records into cells.

    Args:
        records: of one suite, or of several with `suite` naming one.
        suite: `name` or `name-version`.
        tasks: where tasks are looked up; the registry by default.
        suite_tasks: the tasks an agent must have; by default those in the records.
        seeds: the seeds a cell must have; by default every seed that the agent has on any task, of single runs on this one.

    Raises:
        SympriorError: no records, several suites and none named, two differing records of one run, an unknown
            task, or runs that cannot be compared (budgets, devices, files of a task, or hyperparameters of a cell differ).
    """
    chosen = _one_suite(list(records), suite)
    name, version = chosen[0].suite, chosen[0].suite_version
    by_cell: dict[Entry, dict[str, list[RunRecord]]] = {}
    for record in _without_copies(chosen):
        by_cell.setdefault((record.agent.learner, record.agent.id), {}).setdefault(record.task, []).append(record)
    names = sorted({record.task for record in chosen} | set(suite_tasks or ()))
    known = {task: _task(task, tasks) for task in names}
    _check_files(chosen, known)
    _check_budgets(chosen)
    _check_devices(chosen)
    of_entries: dict[Entry, dict[str, Cell]] = {}
    for entry, of_tasks in sorted(by_cell.items()):
        _check_agent([run.agent for runs in of_tasks.values() for run in runs])
        everywhere = [run for runs in of_tasks.values() for run in runs]
        of_entries[entry] = {
            task: _cell(
                f"{name}-{version}",
                known[task],
                runs,
                {run.seed for run in (runs if name == OWN_SUITE else everywhere)} if seeds is None else set(seeds),
            )
            for task, runs in sorted(of_tasks.items())
        }
    return Cells(name, version, tuple(known.values()), of_entries)


def _cell(suite: str, task: Task, records: Sequence[RunRecord], wanted: set[int]) -> Cell:
    check_hyperparameters(records)
    present = {record.seed for record in records}
    return Cell(
        suite=suite,
        task=task,
        agent=next((record.agent for record in records if record.status == "finished"), records[0].agent),
        runs=tuple(record for record in records if record.status == "finished" and record.seed in wanted),
        failed=tuple(record.seed for record in records if record.status == "failed" and record.seed in wanted),
        missing=tuple(sorted(wanted - present)),
        left_out=tuple(sorted(present - wanted)),
    )


def _one_suite(records: list[RunRecord], suite: str | None) -> list[RunRecord]:
    if not records:
        raise SympriorError("There are no records to build a leaderboard from. Run `symprior run` first.")
    chosen = [record for record in records if suite in (None, record.suite, f"{record.suite}-{record.suite_version}")]
    found = {(record.suite, record.suite_version) for record in chosen}
    if not found:
        assert suite is not None
        raise unknown_name("suite", suite, {f"{record.suite}-{record.suite_version}" for record in records})
    if len(found) > 1:
        versions = Counter(name for name, _ in found)
        names = sorted(name if versions[name] == 1 else f"{name}-{version}" for name, version in found)
        raise SympriorError(
            f"The records are of {len(found)} suites, which are not comparable. Choose one: --suite "
            f"{' or --suite '.join(names)}."
        )
    return chosen


def _without_copies(records: Iterable[RunRecord]) -> list[RunRecord]:
    found: dict[tuple[Any, ...], RunRecord] = {}
    for record in records:
        if found.setdefault(record.key, record) != record:
            raise SympriorError(
                f"There are two different records of {record.agent.id} ({record.agent.learner}) on "
                f"{record.task}, "
                f"seed {record.seed}. Keep the one you trust and delete the other."
            )
    return [found[key] for key in sorted(found)]


def _task(name: str, tasks: Mapping[str, Task] | None) -> Task:
    try:
        return get_task(name) if tasks is None else tasks[name]
    except (KeyError, SympriorError) as error:
        raise SympriorError(
            f"A record is of the task {name!r}, which is not one of symprior's. If it is yours, name its file: "
            "symprior leaderboard --task path/to/file.py:Name. Else a newer version wrote it: install that, or move the "
            "record away."
        ) from error


def _check_files(records: Iterable[RunRecord], tasks: Mapping[str, Task]) -> None:
    """Runs on a task of a user's file were made with that file as it is."""
    for record in records:
        made_with, task = record.provenance.task_source, tasks[record.task]
        if task.file is not None and made_with not in (None, task.file_digest):
            raise SympriorError(
                f"{path_of(Path(), record)} is a run on another {task.id} than {task.file} has now: that file changed, or "
                "it was another one. Run again into a folder of its own (symprior run --records FOLDER), or move such "
                "records away."
            )


def _check_budgets(records: Iterable[RunRecord]) -> None:
    of_tasks: dict[str, dict[int, list[RunRecord]]] = {}
    for record in records:
        of_tasks.setdefault(record.task, {}).setdefault(record.budget, []).append(record)
    for task, of_budgets in of_tasks.items():
        if len(of_budgets) > 1:
            raise SympriorError(
                f"On {task} there are runs of {len(of_budgets)} budgets, which are not comparable: "
                f"{', '.join(_budget(budget, runs) for budget, runs in sorted(of_budgets.items()))}. Keep those of one: "
                "run the others into a folder of their own (symprior run --records FOLDER), or move their records away."
            )


def _check_devices(records: Iterable[RunRecord]) -> None:
    """Rows of a learner made on a processor and on a GPU mix only after a test of equivalence."""
    of_learners: dict[str, dict[str, RunRecord]] = {}
    for record in records:
        kind = "cpu" if record.provenance.device == "cpu" else "cuda"
        of_learners.setdefault(record.agent.learner, {}).setdefault(kind, record)
    for learner, examples in of_learners.items():
        if len(examples) > 1:
            paths = " and ".join(f"{kind} ({path_of(Path(), run)})" for kind, run in sorted(examples.items()))
            raise SympriorError(
                f"There are runs of {learner} on {paths}, which are not compared without a test of their equivalence. Keep "
                "those of one device: run the others into a folder of their own (symprior run --records FOLDER), or move "
                "their records away."
            )


def _budget(budget: int, runs: Sequence[RunRecord]) -> str:
    """With one record as an example, below the records folder."""
    more = f" and {len(runs) - 1} more" if len(runs) > 1 else ""
    return f"{budget:,} steps ({path_of(Path(), runs[0])}{more})"


def _check_agent(cards: Sequence[AgentCard]) -> None:
    for card in cards:
        if (card.algorithm, card.prior) != (cards[0].algorithm, cards[0].prior):
            raise SympriorError(
                f"The agent {card.id} is {cards[0].algorithm} with {cards[0].prior} in one record and "
                f"{card.algorithm} with "
                f"{card.prior} in another. Give the two different names."
            )


def check_hyperparameters(records: Sequence[RunRecord]) -> None:
    """Runs of one agent on one task have the same hyperparameters, or cannot be averaged.

    Raises:
        SympriorError: one has others than the first.
    """
    for record in records:
        if record.hyperparameters != records[0].hyperparameters:
            raise SympriorError(
                f"{record.agent.id} on {record.task} has other hyperparameters for seed {record.seed} than "
                f"for seed "
                f"{records[0].seed}. Run all seeds of an agent with the same ones."
            )


def _seeds(seeds: Sequence[int]) -> str:
    return f"{'seed' if len(seeds) == 1 else 'seeds'} {', '.join(map(str, seeds))}"
