"""The columns of the board: one entry in one table each.

Terminal, Markdown and page go through these tables, so that a new column is one entry here and shows up
with its explanation in all three.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log
from typing import Generic, TypeVar

from symprior.leaderboard.board.tables.rows import AgentRow, Equivariance, Span, TaskRow
from symprior.leaderboard.comparison.gains import Gain
from symprior.leaderboard.statistics.closed_forms.proportions import Share
from symprior.leaderboard.statistics.intervals import Estimate, in_words

Row = TypeVar("Row", AgentRow, TaskRow)

NOTHING = "—"
SCORES, GAINS, SHARES = (0.0, 1.0), (0.2, 5.0), (0.0, 1.0)
"""The ends of the axes on which intervals are drawn; that of gains is logarithmic."""


@dataclass(frozen=True)
class Drawn:
    """An estimate and its interval to draw on an axis; `logarithmic` for ratios, with a line at 1."""

    value: float
    interval: tuple[float, float] | None
    ends: tuple[float, float]
    logarithmic: bool = False

    def place(self, value: float) -> float:
        """Where on the axis a value lies, 0 … 1; beyond its ends at them."""
        low, high = self.ends
        share = log(max(value, 1e-9) / low) / log(high / low) if self.logarithmic else (value - low) / (high - low)
        return min(max(share, 0.0), 1.0)


@dataclass(frozen=True)
class Shown:
    """What a column shows of a row.

    Attributes:
        text: the number.
        detail: its interval, or why there is none.
        order: what the page sorts by; None goes last.
        drawn: what to draw on an axis.
    """

    text: str
    detail: str = ""
    order: float | str | None = None
    drawn: Drawn | None = None


@dataclass(frozen=True)
class Column(Generic[Row]):
    """A column.

    Attributes:
        name: its key.
        title: its head, a few letters wide.
        explanation: what the number is, for someone who meets it first; shown on hover and in the legend.
        show: what it shows of a row.
        first: whether it stands in the table that a reader meets; the others open on demand.
        numeric: numbers stand right, words left.
    """

    name: str
    title: str
    explanation: str
    show: Callable[[Row], Shown]
    first: bool = False
    numeric: bool = True


def _standing(row: AgentRow | TaskRow) -> str:
    """What is to be known of an agent's code: nobody has looked at that of a user's file."""
    return "" if row.verified else "unverified"


def _estimate(value: Estimate | None, digits: int = 3, axis: tuple[float, float] | None = None) -> Shown:
    if value is None:
        return Shown(NOTHING)
    text = f"{value.bound} {value.value:,.{digits}f}".strip()
    return Shown(text, _detail(value, digits), value.value, None if axis is None else _drawn(value, axis))


def _detail(value: Estimate, digits: int) -> str:
    """The interval, or that there is none; the marks say why."""
    if value.interval is None:
        return value.note if value.bound else "no interval"
    return f"{in_words(value.interval.low, value.interval.high, digits)}{value.interval.mark}"


def _drawn(value: Estimate, axis: tuple[float, float], logarithmic: bool = False) -> Drawn:
    interval = (value.interval.low, value.interval.high) if value.interval else None
    return Drawn(value.value, interval, axis, logarithmic)


def _percentiles(value: Estimate | None, digits: int = 3) -> Shown:
    """Rliable's interval of a number that is printed with another."""
    interval = value.interval if value else None
    if interval is None or interval.percentile_low is None or interval.percentile_high is None:
        return Shown(NOTHING)
    low, high = interval.percentile_low, interval.percentile_high
    return Shown(in_words(low, high, digits), "", high - low)


def _gain(gain: Gain | None, plain: bool = False) -> Shown:
    if gain is None:
        return Shown("plain arm" if plain else NOTHING)
    if gain.estimate is None:
        return Shown(NOTHING, gain.why_none)
    shown = _estimate(gain.estimate, digits=2)
    return Shown(f"{shown.text}×", shown.detail, shown.order, _drawn(gain.estimate, GAINS, logarithmic=True))


def _times(value: float | None) -> Shown:
    return Shown(NOTHING) if value is None else Shown(f"{value:.2f}×", "", value)


def _reaching(gain: Gain | None) -> Shown:
    if gain is None or gain.reaching is None:
        return Shown(NOTHING)
    shown = _estimate(gain.reaching, digits=2)
    return Shown(f"{shown.text}×", shown.detail, shown.order)


def _of_tasks(gain: Gain | None) -> Shown:
    """The smallest and the largest gain of a task."""
    if gain is None or not gain.of_tasks:
        return Shown(NOTHING)
    low, high = (choose(gain.of_tasks, key=lambda task: gain.of_tasks[task]) for choose in (min, max))
    words = f"{low}, {high}" + (f"; no gain on {', '.join(gain.left_out)}" if gain.left_out else "")
    return Shown(f"{gain.of_tasks[low]:.2f}× … {gain.of_tasks[high]:.2f}×", words, gain.of_tasks[low])


def _without(gain: Gain | None) -> Shown:
    """The gain without each family, from the smallest to the largest."""
    if gain is None or not gain.without:
        return Shown(NOTHING)
    parts = sorted((value, family) for family, value in gain.without.items())
    return Shown("; ".join(f"{value:.2f}× without {family}" for value, family in parts), "", parts[0][0])


def _rank(row: AgentRow) -> Shown:
    if row.rank is not None:
        return Shown(str(row.rank), "", row.rank.best + row.rank.worst / 1000)
    return Shown(NOTHING, "" if row.complete else "incomplete")


def _seeds(row: AgentRow) -> Shown:
    mark = "" if row.complete else " ⚠"
    return Shown(_span(row.seeds).text + mark, "" if row.complete else "incomplete", row.seeds.low)


def _span(span: Span | None) -> Shown:
    if span is None:
        return Shown(NOTHING)
    low, high = f"{span.low:,.0f}", f"{span.high:,.0f}"
    return Shown(low if low == high else f"{low} – {high}", "", span.low)


def _share(of: Share) -> Shown:
    """A share of runs with Wilson's interval."""
    if of.interval is None:
        return Shown(NOTHING)
    low, high = (100 * end for end in of.interval)
    rate = of.count / of.runs
    return Shown(f"{of.count} of {of.runs}", f"{in_words(low, high, 0)} %", rate, Drawn(rate, of.interval, SHARES))


def _error(value: float | None, of: Equivariance | None) -> Shown:
    undefined = of.undefined if of is not None else 0
    detail = f"undefined in {undefined} run{'s' if undefined > 1 else ''}" if undefined else ""
    return Shown(NOTHING, detail) if value is None else Shown(f"{value:.2g}", detail, value)


def _seconds(seconds: float | None) -> Shown:
    if seconds is None:
        return Shown(NOTHING)
    text = (
        f"{seconds:.0f} s"
        if seconds < 600
        else f"{seconds / 60:.0f} min"
        if seconds < 36_000
        else f"{seconds / 3600:.1f} h"
    )
    return Shown(text, "", seconds)


AGGREGATE_COLUMNS: tuple[tuple[str, str, str], ...] = (
    (
        "iqm",
        "IQM",
        "Interquartile mean of the data efficiencies of all runs of all tasks (rliable, with its percentile "
        "interval). It leaves "
        "out the worst quarter of the runs: read it with the failure rate.",
    ),
    (
        "mean",
        "Mean",
        "Mean over tasks of the mean data efficiency (rliable); unlike the headline every task counts the same.",
    ),
    ("median", "Median", "Median over tasks of the mean data efficiency (rliable)."),
    (
        "optimality_gap",
        "Optimality gap",
        "How far the data efficiencies, cut at 1, fall short of 1 on average (rliable); less is better.",
    ),
)


def _aggregate(name: str, title: str, explanation: str) -> Column[AgentRow]:
    return Column(name, title, explanation, lambda row: _estimate(row.aggregates[name]))


FAILURES = (
    "Runs that were never at the threshold in two evaluations in a row, failed and missing ones among them, with "
    "Wilson's 95 % "
    "interval of their share."
)
FELL_BACK = (
    "Runs that were under the threshold in an evaluation after they had reached it, of those that reached it, with "
    "Wilson's 95 % "
    "interval of their share."
)

AGENT_COLUMNS: tuple[Column[AgentRow], ...] = (
    Column(
        "rank",
        "Rank",
        "The ranks that the data allow, among agents of the same learner over the same tasks: 1 + the agents "
        "significantly better … all agents minus those significantly worse (pairwise Welch tests on the headline, "
        "Holm-corrected at 2.5 %, as are the sentences on gains). Incomplete agents and those with too few seeds have none.",
        _rank,
        first=True,
    ),
    Column(
        "agent",
        "Agent",
        "Algorithm + prior. Same algorithm, same tuning effort, same budget; only the prior differs.",
        lambda row: Shown(row.agent, _standing(row), row.agent),
        first=True,
        numeric=False,
    ),
    Column(
        "headline",
        "Data efficiency",
        "The headline: area under the normalised learning curve over the budget (0 = the trivial reference all "
        "along, 1 = the "
        "optimum from the first step), clipped to [−1, 1.1], mean over seeds per task, then over task families with equal "
        "weight. With its 95 % studentised interval.",
        lambda row: _estimate(row.headline, axis=SCORES),
        first=True,
    ),
    Column(
        "gain",
        "Symmetry gain",
        "How many times less data than the plain arm of the same algorithm and learner: mean lost data of plain "
        "over that of "
        "this agent, geometric mean over the tasks of a family, then over families. A run's lost data is the mean, "
        "over levels "
        "up to the threshold, of the steps spent under each until the budget. With its 95 % interval, Student's t "
        "on the logarithm, as much wider as resamples say.",
        lambda row: _gain(row.gain, row.plain),
        first=True,
    ),
    Column("failures", "Failures", FAILURES, lambda row: _share(row.failures), first=True),
    Column("fell_back", "Fell back", FELL_BACK, lambda row: _share(row.fell_back), first=True),
    Column(
        "seeds",
        "Seeds",
        "Finished runs per task. ⚠ marks agents with failed or missing runs, listed below.",
        _seeds,
        first=True,
    ),
    Column(
        "gain_with_lost_run",
        "… with one more lost run",
        "The gain if one more run of the agent had lost the whole budget, on the task where that costs most. n "
        "clean runs allow "
        "a rate of such runs of 1 − .05^(1/n): 26 % at 10, 14 % at 20.",
        lambda row: _times(row.gain.with_lost_run if row.gain else None),
    ),
    Column(
        "reaching",
        "Gain in reaching",
        "The same gain where a level counts as reached for good at the first of two consecutive evaluations at or "
        "over it: the "
        "speed alone. Where it is larger, runs fell back.",
        lambda row: _reaching(row.gain),
    ),
    Column(
        "gain_of_tasks",
        "Gains of tasks",
        "The smallest and the largest gain of a single task.",
        lambda row: _of_tasks(row.gain),
    ),
    Column(
        "gain_without",
        "Gain without a family",
        "The gain over all but one family, for each of them.",
        lambda row: _without(row.gain),
        numeric=False,
    ),
    Column(
        "headline_with_lost_run",
        "Efficiency with one more lost run",
        "The headline if one more run had scored −1, on the task where that costs most.",
        lambda row: Shown(NOTHING) if row.headline_with_lost_run is None else _plain_number(row.headline_with_lost_run),
    ),
    Column(
        "headline_percentiles",
        "rliable's interval",
        "Of the headline: rliable's 95 % percentile interval, which covers less than it says at few seeds.",
        lambda row: _percentiles(row.headline),
    ),
    Column(
        "gain_percentiles",
        "… of the gain",
        "rliable's 95 % percentile interval of the gain.",
        lambda row: _percentiles(row.gain.estimate if row.gain else None, digits=2),
    ),
    Column(
        "improvement",
        "P(better)",
        "Probability that a run of the agent beats a run of its plain arm in data efficiency, averaged over tasks; "
        "½ is a draw. "
        "With Newcombe's 95 % score interval.",
        lambda row: _estimate(row.improvement, digits=2),
    ),
    *(_aggregate(*each) for each in AGGREGATE_COLUMNS),
    Column(
        "headline_unclipped",
        "Unclipped",
        "The headline without clipping.",
        lambda row: Shown(NOTHING) if row.headline_unclipped is None else _plain_number(row.headline_unclipped),
    ),
    Column(
        "equivariance_mean",
        "Equivariance error",
        "Distance between π(g s) and g π(s) at the last checkpoint, over that of two independent states: 0 is equivariant, "
        "1 as far apart as at two unrelated states; more is possible. Mean over runs.",
        lambda row: _error(row.equivariance.mean if row.equivariance else None, row.equivariance),
    ),
    Column(
        "equivariance_maximum",
        "… at most",
        "The largest equivariance error of any state, element and run at the last checkpoint.",
        lambda row: _error(row.equivariance.maximum if row.equivariance else None, row.equivariance),
    ),
    Column(
        "parameters",
        "Parameters",
        "Trainable numbers; from the smallest to the largest over tasks.",
        lambda row: _span(row.parameters),
    ),
    Column("gradient_steps", "Gradient steps", "Optimizer steps of a run.", lambda row: _span(row.gradient_steps)),
    Column(
        "training_seconds",
        "Wall clock",
        "Mean time of training per run as recorded, evaluation apart; machines may differ.",
        lambda row: _seconds(row.training_seconds),
    ),
    Column(
        "learner",
        "Learner",
        "What carries the algorithm out. Agents of different learners are never compared.",
        lambda row: Shown(row.learner, "", row.learner),
        numeric=False,
    ),
)


def _plain_number(value: float) -> Shown:
    return Shown(f"{value:.3f}", "", value)


def _steps(steps: float | None) -> Shown:
    return Shown("never") if steps is None else Shown(f"{steps:,.0f}", "", steps)


TASK_COLUMNS: tuple[Column[TaskRow], ...] = (
    Column(
        "agent",
        "Agent",
        "Algorithm + prior.",
        lambda row: Shown(
            row.agent, ", ".join(filter(None, (row.shortfall and "incomplete", _standing(row)))), row.agent
        ),
        first=True,
        numeric=False,
    ),
    Column(
        "efficiency",
        "Data efficiency",
        "Area under the normalised curve over the budget, clipped to [−1, 1.1] per run, mean over runs.",
        lambda row: _estimate(row.efficiency, axis=SCORES),
        first=True,
    ),
    Column(
        "gain",
        "Symmetry gain",
        "Mean lost data of the plain arm over that of this agent.",
        lambda row: _gain(row.gain),
        first=True,
    ),
    Column("failures", "Failures", FAILURES, lambda row: _share(row.failures), first=True),
    Column("fell_back", "Fell back", FELL_BACK, lambda row: _share(row.fell_back), first=True),
    Column("runs", "Seeds", "Finished runs.", lambda row: Shown(f"{row.runs}", "", row.runs), first=True),
    Column(
        "gain_with_lost_run",
        "… with one more lost run",
        "The gain if one more run of the agent had lost the whole budget.",
        lambda row: _times(row.gain.with_lost_run if row.gain else None),
    ),
    Column(
        "reaching",
        "Gain in reaching",
        "The gain where a level counts as reached for good at the first of two consecutive evaluations at or over it.",
        lambda row: _reaching(row.gain),
    ),
    Column(
        "lost",
        "Lost data",
        "Environment steps: the mean, over levels from score 0 to the threshold, of those spent under each until "
        "the budget.",
        lambda row: _estimate(row.lost, digits=0),
    ),
    Column(
        "time",
        "Steps to threshold",
        "Restricted mean time: environment steps to the first of two consecutive evaluations at or over the "
        "threshold, runs that never get there counted at the budget. Read it with what fell back.",
        lambda row: _estimate(row.time, digits=0),
    ),
    Column(
        "median_at_threshold",
        "Median there",
        "Environment steps of the first evaluation at which the median over runs is at or over the threshold and still is "
        "at the next one.",
        lambda row: _steps(row.median_at_threshold),
    ),
    Column(
        "final",
        "Final score",
        "Normalised score of the last evaluation, never the best one; clipped per run, mean over runs.",
        lambda row: _estimate(row.final),
    ),
    Column(
        "efficiency_percentiles",
        "rliable's interval",
        "Of the data efficiency: rliable's 95 % percentile interval, which covers less than it says at few seeds.",
        lambda row: _percentiles(row.efficiency),
    ),
    Column(
        "gain_percentiles",
        "… of the gain",
        "rliable's 95 % percentile interval of the gain.",
        lambda row: _percentiles(row.gain.estimate if row.gain else None, digits=2),
    ),
    Column(
        "equivariance_mean",
        "Equivariance error",
        "At the last checkpoint, mean over runs; 0 is equivariant.",
        lambda row: _error(row.equivariance.mean if row.equivariance else None, row.equivariance),
    ),
    Column(
        "settings_from",
        "Settings",
        "Where they come from: a search on tuning seeds, the agent's own or that of the plain agent, whose settings it then "
        "has; no search on record (defaults, or set by hand); or self-reported, as of every agent from a user's file.",
        lambda row: Shown(row.settings_from, "", row.settings_from),
        numeric=False,
    ),
    Column(
        "learner",
        "Learner",
        "What carries the algorithm out.",
        lambda row: Shown(row.learner, "", row.learner),
        numeric=False,
    ),
)


MARKS: tuple[tuple[str, str], ...] = (
    (
        "≥",
        "at least this: runs are missing or failed and count as the worst; of a gain also where the plain arm "
        "loses over 90 % of "
        "the budget, and would lose more of a longer one",
    ),
    ("≤", "at most this: runs are missing or failed and count as the worst"),
    ("†", "fewer than 20 runs per task: the real coverage of the 95 % interval may be lower"),
    ("⚠", "runs failed or are missing: the row has no rank and no interval"),
    (
        "no interval",
        "fewer than 5 seeds, or fewer than 10 on a single task, or runs that do not differ: an interval would "
        "promise too much",
    ),
    (NOTHING, "not measured, or not defined"),
)
