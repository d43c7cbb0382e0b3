"""An evaluation computes no image twice, and says the same to the bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from symprior.agents import get_agent
from symprior.agents.learners.batched import agent as batched
from symprior.symmetry.arrays import NumpyArray
from symprior.tasks import get_task

STEPS = 12


def seen(task_id: str, rows: int) -> list[NumpyArray]:
    """What `rows` environments show in some steps of random play."""
    environments, rng = get_task(task_id).make_vector(rows), np.random.default_rng(0)
    observations, _ = environments.reset(seed=np.arange(rows))
    found = [np.array(observations)]
    for _ in range(STEPS):
        observations, *_ = environments.step(rng.integers(0, 4, rows))
        found.append(np.array(observations))
    return found


def agent_on(task_id: str, name: str, seeds: int) -> Any:
    shipped, task = get_agent(name), get_task(task_id)
    settings = shipped.settings(task.family)
    return shipped.build(shipped.problem(task, settings), range(seeds), [settings] * seeds, "batched")


def asked(agent: Any, method: str) -> list[int]:
    """The lengths of the batches that the networks are asked at from now on."""
    lengths, ask = [], getattr(agent.population, method)

    def counted(rows: Any) -> Any:
        lengths.append(len(rows))
        return ask(rows)

    setattr(agent.population, method, counted)
    return lengths


CELLS = [
    ("grid-catch-v1", "ppo", 3),
    ("grid-catch-v1", "ppo+homomorphic", 1),
    ("grid-catch-v1", "dqn", 2),
    ("room-v1", "ppo", 2),
    ("key-room-v1", "a2c+homomorphic", 2),
]


@pytest.mark.parametrize(("task", "name", "seeds"), CELLS)
def test_what_was_seen_is_said_again_to_the_bit(task: str, name: str, seeds: int) -> None:
    rows = seeds * get_task(task).evaluation_episodes
    agent, images = agent_on(task, name, seeds), seen(task, rows)
    direct = [agent.action_probabilities(each) for each in images]
    agent.seed_policy(np.arange(rows))
    lengths = asked(agent, "values" if name == "dqn" else "policy_outputs")
    for before, each in zip(direct, images, strict=True):
        np.testing.assert_array_equal(agent.action_probabilities(each), before)
    assert set(lengths) == {rows}, "every batch is as long as what was asked"
    assert len(lengths) <= len(images) + 2, "never much more than without"
    if task == "grid-catch-v1":
        assert len(lengths) < len(images), "there are 48 images"


def test_new_parameters_say_something_new() -> None:
    task = get_task("grid-catch-v1")
    agent, [images, *_] = agent_on(task.id, "ppo", 1), seen(task.id, 20)
    agent.seed_policy(np.arange(20))
    before = agent.action_probabilities(images)
    agent.learn(task.make_vector(agent.num_envs), 8 * agent.num_envs)
    after = agent.action_probabilities(images)
    assert np.abs(after - before).max() > 0
    agent.seed_policy(np.arange(20))
    np.testing.assert_array_equal(agent.action_probabilities(images), after)
    other = agent_on(task.id, "ppo", 2).policy_arrays(1)
    agent.take_policy(other)
    assert np.abs(agent.action_probabilities(images) - after).max() > 0


def test_vectors_are_computed_as_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batched.SeenImages, "outputs", lambda *_: pytest.fail("kept"))
    agent, [observations, *_] = agent_on("grid-catch-vector-v1", "ppo", 1), seen("grid-catch-vector-v1", 20)
    agent.seed_policy(np.arange(20))
    assert agent.action_probabilities(observations).shape == (20, 5)
