"""Records sorted into cells: an agent of a learner on a task, its runs, what failed and what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from symprior.leaderboard.records.checks import check_records, over_the_best_known
from symprior.leaderboard.records.learners import OWN
from symprior.leaderboard.records.record import CUSTOM_SUITE, SOURCE_DIGEST, AgentCard, RunRecord, path_of
from symprior.leaderboard.records.suite_lists import suite_list
from symprior.leaderboard.statistics.resamples.resampling import (
    RESAMPLES,
    Floats,
    Indices,
    Resampled,
    counted,
    resample_indices,
    resampled_means,
)
from symprior.leaderboard.statistics.runs.lost_data import LEAST_LOST
from symprior.leaderboard.statistics.runs.scores import RunScore, learning_curve, lost_run, normalise, score_curve
from symprior.symmetry.errors import SympriorError, unknown_name
from symprior.tasks.lookup import get_task
from symprior.tasks.task import Task

Entry = tuple[str, str]
"""What a row of the board is: learner and agent."""


RESAMPLED = ("efficiency_clipped", "final_clipped", "lost", "lost_in_reaching", "time")


@dataclass(frozen=True)
class Cell:
    """The runs of one agent on one task.

    Attributes:
        task: with references, family and track.
        agent: the card of its records.
        budget: environment steps of every run.
        runs: the finished ones by seed.
        failed: seeds whose run crashed.
        missing: seeds that should be there and are not.
        left_out: seeds that are not the suite's.
    """

    suite: str
    task: Task
    agent: AgentCard
    budget: int
    runs: tuple[RunRecord, ...]
    failed: tuple[int, ...]
    missing: tuple[int, ...]
    left_out: tuple[int, ...] = ()

    @cached_property
    def scores(self) -> tuple[RunScore, ...]:
        """One value per finished run, by seed, then those of the lost ones: a missing seed is a failed one."""
        references = self.task.references
        finished = (
            score_curve(run.seed, run.budget, curve, references)
            for run, curve in zip(self.runs, self._learning_curves, strict=True)
        )
        return (*finished, *(lost_run(seed, self.budget) for seed in self.lost))

    def values(self, name: str) -> Floats:
        """One field of all scores, `[runs]`."""
        return self._fields[name]

    @cached_property
    def _fields(self) -> dict[str, Floats]:
        names = [field.name for field in fields(RunScore)]
        return {name: np.array([getattr(score, name) for score in self.scores], dtype=np.float64) for name in names}

    @cached_property
    def curves(self) -> tuple[Floats, Floats]:
        """Steps `[points]` and normalised scores `[runs, points]`; runs evaluated elsewhere are interpolated linearly."""
        steps = np.unique(np.concatenate([steps for steps, _ in self._learning_curves]))
        returns = np.array([np.interp(steps, *curve) for curve in self._learning_curves], dtype=np.float64)
        return steps, normalise(returns, self.task.references)

    @cached_property
    def _learning_curves(self) -> list[tuple[Floats, Floats]]:
        return [learning_curve(run) for run in self.runs]

    @cached_property
    def drawn(self) -> Indices:
        """The resamples of this cell, `[resamples, runs]`; the same for every statistic."""
        key = (self.suite, self.agent.learner, self.agent.id, self.task.id)
        return resample_indices(key, len(self.scores), RESAMPLES)

    def losses(self, name: str) -> Floats:
        """Lost data, or that in reaching, as ratios take it: a step at least, `[runs]`."""
        return np.maximum(self.values(name), LEAST_LOST)

    @cached_property
    def resampled(self) -> Mapping[str, Resampled]:
        """The mean over runs in each resample, and its variance, of every quantity that has an interval."""
        return self._resampled(RESAMPLED, self.values)

    @cached_property
    def resampled_losses(self) -> Mapping[str, Resampled]:
        """The same of what ratios take."""
        return self._resampled(("lost", "lost_in_reaching"), self.losses)

    def _resampled(self, names: Sequence[str], values_of: Callable[[str], Floats]) -> Mapping[str, Resampled]:
        values = np.stack([values_of(name) for name in names], axis=1)
        return dict(zip(names, resampled_means(values, counted(self.drawn, len(values))), strict=True))

    @property
    def lost(self) -> tuple[int, ...]:
        """Seeds that failed or are missing."""
        return (*self.failed, *self.missing)

    @property
    def is_verified(self) -> bool:
        """Whether the project itself stands behind the agent's code; nobody has looked at that of a user's file."""
        return self.agent.learner != OWN and not any(SOURCE_DIGEST in run.hyperparameters for run in self.runs)

    @property
    def settings_from(self) -> str:
        """Whose search found its settings: "own search", "search of AGENT", "no search", "self-reported" or "none"."""
        if not self.runs or not self.runs[0].hyperparameters:
            return "none"
        settings, tuning = self.runs[0].hyperparameters, self.runs[0].provenance.ledger
        if tuning is None:
            return "self-reported" if SOURCE_DIGEST in settings else "no search"
        searched = tuning.partition(" ")[0].rpartition("/")[-1]  # of "cartpole/ppo" and a digest
        return "own search" if searched == self.agent.id else f"search of {searched}"

    @property
    def complete(self) -> bool:
        """Every seed finished."""
        return bool(self.runs) and not self.lost

    @property
    def shortfall(self) -> str:
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
        over = tuple(run.seed for run in self.runs if over_the_best_known(run, self.task))
        parts += [f"{_seeds(over)} over the best return known, to be looked at"] if over else []
        return f"{self.agent.id} on {self.task.id}: {'; '.join(parts)}" if parts else ""


@dataclass(frozen=True)
class Cells:
    """All cells of one version of one suite.

    Attributes:
        frozen: whether the suite lists its tasks; else each row is over the tasks that its agent was run on.
        strangers: records of tasks outside the suite, in words; they are in no cell.
    """

    suite: str
    version: str
    tasks: tuple[Task, ...]
    of_entries: Mapping[Entry, Mapping[str, Cell]]
    frozen: bool
    strangers: tuple[str, ...] = ()

    @property
    def suite_id(self) -> str:
        """The suite with its version, as records have it: `quick-2`."""
        return f"{self.suite}-{self.version}"

    def compared(self, entry: Entry) -> tuple[Task, ...]:
        """The headline tasks that a row is over."""
        headline = tuple(task for task in self.tasks if task.track == "headline")
        return headline if self.frozen else tuple(task for task in headline if task.id in self.of_entries[entry])

    def over(self, entry: Entry) -> tuple[Cell, ...]:
        """The cells of these tasks."""
        return tuple(self.of_entries[entry][task.id] for task in self.compared(entry))

    def counted(self, records: Iterable[RunRecord]) -> list[RunRecord]:
        """Those of the records that some cell holds; strangers and seeds that are not the suite's are not among them."""
        seeds = {
            (entry, task): {run.seed for run in cell.runs} | set(cell.failed)
            for entry, of_tasks in self.of_entries.items()
            for task, cell in of_tasks.items()
        }
        return [
            record
            for record in records
            if (record.suite, record.suite_version) == (self.suite, self.version)
            and record.seed in seeds.get(((record.agent.learner, record.agent.id), record.task), ())
        ]

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
        suite_tasks: the tasks an agent must have; by default the shipped suite's, of other suites none: a free comparison.
        seeds: the seeds a cell must have; by default the shipped suite's, else every seed that the agent has on any
            task, and of single runs on this one.

    Raises:
        SympriorError: no records, several suites and none named, two differing records of one run, an unknown
            task, or runs that cannot be compared (budgets, devices, files of a task, or hyperparameters of a cell differ).
    """
    chosen = _one_suite(list(records), suite)
    name, version = chosen[0].suite, chosen[0].suite_version
    listed = suite_list(chosen[0].suite_id)
    wanted_tasks = suite_tasks if suite_tasks is not None or listed is None else listed.tasks
    wanted_seeds = seeds if seeds is not None or listed is None else listed.seeds
    chosen, strangers = _of_the_suite(_without_copies(chosen), wanted_tasks)
    names = sorted({record.task for record in chosen} | set(wanted_tasks or ()))
    known = {task: _task(task, tasks) for task in names}
    _check_files(chosen, known)
    _check_budgets(chosen)
    _check_devices(chosen)
    check_records(chosen, known)
    budgets = {record.task: record.budget for record in chosen}
    sorter = _Sorter(
        f"{name}-{version}", known, budgets, wanted_tasks, None if wanted_seeds is None else set(wanted_seeds)
    )
    by_entry: dict[Entry, list[RunRecord]] = {}
    for record in chosen:
        by_entry.setdefault((record.agent.learner, record.agent.id), []).append(record)
    of_entries = {entry: sorter.cells_of(by_entry[entry]) for entry in sorted(by_entry)}
    return Cells(name, version, tuple(known.values()), of_entries, wanted_tasks is not None, strangers)


def _of_the_suite(
    records: list[RunRecord], suite_tasks: Collection[str] | None
) -> tuple[list[RunRecord], tuple[str, ...]]:
    """The records on the suite's tasks, and what the others are."""
    if suite_tasks is None:
        return records, ()
    chosen = [record for record in records if record.task in suite_tasks]
    if not chosen:
        raise SympriorError(f"None of the records is on a task of the suite: {', '.join(sorted(suite_tasks))}.")
    counts = Counter(record.task for record in records if record.task not in suite_tasks)
    return chosen, tuple(
        f"{count} record{'s' if count > 1 else ''} on {task}, which is no task of the suite: left out"
        for task, count in sorted(counts.items())
    )


@dataclass(frozen=True)
class _Sorter:
    """Sorts one agent's records into its cells.

    Attributes:
        suite: name and version.
        tasks: by their ids.
        budgets: of the tasks that anybody was run on.
        suite_tasks: those an agent must have; None: those it has.
        seeds: those a cell must have; None: see `collect`.
    """

    suite: str
    tasks: Mapping[str, Task]
    budgets: Mapping[str, int]
    suite_tasks: Collection[str] | None
    seeds: set[int] | None

    def cells_of(self, records: Sequence[RunRecord]) -> dict[str, Cell]:
        """By task, in the order of their ids; of a frozen suite an empty one where the agent has no record."""
        _check_agent([record.agent for record in records])
        of_tasks: dict[str, list[RunRecord]] = {task: [] for task in self.suite_tasks or ()}
        for record in records:
            of_tasks.setdefault(record.task, []).append(record)
        everywhere = {record.seed for record in records}
        return {task: self._cell(task, of_tasks[task], records[0].agent, everywhere) for task in sorted(of_tasks)}

    def _cell(self, task: str, records: Sequence[RunRecord], card: AgentCard, everywhere: set[int]) -> Cell:
        check_hyperparameters(records)
        present = {record.seed for record in records}
        wanted = self._wanted(present, everywhere)
        counted = [record for record in records if record.seed in wanted]
        finished = tuple(record for record in counted if record.status == "finished")
        return Cell(
            suite=self.suite,
            task=self.tasks[task],
            agent=finished[0].agent if finished else card,
            budget=self.budgets[task] if task in self.budgets else self.tasks[task].references.budget,
            runs=finished,
            failed=tuple(record.seed for record in counted if record.status == "failed"),
            missing=tuple(sorted(wanted - present)),
            left_out=tuple(sorted(present - wanted)),
        )

    def _wanted(self, present: set[int], everywhere: set[int]) -> set[int]:
        if self.seeds is not None:
            return self.seeds
        return present if self.suite.rpartition("-")[0] == CUSTOM_SUITE else everywhere


def _one_suite(records: list[RunRecord], suite: str | None) -> list[RunRecord]:
    if not records:
        raise SympriorError("There are no records to build a leaderboard from. Run `symprior run` first.")
    chosen = [record for record in records if record.is_of(suite)]
    found = {(record.suite, record.suite_version) for record in chosen}
    if not found:
        assert suite is not None
        raise unknown_name("suite", suite, {record.suite_id for record in records})
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
    """Runs of one agent on one task have the same hyperparameters and kernel, or cannot be averaged.

    Raises:
        SympriorError: one has others than the first.
    """
    for record in records:
        kernels = [each.provenance.computed_by for each in (record, records[0])]
        if kernels[0] != kernels[1]:
            raise SympriorError(
                f"{record.agent.id} on {record.task} was computed by the kernel {kernels[0]} for seed {record.seed} and "
                f"by {kernels[1]} for seed {records[0].seed}. Run all seeds of an agent with one (symprior run --kernel)."
            )
        if record.hyperparameters != records[0].hyperparameters:
            raise SympriorError(
                f"{record.agent.id} on {record.task} has other hyperparameters for seed {record.seed} than "
                f"for seed "
                f"{records[0].seed}. Run all seeds of an agent with the same ones."
            )


def _seeds(seeds: Sequence[int]) -> str:
    return f"{'seed' if len(seeds) == 1 else 'seeds'} {', '.join(map(str, seeds))}"
