"""Environments that are put down go on elsewhere with the same bits; those that cannot say so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symprior.tasks import TASKS, get_task
from symprior.tasks.environments.simulators import training_seeds
from symprior.tasks.environments.uniform_actions import uniform_actions
from symprior.tasks.files.states import read_state, write_state
from symprior.tasks.task import TaskVectorEnv

COPIES, BEFORE, BEHIND = 3, 150, 150
NOT_RESTORED = ("lunar-lander-v1", "lunar-lander-continuous-v1", "walker2d-observed-friction-v1@eps=0.1")
ALONE = ("cartpole-v1", "grid-catch-v1", "ant-v1", "reacher-turned-4-v1", "pong-v1", "pong-objects-v1")
"""One of each kind of environment and view; `make test-all` tries every task."""


def played(env: TaskVectorEnv, actions: list[np.ndarray]) -> list[list[Any]]:
    """All that each step gives."""
    steps = [env.step(action) for action in actions]
    return [[*step[:4], step[4].get("final_obs", 0)] for step in steps]


def tasks() -> list[Any]:
    every = [name for name in TASKS if not name.startswith("lunar-lander")]
    return [name if name in ALONE else pytest.param(name, marks=pytest.mark.exhaustive) for name in every]


@pytest.mark.parametrize("name", tasks())
def test_what_is_put_down_goes_on_with_the_same_bits(name: str, tmp_path: Path) -> None:
    task, rng = get_task(name), np.random.default_rng(0)
    seeds = training_seeds(name, 0, COPIES)
    actions = [uniform_actions(task.action_space, rng, COPIES) for _ in range(BEFORE + BEHIND)]
    first, second = task.make_vector(COPIES), task.make_vector(COPIES)
    first.reset(seed=seeds)
    played(first, actions[:BEFORE])
    assert first.can_be_restored
    write_state(tmp_path / "state.npz", first.save())
    undisturbed = played(first, actions[BEFORE:])
    second.reset(seed=seeds)
    second.load(read_state(tmp_path / "state.npz"))
    for mine, other in zip(played(second, actions[BEFORE:]), undisturbed, strict=True):
        for part, same in zip(mine, other, strict=True):
            np.testing.assert_array_equal(part, same)
    assert any(np.any(step[2] | step[3]) for step in undisturbed) or task.max_episode_steps > BEFORE + BEHIND


@pytest.mark.parametrize("name", NOT_RESTORED)
def test_simulators_that_hold_what_they_do_not_tell_are_not_restored(name: str) -> None:
    env = get_task(name).make_vector(1)
    env.reset(seed=0)
    assert not env.can_be_restored


def test_a_state_comes_back_as_it_was_and_damage_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "state.npz"
    state = {"deep": {"list": [1, None, "x", {"y": np.arange(6).reshape(2, 3)}]}, "large": 1 << 100, "part": 0.1}
    write_state(path, state)
    found = read_state(path)
    np.testing.assert_array_equal(found["deep"]["list"][3].pop("y"), np.arange(6).reshape(2, 3))
    assert found == {"deep": {"list": [1, None, "x", {}]}, "large": 1 << 100, "part": 0.1}
    whole = path.read_bytes()
    for damaged in (whole[:-30], whole.replace(b"large", b"lArge"), b""):
        path.write_bytes(damaged)
        with pytest.raises(Exception, match=r"CRC|zip|Cannot load|No data|pickled"):
            read_state(path)
    with pytest.raises(TypeError):
        write_state(path, {"function": len})
    assert [entry.name for entry in tmp_path.iterdir()] == ["state.npz"]
