"""The symmetry gain: what it is, when there is none, and its plain arm."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from symprior.leaderboard.board.board import build
from symprior.leaderboard.comparison.cells import Cell, collect
from symprior.leaderboard.comparison.gains import Gain, gain_on_task, gain_over_tasks, plain_arm
from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.statistics.intervals import Estimate
from symprior.leaderboard.statistics.runs.scores import score_run
from symprior.symmetry.errors import SympriorError
from symprior.tasks.task import Task

Make = Callable[..., RunRecord]
Runs = Callable[..., list[RunRecord]]
Cells = Callable[..., Cell]

BUDGET = 20_000
NEVER = [0.0, 0.1, 0.2, 0.3, 0.3]


def reaching(share: float) -> list[float]:
    """Scores at 21 points that jump to 1 at that share of the budget."""
    return [float(point / 20 >= share) for point in range(21)]


@pytest.fixture
def cell(tasks: dict[str, Task], make_run: Make) -> Callable[..., Cell]:
    """A cell of an agent whose runs have the given scores."""

    def of(agent: str, curves: list[list[float]], task: str = "cartpole-v1") -> Cell:
        records = [make_run(agent=agent, seed=seed, task=task, scores=curve) for seed, curve in enumerate(curves)]
        cells = collect(records, tasks=tasks)
        return cells.of_entries[(records[0].agent.learner, agent)][task]

    return of


def lost(cell: Cell) -> float:
    return float(cell.values("lost").mean())


def estimate_of(gain: Gain) -> Estimate:
    assert gain.estimate is not None
    return gain.estimate


def test_the_gain_is_the_ratio_of_mean_lost_data(cell: Cells, tasks: dict[str, Task]) -> None:
    prior = cell("ppo+x", [reaching(0.2)] * 6 + [reaching(0.3)] * 6)
    plain = cell("ppo", [reaching(0.6)] * 6 + [reaching(0.7)] * 6)
    references = tasks["cartpole-v1"].references
    runs = [[score_run(run, references).lost for run in arm.runs] for arm in (plain, prior)]
    gain = gain_on_task(prior, plain)
    assert estimate_of(gain).value == pytest.approx(np.mean(runs[0]) / np.mean(runs[1]))
    assert gain.plain == "ppo"
    assert gain.budget == BUDGET
    assert gain.shares == pytest.approx([np.mean(arm) / BUDGET for arm in (runs[1], runs[0])])
    interval = estimate_of(gain).interval
    assert interval is not None
    assert interval.low < estimate_of(gain).value < interval.high
    # Welch's t on the logarithm, by hand, and as much wider as the resamples say.
    spread = [np.var(arm, ddof=1) / 12 / np.mean(arm) ** 2 for arm in runs]
    freedom = sum(spread) ** 2 / sum(each**2 / 11 for each in spread)
    assert gain.log is not None
    width = gain.log.widening * stats.t.ppf(0.975, freedom) * np.sqrt(sum(spread))
    middle = np.log(estimate_of(gain).value)
    assert np.log([interval.low, interval.high]) == pytest.approx([middle - width, middle + width])
    assert interval.percentile_low is not None and interval.percentile_high is not None
    assert interval.low < interval.percentile_low < interval.percentile_high < interval.high


def test_several_tasks_count_by_their_geometric_mean_and_families_alike(
    cell: Cells, tasks: dict[str, Task], make_task: Callable[..., Task]
) -> None:
    tasks["second-cartpole-v1"] = make_task("second-cartpole-v1", "cartpole")
    pairs, shares = [], {"cartpole-v1": 0.2, "second-cartpole-v1": 0.3, "grid-catch-vector-v1": 0.5}
    for name, share in shares.items():
        pairs.append((cell("ppo+x", [reaching(share)] * 5, name), cell("ppo", [reaching(0.8)] * 5, name)))
    singles = [estimate_of(gain_on_task(*pair)).value for pair in pairs]
    gain = gain_over_tasks(pairs)
    assert estimate_of(gain).value == pytest.approx((singles[0] * singles[1]) ** 0.25 * singles[2] ** 0.5)
    assert list(gain.of_tasks.values()) == pytest.approx(singles)
    assert gain.without == pytest.approx({"cartpole": singles[2], "grid-catch": np.sqrt(singles[0] * singles[1])})
    assert gain.budget is None


def test_a_gain_is_never_unresolved(cell: Cells) -> None:
    """Runs that never arrive lose data, as much as they do; nobody's failure withholds a number."""
    prior = cell("ppo+x", [NEVER] * 3 + [reaching(0.2)] * 17)
    plain = cell("ppo", [NEVER] * 2 + [reaching(0.6)] * 18)
    gain = gain_on_task(prior, plain)
    assert estimate_of(gain).value == pytest.approx(lost(plain) / lost(prior))
    assert estimate_of(gain).interval is not None


def test_no_gain_where_the_budget_is_too_long(cell: Cells) -> None:
    gain = gain_on_task(cell("ppo+x", [reaching(0)] * 10), cell("ppo", [reaching(0.05)] * 10))
    assert gain.estimate is None
    assert gain.why_none == "the plain arm loses under 5 % of the budget, which is too long to show one"


def test_no_gain_where_nobody_learned(cell: Cells) -> None:
    gain = gain_on_task(cell("ppo+x", [reaching(0.95)] * 10), cell("ppo", [reaching(1.0)] * 10))
    assert gain.estimate is None
    assert gain.why_none == "not learned: both lose over 90 % of the budget"


def test_at_least_where_plain_did_not_learn_and_the_prior_did(cell: Cells) -> None:
    gain = gain_on_task(cell("ppo+x", [reaching(0.3)] * 10), cell("ppo", [reaching(0.95)] * 10))
    assert estimate_of(gain).bound == "≥"
    other = gain_on_task(cell("ppo+x", [reaching(0.95)] * 10), cell("ppo", [reaching(0.5)] * 10))
    assert estimate_of(other).bound == ""


def test_a_threshold_met_before_training_is_said_in_words(cell: Cells) -> None:
    gain = gain_on_task(cell("ppo+x", [reaching(0)] * 10), cell("ppo", [reaching(0)] * 10))
    assert gain.estimate is None
    assert gain.why_none == "the threshold is met before any training"


def test_a_task_with_too_long_a_budget_is_left_out_whatever_the_prior_does(cell: Cells) -> None:
    names = ("cartpole-v1", "grid-catch-vector-v1")
    plain = cell("ppo", [reaching(0.05)] * 10, names[0]), cell("ppo", [reaching(0.6)] * 10, names[1])
    for share in (0.05, 0.8):
        pairs = [
            (cell("ppo+x", [reaching(share)] * 10, names[0]), plain[0]),
            (cell("ppo+x", [reaching(0.3)] * 10, names[1]), plain[1]),
        ]
        gain = gain_over_tasks(pairs)
        assert gain.left_out == (names[0],)
        assert estimate_of(gain).value == pytest.approx(estimate_of(gain_on_task(*pairs[1])).value)


def test_a_fall_is_the_difference_between_the_two_gains(cell: Cells) -> None:
    falling = [score if point != 15 else 0.0 for point, score in enumerate(reaching(0.2))]
    gain = gain_on_task(cell("ppo+x", [falling] * 10), cell("ppo", [reaching(0.6)] * 10))
    assert gain.reaching is not None
    assert gain.reaching.value > 1.2 * estimate_of(gain).value


def test_one_more_lost_run_is_one_more_run_that_loses_the_budget(cell: Cells) -> None:
    curves = [reaching(0.2)] * 5 + [reaching(0.3)] * 5
    plain = cell("ppo", [reaching(0.6)] * 10)
    with_one_more = gain_on_task(cell("ppo+x", [*curves, [-1.0] * 21]), plain)
    gain = gain_on_task(cell("ppo+x", curves), plain)
    assert gain.with_lost_run == pytest.approx(estimate_of(with_one_more).value)
    other = gain_on_task(cell("ppo+x", curves), cell("ppo", [reaching(0.6)] * 10 + [[-1.0] * 21]))
    assert gain.with_lost_plain_run == pytest.approx(estimate_of(other).value)


def test_over_tasks_the_lost_run_is_where_it_costs_most(cell: Cells) -> None:
    names = ("cartpole-v1", "grid-catch-vector-v1")
    shares = (0.15, 0.5)
    pairs = [
        (cell("ppo+x", [reaching(share)] * 10, name), cell("ppo", [reaching(0.7)] * 10, name))
        for name, share in zip(names, shares, strict=True)
    ]
    changed = [(cell("ppo+x", [reaching(0.15)] * 10 + [[-1.0] * 21], names[0]), pairs[0][1]), pairs[1]]
    assert gain_over_tasks(pairs).with_lost_run == pytest.approx(estimate_of(gain_over_tasks(changed)).value)


def test_runs_that_do_not_differ_have_no_interval(cell: Cells) -> None:
    gain = gain_on_task(cell("ppo+x", [reaching(0.2)] * 10), cell("ppo", [reaching(0.6)] * 10))
    assert estimate_of(gain).interval is None
    assert "do not differ" in estimate_of(gain).note


def test_arms_with_equal_seeds_are_not_paired(cell: Cells, tasks: dict[str, Task]) -> None:
    curves = [reaching(0.1 + 0.08 * k) for k in range(10)]
    gain = gain_on_task(cell("ppo+x", curves), cell("ppo", curves))
    assert estimate_of(gain).value == pytest.approx(1)
    interval = estimate_of(gain).interval
    assert interval is not None
    assert (interval.low < 0.8, interval.high > 1.25) == (True, True)  # pairs would have given 1 … 1


def test_the_plain_arm_is_of_the_same_algorithm_and_learner(tasks: dict[str, Task], suite_runs: Runs) -> None:
    records = suite_runs(speeds={"ppo": 5, "ppo+homomorphic": 9, "a2c": 4, "a2c+homomorphic": 7})
    records += suite_runs(speeds={"ppo+homomorphic": 9}, learner="batched")
    cells = collect(records, tasks=tasks)

    def arm(learner: str, agent: str) -> object:
        return plain_arm(cells, (learner, agent), "cartpole", {})

    assert arm("stable-baselines3", "ppo+homomorphic") == ("stable-baselines3", "ppo")
    assert arm("stable-baselines3", "a2c+homomorphic") == ("stable-baselines3", "a2c")
    assert arm("batched", "ppo+homomorphic") is None
    assert arm("stable-baselines3", "ppo") is None


def test_the_better_plain_arm_on_tuning_seeds_is_the_baseline(tasks: dict[str, Task], suite_runs: Runs) -> None:
    records = suite_runs()

    def plain_of(baseline: dict[str, str]) -> list[str]:
        rows = build(records, tasks=tasks, baseline=baseline).rows
        return [row.gain.plain for row in rows if row.agent == "ppo+homomorphic" and row.gain]

    assert plain_of({}) == ["ppo"]
    assert plain_of({"ppo": "wide"}) == ["ppo+wide"]
    better = "the better plain arm (ppo on grid-catch-vector-v1, ppo+wide on cartpole-v1)"
    assert plain_of({"ppo/cartpole": "wide"}) == [better]
    board = build(records, tasks=tasks, baseline={"ppo": "wide"})
    assert {row.agent: row.gain is None for row in board.rows}["ppo+wide"]


def test_two_claims_to_be_the_plain_arm_need_a_decision(
    tasks: dict[str, Task], suite_runs: Runs, make_run: Make
) -> None:
    records = suite_runs(speeds={"ppo+homomorphic": 9}) + [
        make_run(agent=agent, seed=seed, prior="plain") for agent in ("ppo", "ppo+tuned") for seed in range(5)
    ]
    with pytest.raises(SympriorError, match=r"ppo and ppo\+tuned are both plain arms"):
        build(records, tasks=tasks)
    assert build(records, tasks=tasks, baseline={"ppo": "ppo+tuned"}).rows
