"""Tasks that are gymnasium environments alone behave as array simulators do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import gymnasium
import numpy as np
import pytest

from symprior.tasks import SympriorError, Task, get_task
from symprior.tasks.environments.gymnasium_vector import GymnasiumVectorEnv
from symprior.tasks.environments.simulators import SimulatorVectorEnv
from symprior.tasks.references.frozen_states import frozen_observations

CARTPOLE = get_task("cartpole-v1")


@pytest.fixture
def alone() -> Task:
    """CartPole as gymnasium alone has it: no array code, no reference policy."""
    return replace(CARTPOLE, simulator=None, reference_policy=None)


def play(environments: Any, steps: int = 60) -> list[list[Any]]:
    rng = np.random.default_rng(0)
    environments.reset(seed=[3, 4, 5])
    return [list(environments.step(rng.integers(2, size=3))) for _ in range(steps)]


def test_a_seed_gives_the_same_episodes_again_whoever_stands_beside_it(alone: Task) -> None:
    first, again = play(alone.make_vector(3)), play(alone.make_vector(3))
    for one, other in zip(first, again, strict=True):
        for a, b in zip(one[:4], other[:4], strict=True):
            np.testing.assert_array_equal(a, b)
    few = alone.make_vector(1)
    few.reset(seed=[4])
    rng = np.random.default_rng(0)
    for step in first:
        observation, *_ = few.step(rng.integers(2, size=3)[1:2])
        np.testing.assert_array_equal(observation[0], step[0][1])


class Counting(gymnasium.Wrapper[Any, Any, Any, Any]):
    """Counts the steps of all of its kind."""

    steps = 0

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        Counting.steps += 1
        return self.env.step(action)


def test_what_has_ended_rests_while_others_play_on_and_a_reset_wakes_it(alone: Task) -> None:
    environments = GymnasiumVectorEnv(lambda: Counting(alone.make()), 8)
    actions, lengths = np.random.default_rng(0).integers(2, size=(200, 8)), []
    for rests in (False, True, False):
        Counting.steps = 0
        environments.reset(seed=list(range(8)))
        length, running = np.zeros(8, dtype=int), np.ones(8, dtype=bool)
        for action in actions:
            _, rewards, terminated, truncated, _ = environments.step(action)
            assert rests or (rewards == 1).all()
            length += running
            running &= ~(terminated | truncated)
            if rests:
                environments.rest(~running)
            if not running.any():
                break
        lengths.append(length.tolist())
        assert Counting.steps == (length.sum() if rests else 8 * length.max())
    assert lengths[0] == lengths[1] == lengths[2]
    assert max(lengths[0]) > min(lengths[0])


def test_episodes_end_and_start_as_in_array_code(alone: Task) -> None:
    steps = play(alone.make_vector(3))
    ended = [step for step in steps if step[2].any()]
    assert ended, "sixty random pushes let a pole fall"
    for observations, rewards, terminated, truncated, infos in ended:
        assert isinstance(infos["final_obs"], np.ndarray) and infos["final_obs"].shape == observations.shape
        np.testing.assert_array_equal(infos["_final_obs"], terminated | truncated)
        fallen, fresh = infos["final_obs"][terminated], observations[terminated]
        assert (np.abs(fallen[:, [0, 2]]) > [2.4, 0.2094]).any(axis=1).all()
        assert (np.abs(fresh) <= 0.05).all()
        np.testing.assert_array_equal(infos["final_obs"][~terminated], observations[~terminated])
        assert rewards.dtype == np.float64
    assert set(steps[0][4]) == set()


def test_both_kinds_give_the_same_spaces_and_types(alone: Task) -> None:
    array, single = CARTPOLE.make_vector(2), alone.make_vector(2)
    assert isinstance(array, SimulatorVectorEnv) and isinstance(single, GymnasiumVectorEnv)
    assert (alone.observation_space, alone.action_space) == (CARTPOLE.observation_space, CARTPOLE.action_space)
    assert alone.max_episode_steps == CARTPOLE.max_episode_steps == 500
    for environments in (array, single):
        observations, infos = environments.reset(seed=0)
        assert observations.dtype == np.float32 and infos == {}
        result = environments.step(np.array([0, 1]))
        assert [part.dtype for part in result[:4]] == [np.float32, np.float64, np.bool_, np.bool_]


def test_torch_arrays_where_they_are_asked_for(alone: Task) -> None:
    torch = pytest.importorskip("torch")
    environments = alone.make_vector(2, torch)
    observations, _ = environments.reset(seed=0)
    observations, rewards, *_ = environments.step(torch.tensor([0, 1]))
    assert isinstance(observations, torch.Tensor) and isinstance(rewards, torch.Tensor)
    np.testing.assert_array_equal(observations.numpy(), environments.states)


def test_double_precision_becomes_single_and_actions_are_clipped() -> None:
    gymnasium.register("symprior-test/Wide-v0", entry_point=_Wide, max_episode_steps=5)
    environments = GymnasiumVectorEnv(lambda: gymnasium.make("symprior-test/Wide-v0"), 2)
    observations, _ = environments.reset(seed=1)
    assert observations.dtype == np.float32 and environments.single_observation_space.dtype == np.float32
    _, rewards, *_ = environments.step(np.array([[5.0], [-0.25]]))
    np.testing.assert_array_equal(rewards, [1.0, -0.25])


class _Wide(gymnasium.Env[Any, Any]):
    observation_space = gymnasium.spaces.Box(-np.inf, np.inf, (3,), np.float64)
    action_space = gymnasium.spaces.Box(-1, 1, (1,), np.float32)

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        return self.np_random.standard_normal(3), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        return self.np_random.standard_normal(3), float(action[0]), False, False, {}


def test_the_wrong_number_of_seeds_or_environments_is_refused(alone: Task) -> None:
    with pytest.raises(SympriorError, match="2 environments take 2 seeds, not 3"):
        alone.make_vector(2).reset(seed=np.arange(3))
    with pytest.raises(SympriorError, match="at least one environment, not 0"):
        alone.make_vector(0)


def test_frozen_states_need_neither_array_code_nor_a_reference_policy(alone: Task) -> None:
    observations = frozen_observations(alone, 64)
    assert observations.dtype == np.float32 and 2 < len(observations) <= 64
    np.testing.assert_array_equal(observations, frozen_observations(alone, 64))


def test_a_missing_simulator_says_how_to_install_it(alone: Task) -> None:
    absent = replace(alone, gym_id="symprior-absent/No-v0", extra="mujoco", id="absent-v1")
    with pytest.raises(SympriorError, match=r"absent-v1 needs .*pip install 'symprior\[mujoco\]'"):
        absent.make()
    with pytest.raises(SympriorError, match=r"pip install 'symprior\[mujoco\]'"):
        _ = absent.observation_space
