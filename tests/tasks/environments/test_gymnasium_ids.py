"""gymnasium's registry knows every environment by a table of strings, which agrees with the tasks."""

from __future__ import annotations

import subprocess
import sys

import gymnasium
import numpy as np
import pytest

from symprior.tasks import DIALS, TASKS
from symprior.tasks.environments.gymnasium_ids import GYMNASIUMS, OWN, register_all


def words(name: str) -> str:
    return name.replace("-", "").lower()


@pytest.mark.parametrize("name", list(TASKS))
def test_every_task_has_an_id_of_its_own_name(name: str) -> None:
    task = TASKS[name]
    (own,) = [entry for entry in (*OWN, *GYMNASIUMS) if words(entry) == words(name)]
    mine, declared = gymnasium.spec(f"symprior/{own}"), gymnasium.spec(task.gym_id)
    assert (mine.entry_point, mine.kwargs) == (declared.entry_point, {**declared.kwargs, **dict(task.arguments)})
    assert mine.reward_threshold == declared.reward_threshold
    if task.is_installed:
        assert mine.max_episode_steps == declared.max_episode_steps == task.max_episode_steps


@pytest.mark.parametrize("name", list(DIALS))
def test_the_limit_of_a_dial_s_environment_is_its_simulator_s(name: str) -> None:
    task = DIALS[name].task(DIALS[name].values[0])
    if task.is_installed:
        assert gymnasium.spec(task.gym_id).max_episode_steps == task.max_episode_steps


def test_no_entry_is_left_over() -> None:
    known = {task.gym_id for task in (TASKS[name] for name in TASKS)}
    known |= {DIALS[name].task(DIALS[name].values[0]).gym_id for name in DIALS}
    assert {f"symprior/{name}" for name in OWN} - known == {"symprior/HalfCheetah-v1", "symprior/Pusher-v1"}


def test_an_environment_is_made_with_no_import_of_ours() -> None:
    code = (
        "import gymnasium, sys\n"
        "env = gymnasium.make('symprior.tasks:symprior/CartPole-v1', render_mode='rgb_array')\n"
        "print(env.reset(seed=0)[0].tolist(), env.spec.id, 'symprior.tasks.families' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True)
    expected = gymnasium.make("CartPole-v1").reset(seed=0)[0].tolist()
    assert result.stdout == f"{expected} symprior/CartPole-v1 False\n", result.stderr


def test_registering_twice_says_nothing(recwarn: pytest.WarningsRecorder) -> None:
    register_all()
    assert not recwarn.list


def test_both_ids_make_one_environment() -> None:
    first, second = gymnasium.make("symprior/HalfCheetah-v1"), gymnasium.make("symprior/QuietHalfCheetah-v1")
    np.testing.assert_array_equal(first.reset(seed=1)[0], second.reset(seed=1)[0])
