"""What a row and a table of the board hold; `agent_rows` and `task_tables` compute them from cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from symprior.leaderboard.comparison.curves import Curve
from symprior.leaderboard.comparison.gains import Gain
from symprior.leaderboard.comparison.resolution import Resolution
from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.statistics.closed_forms.proportions import Share
from symprior.leaderboard.statistics.intervals import Estimate
from symprior.leaderboard.statistics.ranks import RankRange
from symprior.tasks.task.task import unit_of


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
    """One agent of one learner over headline tasks.

    Attributes:
        tasks: the headline tasks that the row is over.
        rank: among complete agents of the same learner over the same tasks; None where the row is incomplete or has too few
            seeds.
        told_apart: agents of the same learner whose headline differs significantly, Holm-corrected.
        headline: mean clipped data efficiency over seeds per task, then over families with equal weight.
        headline_unclipped: the same of unclipped scores.
        headline_with_lost_run: the headline if one more run had scored the least.
        aggregates: rliable's, of the clipped data efficiencies, by their names.
        failures: runs that never reached the threshold, lost ones among them.
        fell_back: runs that reached it and were under it later, of those that reached it.
        improvement: probability that a run beats one of the plain arm, averaged over tasks.
        plain: whether the agent has no symmetry prior: gains are measured against such.
        control: whether its prior is a control, as a basis that is no symmetry's.
        verified: whether its code is the project's own; that of a user's file is not.
        level: what was shown of a submission by training it again, in words; empty where it is none.
        gradient_steps, training_seconds: per run.
        shortfalls: failed, missing or left-out seeds and missing tasks, in words.
    """

    agent: str
    learner: str
    algorithm: str
    prior: str
    description: str
    symmetry_used: tuple[str, ...]
    plain: bool
    control: bool
    verified: bool
    level: str
    tasks: tuple[str, ...]
    rank: RankRange | None
    told_apart: tuple[str, ...]
    headline: Estimate | None
    headline_unclipped: float | None
    headline_with_lost_run: float | None
    aggregates: Mapping[str, Estimate | None]
    failures: Share
    fell_back: Share
    gain: Gain | None
    improvement: Estimate | None
    equivariance: Equivariance | None
    parameters: Span | None
    seeds: Span
    gradient_steps: Span | None
    training_seconds: float | None
    complete: bool
    shortfalls: tuple[str, ...]


@dataclass(frozen=True)
class TaskRow:
    """One agent of one learner on one task.

    Attributes:
        efficiency, final: mean clipped data efficiency and mean clipped final score, the unclipped beside
            them.
        lost: mean lost data in environment steps.
        time: restricted mean time to the threshold in environment steps.
        median_at_threshold: environment steps at which the median curve is at the threshold and stays for one more point.
        median_crossing: the same for the board's `crossing`, interpolated; None where it never does or there is none.
        failures: runs that never reached the threshold, lost ones among them.
        fell_back: runs that reached it and were under it later, of those that reached it.
        runs: finished runs.
        verified: whether its code is the project's own; that of a user's file is not.
        level: what was shown of a submission by training it again, in words; empty where it is none.
        settings_from: whose search on tuning seeds found its settings, in words.
        shortfall: failed, missing or left-out seeds in words; empty if there are none.
    """

    agent: str
    learner: str
    efficiency: Estimate
    efficiency_unclipped: float
    final: Estimate
    final_unclipped: float
    lost: Estimate
    time: Estimate
    median_at_threshold: float | None
    median_crossing: float | None
    gain: Gain | None
    equivariance: Equivariance | None
    failures: Share
    fell_back: Share
    runs: int
    verified: bool
    level: str
    settings_from: str
    curve: Curve
    shortfall: str


@dataclass(frozen=True)
class TaskTable:
    """A task with what its scores are measured against, and its rows, best first.

    `resolutions` has for each learner the gain that its runs can find.
    """

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
    resolutions: Mapping[str, Resolution]
    rows: tuple[TaskRow, ...]

    @property
    def unit(self) -> str:
        """What the budget counts."""
        return unit_of(self.track)

    def rows_of(self, learner: str) -> tuple[TaskRow, ...]:
        """The rows of one learner, best first."""
        return tuple(row for row in self.rows if row.learner == learner)


def equivariance(runs: Iterable[RunRecord]) -> Equivariance | None:
    """The equivariance error of runs; None where it was not measured."""
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


def span(numbers: Iterable[float | None]) -> Span | None:
    """From the smallest to the largest of what is known."""
    known = [number for number in numbers if number is not None]
    return Span(min(known), max(known)) if known else None
