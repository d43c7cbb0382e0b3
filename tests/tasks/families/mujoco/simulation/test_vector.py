"""Robots stepped by MuJoCo directly are gymnasium's environments side by side, bit for bit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from symprior.tasks import TASKS, SympriorError, Task, get_task
from symprior.tasks.environments.gymnasium_vector import GymnasiumVectorEnv
from symprior.tasks.families.mujoco.simulation.vector import RobotVectorEnv

ROBOTS = (
    *(name for name in TASKS if get_task(name).extra == "mujoco"),
    *("walker2d-friction-v1@eps=0.6", "walker2d-observed-friction-v1@eps=0.6"),
)
COUNT, STEPS = 3, 110
"""Three robots; all that can fall do so within these steps, and the limits of reacher and pusher are reached."""

SLOWLY, HARD = 0.1, 1.5
"""What random actions are multiplied with: hardly moved, and often beyond the limits."""


@pytest.fixture(params=ROBOTS)
def task(request: pytest.FixtureRequest) -> Task:
    return get_task(request.param)


def pair(task: Task) -> tuple[GymnasiumVectorEnv, GymnasiumVectorEnv]:
    ours = task.make_vector(COUNT)
    assert isinstance(ours, GymnasiumVectorEnv) and isinstance(ours._env, RobotVectorEnv)
    return ours, GymnasiumVectorEnv(task.make, COUNT)


def actions(task: Task, steps: int, scale: float) -> Iterator[NDArray[np.float32]]:
    space: Any = task.action_space
    rng = np.random.default_rng(0)
    for _ in range(steps):
        yield (scale * rng.uniform(space.low, space.high, (COUNT, *space.shape))).astype(np.float32)


def assert_equal(ours: tuple[Any, ...], theirs: tuple[Any, ...]) -> None:
    for one, other in zip(ours[:-1], theirs[:-1], strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)
    assert set(ours[-1]) == set(theirs[-1])
    for name, found in ours[-1].items():
        np.testing.assert_array_equal(found, theirs[-1][name])


def test_episodes_are_gymnasiums_to_the_bit(task: Task) -> None:
    ours, theirs = pair(task)
    ends = 0
    for seed, scale in ((np.array([7, 3, 11]), HARD), (None, SLOWLY), (5, 1.0)):
        assert_equal(ours.reset(seed=seed), theirs.reset(seed=seed))
        for action in actions(task, STEPS, scale):
            found = ours.step(action)
            assert_equal(found, theirs.step(action))
            ends += int((found[2] | found[3]).sum())
    can_end = not task.id.startswith(("ant", "swimmer", "half-cheetah"))  # these take longer to fall or never do
    assert ends > 0 or not can_end


def test_observations_are_gymnasiums_in_double_precision(task: Task) -> None:
    ours, theirs = task.make_vector(COUNT)._env, GymnasiumVectorEnv(task.make, COUNT)._env  # type: ignore[union-attr]
    np.testing.assert_array_equal(ours.reset(seed=1)[0], theirs.reset(seed=1)[0])
    for action in actions(task, 20, 1.0):
        np.testing.assert_array_equal(ours.step(action)[0], theirs.step(action)[0])


def test_what_rests_is_left_where_it_is_and_wakes_there(task: Task) -> None:
    ours, theirs = pair(task)
    ours.reset(seed=2), theirs.reset(seed=2)
    rng = np.random.default_rng(1)
    for action in actions(task, 60, SLOWLY):
        assert_equal(ours.step(action), theirs.step(action))
        resting = rng.random(COUNT) < 0.5
        ours.rest(resting), theirs.rest(resting)


def test_what_rests_is_not_stepped() -> None:
    ours, _ = pair(get_task("swimmer-v1"))
    ours.reset(seed=0)
    ours.rest(np.array([False, True, False]))
    for action in actions(get_task("swimmer-v1"), 5, 1.0):
        ours.step(action)
    assert [data.time > 0 for data in ours._env._physics.data] == [True, False, True]


@pytest.mark.parametrize("name", ["swimmer-v1", "hopper-v1"])
def test_the_time_limit_cuts_episodes_at_the_same_step(name: str) -> None:
    task = get_task(name)
    ours, theirs = task.make_vector(1), GymnasiumVectorEnv(task.make, 1)
    ours.reset(seed=4), theirs.reset(seed=4)
    ours._env._limit = 25  # type: ignore[union-attr]
    theirs._env.envs[0].set_wrapper_attr("_max_episode_steps", 25)
    cut = 0
    for action in actions(task, 60, SLOWLY):
        found = ours.step(action[:1])
        assert_equal(found, theirs.step(action[:1]))
        cut += int(found[3].sum())
    assert cut >= 1


@pytest.mark.parametrize(("name", "is_alone"), [("ant-v1", True), ("reacher-v1", False)])
def test_islands_are_looked_for_where_there_can_be_several(name: str, is_alone: bool) -> None:
    from mujoco import mjtDisableBit

    model = get_task(name).make_vector(1)._env._physics.models[0]  # type: ignore[union-attr]
    assert bool(model.opt.disableflags & mjtDisableBit.mjDSBL_ISLAND) == is_alone


def test_no_robot_at_all_is_refused() -> None:
    with pytest.raises(SympriorError, match="at least one environment, not 0"):
        get_task("ant-v1").make_vector(0)


def test_each_walker_of_the_twin_has_feet_of_its_own() -> None:
    ours = get_task("walker2d-observed-friction-v1@eps=0.6").make_vector(16)
    observations, _ = ours.reset(seed=0)
    rough, slippery = np.float32(1.9), np.float32(1.9 - 0.6)
    assert {tuple(feet) for feet in observations[:, -2:].tolist()} == {(rough, slippery), (slippery, rough)}
