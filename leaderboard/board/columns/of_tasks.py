"""The columns of the table of a single task."""

from __future__ import annotations

from symprior.leaderboard.board.columns import numbers
from symprior.leaderboard.board.columns.column import Column, Shown
from symprior.leaderboard.board.columns.of_agents import FAILURES, FELL_BACK
from symprior.leaderboard.board.tables.rows import TaskRow

TASK_COLUMNS: tuple[Column[TaskRow], ...] = (
    Column(
        "agent",
        "Agent",
        "Algorithm + prior.",
        lambda row: Shown(
            row.agent, ", ".join(filter(None, (row.shortfall and "incomplete", numbers.standing(row)))), row.agent
        ),
        first=True,
        numeric=False,
    ),
    Column(
        "efficiency",
        "Data efficiency",
        "Area under the normalised curve over the budget, clipped to [−1, 1.1] per run, mean over runs.",
        lambda row: numbers.estimate(row.efficiency, axis=numbers.SCORES),
        first=True,
    ),
    Column(
        "gain",
        "Symmetry gain",
        "Mean lost data of the plain arm over that of this agent.",
        lambda row: numbers.gain_of(row.gain),
        first=True,
    ),
    Column("failures", "Failures", FAILURES, lambda row: numbers.share_of(row.failures), first=True),
    Column("fell_back", "Fell back", FELL_BACK, lambda row: numbers.share_of(row.fell_back), first=True),
    Column("runs", "Seeds", "Finished runs.", lambda row: Shown(f"{row.runs}", "", row.runs), first=True),
    Column(
        "gain_with_lost_run",
        "… with one more lost run",
        "The gain if one more run of the agent had lost the whole budget.",
        lambda row: numbers.times(row.gain.with_lost_run if row.gain else None),
    ),
    Column(
        "reaching",
        "Gain in reaching",
        "The gain where a level counts as reached for good at the first of two consecutive evaluations at or over it.",
        lambda row: numbers.reaching(row.gain),
    ),
    Column(
        "lost",
        "Lost data",
        "Environment steps: the mean, over levels from score 0 to the threshold, of those spent under each until the "
        "budget.",
        lambda row: numbers.estimate(row.lost, digits=0),
    ),
    Column(
        "time",
        "Steps to threshold",
        "Restricted mean time: environment steps to the first of two consecutive evaluations at or over the "
        "threshold, runs that never get there counted at the budget. Read it with what fell back.",
        lambda row: numbers.estimate(row.time, digits=0),
    ),
    Column(
        "median_at_threshold",
        "Median there",
        "Environment steps of the first evaluation at which the median over runs is at or over the threshold and "
        "still is at the next one.",
        lambda row: numbers.steps(row.median_at_threshold),
    ),
    Column(
        "final",
        "Final score",
        "Normalised score of the last evaluation, never the best one; clipped per run, mean over runs.",
        lambda row: numbers.estimate(row.final),
    ),
    Column(
        "efficiency_percentiles",
        "rliable's interval",
        "Of the data efficiency: rliable's 95 % percentile interval, which covers less than it says at few seeds.",
        lambda row: numbers.percentiles(row.efficiency),
    ),
    Column(
        "gain_percentiles",
        "… of the gain",
        "rliable's 95 % percentile interval of the gain.",
        lambda row: numbers.percentiles(row.gain.estimate if row.gain else None, digits=2),
    ),
    Column(
        "equivariance_mean",
        "Equivariance error",
        "At the last checkpoint, mean over runs; 0 is equivariant.",
        lambda row: numbers.error(row.equivariance.mean if row.equivariance else None, row.equivariance),
    ),
    Column(
        "settings_from",
        "Settings",
        "Where they come from: a search on tuning seeds, the agent's own or that of the plain agent, whose settings "
        "it then has; no search on record (defaults, or set by hand); or self-reported, as of every agent from a "
        "user's file.",
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
