"""The columns of the board: one entry in one table each.

Terminal, Markdown and page go through these tables, so that a new column is one entry here and shows up
with its explanation in all three.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from symprior.leaderboard.board.board import AgentRow, Equivariance, Span, TaskRow
from symprior.leaderboard.board.gains import Gain
from symprior.leaderboard.statistics.intervals import Estimate

Row = TypeVar("Row", AgentRow, TaskRow)

NOTHING = "—"


@dataclass(frozen=True)
class Shown:
    """What a column shows of a row.

    Attributes:
        text: the number.
        detail: its interval, or why there is none.
        order: what the page sorts by; None goes last.
        whisker: an estimate to draw on the scale from 0 to 1.
    """

    text: str
    detail: str = ""
    order: float | str | None = None
    whisker: Estimate | None = None


@dataclass(frozen=True)
class Column(Generic[Row]):
    """A column.

    Attributes:
        name: its key.
        title: its head, a few letters wide.
        explanation: what the number is, for someone who meets it first; shown on hover and in the legend.
        show: what it shows of a row.
        in_terminal: whether there is room for it there.
        numeric: numbers stand right, words left.
    """

    name: str
    title: str
    explanation: str
    show: Callable[[Row], Shown]
    in_terminal: bool = True
    numeric: bool = True


def _estimate(value: Estimate | None, digits: int = 3, whisker: bool = False) -> Shown:
    if value is None:
        return Shown(NOTHING)
    detail = _detail(value, f",.{digits}f")
    return Shown(f"{value.value:,.{digits}f}", detail, value.value, value if whisker else None)


def _detail(value: Estimate, form: str) -> str:
    """The interval, or that there is none; the marks say why."""
    if value.interval is None:
        return "no interval"
    return f"{value.interval.low:{form}} – {value.interval.high:{form}}{value.interval.mark}"


def _expanded(value: Estimate | None) -> Shown:
    if value is None or value.interval is None:
        return Shown(NOTHING)
    interval = value.interval
    return Shown(
        f"{interval.expanded_low:.3f} – {interval.expanded_high:.3f}",
        "",
        interval.expanded_high - interval.expanded_low,
    )


def _gain(gain: Gain | None, plain: bool = False) -> Shown:
    if gain is None:
        return Shown("plain arm" if plain else NOTHING)
    if gain.mark == "unresolved":
        of_prior, of_plain = gain.censored
        return Shown(
            "unresolved",
            f"never at threshold: {of_prior} of {gain.runs[0]}, {gain.plain} {of_plain} of {gain.runs[1]}",
        )
    shown = _estimate(gain.estimate, digits=2)
    return Shown(f"{gain.mark} {shown.text}×".strip(), shown.detail, shown.order)


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


def _rate(failed: int, runs: int) -> Shown:
    return Shown(f"{100 * failed / runs:.0f} %", f"{failed} of {runs}", failed / runs) if runs else Shown(NOTHING)


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


AGENT_COLUMNS: tuple[Column[AgentRow], ...] = (
    Column(
        "rank",
        "Rank",
        "The ranks that the data allow, among agents of the same learner: 1 + the agents significantly "
        "better … all agents minus "
        "those significantly worse (pairwise bootstrap tests on the headline, Holm-corrected at 5 %). "
        "Incomplete agents and "
        "those with too few seeds have none.",
        _rank,
    ),
    Column(
        "agent",
        "Agent",
        "Algorithm + prior. Same algorithm, same tuning effort, same budget; only the prior differs.",
        lambda row: Shown(row.agent, "", row.agent),
        numeric=False,
    ),
    Column(
        "headline",
        "Data efficiency",
        "The headline: area under the normalised learning curve over the budget (0 = the trivial reference "
        "all along, 1 = the "
        "optimum from the first step), clipped to [−1, 1.1], mean over seeds per task, then over task "
        "families with equal "
        "weight. With its 95 % percentile interval.",
        lambda row: _estimate(row.headline, whisker=True),
    ),
    Column(
        "headline_expanded",
        "Expanded interval",
        "The interval of the headline at wider percentiles that allow for few seeds (Hesterberg 2015); at 10 "
        "seeds its real "
        "coverage is nearer to 95 %.",
        lambda row: _expanded(row.headline),
        in_terminal=False,
    ),
    Column(
        "failures",
        "Failures",
        "Failure rate: runs that were never at the threshold in two evaluations in a row, failed ones among them.",
        lambda row: _rate(*row.failures),
    ),
    Column(
        "gain",
        "Symmetry gain",
        "How many times less data than the plain arm of the same algorithm and learner: ratio of restricted "
        "mean times to the "
        "threshold, plain over prior, geometric mean over tasks. ≥, ≤ and unresolved: see the marks.",
        lambda row: _gain(row.gain, row.plain),
    ),
    Column(
        "improvement",
        "P(better)",
        "Probability that a run of the agent beats a run of its plain arm in data efficiency, averaged over "
        "tasks; ½ is a draw.",
        lambda row: _estimate(row.improvement, digits=2),
        in_terminal=False,
    ),
    Column(
        "iqm",
        "IQM",
        "Interquartile mean of the data efficiencies of all runs of all tasks (rliable). It leaves out the "
        "worst quarter of the "
        "runs: read it with the failure rate.",
        lambda row: _estimate(row.iqm),
    ),
    Column(
        "mean",
        "Mean",
        "Mean over tasks of the mean data efficiency (rliable); unlike the headline every task counts the same.",
        lambda row: _estimate(row.mean),
        in_terminal=False,
    ),
    Column(
        "median",
        "Median",
        "Median over tasks of the mean data efficiency (rliable).",
        lambda row: _estimate(row.median),
        in_terminal=False,
    ),
    Column(
        "optimality_gap",
        "Optimality gap",
        "How far the data efficiencies, cut at 1, fall short of 1 on average (rliable); less is better.",
        lambda row: _estimate(row.optimality_gap),
        in_terminal=False,
    ),
    Column(
        "headline_unclipped",
        "Unclipped",
        "The headline without clipping.",
        lambda row: Shown(NOTHING) if row.headline_unclipped is None else _plain_number(row.headline_unclipped),
        in_terminal=False,
    ),
    Column(
        "equivariance_mean",
        "Equivariance error",
        "Distance between π(g s) and g π(s) at the last checkpoint, over that of two independent states: 0 is equivariant, "
        "1 as far apart as at two unrelated states; more is possible. Mean over runs.",
        lambda row: _error(row.equivariance.mean if row.equivariance else None, row.equivariance),
        in_terminal=False,
    ),
    Column(
        "equivariance_maximum",
        "… at most",
        "The largest equivariance error of any state, element and run at the last checkpoint.",
        lambda row: _error(row.equivariance.maximum if row.equivariance else None, row.equivariance),
        in_terminal=False,
    ),
    Column(
        "parameters",
        "Parameters",
        "Trainable numbers; from the smallest to the largest over tasks.",
        lambda row: _span(row.parameters),
        in_terminal=False,
    ),
    Column(
        "seeds",
        "Seeds",
        "Finished runs per task. ⚠ marks agents with failed or missing runs, listed below.",
        _seeds,
    ),
    Column(
        "gradient_steps",
        "Gradient steps",
        "Optimizer steps of a run.",
        lambda row: _span(row.gradient_steps),
        in_terminal=False,
    ),
    Column(
        "training_seconds",
        "Wall clock",
        "Mean time of training per run as recorded, evaluation apart; machines may differ.",
        lambda row: _seconds(row.training_seconds),
        in_terminal=False,
    ),
    Column(
        "learner",
        "Learner",
        "What carries the algorithm out. Agents of different learners are never compared.",
        lambda row: Shown(row.learner, "", row.learner),
        in_terminal=False,
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
        lambda row: Shown(row.agent, row.problem and "incomplete", row.agent),
        numeric=False,
    ),
    Column(
        "efficiency",
        "Data efficiency",
        "Area under the normalised curve over the budget, clipped to [−1, 1.1] per run, mean over runs.",
        lambda row: _estimate(row.efficiency, whisker=True),
    ),
    Column(
        "final",
        "Final score",
        "Normalised score of the last evaluation, never the best one; clipped per run, mean over runs.",
        lambda row: _estimate(row.final),
        in_terminal=False,
    ),
    Column(
        "time",
        "Steps to threshold",
        "Restricted mean time: environment steps to the first of two consecutive evaluations at or over the "
        "threshold, runs that "
        "never get there counted at the budget.",
        lambda row: _estimate(row.time, digits=0),
    ),
    Column(
        "median_at_threshold",
        "Median there",
        "Environment steps of the first evaluation at which the median over runs is at or over the threshold and still is "
        "at the next one.",
        lambda row: _steps(row.median_at_threshold),
        in_terminal=False,
    ),
    Column(
        "failures",
        "Failures",
        "Finished runs that were never at the threshold.",
        lambda row: _rate(row.censored, row.runs),
    ),
    Column(
        "gain",
        "Symmetry gain",
        "Ratio of restricted mean times, plain arm over this agent.",
        lambda row: _gain(row.gain),
    ),
    Column(
        "equivariance_mean",
        "Equivariance error",
        "At the last checkpoint, mean over runs; 0 is equivariant.",
        lambda row: _error(row.equivariance.mean if row.equivariance else None, row.equivariance),
        in_terminal=False,
    ),
    Column("runs", "Seeds", "Finished runs.", lambda row: Shown(f"{row.runs}", "", row.runs)),
    Column(
        "settings_from",
        "Settings",
        "Where they come from: a search on tuning seeds, the agent's own or that of the plain agent, whose settings it then "
        "has; no search on record (defaults, or set by hand); or self-reported, as of every agent from a user's file.",
        lambda row: Shown(row.settings_from, "", row.settings_from),
        in_terminal=False,
        numeric=False,
    ),
    Column(
        "learner",
        "Learner",
        "What carries the algorithm out.",
        lambda row: Shown(row.learner, "", row.learner),
        in_terminal=False,
        numeric=False,
    ),
)


MARKS: tuple[tuple[str, str], ...] = (
    (
        "≥",
        "the gain is at least this: some plain runs never reached the threshold, and counting them at the "
        "budget is kind to them",
    ),
    ("≤", "the gain is at most this: some runs with the prior never reached the threshold"),
    (
        "unresolved",
        "more than half of the runs of either arm, or some of both, never reached the threshold: no ratio can be given",
    ),
    ("†", "a single task with fewer than 20 runs: the real coverage of the 95 % interval is lower"),
    ("⚠", "runs failed or are missing: the row has no rank, since crashed runs may be the bad ones"),
    (
        "no interval",
        "fewer than 5 seeds, or fewer than 10 on a single task: an interval would promise too much",
    ),
    (NOTHING, "not measured, or not defined"),
)
