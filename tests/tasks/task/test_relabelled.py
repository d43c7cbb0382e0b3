"""A relabelled task is the same task in other places: same episodes, same symmetry, same scores."""

from __future__ import annotations

import gymnasium
import numpy as np
import pytest

from symprior.symmetry.errors import SympriorError
from symprior.tasks import get_task
from symprior.tasks.references.frozen_states import frozen_observations
from symprior.tasks.task.relabelled import can_be_relabelled

NAMES = ("cartpole-v1", "acrobot-v1", "grid-catch-vector-v1", "pendulum-v1", "cartpole-wind-v1@eps=0.1")


@pytest.mark.parametrize("name", NAMES)
def test_the_same_actions_lead_to_the_same_rewards_in_other_places(name: str) -> None:
    plain, moved = get_task(name), get_task(f"{name}~secret")
    assert moved is get_task(f"{name}~secret") and moved.id == f"{plain.id}~secret"
    one, other = (task.make_vector(32) for task in (plain, moved))
    seen, shown = one.reset(seed=5)[0], other.reset(seed=5)[0]
    entries = [int(np.flatnonzero((seen == shown[:, [i]]).all(axis=0))[0]) for i in range(shown.shape[1])]
    rng = np.random.default_rng(0)
    discrete = isinstance(plain.action_space, gymnasium.spaces.Discrete)
    size = plain.symmetry().action.size
    places = _places_of_actions(name)
    for _ in range(60):
        actions = rng.integers(size, size=32) if discrete else rng.uniform(-1, 1, (32, size)).astype(np.float32)
        given = places[actions] if discrete else actions[:, places]
        seen, reward, *_ = one.step(given)
        shown, got, *_ = other.step(actions) if discrete else other.step(_in_new_places(given, places))
        assert np.array_equal(reward, got) and np.array_equal(seen[:, entries], shown)
    assert moved.references == plain.references and moved.max_episode_steps == plain.max_episode_steps


def _places_of_actions(name: str) -> np.ndarray:
    """For each new action the old one, by what its first step does."""
    plain, moved = get_task(name), get_task(f"{name}~secret")
    size = plain.symmetry().action.size
    if not isinstance(plain.action_space, gymnasium.spaces.Discrete):
        return np.arange(size)  # one entry alone has one place
    states = []
    for task in (plain, moved):
        env = task.make_vector(size)
        env.reset(seed=np.zeros(size, dtype=np.int64))
        env.step(np.arange(size))
        states.append(np.asarray(env.states))
    return np.array([int(np.flatnonzero((states[0] == row).reshape(size, -1).all(axis=1))[0]) for row in states[1]])


def _in_new_places(actions: np.ndarray, places: np.ndarray) -> np.ndarray:
    return actions[:, np.argsort(places)]


@pytest.mark.parametrize("name", NAMES)
def test_the_symmetry_is_the_same_in_the_new_places(name: str) -> None:
    """Frozen states of the relabelled task, turned by the conjugated group, are those of the task's own group moved."""
    plain, moved = get_task(name).symmetry(), get_task(f"{name}~secret").symmetry()
    assert moved.group == plain.group and moved.exactness == plain.exactness
    for old, new in ((plain.observation, moved.observation), (plain.action, moved.action)):
        assert np.allclose(new.character, old.character)
    states = frozen_observations(get_task(f"{name}~secret"), 16)
    turned = moved.observation(1, states)
    assert turned.shape == states.shape and np.isfinite(turned).all()


def test_dynamics_commute_with_the_conjugated_group() -> None:
    task = get_task("cartpole-v1~another")
    symmetry, simulator = task.symmetry(), task.simulator
    assert simulator is not None
    made = simulator()
    states = np.random.default_rng(0).uniform(-0.1, 0.1, (50, 4))
    for action in range(2):
        actions = np.full(50, action)
        nothing = np.zeros((50, 0))
        after = made.step(states, actions, nothing)[0]
        mirrored = made.step(-states, symmetry.act_on_actions(1, actions), nothing)[0]
        assert np.allclose(made.observe(mirrored), symmetry.observation(1, made.observe(after)))


def test_keys_give_different_places() -> None:
    seen = set()
    for key in range(40):
        task = get_task(f"cartpole-v1~{key:x}f")
        seen.add(tuple(np.asarray(task.make_vector(1).reset(seed=0)[0])[0].tolist()))
    assert len(seen) > 12  # of 24 orders of four entries


def test_images_and_simulators_of_others_are_not_relabelled() -> None:
    assert not can_be_relabelled(get_task("grid-catch-v1"))
    with pytest.raises(SympriorError, match="grid-catch-v1 cannot be relabelled"):
        get_task("grid-catch-v1~a")
    with pytest.raises(SympriorError, match="no certificate of its own: check cartpole-v1"):
        get_task("cartpole-v1~a").probe()
    with pytest.raises(SympriorError, match="Did you mean"):
        get_task("cartpole~a")
