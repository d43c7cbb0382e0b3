"""The leaderboard as one frozen value, computed from records alone; every page is a picture of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from symprior.leaderboard.board.cells import Cell, Cells, Entry, collect
from symprior.leaderboard.board.citations import bibliography
from symprior.leaderboard.board.curves import Curve, curve_of, median_at_threshold, median_crossing
from symprior.leaderboard.board.gains import PLAIN_PRIORS, Gain, gain_on_task, gain_over_tasks, plain_arm
from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.statistics.aggregates import AGGREGATES, over_families, probability_of_improvement
from symprior.leaderboard.statistics.intervals import Estimate, estimate
from symprior.leaderboard.statistics.ranks import Contender, RankRange, rank_ranges
from symprior.leaderboard.statistics.resampling import Floats
from symprior.tasks.task import Task

REFERENCE_LEARNER = "stable-baselines3"


@dataclass(frozen=True)
class Equivariance:
    """Equivariance error at the last checkpoints: the mean of the runs' means, the largest of their maxima.

    `undefined` counts runs whose (nearly) constant policy gives the error nothing to be divided by.
    """

    mean: float | None
    maximum: float | None
    undefined: int


@dataclass(frozen=True)
class Span:
    """The smallest and the largest of a number over an agent's runs."""

    low: float
    high: float


@dataclass(frozen=True)
class AgentRow:
    """One agent of one learner over the headline tasks.

    Attributes:
        rank: among complete agents of the same learner; None where the row is incomplete or has too few
            seeds.
        headline: mean clipped data efficiency over seeds per task, then over families with equal weight.
        headline_unclipped: the same of unclipped scores.
        iqm, mean, median, optimality_gap: rliable's aggregates of the clipped data efficiencies.
        failures: finished runs that never reached the threshold, of how many.
        improvement: probability that a run beats one of the plain arm, averaged over tasks.
        plain: whether the agent has no symmetry prior: gains are measured against such.
        control: whether its prior is a control, as a basis that is no symmetry's.
        gradient_steps, training_seconds: per run.
        problems: failed, missing or left-out seeds and missing tasks, in words.
    """

    agent: str
    learner: str
    algorithm: str
    prior: str
    description: str
    symmetry_used: tuple[str, ...]
    plain: bool
    control: bool
    rank: RankRange | None
    headline: Estimate | None
    headline_unclipped: float | None
    iqm: Estimate | None
    mean: Estimate | None
    median: Estimate | None
    optimality_gap: Estimate | None
    failures: tuple[int, int]
    gain: Gain | None
    improvement: Estimate | None
    equivariance: Equivariance | None
    parameters: Span | None
    seeds: Span
    gradient_steps: Span | None
    training_seconds: float | None
    complete: bool
    problems: tuple[str, ...]


@dataclass(frozen=True)
class TaskRow:
    """One agent of one learner on one task.

    Attributes:
        efficiency, final: mean clipped data efficiency and mean clipped final score, the unclipped beside
            them.
        time: restricted mean time to the threshold in environment steps.
        median_at_threshold: environment steps at which the median curve is at the threshold and stays for one more point.
        median_crossing: the same for the board's `crossing`, interpolated; None where it never does or there is none.
        censored: runs that never reached the threshold.
        runs: finished runs.
        settings_from: whose search on tuning seeds found its settings, in words.
        problem: failed, missing or left-out seeds in words; empty if there are none.
    """

    agent: str
    learner: str
    efficiency: Estimate
    efficiency_unclipped: float
    final: Estimate
    final_unclipped: float
    time: Estimate
    median_at_threshold: float | None
    median_crossing: float | None
    gain: Gain | None
    equivariance: Equivariance | None
    censored: int
    runs: int
    settings_from: str
    curve: Curve
    problem: str


@dataclass(frozen=True)
class TaskTable:
    """A task with what its scores are measured against, and its rows, best first."""

    task: str
    family: str
    track: str
    description: str
    group: str
    source: str
    licence: str
    budget: int
    zero: str
    zero_return: float
    one: str
    one_return: float
    threshold: float
    threshold_normalised: float
    threshold_source: str
    rows: tuple[TaskRow, ...]


@dataclass(frozen=True)
class Sources:
    """Where the numbers come from: how many records say so."""

    finished: int
    failed: int
    symprior: Mapping[str, int]
    commits: Mapping[str, int]
    dirty: int
    python: Mapping[str, int]
    processors: Mapping[str, int]
    devices: Mapping[str, int]
    packages: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Board:
    """The leaderboard of one version of a suite; rows of different learners never compare.

    Attributes:
        compared: for each learner the headline tasks that its rows are over; where there is none, nothing is said over all.
        crossing: a raw return; where the median over runs crosses it is told of every row. None: of no interest.
    """

    suite: str
    version: str
    learners: tuple[str, ...]
    compared: Mapping[str, tuple[str, ...]]
    rows: tuple[AgentRow, ...]
    tasks: tuple[TaskTable, ...]
    sources: Sources
    citations: tuple[str, ...]
    crossing: float | None = None

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
) -> Board:
    """Compute the leaderboard.

    Args:
        records: finished and failed runs.
        suite: `name` or `name-version`; needed where the records are of several.
        tasks: where tasks are looked up; the registry by default.
        suite_tasks: the tasks an agent must have for a complete row; by default those in the records.
        seeds: the seeds an agent must have; by default those that it has on any task.
        baseline: for `"ppo"` or `"ppo/cartpole"` the plain prior or agent that was better on tuning seeds;
            `"plain"` by default.
        crossing: a raw return; the board tells where the median over runs crosses it.

    Raises:
        SympriorError: the records are none, of several suites, contradictory, incomparable or of unknown
            tasks.
    """
    chosen = list(records)
    cells = collect(chosen, suite, tasks=tasks, suite_tasks=suite_tasks, seeds=seeds)
    better_plain = dict(baseline or {})
    rows = _ranked([_agent_row(cells, entry, better_plain) for entry in cells.of_entries], cells)
    learners = sorted({learner for learner, _ in cells.of_entries}, key=_reference_first)
    used = [record for record in chosen if (record.suite, record.suite_version) == (cells.suite, cells.version)]
    return Board(
        suite=cells.suite,
        version=cells.version,
        learners=tuple(learners),
        compared={learner: tuple(task.id for task in cells.compared(learner)) for learner in learners},
        rows=rows,
        tasks=tuple(_task_table(cells, task, better_plain, crossing) for task in cells.tasks),
        sources=_sources(used),
        citations=bibliography(
            [task.card.bibtex for task in cells.tasks],
            [card.bibtex for entry in cells.of_entries for card in cells.cards(entry)],
        ),
        crossing=crossing,
    )


def _agent_row(cells: Cells, entry: Entry, baseline: Mapping[str, str]) -> AgentRow:
    learner, agent = entry
    card = cells.cards(entry)[0]
    compared = cells.compared(learner)
    of_tasks = cells.of_entries[entry]
    counted = [of_tasks[task.id] for task in compared if task.id in of_tasks and of_tasks[task.id].runs]
    absent = [task.id for task in compared if task.id not in {cell.task.id for cell in counted}]
    # A failed run has no score; leaving it out would flatter the agent, so that nothing is said over its tasks.
    whole = counted if counted and not absent and not any(cell.failed for cell in counted) else []
    judged = whole if compared else of_tasks.values()
    problems = tuple(cell.problem for cell in of_tasks.values() if cell.problem)
    problems += tuple(f"{agent}: no finished run on {task}" for task in absent)
    runs = [run for cell in counted or of_tasks.values() for run in cell.runs]
    return AgentRow(
        agent=agent,
        learner=learner,
        algorithm=card.algorithm,
        prior=card.prior,
        description=card.description,
        symmetry_used=tuple(sorted({card.symmetry_used for card in cells.cards(entry)})),
        plain=card.prior in PLAIN_PRIORS,
        control=card.control,
        rank=None,
        headline=_headline(whole, "efficiency_clipped") if whole else None,
        headline_unclipped=_headline(whole, "efficiency").value if whole else None,
        **_aggregates(whole),
        failures=(
            sum(score.censored for cell in counted for score in cell.scores)
            + sum(len(cell.failed) for cell in counted),
            sum(len(cell.runs) + len(cell.failed) for cell in counted),
        ),
        gain=_overall_gain(cells, entry, whole, baseline),
        improvement=_improvement(cells, entry, whole, baseline),
        equivariance=_equivariance(runs),
        parameters=_span([card.parameters for card in cells.cards(entry)]),
        seeds=_span([len(cell.runs) for cell in counted or of_tasks.values()]) or Span(0, 0),
        gradient_steps=_span([run.effort.gradient_steps for run in runs]),
        training_seconds=float(np.mean([run.effort.training_seconds for run in runs])) if runs else None,
        complete=bool(judged) and all(cell.complete for cell in judged),
        problems=problems,
    )


def _headline(cells: Collection[Cell], score: str) -> Estimate:
    return estimate(_headline_value(cells, score), _headline_distribution(cells, score), _fewest(cells), len(cells))


def _headline_value(cells: Iterable[Cell], score: str) -> float:
    means = {cell.task.id: np.asarray(np.mean(cell.values(score))) for cell in cells}
    return float(over_families(means, {cell.task.id: cell.task.family for cell in cells}))


def _headline_distribution(cells: Iterable[Cell], score: str) -> Floats:
    means = {cell.task.id: np.mean(cell.values(score)[cell.drawn], axis=1) for cell in cells}
    return over_families(means, {cell.task.id: cell.task.family for cell in cells})


def _aggregates(cells: Collection[Cell]) -> dict[str, Estimate | None]:
    if not cells:
        return dict.fromkeys(AGGREGATES)
    scores = [cell.values("efficiency_clipped") for cell in cells]
    drawn = [score[cell.drawn] for score, cell in zip(scores, cells, strict=True)]
    return {
        name: estimate(
            float(aggregate([score[None] for score in scores])[0]),
            aggregate(drawn),
            _fewest(cells),
            len(cells),
        )
        for name, aggregate in AGGREGATES.items()
    }


def _plain_cell(cells: Cells, entry: Entry, cell: Cell, baseline: Mapping[str, str]) -> Cell | None:
    plain = plain_arm(cells, entry, cell.task.family, baseline)
    found = cells.of_entries[plain].get(cell.task.id) if plain else None
    return found if found is not None and found.runs and not found.failed else None


def _with_plain(
    cells: Cells, entry: Entry, own: Iterable[Cell], baseline: Mapping[str, str]
) -> list[tuple[Cell, Cell]]:
    """The cells with those of the plain arm; empty unless it has them all."""
    pairs = [(cell, _plain_cell(cells, entry, cell, baseline)) for cell in own]
    found = [(cell, plain) for cell, plain in pairs if plain is not None]
    return found if len(found) == len(pairs) else []


def _overall_gain(cells: Cells, entry: Entry, own: Collection[Cell], baseline: Mapping[str, str]) -> Gain | None:
    pairs = _with_plain(cells, entry, own, baseline)
    return gain_over_tasks(pairs) if pairs else None


def _improvement(cells: Cells, entry: Entry, own: Collection[Cell], baseline: Mapping[str, str]) -> Estimate | None:
    pairs = _with_plain(cells, entry, own, baseline)
    if not pairs:
        return None
    scores = [(cell.values("efficiency_clipped"), plain.values("efficiency_clipped")) for cell, plain in pairs]
    as_they_are = [(np.arange(len(x))[None], np.arange(len(y))[None]) for x, y in scores]
    value = float(probability_of_improvement(scores, as_they_are)[0])
    distribution = probability_of_improvement(scores, [(cell.drawn, plain.drawn) for cell, plain in pairs])
    return estimate(value, distribution, min(len(cell.runs) for pair in pairs for cell in pair), len(pairs))


def _ranked(rows: list[AgentRow], cells: Cells) -> tuple[AgentRow, ...]:
    """The rows, best headline first and incomplete ones last, with rank ranges where there are intervals."""
    ranks: dict[Entry, RankRange] = {}
    for learner in {row.learner for row in rows}:
        eligible = [
            row for row in rows if row.learner == learner and row.complete and row.headline and row.headline.interval
        ]
        contenders = {row.agent: _contender(row, cells) for row in eligible}
        ranks |= {(learner, agent): rank for agent, rank in rank_ranges(contenders).items()}
    with_ranks = [replace(row, rank=ranks.get((row.learner, row.agent))) for row in rows]
    return tuple(
        sorted(
            with_ranks,
            key=lambda row: (
                _reference_first(row.learner),
                not row.complete,
                -_value(row.headline),
                row.agent,
            ),
        )
    )


def _contender(row: AgentRow, cells: Cells) -> Contender:
    own = [cells.of_entries[(row.learner, row.agent)][task.id] for task in cells.compared(row.learner)]
    value = _headline_value(own, "efficiency_clipped")
    return Contender(value, _headline_distribution(own, "efficiency_clipped"), _fewest(own))


def _task_table(cells: Cells, task: Task, baseline: Mapping[str, str], crossing: float | None) -> TaskTable:
    references = task.references
    own = {entry: of_tasks[task.id] for entry, of_tasks in cells.of_entries.items() if task.id in of_tasks}
    rows = [_task_row(cells, entry, cell, baseline, crossing) for entry, cell in own.items() if cell.runs]
    return TaskTable(
        task=task.id,
        family=task.family,
        track=task.track,
        description=task.card.description,
        group=task.card.group_in_words,
        source=task.card.source,
        licence=task.card.licence,
        budget=next((run.budget for cell in own.values() for run in cell.runs), references.budget),
        zero=references.zero,
        zero_return=references.policies[references.zero].value,
        one=references.one,
        one_return=references.policies[references.one].value,
        threshold=references.threshold,
        threshold_normalised=references.normalise(references.threshold),
        threshold_source=references.threshold_source,
        rows=tuple(sorted(rows, key=lambda row: (_reference_first(row.learner), -row.efficiency.value, row.agent))),
    )


def _task_row(cells: Cells, entry: Entry, cell: Cell, baseline: Mapping[str, str], crossing: float | None) -> TaskRow:
    plain = _plain_cell(cells, entry, cell, baseline)
    return TaskRow(
        agent=cell.agent.id,
        learner=cell.agent.learner,
        efficiency=_mean_of(cell, "efficiency_clipped"),
        efficiency_unclipped=float(np.mean(cell.values("efficiency"))),
        final=_mean_of(cell, "final_clipped"),
        final_unclipped=float(np.mean(cell.values("final"))),
        time=_mean_of(cell, "time"),
        median_at_threshold=median_at_threshold(cell),
        median_crossing=None if crossing is None else median_crossing(cell, crossing),
        gain=gain_on_task(cell, plain) if plain is not None and not cell.failed else None,
        equivariance=_equivariance(cell.runs),
        censored=sum(score.censored for score in cell.scores),
        runs=len(cell.runs),
        settings_from=cell.settings_from,
        curve=curve_of(cell),
        problem=cell.problem,
    )


def _mean_of(cell: Cell, score: str) -> Estimate:
    values = cell.values(score)
    return estimate(float(np.mean(values)), np.mean(values[cell.drawn], axis=1), len(values), tasks=1)


def _equivariance(runs: Iterable[RunRecord]) -> Equivariance | None:
    measured = [run.curve[-1].equivariance for run in runs]
    errors = [error for error in measured if error is not None]
    if not errors:
        return None
    means = [error.mean for error in errors if error.mean is not None]
    maxima = [error.maximum for error in errors if error.maximum is not None]
    return Equivariance(
        mean=float(np.mean(means)) if means else None,
        maximum=max(maxima) if maxima else None,
        undefined=len(errors) - len(means),
    )


def _sources(records: list[RunRecord]) -> Sources:
    origins = [record.provenance for record in records]
    packages = sorted({name for origin in origins for name in origin.packages})
    return Sources(
        finished=sum(record.status == "finished" for record in records),
        failed=sum(record.status == "failed" for record in records),
        symprior=_count(origin.symprior for origin in origins),
        commits=_count(origin.commit or "unknown" for origin in origins),
        dirty=sum(bool(origin.dirty) for origin in origins),
        python=_count(origin.python for origin in origins),
        processors=_count(f"{origin.processor} ({origin.platform}, threads: {origin.threads})" for origin in origins),
        devices=_count(origin.device for origin in origins),
        packages={
            name: tuple(sorted({origin.packages[name] for origin in origins if name in origin.packages}))
            for name in packages
        },
    )


def _count(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))


def _reference_first(learner: str) -> tuple[bool, str]:
    return learner != REFERENCE_LEARNER, learner


def _fewest(cells: Iterable[Cell]) -> int:
    return min(len(cell.runs) for cell in cells)


def _span(numbers: Iterable[float | None]) -> Span | None:
    known = [number for number in numbers if number is not None]
    return Span(min(known), max(known)) if known else None


def _value(of: Estimate | None) -> float:
    return of.value if of is not None else float("-inf")
