"""The budget is counted by the environment and cannot be exceeded."""

from contextlib import suppress

import numpy as np
import pytest

from symprior.agents.agent.source import BudgetExhausted
from symprior.benchmark.run.protocol import evaluation_points
from symprior.benchmark.run.sources.metering import EndlessLoop, MeteredVectorEnv
from symprior.symmetry.errors import SympriorError
from symprior.tasks import get_task
from symprior.tasks.environments.simulators import SimulatorVectorEnv, training_seeds


def _metered(budget, copies=8, seeds=1, on_point=lambda point: None):
    environments = SimulatorVectorEnv(get_task("cartpole-v1").simulator(), copies * seeds)
    of_copies = np.concatenate([training_seeds("cartpole-v1", seed, copies) for seed in range(seeds)])
    return MeteredVectorEnv(environments, seeds, budget, evaluation_points(budget), of_copies, on_point)


def _exhaust(environment):
    environment.reset()
    steps = 0
    with pytest.raises(BudgetExhausted):
        while True:
            environment.step(np.zeros(environment.num_envs, dtype=np.int64))
            steps += 1
    return steps


@pytest.mark.parametrize(("budget", "steps"), [(800, 100), (807, 100), (8, 1)])
def test_budget_cannot_be_exceeded(budget, steps):
    environment = _metered(budget)
    assert _exhaust(environment) == steps
    assert environment.used == 8 * steps
    with pytest.raises(BudgetExhausted):
        environment.step(np.zeros(8, dtype=np.int64))


def test_a_budget_of_less_than_one_vector_step_is_refused():
    with pytest.raises(SympriorError, match="less than one step"):
        _metered(7)


def test_every_run_in_a_stack_has_the_whole_budget():
    assert _exhaust(_metered(800, copies=8, seeds=3)) == 100


def test_points_are_met_at_the_next_whole_vector_step_and_the_last_is_left_to_the_caller():
    met = []
    environment = _metered(1000, on_point=lambda point: met.append((point.step, environment.used)))
    _exhaust(environment)
    assert [due for due, _ in met] == [point.step for point in evaluation_points(1000)][:-1]
    assert met[0] == (0, 0)
    assert all(due <= used < due + 8 for due, used in met)


def test_the_seed_that_an_agent_passes_has_no_effect():
    first, second = _metered(100), _metered(100)
    np.testing.assert_array_equal(first.reset(seed=1)[0], second.reset(seed=2)[0])
    third, _ = second.reset()
    assert not np.array_equal(first.reset(seed=1)[0], first.reset(seed=1)[0])
    assert third.shape == (8, 4)


@pytest.mark.parametrize("actions", [None, "abc", 0, np.full(8, 7), np.zeros(8), np.zeros(3, dtype=np.int64)])
def test_training_actions_are_checked_and_cost_nothing(actions):
    environment = _metered(800)
    environment.reset()
    with pytest.raises(SympriorError, match="`learn` stepped with"):
        environment.step(actions)
    assert environment.used == 0


def test_an_agent_that_only_resets_is_ended():
    environment = _metered(800)
    with pytest.raises(EndlessLoop, match="would never end"):
        while True:
            with suppress(Exception):
                environment.reset()


def test_an_agent_that_swallows_the_end_of_its_budget_is_ended():
    environment = _metered(8)
    _exhaust(environment)
    with pytest.raises(EndlessLoop, match="past its budget"):
        while True:
            with suppress(Exception):
                environment.step(np.zeros(8, dtype=np.int64))
