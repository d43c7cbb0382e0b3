"""Runs side by side: shared out to workers, and each one the same as if it had been alone."""

import pytest

from symprior.benchmark.jobs.job import Job, Stack, stacks
from symprior.benchmark.run.execution import Execution


def _job(seeds, task="cartpole-v1", agent="ppo", budget=1024, **rest):
    return Job("custom", "1", task, agent, seeds, budget, "batched", **{"evaluate_every": budget // 2, **rest})


def _curves(runs):
    return {record.seed: (record.curve, record.other_mode) for record in Execution(Stack(tuple(runs))).run()}


@pytest.mark.parametrize(
    ("task", "agent"),
    [
        ("cartpole-v1", "ppo"),
        ("cartpole-v1", "ppo+homomorphic"),
        ("cartpole-v1", "a2c+augment"),
        ("grid-catch-v1", "ppo+homomorphic"),
        ("grid-catch-vector-v1", "ppo+random-basis"),
    ],
)
@pytest.mark.cells(test=2)
def test_a_runs_record_does_not_depend_on_its_companions(task, agent):
    """Training, evaluation and equivariance errors: bit for bit, in a stack of six, of two, or alone."""
    budget = 1024 if task == "cartpole-v1" else 512
    settings = (("channels", (4, 4, 8)),) if task == "grid-catch-v1" else ()
    runs = _job((0, 1, 2, 3, 4, 5), task, agent, budget, settings=settings, evaluate_every=budget // 4).runs
    together = _curves(runs)
    assert _curves([runs[4], runs[1]]) == {seed: together[seed] for seed in (1, 4)}
    assert _curves([runs[3]]) == {3: together[3]}


def test_seeds_of_a_stack_differ():
    curves = _curves(_job((0, 1)).runs)
    assert curves[0] != curves[1]


def test_a_diverged_run_is_failed_and_its_neighbours_are_not_disturbed():
    healthy, wild = _job((0, 1)).runs, _job((2,), settings=(("learning_rate", 1e30),)).runs
    records = Execution(Stack((healthy[0], wild[0], healthy[1]))).run()
    assert [record.status for record in records] == ["finished", "failed", "finished"]
    assert "diverged" in records[1].error
    assert [records[0].curve, records[2].curve] == [curve for curve, _ in _curves(healthy).values()]


def test_the_record_says_how_many_were_stacked_and_by_which_learner():
    record = Execution(Stack(tuple(_job((0, 1, 2), budget=256).runs))).run()[0]
    assert record.provenance.stack_size == 3
    assert record.agent.learner == "batched"
    assert record.budget == record.steps_used == 256


def test_seeds_are_shared_out_over_the_workers():
    sizes = [len(stack.runs) for stack in stacks(_job(tuple(range(20))).runs, workers=2)]
    assert sizes == [10, 10]
    assert [len(stack.runs) for stack in stacks(_job((0, 1, 2)).runs, workers=2)] == [3]
    alone = Job("custom", "1", "cartpole-v1", "ppo", (0, 1, 2), 500).runs
    assert [len(stack.runs) for stack in stacks(alone, workers=2)] == [1, 1, 1]


def test_only_runs_of_one_cell_are_stacked():
    runs = [*_job((0, 1)).runs, *_job((0, 1), agent="a2c").runs, *_job((0, 1), budget=2048).runs]
    assert [len(stack.runs) for stack in stacks(runs, workers=1)] == [2, 2, 2]


def test_a_sweep_on_the_batched_learner_resumes(answer):
    arguments = ("run", "--task", "cartpole-v1", "--agent", "ppo", "--learner", "batched", "--budget", "1024")
    arguments += ("--evaluate-every", "512")
    assert answer(*arguments, "--seeds", "0-2").returncode == 0
    result = answer(*arguments, "--seeds", "0-7")
    assert result.returncode == 0, result.stderr
    assert "5 of 8 runs to do" in result.stdout
    assert "Wrote" in answer("leaderboard").stdout
