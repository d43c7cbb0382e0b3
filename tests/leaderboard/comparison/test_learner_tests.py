"""Which records make a test of the two learners, and what its page says."""

import numpy as np
import pytest

from symprior.leaderboard.comparison.learner_tests import learner_test, learner_tests
from symprior.leaderboard.pages.learner_pages import to_markdown
from symprior.leaderboard.records.published import publish, read_published
from symprior.leaderboard.records.record import AgentCard, Checkpoint, Effort, Provenance, RunRecord
from symprior.leaderboard.statistics.equivalence import runs_needed
from symprior.symmetry.errors import SympriorError
from symprior.tasks import get_task

BUDGET = 50_000
COUNTS = {"batched": 60, "stable-baselines3": 15}


def _record(learner, prior, seed, suite_version="1", level=1.0):
    rng = np.random.default_rng([seed, prior == "plain", learner == "batched"])
    steps = np.linspace(0, BUDGET, 21).round().astype(int)
    rise = (8_000 if prior == "plain" else 4_000) * np.exp(rng.normal(0, 0.05))
    returns = 22 + level * 478 * (1 - np.exp(-((steps / rise) ** 2)))
    algorithm_prior = "ppo" if prior == "plain" else f"ppo+{prior}"
    card = AgentCard(id=algorithm_prior, algorithm="ppo", prior=prior, description="", learner=learner)
    origin = Provenance(
        symprior="0", commit="0", dirty=False, python="3", packages={}, platform="", processor="", threads=1, started=""
    )
    return RunRecord(
        suite="equivalence",
        suite_version=suite_version,
        task="cartpole-v1",
        agent=card,
        seed=seed,
        status="finished",
        budget=BUDGET,
        steps_used=BUDGET,
        curve=[Checkpoint(step=int(s), returns=[float(r)]) for s, r in zip(steps, returns, strict=True)],
        hyperparameters={},
        effort=Effort(training_seconds=1, evaluation_seconds=1),
        provenance=origin,
    )


def _round(number="1", priors=("plain", "homomorphic"), learners=tuple(COUNTS), levels=(1.0, 1.0)):
    return [
        _record(learner, prior, seed, number, level)
        for learner, level in zip(learners, levels, strict=False)
        for prior in priors
        for seed in range(COUNTS[learner])
    ]


def test_equal_learners_with_unequal_numbers_of_runs_are_shown_to_be_equal():
    test = learner_test(_round())
    assert (test.task, test.algorithm, test.round) == ("cartpole-v1", "ppo", "1")
    assert [pair.agent for pair in test.agents] == ["ppo", "ppo+homomorphic"]
    assert [pair.runs for pair in test.agents] == [(60, 15), (60, 15)]
    assert test.holds
    assert np.exp(test.quantities[2].sides[0].value) == pytest.approx(2, rel=0.05)
    assert "(of 3 such intervals 0.3 would if the learners were equal); none does." in to_markdown([test])


def test_a_learner_that_ends_lower_is_not_called_equal():
    test = learner_test(_round(levels=(0.93, 1.0)))
    assert not test.holds
    assert test.agents[0].final[0] < test.agents[0].final[1]
    assert test.agents[0].censored == (60, 0)
    efficiency = test.quantities[0]
    assert efficiency.high < 0
    hint = "0.3 would if the learners were equal), as for data efficiency of ppo on cartpole-v1 (round 1), "
    assert hint in to_markdown([test])


@pytest.mark.parametrize("left_out", [{"priors": ("plain",)}, {"learners": ("batched",)}, {"priors": ("augment",)}])
def test_half_a_test_is_refused(left_out):
    with pytest.raises(SympriorError, match="plain agent and one with a prior"):
        learner_test(_round(**left_out))


def test_each_arm_gets_the_runs_that_what_it_enters_takes():
    pilot = learner_test(_round())
    (plain, prior, gain), ratio = pilot.quantities, 3
    plan = pilot.plan(ratio)
    of_plain, of_prior = runs_needed(gain, ratio)
    assert plan["ppo"] == max(*runs_needed(plain, ratio), of_plain)
    assert plan["ppo+homomorphic"] == max(*runs_needed(prior, ratio), of_prior)
    assert all(batched == ratio * reference for batched, reference in plan.values())


def test_a_run_that_ends_far_below_counts_as_it_does_on_the_board():
    normal = _round()
    deep = [run.model_copy(update={"curve": [_sunk(point) for point in run.curve]}) for run in normal[:30]]
    lowered = (
        learner_test(deep + normal[30:]).quantities[0].sides[0].value
        - learner_test(normal).quantities[0].sides[0].value
    )
    assert lowered > -1, "half of the runs count as −1, however deep they are"


def _sunk(point):
    return point.model_copy(update={"returns": [-10_000.0]})


def test_every_round_is_counted():
    tests = learner_tests([*_round("2"), *_round("1", levels=(0.93, 1.0))])
    assert [test.round for test in tests] == ["1", "2"]
    page = to_markdown(tests)
    assert "2 with 6 quantities so far, 1 of them repeats" in page
    assert page.count("not shown |") == sum(not quantity.holds for quantity in tests[0].quantities)


def _by_kernel(records):
    return [
        run.model_copy(update={"provenance": run.provenance.model_copy(update={"kernel": "fused"})})
        for run in records
        if run.agent.learner == "batched"
    ]


def test_a_round_by_the_fused_kernel_is_held_against_the_last_one_in_torch():
    rounds = [*_round("1", levels=(0.93, 1.0)), *_round("2"), *_by_kernel(_round("3"))]
    of_learners, kernels = learner_tests(rounds)[:2], learner_tests(rounds)[2]
    assert [test.sides for test in of_learners] == [("batched", "stable-baselines3")] * 2
    assert kernels.sides == ("fused", "torch") and kernels.round == "3"
    assert [pair.runs for pair in kernels.agents] == [(60, 60), (60, 60)], "batched runs of round 2 alone"
    assert kernels.quantities[0].difference == 0 and kernels.holds, "the same curves"
    page = to_markdown([*of_learners, kernels])
    before, after = page.split("## The fused kernel against torch")
    assert "2 with 6 quantities so far, 1 of them repeats" in before
    assert "### ppo on cartpole-v1, round 3" in after and "| | Fused | Torch |" in after


def test_a_round_by_both_kernels_is_held_against_its_own_runs_in_torch():
    own = [run for run in _round("3", levels=(0.93, 1.0)) if run.agent.learner == "batched"]
    in_torch = [run.model_copy(update={"seed": 100 + run.seed}) for run in own[::2]]
    tests = learner_tests([*_round("1"), *_by_kernel(_round("3")), *in_torch])
    (kernels,) = [test for test in tests if test.round == "3"]
    assert kernels.agents[0].runs == (60, 30), "none of round 1"
    assert not kernels.holds, "its own runs in torch end lower"
    page = to_markdown(tests)
    assert "1 test with 3 quantities so far; 0 were shown" in page.split("## The fused kernel against torch")[1]


def test_runs_in_torch_with_other_settings_are_not_taken():
    others = [run.model_copy(update={"hyperparameters": {"gamma": 0.9}}) for run in _round("2")]
    (kernels,) = [test for test in learner_tests([*_round("1"), *_by_kernel(_round("3"))]) if test.round == "3"]
    assert kernels.agents[0].runs == (60, 60)
    with pytest.raises(SympriorError, match="fused and torch"):
        learner_tests([*others, *_by_kernel(_round("3"))])


def test_suites_of_both_learners_are_held_to_the_same_margins():
    runs = _round(priors=("plain", "homomorphic", "nullspace"))
    names = {"batched": "paper", "stable-baselines3": "paper-sb3"}
    paper = [run.model_copy(update={"suite": names[run.agent.learner]}) for run in runs]
    (test,) = learner_tests(paper)
    assert [quantity.quantity for quantity in test.quantities][3:] == [
        "gain of ppo+homomorphic",
        "gain of ppo+nullspace",
    ]
    assert "The suites paper-1 and paper-sb3" in to_markdown([test])
    assert learner_tests([run for run in paper if run.suite == "paper"]) == []
    newer = [run.model_copy(update={"suite_version": "2"}) if run.suite == "paper" else run for run in paper]
    without = [run for run in newer if (run.suite, run.agent.prior) != ("paper-sb3", "nullspace")]
    (of_two,) = learner_tests(without)
    assert [quantity.quantity for quantity in of_two.quantities][2:] == ["gain of ppo+homomorphic"], (
        "arms that both have"
    )
    assert [test.round for test in learner_tests([*paper, *newer])] == ["1", "2"], "each version stands for itself"


def test_the_page_comes_back_from_published_records(tmp_path):
    made = _round()
    publish(made, tmp_path)
    assert to_markdown(learner_tests(read_published(tmp_path, "equivalence"))) == to_markdown(learner_tests(made))
    assert get_task("cartpole-v1").threshold == 475
