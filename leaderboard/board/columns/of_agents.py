"""The columns of the table of agents over all headline tasks."""

from __future__ import annotations

from symprior.leaderboard.board.columns import numbers
from symprior.leaderboard.board.columns.column import Column, Shown
from symprior.leaderboard.board.tables.rows import AgentRow

AGGREGATE_COLUMNS: tuple[tuple[str, str, str], ...] = (
    (
        "iqm",
        "IQM",
        "Interquartile mean of the data efficiencies of all runs of all tasks (rliable, with its percentile "
        "interval). It leaves out the worst quarter of the runs: read it with the failure rate.",
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
    return Column(name, title, explanation, lambda row: numbers.estimate(row.aggregates[name]))


FAILURES = (
    "Runs that were never at the threshold in two evaluations in a row, failed and missing ones among them, with "
    "Wilson's 95 % interval of their share."
)
FELL_BACK = (
    "Runs that were under the threshold in an evaluation after they had reached it, of those that reached it, with "
    "Wilson's 95 % interval of their share."
)

AGENT_COLUMNS: tuple[Column[AgentRow], ...] = (
    Column(
        "rank",
        "Rank",
        "The ranks that the data allow, among agents of the same learner over the same tasks: 1 + the agents "
        "significantly better … all agents minus those significantly worse (pairwise Welch tests on the headline, "
        "Holm-corrected at 2.5 %, as are the sentences on gains). Incomplete agents and those with too few seeds have "
        "none.",
        numbers.rank,
        first=True,
    ),
    Column(
        "agent",
        "Agent",
        "Algorithm + prior. Same algorithm, same tuning effort, same budget; only the prior differs.",
        lambda row: Shown(row.agent, numbers.standing(row), row.agent),
        first=True,
        numeric=False,
    ),
    Column(
        "headline",
        "Data efficiency",
        "The headline: area under the normalised learning curve over the budget (0 = the trivial reference all along, "
        "1 = the optimum from the first step), clipped to [−1, 1.1], mean over seeds per task, then over task "
        "families with equal weight. With its 95 % studentised interval.",
        lambda row: numbers.estimate(row.headline, axis=numbers.SCORES),
        first=True,
    ),
    Column(
        "gain",
        "Symmetry gain",
        "How many times less data than the plain arm of the same algorithm and learner: mean lost data of plain over "
        "that of this agent, geometric mean over the tasks of a family, then over families. A run's lost data is the "
        "mean, over levels up to the threshold, of the steps spent under each until the budget. With its 95 % "
        "interval, Student's t on the logarithm, as much wider as resamples say.",
        lambda row: numbers.gain_of(row.gain, row.plain),
        first=True,
    ),
    Column("failures", "Failures", FAILURES, lambda row: numbers.share_of(row.failures), first=True),
    Column("fell_back", "Fell back", FELL_BACK, lambda row: numbers.share_of(row.fell_back), first=True),
    Column(
        "seeds",
        "Seeds",
        "Finished runs per task. ⚠ marks agents with failed or missing runs, listed below.",
        numbers.seeds,
        first=True,
    ),
    Column(
        "gain_with_lost_run",
        "… with one more lost run",
        "The gain if one more run of the agent had lost the whole budget, on the task where that costs most. n clean "
        "runs allow a rate of such runs of 1 − .05^(1/n): 26 % at 10, 14 % at 20.",
        lambda row: numbers.times(row.gain.with_lost_run if row.gain else None),
    ),
    Column(
        "reaching",
        "Gain in reaching",
        "The same gain where a level counts as reached for good at the first of two consecutive evaluations at or "
        "over it: the speed alone. Where it is larger, runs fell back.",
        lambda row: numbers.reaching(row.gain),
    ),
    Column(
        "gain_of_tasks",
        "Gains of tasks",
        "The smallest and the largest gain of a single task.",
        lambda row: numbers.range_over_tasks(row.gain),
    ),
    Column(
        "gain_without",
        "Gain without a family",
        "The gain over all but one family, for each of them.",
        lambda row: numbers.without_families(row.gain),
        numeric=False,
    ),
    Column(
        "headline_with_lost_run",
        "Efficiency with one more lost run",
        "The headline if one more run had scored −1, on the task where that costs most.",
        lambda row: numbers.plain_number(row.headline_with_lost_run),
    ),
    Column(
        "headline_percentiles",
        "rliable's interval",
        "Of the headline: rliable's 95 % percentile interval, which covers less than it says at few seeds.",
        lambda row: numbers.percentiles(row.headline),
    ),
    Column(
        "gain_percentiles",
        "… of the gain",
        "rliable's 95 % percentile interval of the gain.",
        lambda row: numbers.percentiles(row.gain.estimate if row.gain else None, digits=2),
    ),
    Column(
        "improvement",
        "P(better)",
        "Probability that a run of the agent beats a run of its plain arm in data efficiency, averaged over tasks; ½ "
        "is a draw. With Newcombe's 95 % score interval.",
        lambda row: numbers.estimate(row.improvement, digits=2),
    ),
    *(_aggregate(*each) for each in AGGREGATE_COLUMNS),
    Column(
        "headline_unclipped",
        "Unclipped",
        "The headline without clipping.",
        lambda row: numbers.plain_number(row.headline_unclipped),
    ),
    Column(
        "equivariance_mean",
        "Equivariance error",
        "Distance between π(g s) and g π(s) at the last checkpoint, over that of two independent states: 0 is "
        "equivariant, 1 as far apart as at two unrelated states; more is possible. Mean over runs.",
        lambda row: numbers.error(row.equivariance.mean if row.equivariance else None, row.equivariance),
    ),
    Column(
        "equivariance_maximum",
        "… at most",
        "The largest equivariance error of any state, element and run at the last checkpoint.",
        lambda row: numbers.error(row.equivariance.maximum if row.equivariance else None, row.equivariance),
    ),
    Column(
        "parameters",
        "Parameters",
        "Trainable numbers; from the smallest to the largest over tasks.",
        lambda row: numbers.span_of(row.parameters),
    ),
    Column(
        "gradient_steps", "Gradient steps", "Optimizer steps of a run.", lambda row: numbers.span_of(row.gradient_steps)
    ),
    Column(
        "training_seconds",
        "Wall clock",
        "Mean time of training per run as recorded, evaluation apart; machines may differ.",
        lambda row: numbers.seconds(row.training_seconds),
    ),
    Column(
        "learner",
        "Learner",
        "What carries the algorithm out. Agents of different learners are never compared.",
        lambda row: Shown(row.learner, "", row.learner),
        numeric=False,
    ),
)
