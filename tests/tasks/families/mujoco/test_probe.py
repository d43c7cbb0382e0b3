"""The probe sets all of a robot's state, and its samplers reach limits and contacts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from symprior.tasks import TASKS, get_task
from symprior.tasks.families.mujoco.probe import MujocoProbe
from symprior.tasks.task import Task

ROBOTS = [name for name in TASKS if "mujoco" in get_task(name).packages]
DIALLED = ["walker2d-friction-v1@eps=0.6", "walker2d-observed-friction-v1@eps=0.6"]


def probe_of(task: Task) -> MujocoProbe:
    probe = task.probe()
    assert isinstance(probe, MujocoProbe)
    return probe


@pytest.mark.parametrize("name", [*ROBOTS, *DIALLED])
def test_a_step_from_a_state_that_was_met_is_the_step_that_was_taken(name: str) -> None:
    """Observation, reward and ends, whatever the probe did in between."""
    task = get_task(name)
    probe, env = probe_of(task), probe_of(task).env
    env.action_space.seed(0)
    env.reset(seed=0)
    met = []
    for _ in range(12):
        state, action = _state(env), env.action_space.sample()
        met.append((state, action, env.step(action)[:4]))
    rng = np.random.default_rng(0)
    for (state, action, taken), away in zip(met, probe.boundary_states(rng, len(met)), strict=True):
        probe.outcomes(away, action)
        found = probe.outcomes(state, action)[0]
        np.testing.assert_allclose(found.observation, taken[0], rtol=1e-9, atol=1e-9)
        assert found.terminated == taken[2] and found.truncated == taken[3]
        if not name.startswith(("ant", "humanoid")):  # their speed is that of bodies, a substep behind the state
            assert found.reward == pytest.approx(taken[1])


def _state(env: Any) -> Any:
    data = env.unwrapped.data
    state = np.concatenate([data.qpos, data.qvel, data.qacc_warmstart])
    return np.append(state, env.get_wrapper_attr("slippery")) if env.has_wrapper_attr("slippery") else state


@pytest.mark.parametrize("name", [*ROBOTS, *DIALLED])
def test_states_can_be_set_and_what_is_shown_of_them_is_their_positions_and_velocities(name: str) -> None:
    probe, rng = probe_of(get_task(name)), np.random.default_rng(0)
    space = probe.env.observation_space
    for draw in probe.samplers().values():
        for state in draw(rng, 4):
            probe.place(state, elapsed=3)
            assert probe.env.get_wrapper_attr("_elapsed_steps") == 3
            shown = probe.observation(state)
            assert shown.shape == space.shape and np.isfinite(shown).all()
            np.testing.assert_array_equal(probe.get_state(), state)


def test_what_the_walker_shows_of_a_state_is_what_its_step_shows() -> None:
    """Its observation holds nothing that is computed before the last substep."""
    for name in ("walker2d-v1", "swimmer-v1", "hopper-v1", "half-cheetah-v1", DIALLED[1]):
        probe, rng = probe_of(get_task(name)), np.random.default_rng(0)
        for state in probe.boundary_states(rng, 5):
            probe.place(state)
            shown, *_ = probe.env.step(probe.env.action_space.sample())
            np.testing.assert_array_equal(probe.observation(probe.get_state()), shown)


def test_samplers_reach_beyond_the_limits_of_every_joint_and_past_every_end() -> None:
    probe, rng = probe_of(get_task("humanoid-symmetric-v1")), np.random.default_rng(0)
    model = probe.env.unwrapped.model  # type: ignore[attr-defined]
    states = probe.boundary_states(rng, 200)
    limited = model.jnt_limited.astype(bool)
    positions = states[:, model.jnt_qposadr[limited]]
    low, high = model.jnt_range[limited].T
    assert (positions < low).any(axis=0).all() and (positions > high).any(axis=0).all()
    assert {*np.sign(states[:, 2] - 1), *np.sign(states[:, 2] - 2)} == {-1.0, 1.0}
    np.testing.assert_allclose(np.linalg.norm(states[:, 3:7], axis=1), 1)


@pytest.mark.parametrize("name", ["ant-v1", "humanoid-v1", "walker2d-v1", "hopper-v1", "half-cheetah-v1"])
def test_robots_on_the_floor_touch_it_and_lie_no_deeper_than_said(name: str) -> None:
    probe, rng = probe_of(get_task(name)), np.random.default_rng(0)
    data: Any = probe.env.unwrapped.data  # type: ignore[attr-defined]
    depths = []
    for state in probe.samplers()["on the floor"](rng, 60):
        probe.observation(state)
        floor = [contact.dist for contact in data.contact if 0 in (contact.geom1, contact.geom2)]
        depths.append(-min(floor, default=0.0))
    assert max(depths) <= 0.021 and np.mean(np.array(depths) > 0) > 0.6


def test_contacts_move_the_contact_forces_that_random_play_leaves_at_zero() -> None:
    """Some 30 of the ant's 105 entries in play; 24 belong to bodies that the torso and the next part shield."""
    probe, rng = probe_of(get_task("ant-v1")), np.random.default_rng(0)
    played = np.stack([probe.observation(state) for state in probe.rollout_states(None, rng, 100)])
    drawn = np.stack([probe.observation(state) for state in probe.samplers()["on the floor"](rng, 200)])
    still = [int((shown == 0).all(axis=0).sum()) for shown in (played, np.concatenate([played, drawn]))]
    assert still[0] > 24 and still[1] <= 24
