"""Tables: updates are the textbook's, orbits share entries, what is learned is optimal, and unfit tasks are refused."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np
import pytest

from symprior.agents import get_agent
from symprior.agents.agent.source import BudgetExhausted
from symprior.agents.learners.tabular.table import MOST_ROWS, Table
from symprior.benchmark.jobs import contestants
from symprior.benchmark.jobs.job import Job
from symprior.benchmark.run.sources.metering import MeteredVectorEnv
from symprior.symmetry.errors import SympriorError
from symprior.tasks import get_task
from symprior.tasks.environments.simulators import training_seeds
from symprior.tasks.references.discounted import value_iteration
from symprior.tasks.references.dynamic_programming import tabulate
from symprior.tasks.references.price_of_symmetry.ties import find_ties

AGENTS = ("q-learning", "q-learning+fold", "sarsa", "sarsa+fold")
CATCH = "grid-catch-vector-v1"


class Watched(MeteredVectorEnv):
    """Remembers what was done and seen, one entry a step."""

    def reset(self, **arguments: Any) -> Any:
        self.steps: list[tuple[Any, ...]] = []
        self.seen, infos = super().reset(**arguments)
        return self.seen, infos

    def step(self, actions: Any) -> Any:
        before = self.seen
        result = super().step(actions)
        self.seen, rewards, terminated, truncated, infos = result
        ended = terminated | truncated
        following = infos["final_obs"] if ended.any() else self.seen
        self.steps.append((before.copy(), actions.copy(), rewards, terminated, ended, following.copy()))
        return result


def trained(name: str, seeds: tuple[int, ...] = (3,), budget: int = 400, task_id: str = CATCH) -> tuple[Any, Watched]:
    shipped, task = get_agent(name), get_task(task_id)
    settings = shipped.settings(task.family, {"learning_rate": 0.5, "epsilon": 0.2})
    agent: Any = shipped.build(shipped.problem(task, settings), seeds, [settings] * len(seeds))
    starts = np.concatenate([training_seeds(task.id, seed, 1) for seed in seeds])
    env = Watched(task.make_vector(len(seeds)), len(seeds), budget, [], starts, lambda point: None)
    with suppress(BudgetExhausted):
        agent.learn(env, budget)
    return agent, env


@pytest.mark.parametrize("name", ["q-learning", "sarsa"])
def test_each_step_moves_one_entry_as_the_textbook_says(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plans: list[int] = []

    def worth(agent: Any, values: Any, planned: Any) -> Any:
        plans.append(int(planned[0]))
        return untouched(agent, values, planned)

    kind = type(trained(name, budget=1)[0])
    untouched = kind.worth
    monkeypatch.setattr(kind, "worth", worth)
    agent, env = trained(name, task_id="room-vector-v1")
    table: dict[bytes, Any] = {}

    def row(observation: Any) -> Any:
        return table.setdefault(observation.tobytes(), np.zeros(4))

    steps = zip(env.steps, plans, strict=True)
    for number, ((before, actions, rewards, terminated, ended, following), planned) in enumerate(steps):
        worth_then = row(following)[planned] if name == "sarsa" else row(following).max()
        target = rewards[0] + agent._gamma[0] * worth_then * (not terminated[0])
        row(before)[actions[0]] += 0.5 * (target - row(before)[actions[0]])
        if name == "sarsa" and not ended[0] and number + 1 < len(plans):
            assert env.steps[number + 1][1][0] == planned, "it takes the action that it learned of"
    observations = np.array([np.frombuffer(key, dtype=np.float32) for key in table])
    np.testing.assert_allclose(agent.action_values(observations), np.array(list(table.values())), atol=1e-12)
    assert any(ended[0] and not terminated[0] for _, _, _, terminated, ended, _ in env.steps), "a time limit was met"


@pytest.mark.parametrize("task_id", ["room-vector-v1", "room-c4-v1", "colour-world-vector-v1"])
def test_an_orbit_of_pairs_is_one_entry(task_id: str) -> None:
    task = get_task(task_id)
    symmetry, simulator = task.symmetry(), task.simulator()  # type: ignore[misc]
    observations: Any = simulator.observe(simulator.all_states())  # type: ignore[attr-defined]
    folded, actions = Table(1, symmetry.action.size, 0.0, symmetry), np.arange(symmetry.action.size)
    numbers = folded.numbers(observations)
    folded._values[:] = np.random.default_rng(0).normal(size=folded._values.shape)
    for g in range(len(symmetry.group)):
        moved = folded.numbers(symmetry.observation(g, observations))
        np.testing.assert_array_equal(
            folded.values(numbers)[:, actions], folded.values(moved)[:, symmetry.act_on_actions(g, actions)]
        )
    assert len(folded._shown) == find_ties(simulator, symmetry).orbits.max() + 1  # type: ignore[arg-type]


@pytest.mark.parametrize("name", AGENTS)
def test_it_learns_to_act_optimally_and_the_fold_sooner(name: str) -> None:
    task = get_task(CATCH)
    simulator: Any = task.simulator()  # type: ignore[misc]
    states, mdp = simulator.all_states(), tabulate(simulator)
    best = mdp.rewards + 0.99 * mdp.expected(value_iteration(mdp, 0.99).values)
    agent, _ = trained(name, budget=1500 if name.endswith("fold") else 8000)
    chosen = agent.action_probabilities(np.asarray(simulator.observe(states))) > 0
    good = best.max(axis=0)[:, None] - 0.02 < best.T
    assert (chosen <= good).all(axis=1).mean() > 0.8


@pytest.mark.parametrize("name", AGENTS)
def test_a_seed_learns_the_same_beside_another(name: str) -> None:
    alone, together = trained(name, (3,))[0], trained(name, (1, 3))[0]
    one, other = alone.policy_arrays(0), together.policy_arrays(1)
    order, same = (np.lexsort(each["observations"].T) for each in (one, other))
    np.testing.assert_array_equal(one["observations"][order], other["observations"][same])
    np.testing.assert_array_equal(one["values"][order], other["values"][same])


def test_a_policy_is_taken_over() -> None:
    teacher, _ = trained("q-learning+fold")
    pupil, _ = trained("q-learning+fold", (5,), budget=10)
    simulator: Any = get_task(CATCH).simulator()  # type: ignore[misc]
    observations = simulator.observe(simulator.all_states())
    assert (teacher.action_values(observations) != pupil.action_values(observations)).any()
    pupil.take_policy(teacher.policy_arrays(0))
    np.testing.assert_array_equal(teacher.action_values(observations), pupil.action_values(observations))


def job(agent: str, task: str) -> Job:
    return Job("custom", "1", task, agent, (0,), 1000)


def test_what_has_no_finite_number_of_states_is_refused() -> None:
    with pytest.raises(SympriorError, match=r"q-learning cannot be run on cartpole-v1: .* finitely many states"):
        contestants.check(job("q-learning", "cartpole-v1"))


def test_priors_of_networks_are_refused() -> None:
    with pytest.raises(SympriorError, match=r"no 'sarsa.homomorphic': sarsa goes with fold and plain only"):
        get_agent("sarsa+homomorphic")


def test_too_many_observations_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("symprior.agents.learners.tabular.table.MOST_ROWS", 20)
    assert MOST_ROWS == 1_000_000
    with pytest.raises(SympriorError, match=r"More than 20 different observations .* dqn"):
        Table(1, 4, 0.0, None).numbers(np.arange(21.0)[:, None])
