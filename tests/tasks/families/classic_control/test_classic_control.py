"""Classic control as array code: gymnasium's own single environments, step for step and bit for bit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from numpy.typing import NDArray

from symprior.tasks import get_task
from symprior.tasks.environments.simulators import Simulator, SimulatorVectorEnv
from symprior.tasks.families.classic_control import acrobot, cartpole, cartpole_positions, mountain_car, pendulum
from symprior.tasks.families.classic_control.cartpole_wind import ObservedWindCartPole, WindyCartPole
from symprior.tasks.families.classic_control.pendulum_torque import ObservedTorquePendulum, TorquedPendulum
from symprior.tasks.families.classic_control.squares import squared
from symprior.tasks.references.reference_scores import episode_returns
from symprior.tasks.task import Task


@dataclass(frozen=True)
class Twin:
    """Array code, the gymnasium environment that it equals, states at its limits, and a good policy."""

    simulator: Callable[[], Simulator]
    gym_id: str
    states: Callable[[np.random.Generator, int], NDArray[Any]]
    policy: Callable[[NDArray[Any]], NDArray[Any]]


def mountain_car_states(rng: np.random.Generator, count: int) -> NDArray[np.float32]:
    return mountain_car.MountainCarProbe().boundary_states(rng, count).astype(np.float32)


def pendulum_states(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    return pendulum.boundary_states(rng, count) * [3, 1]  # gymnasium does not wrap the angle


TWINS = {
    "acrobot": Twin(acrobot.Acrobot, "Acrobot-v1", acrobot.AcrobotProbe().boundary_states, acrobot.pump),
    "pendulum": Twin(pendulum.Pendulum, "Pendulum-v1", pendulum_states, pendulum.swing_up),
    "mountain car": Twin(mountain_car.MountainCar, mountain_car.GYM_ID, mountain_car_states, mountain_car.pump),
    "cartpole without wind": Twin(
        partial(WindyCartPole, 0.0), "CartPole-v1", cartpole.boundary_states, cartpole.balance
    ),
    "pendulum without torque": Twin(partial(TorquedPendulum, 0.0), "Pendulum-v1", pendulum_states, pendulum.swing_up),
}


def some_actions(space: gymnasium.Space[Any], rng: np.random.Generator, count: int) -> NDArray[Any]:
    """Random actions, many of them at the limits."""
    if isinstance(space, gymnasium.spaces.Discrete):
        return rng.integers(int(space.n), size=count)
    assert isinstance(space, gymnasium.spaces.Box)
    beyond = rng.uniform(1.5 * space.low, 1.5 * space.high, (count, *space.shape))
    return np.clip(beyond, space.low, space.high).astype(np.float32)


@pytest.mark.parametrize("name", TWINS)
def test_one_step_is_gymnasiums_from_any_state(name: str) -> None:
    twin, rng = TWINS[name], np.random.default_rng(0)
    simulator, env = twin.simulator(), gymnasium.make(twin.gym_id)
    states = twin.states(rng, 2000)
    actions = some_actions(simulator.action_space, rng, len(states))
    following, rewards, terminated = simulator.step(states, actions, None)
    shown = simulator.observe(following)
    for i, (state, action) in enumerate(zip(states, actions, strict=True)):
        env.reset(seed=0)
        env.unwrapped.state = state.copy()  # type: ignore[attr-defined]
        observation, reward, ended, *_ = env.step(action)
        np.testing.assert_array_equal(following[i], env.unwrapped.state)  # type: ignore[attr-defined]
        np.testing.assert_array_equal(shown[i], observation)
        assert shown.dtype == observation.dtype
        assert (reward, ended) == (rewards[i], terminated[i])
    assert name.startswith("pendulum") or 0 < terminated.sum() < len(states), "steps that end are met"


@pytest.mark.parametrize("policy", ["random", "good"])
@pytest.mark.parametrize("name", TWINS)
def test_whole_episodes_are_gymnasiums(name: str, policy: str) -> None:
    """From the same starts: observations, rewards, both ends; the states drift by no bit."""
    twin, rng = TWINS[name], np.random.default_rng(1)
    simulator = twin.simulator()
    environments = SimulatorVectorEnv(simulator, 2)
    environments.reset(seed=5)
    single = [gymnasium.make(twin.gym_id) for _ in range(2)]
    for env, state in zip(single, environments.states, strict=True):
        env.reset(seed=0)
        env.unwrapped.state = state.copy()  # type: ignore[attr-defined]
    playing = {0, 1}
    while playing:
        random = some_actions(simulator.action_space, rng, 2)
        actions = random if policy == "random" else twin.policy(environments.states)
        observations, rewards, terminated, truncated, infos = environments.step(actions)
        final = infos.get("final_obs", observations)
        for i in sorted(playing):
            observation, reward, *ends, _ = single[i].step(actions[i])
            np.testing.assert_array_equal(final[i], observation)
            assert (reward, *ends) == (rewards[i], terminated[i], truncated[i])
            if any(ends):
                playing.remove(i)


@pytest.mark.parametrize("name", TWINS)
def test_spaces_limits_and_starts_are_gymnasiums(name: str) -> None:
    twin = TWINS[name]
    ours, theirs = twin.simulator(), gymnasium.make(twin.gym_id)
    assert ours.observation_space == theirs.observation_space and ours.action_space == theirs.action_space
    assert theirs.spec is not None and ours.max_episode_steps == theirs.spec.max_episode_steps
    starts = ours.initial(np.random.default_rng(0).random((4000, ours.reset_draws)))
    drawn = []
    for seed in range(400):
        theirs.reset(seed=seed)
        drawn.append(theirs.unwrapped.state)  # type: ignore[attr-defined]
    width = np.ptp(starts, axis=0)
    np.testing.assert_allclose(np.min(drawn, axis=0), starts.min(axis=0), atol=0.02 * width.max())
    np.testing.assert_allclose(np.max(drawn, axis=0), starts.max(axis=0), atol=0.02 * width.max())
    np.testing.assert_allclose(np.mean(drawn, axis=0), starts.mean(axis=0), atol=0.05 * width.max())


SIMULATORS: dict[str, tuple[Callable[[], Simulator], Callable[[np.random.Generator, int], NDArray[Any]]]] = {
    **{name: (twin.simulator, twin.states) for name, twin in TWINS.items()},
    "cartpole in wind": (partial(WindyCartPole, 0.25), cartpole.boundary_states),
    "cartpole in seen wind": (
        partial(ObservedWindCartPole, 0.25),
        get_task("cartpole-observed-wind-v1@eps=0.25").probe().boundary_states,  # type: ignore[union-attr]
    ),
    "cartpole's positions": (
        cartpole_positions.CartPolePositions,
        cartpole_positions.CartPolePositionsProbe().boundary_states,
    ),
    "pendulum under torque": (partial(TorquedPendulum, 0.4), pendulum_states),
    "pendulum under seen torque": (
        partial(ObservedTorquePendulum, 0.4),
        get_task("pendulum-observed-torque-v1@eps=0.4").probe().boundary_states,  # type: ignore[union-attr]
    ),
}


@pytest.mark.parametrize("name", SIMULATORS)
def test_numpy_and_torch_start_step_and_observe_alike(name: str) -> None:
    torch = pytest.importorskip("torch")
    make, sample = SIMULATORS[name]
    simulator, rng = make(), np.random.default_rng(0)
    uniforms = rng.random((500, simulator.reset_draws))
    np.testing.assert_array_equal(simulator.initial(uniforms), simulator.initial(torch.from_numpy(uniforms)).numpy())
    states = sample(rng, 500)
    actions = some_actions(simulator.action_space, rng, 500)
    one = simulator.step(states, actions, None)
    other = simulator.step(torch.from_numpy(states), torch.from_numpy(actions), None)
    tolerance = 1e-12 if states.dtype == np.float64 else 1e-6
    for a, b in zip(one, other, strict=True):
        assert a.dtype == b.numpy().dtype
        np.testing.assert_allclose(a, b.numpy(), rtol=tolerance, atol=tolerance)
    a, b = simulator.observe(one[0]), simulator.observe(other[0]).numpy()
    assert a.dtype == b.dtype == simulator.observation_space.dtype
    np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-6)


def test_a_square_is_the_one_that_gymnasium_takes() -> None:
    numbers = np.random.default_rng(0).uniform(-30, 30, 20_000)
    for values in (numbers, numbers.astype(np.float32)):
        found = squared(values)
        assert found.dtype == values.dtype and all(a == b**2 for a, b in zip(found, values, strict=True))
        np.testing.assert_allclose(found, values * values, rtol=1e-6)


OWN = [
    "symprior/CartPolePositions-v1",
    "symprior/MountainCarContinuous-v1",
    *(
        f"symprior/{name}-v1"
        for name in ("CartPoleWind", "CartPoleObservedWind", "PendulumTorque", "PendulumObservedTorque")
    ),
]


@pytest.mark.filterwarnings(
    "ignore:.*(space minimum value is -infinity|space maximum value is infinity|For Box action)"
)
@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", OWN)
def test_gymnasium_finds_nothing_wrong(name: str) -> None:
    """Nothing that it does not find in its own CartPole and Pendulum."""
    arguments = {"eps": 0.25} if "Wind" in name or "Torque" in name else {}
    check_env(gymnasium.make(name, **arguments).unwrapped, skip_render_check=True)


# --- partial observability ---


def test_positions_are_gymnasiums_cartpole_seen_through_its_own_wrappers() -> None:
    from gymnasium.wrappers import FrameStackObservation, TransformObservation

    space = gymnasium.spaces.Box(-9, 9, (2,), np.float32)
    seen = TransformObservation(gymnasium.make("CartPole-v1"), lambda observation: observation[[0, 2]], space)
    theirs, ours = FrameStackObservation(seen, stack_size=4), gymnasium.make(cartpole_positions.GYM_ID)
    inner: Any = theirs.unwrapped
    rng = np.random.default_rng(0)
    for episode in range(8):
        start, _ = ours.reset(seed=episode)
        inner_state = ours.unwrapped.state[0, :4]  # type: ignore[attr-defined]
        theirs.reset(seed=0)
        inner.state = inner_state.copy()
        np.testing.assert_array_equal(start, np.tile(inner_state[[0, 2]], 4).astype(np.float32))
        history = theirs.obs_queue  # filled at reset, before the state was set
        history.extend([inner_state[[0, 2]].astype(np.float32)] * 4)
        ended = False
        while not ended:
            action = rng.integers(2)
            one, other = ours.step(action), theirs.step(action)
            np.testing.assert_array_equal(one[0], other[0].reshape(-1))
            assert one[1:4] == other[1:4]
            ended = one[2] or one[3]


def test_positions_hold_no_velocity_and_a_whole_history() -> None:
    simulator = cartpole_positions.CartPolePositions()
    states = simulator.initial(np.random.default_rng(0).random((3, 4)))
    faster = states.copy()
    faster[:, [1, 3]] += 1
    np.testing.assert_array_equal(simulator.observe(states), simulator.observe(faster))
    shown = []
    for _ in range(4):
        states, _, _ = simulator.step(states, np.ones(3, dtype=np.int64), None)
        shown.append(states[:, [0, 2]])
    np.testing.assert_array_equal(simulator.observe(states), np.concatenate(shown, axis=1).astype(np.float32))


# --- reference policies ---


@pytest.mark.parametrize(
    ("name", "at_least"),
    [
        ("acrobot-v1", -100),
        ("pendulum-v1", -200),
        ("mountain-car-continuous-v1", 90),
        ("cartpole-positions-v1", 500),
        ("cartpole-wind-v1@eps=0.5", 500),
        ("cartpole-observed-wind-v1@eps=0.5", 500),
        ("pendulum-torque-v1@eps=0.4", -250),
        ("pendulum-observed-torque-v1@eps=0.4", -250),
    ],
)
def test_reference_policies_are_good(name: str, at_least: float) -> None:
    task = get_task(name)
    assert task.reference_policy is not None
    assert episode_returns(task, task.reference_policy, "test", episodes=200).mean() >= at_least


# --- dials ---


@pytest.mark.parametrize(
    ("twin", "dial", "column"),
    [
        ("cartpole-observed-wind-v1", "cartpole-wind-v1", 4),
        ("pendulum-observed-torque-v1", "pendulum-torque-v1", 2),
    ],
)
def test_a_twin_is_its_dial_with_a_direction_that_is_drawn_and_seen(twin: str, dial: str, column: int) -> None:
    eps = 0.25
    seen, unseen = (get_task(f"{name}@eps={eps}") for name in (twin, dial))
    symmetric, broken = simulator_of(seen), simulator_of(unseen)
    states = symmetric.initial(np.random.default_rng(0).random((4000, symmetric.reset_draws)))
    np.testing.assert_array_equal(np.unique(states[:, column]), [-eps, eps])
    assert abs(states[:, column].mean()) < 0.02
    with_wind = states[states[:, column] > 0]
    actions = some_actions(symmetric.action_space, np.random.default_rng(0), len(with_wind))
    one, rewards, ends = symmetric.step(with_wind, actions, None)
    other, *others = broken.step(with_wind[:, :column], actions, None)
    np.testing.assert_array_equal(one[:, :column], other)
    np.testing.assert_array_equal(one[:, column], eps)
    for a, b in zip((rewards, ends), others, strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(symmetric.observe(states)[:, -1], states[:, column].astype(np.float32))
    assert simulator_of(get_task(f"{twin}@eps=0")).initial(np.full((1, 5), 0.2)[:, : column + 1])[0, column] == 0


def simulator_of(task: Task) -> Simulator:
    assert task.simulator is not None
    return task.simulator()
