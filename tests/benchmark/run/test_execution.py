"""One run: exact budget, the protocol's curve, the same numbers for the same seed."""

import random
from pathlib import Path

import numpy as np
import pytest
import torch

from symprior.agents import agent_names, get_agent
from symprior.agents.agent.generators import isolated_random_numbers
from symprior.agents.ledgers.ledger import LEDGERS, load
from symprior.benchmark.jobs.job import Stack
from symprior.benchmark.run.equivariance import EquivarianceErrors, equivariance_error, value_equivariance_error
from symprior.benchmark.run.evaluation import evaluate
from symprior.benchmark.run.execution import Execution
from symprior.benchmark.run.protocol import EvaluationPoint, evaluation_points
from symprior.tasks import get_task
from symprior.tasks.custom.source_files import digest_of

POLICIES = """
import numpy as np

class Still:
    '''Never pushes to the right.'''
    num_envs = 4
    def __init__(self, problem, seed): self.updates = 0
    def learn(self, env, budget):
        env.reset()
        while True:
            env.step(np.zeros(env.num_envs, dtype=int))
            self.updates += 1
    def act(self, observations): return np.zeros(len(observations), dtype=int)

class Lazy(Still):
    '''Stops at once.'''
    def learn(self, env, budget): pass

class WrongShape(Still):
    def act(self, observations): return np.zeros((len(observations), 2), dtype=int)

class OutOfRange(Still):
    def act(self, observations): return np.full(len(observations), 7)

class Floats(Still):
    def act(self, observations): return np.zeros(len(observations))

class Swallows(Still):
    def learn(self, env, budget):
        while True:
            try: super().learn(env, budget)
            except Exception: pass

class Odd(Still):
    '''
    '''
    bibtex, parameters, gradient_steps, diverged = None, -1, 0.5, False

class Certain(Still):
    def action_probabilities(self, observations): return np.ones((len(observations), 2))

class Brief(Still):
    def action_probabilities(self, observations): return np.ones(len(observations))

class Raises(Still):
    def learn(self, env, budget): raise RuntimeError("the dog ate it")
"""


def _without_times(record):
    data = record.model_dump()
    del data["effort"]["training_seconds"], data["effort"]["evaluation_seconds"], data["provenance"]["started"]
    return data


def _agents_on_tasks():
    """All algorithms plain and homomorphic, on vectors and images; each other prior with one algorithm, on vectors."""
    names = {}
    for name in agent_names():
        algorithm = get_agent(name).algorithm
        if not any(algorithm.task_refusal(get_task(task)) for task in ("cartpole-v1", "grid-catch-v1")):
            names.setdefault(name.partition("+")[2], []).append(name)
    for row, (prior, of_prior) in enumerate(names.items()):
        if prior in ("", "homomorphic"):
            yield from ((name, task) for name in of_prior for task in ("cartpole-v1", "grid-catch-v1"))
        else:
            yield of_prior[row % len(of_prior)], ("cartpole-v1", "grid-catch-vector-v1")[row % 2 or prior == "subgroup"]


@pytest.mark.parametrize(("agent", "task"), list(_agents_on_tasks()))
@pytest.mark.cells(test=3, ci=6)
def test_same_seed_same_curve_bit_for_bit(execute, agent, task):
    budget = 600 if task == "cartpole-v1" else 300
    question = {"agent": agent, "task": task, "budget": budget, "evaluate_every": budget // 2}
    first = execute(**question)
    random.seed(99)
    np.random.seed(99)
    torch.manual_seed(99)
    second = execute(**question)
    assert first.status == "finished", first.error
    assert _without_times(first) == _without_times(second)


def test_a_record_names_the_widest_vector_instructions_of_its_processor(execute):
    flags = set(Path("/proc/cpuinfo").read_text().split())
    named = "(AVX-512)" if "avx512f" in flags else "(AVX2)" if "avx2" in flags else ""
    processor = execute(agent="random", budget=64).provenance.processor
    assert named in processor
    assert processor.count("(AVX") == bool(named)


def test_another_seed_gives_another_curve(execute):
    assert execute(seeds=(0,)).curve != execute(seeds=(1,)).curve


@pytest.mark.parametrize("agent", ["ppo", "ppo+augment", "random"])
def test_the_whole_budget_is_used_and_no_more(execute, agent):
    record = execute(agent=agent, budget=1000, evaluate_every=None)
    assert record.steps_used == 992, "62 vector steps of 16 copies"
    due = [point.step for point in evaluation_points(1000)][:-1]
    met = sorted({-(-step // 16) * 16 for step in due} | {992})
    assert [point.step for point in record.curve] == met


def test_a_budget_of_whole_rollouts_trains_on_all_of_it(execute):
    record = execute(agent="a2c", budget=960)
    rollout = record.hyperparameters["num_envs"] * record.hyperparameters["steps"]
    assert 960 % rollout == 0
    assert record.effort.gradient_steps == 960 // rollout


def test_every_evaluation_has_the_tasks_number_of_episodes(execute):
    record = execute(task="grid-catch-vector-v1", budget=320)
    assert {len(point.returns) for point in record.curve} == {get_task("grid-catch-vector-v1").evaluation_episodes}
    assert record.other_mode is not None
    assert record.other_mode.mode == "greedy"


@pytest.mark.parametrize("learner", ["stable-baselines3", "batched"])
def test_dqn_is_greedy_where_it_counts_and_uses_its_budget_exactly(execute, learner):
    record = execute(agent="dqn+homomorphic", budget=1003, learner=learner)
    assert record.status == "finished", record.error
    assert record.steps_used == 1000, "125 vector steps of 8 copies"
    assert record.mode == "greedy"
    assert record.other_mode is not None
    assert record.other_mode.mode == "epsilon-greedy"
    assert record.curve[-1].equivariance.raw_maximum < 1e-5
    settings = record.hyperparameters
    every, starts = settings["train_frequency"] * 8, settings["learning_starts"]
    updates = 1000 // every - starts // every
    assert record.effort.gradient_steps == updates * settings["gradient_steps"] > 0
    assert record.effort.samples_per_update == settings["batch_size"]


def test_evaluation_leaves_no_trace_in_the_training(small_job):
    """The final policy does not depend on how often it was evaluated."""
    policies = []
    for every in (100, 1024):
        execution = Execution(Stack(tuple(small_job(budget=1024, evaluate_every=every).runs)))
        execution.run()
        policies.append(execution.agent.action_probabilities(np.eye(4, dtype=np.float32)))
    np.testing.assert_array_equal(*policies)


def test_global_generators_are_put_back():
    random.seed(1)
    np.random.seed(1)
    torch.manual_seed(1)
    expected = random.random(), np.random.random(), torch.rand(1).item()
    random.seed(1)
    np.random.seed(1)
    torch.manual_seed(1)
    with isolated_random_numbers(5):
        random.random(), np.random.random(), torch.rand(1)
    assert (random.random(), np.random.random(), torch.rand(1).item()) == expected


def test_evaluation_does_not_depend_on_other_runs_in_the_stack():
    class Threshold:
        def act(self, observations):
            return (observations[:, 2] + observations[:, 3] > 0).astype(int)

    task, point = get_task("cartpole-v1"), EvaluationPoint(3, 500)
    together = evaluate(Threshold(), task, (4, 7), point)
    assert together[1] == evaluate(Threshold(), task, (7,), point)[0]
    assert together[0] != together[1]


def test_a_recorded_return_is_a_short_decimal():
    class Stay:
        def act(self, observations):
            return np.zeros(len(observations), dtype=int)

    returns = evaluate(Stay(), get_task("grid-catch-v1"), (4,), EvaluationPoint(3, 500))[0]
    assert all(len(str(value)) <= len("-10.0") for value in returns), returns


def test_an_agent_that_lets_the_budget_end_pass_through_is_welcome(execute, agent_file):
    record = execute(agent=f"{agent_file(POLICIES)}:Still", budget=400)
    assert record.status == "finished", record.error
    assert record.steps_used == 400
    assert record.agent.id == "Still"
    assert record.agent.description == "Never pushes to the right."


def test_an_agent_that_stops_early_keeps_its_policy_to_the_end_of_the_curve(execute, agent_file):
    record = execute(agent=f"{agent_file(POLICIES)}:Lazy", budget=400)
    assert record.status == "finished"
    assert record.steps_used == 0
    assert record.curve[-1].step == 400


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("WrongShape", r"shape \(20, 2\)"),
        ("OutOfRange", "from 7 to 7"),
        ("Floats", "needs integers"),
        ("Raises", "the dog ate it"),
        ("Certain", r"action_probabilities of Certain gives probabilities, .* it gave \[1., 1.\]"),
        ("Brief", r"action_probabilities of Brief gives numbers of shape \[observations, 2\]"),
        ("Swallows", "past its budget"),
    ],
)
def test_an_agents_mistake_becomes_a_failed_record_that_says_what(execute, agent_file, name, message):
    import re

    record = execute(agent=f"{agent_file(POLICIES)}:{name}", budget=400)
    assert record.status == "failed"
    assert re.search(message, record.error)


def test_a_trained_run_is_not_lost_over_what_an_own_agent_says_of_itself(execute, agent_file):
    record = execute(agent=f"{agent_file(POLICIES)}:Odd", budget=400)
    assert record.status == "finished", record.error
    assert (record.agent.bibtex, record.agent.parameters, record.effort.gradient_steps) == ("", None, None)


def test_an_own_agent_on_the_global_generators_repeats_itself(execute, agent_file):
    body = (
        "import numpy as np\nclass L:\n    def __init__(self, problem, seed): self.w = np.random.normal(size=(4, 2))\n"
    )
    body += "    def learn(self, env, budget): pass\n    def act(self, x): return (x @ self.w).argmax(axis=1)\n"
    path = agent_file(body)
    assert execute(agent=f"{path}:L").curve == execute(agent=f"{path}:L").curve


@pytest.mark.parametrize(
    ("agent", "task", "set_by_hand", "ledger"),
    [
        ("ppo+homomorphic", "cartpole-v1", {}, "cartpole/ppo+homomorphic"),
        ("ppo+homomorphic", "cartpole-wind-v1@eps=0.1", {}, "cartpole/ppo+homomorphic"),
        ("ppo+fold", "acrobot-v1", {}, "acrobot/ppo+fold"),
        ("ppo+augment-one", "acrobot-v1", {}, "acrobot/ppo"),
        ("ppo", "cartpole-v1", {"gamma": 0.9}, "cartpole/ppo"),
        ("ppo", "cartpole-v1", {"learning_rate": 0.1}, None),
        ("random", "cartpole-v1", {}, None),
    ],
)
@pytest.mark.cells(test=2, ci=4)
def test_a_record_names_the_ledger_that_its_settings_come_from(execute, agent, task, set_by_hand, ledger):
    record = execute(agent=agent, task=task, budget=64, evaluate_every=64, settings=tuple(set_by_hand.items()))
    if ledger is None:
        assert record.provenance.ledger is None
    else:
        assert record.provenance.ledger == f"{ledger} {digest_of(LEDGERS / f'{ledger}.json')}"
        tuned = load(*ledger.split("/")).chosen["learning_rate"]
        assert record.hyperparameters["learning_rate"] == tuned


def test_under_the_trivial_group_everything_is_equivariant() -> None:
    trivial = get_task("cartpole-v1").symmetry().restrict([0], "C1")
    outputs = np.random.default_rng(0).random((50, 2))
    nothing = EquivarianceErrors(0.0, 0.0, 0.0)
    assert equivariance_error(outputs / outputs.sum(axis=1, keepdims=True), trivial) == nothing
    assert value_equivariance_error(outputs, trivial) == nothing
