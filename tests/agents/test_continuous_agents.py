"""PPO and A2C on action vectors, on both learners: clipped where they step, equivariant while they learn, a seed a seed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import array_api_compat.torch
import gymnasium
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from symprior.agents import Problem, get_agent
from symprior.agents.acting.actors import ActionLimits
from symprior.agents.networks.orbits import Orbit
from symprior.agents.priors.batch import Minibatch
from symprior.agents.priors.prior import PRIORS
from symprior.benchmark.run.equivariance import closed_under, log_std_equivariance_error, mean_equivariance_error
from symprior.symmetry.errors import SympriorError

LEARNERS = ["stable-baselines3", "batched"]
SMALL: dict[str, Any] = {"num_envs": 3, "steps": 8, "widths": (16, 24), "channels": (7, 9), "learning_rate": 3e-3}
Make = Callable[..., Any]


def agent_of(task: Any, name: str, seeds: list[int], learner: str, **overrides: Any) -> Any:
    shipped = get_agent(name)
    settings = shipped.settings("none", {**SMALL, **overrides})
    return shipped.build(task.problem, seeds, [settings] * len(seeds), learner)


def trained(
    task: Any, name: str, seeds: list[int], learner: str, steps: int, place: Any = None, **overrides: Any
) -> Any:
    agent = agent_of(task, name, seeds, learner, **overrides)
    agent.learn(task.environments(seeds, agent.num_envs, **(place or {})), steps)
    return agent


def network_of(agent: Any, seed: int) -> NDArray[np.float32]:
    """All parameters of one seed."""
    row = agent.seeds.index(seed)
    return torch.cat([p[row].flatten() for p in agent.network.parameters()]).detach().numpy()


def errors_of(agent: Any, task: Any) -> tuple[Any, float]:
    observations = closed_under(task.symmetry, task.observations(64))
    means, log_stds = agent.action_means(observations), agent.action_log_stds(observations)
    return (
        mean_equivariance_error(means, task.symmetry, task.problem.action_space),
        log_std_equivariance_error(log_stds, task.symmetry),
    )


@pytest.mark.parametrize("learner", LEARNERS)
@pytest.mark.parametrize("algorithm", ["ppo", "a2c"])
@pytest.mark.parametrize("name", ["line", "plane"])
@pytest.mark.cells(test=2, ci=4)
def test_homomorphic_agents_stay_equivariant_while_they_learn(
    point_mass: Make, name: str, algorithm: str, learner: str
) -> None:
    task = point_mass(name)
    agent = trained(task, f"{algorithm}+homomorphic", [1], learner, 960)
    assert agent.gradient_steps > 30
    error, log_std = errors_of(agent, task)
    assert error.mean is not None, "the means learned to depend on the observation"
    assert error.raw_maximum < 1e-5
    assert log_std < 1e-6
    assert (agent.action_log_stds(task.observations(2)) != 0).all(), "the standard deviations are learned"


@pytest.mark.parametrize("learner", LEARNERS)
def test_rotations_that_are_no_permutations_stay_symmetries_while_it_learns(point_mass: Make, learner: str) -> None:
    """The means turn with the observation; the bounds of the box, of which a turn by 45° is no symmetry, are left out."""
    task = point_mass("round")
    agent = trained(task, "ppo+homomorphic", [1], learner, 960)
    means = agent.action_means(closed_under(task.symmetry, task.observations(64)))
    unbounded = gymnasium.spaces.Box(-np.inf, np.inf, (2,))
    error = mean_equivariance_error(means, task.symmetry, unbounded)
    assert error.mean is not None
    assert error.raw_maximum < 1e-5


@pytest.mark.parametrize("learner", LEARNERS)
def test_plain_agents_are_measurably_not_equivariant(point_mass: Make, learner: str) -> None:
    task = point_mass("plane")
    error, log_std = errors_of(trained(task, "ppo", [1], learner, 960), task)
    assert error.mean > 0.05
    assert log_std > 1e-4, "each entry has a standard deviation of its own"


def test_the_error_of_means_is_in_half_ranges_as_executed(point_mass: Make) -> None:
    symmetry = point_mass("plane").symmetry
    means = np.random.default_rng(0).standard_normal((2000, 2))
    narrow, wide = gymnasium.spaces.Box(-100, 100, (2,)), gymnasium.spaces.Box(-200, 200, (2,))
    found = mean_equivariance_error(means, symmetry, narrow)
    assert found.mean == pytest.approx(1, abs=0.1), "no closer than independent states"
    assert found.raw_maximum == pytest.approx(2 * mean_equivariance_error(means, symmetry, wide).raw_maximum)
    assert mean_equivariance_error(np.full((2000, 2), 7.0), symmetry, narrow).mean is None
    saturated = mean_equivariance_error(1000 * np.sign(means), symmetry, gymnasium.spaces.Box(-1, 1, (2,)))
    assert saturated.raw_maximum <= 2


def test_the_error_of_standard_deviations_is_the_difference_of_their_logarithms(point_mass: Make) -> None:
    symmetry = point_mass("plane").symmetry
    constant = np.tile([0.3, -0.5], (4 * 5, 1))
    assert log_std_equivariance_error(constant, symmetry) == pytest.approx(0.8)
    assert log_std_equivariance_error(np.full((20, 2), -700.0), symmetry) == pytest.approx(0)
    turning = np.stack([np.roll([0.3, -0.5], g) for g in range(4) for _ in range(5)])
    assert log_std_equivariance_error(turning, symmetry) == pytest.approx(0), "σ(g s) = |ρ(g)| σ(s)"
    eighths = point_mass("round").symmetry
    assert log_std_equivariance_error(np.full((8, 2), 0.4), eighths) == pytest.approx(0)
    assert log_std_equivariance_error(np.tile([0.3, -0.5], (8, 1)), eighths) > 0.1


@pytest.mark.parametrize("seeds", [(), (3,)])
@pytest.mark.parametrize("name", ["plane", "round"])
def test_augmentation_turns_observations_and_actions_together(
    point_mass: Make, name: str, seeds: tuple[int, ...]
) -> None:
    symmetry = point_mass(name).symmetry
    order = len(symmetry.group)
    observations, actions, values = torch.randn(*seeds, 5, 4), torch.randn(*seeds, 5, 2), torch.randn(*seeds, 5)
    batch = Minibatch(observations, actions, values, values + 1, values + 2, values + 3)
    seen = PRIORS["augment"].minibatch(batch, Orbit(symmetry))
    axis = len(seeds)
    assert seen.actions.shape == (*seeds, 5 * order, 2)
    for g in range(order):
        rows = slice(5 * g, 5 * g + 5)
        torch.testing.assert_close(seen.observations.narrow(axis, 5 * g, 5), symmetry.observation(g, observations))
        torch.testing.assert_close(seen.actions.narrow(axis, 5 * g, 5), symmetry.action(g, actions))
        assert torch.equal(seen.old_log_probabilities[..., rows], values + 1)


@pytest.mark.parametrize("learner", LEARNERS)
def test_actions_are_drawn_from_the_policy_and_clipped_to_the_space(point_mass: Make, learner: str) -> None:
    task = point_mass("plane")
    agent = agent_of(task, "ppo", [1], learner)
    torch.nn.init.constant_(agent.network.spread.log_std, np.log(0.5))
    rows = np.repeat(task.observations(1), 4000, axis=0)
    agent.seed_policy(np.arange(4000))
    actions = agent.act(rows)
    assert actions.shape == (4000, 2)
    assert actions.dtype == np.float32
    assert np.abs(actions).max() == 1
    inside = (np.abs(actions) < 1).mean()
    assert inside == pytest.approx(0.954, abs=0.02), "two standard deviations"
    assert np.abs(np.corrcoef(actions.T)[0, 1]) < 0.06
    np.testing.assert_allclose(agent.act_greedily(rows), agent.action_means(rows), atol=1e-6)
    agent.seed_policy(np.arange(4000))
    np.testing.assert_array_equal(agent.act(rows), actions)
    assert not np.array_equal(agent.act(rows), actions), "the streams go on"


def test_limits_are_of_the_spaces_type_and_know_no_nan() -> None:
    limits = ActionLimits(gymnasium.spaces.Box(np.float32([-0.4, -1.0]), np.float32([0.4, 2.0])))
    actions = np.array([[5.0, np.nan], [-5.0, 0.5]])
    expected = np.array([[0.4, 0.0], [-0.4, 0.5]], dtype=np.float32)
    for given in (actions, torch.as_tensor(actions), torch.as_tensor(actions).float()):
        clipped = limits.clip(given)
        np.testing.assert_array_equal(np.asarray(clipped), expected)
        assert np.asarray(clipped).dtype == np.float32


@pytest.mark.parametrize(
    ("name", "task_name"),
    [
        ("ppo", "line"),
        ("a2c", "plane"),
        ("ppo+augment", "round"),
        ("ppo+homomorphic", "line"),
        ("ppo+homomorphic", "round"),
        ("a2c+random-basis", "plane"),
        ("ppo+average", "round"),
        ("a2c+fold", "round"),
        ("a2c+mirror", "round"),
        ("ppo+relaxed", "plane"),
        ("a2c+augment-one", "round"),
        ("a2c+augment-episode", "round"),
        ("ppo+augment-own-probability", "round"),
    ],
)
@pytest.mark.cells(test=2, ci=4)
def test_a_seed_does_not_depend_on_its_companions(point_mass: Make, name: str, task_name: str) -> None:
    task = point_mass(task_name)
    alone = network_of(trained(task, name, [7], "batched", 240), 7)
    for seeds in ([9, 7], [2, 5, 7], list(range(25))):
        np.testing.assert_array_equal(network_of(trained(task, name, seeds, "batched", 240), 7), alone)


def test_rows_are_the_seeds_own_and_so_are_their_streams(point_mass: Make) -> None:
    task = point_mass("plane")
    together, observations = agent_of(task, "a2c", [5, 6], "batched"), task.observations(6)
    for row, seed in enumerate((5, 6)):
        alone, rows = agent_of(task, "a2c", [seed], "batched"), slice(3 * row, 3 * row + 3)
        together.seed_policy(np.arange(6))
        alone.seed_policy(np.arange(6)[rows])
        np.testing.assert_array_equal(together.act(observations)[rows], alone.act(observations[rows]))


def test_torch_environments_train_as_numpy_ones(point_mass: Make) -> None:
    task = point_mass("plane")
    host = trained(task, "ppo+homomorphic", [1, 2], "batched", 480)
    place = {"namespace": array_api_compat.torch}
    device = trained(task, "ppo+homomorphic", [1, 2], "batched", 480, place)
    for seed in (1, 2):
        np.testing.assert_array_equal(network_of(host, seed), network_of(device, seed))
    rows = task.observations(6)
    for agent in (host, device):
        agent.seed_policy(np.arange(6))
    np.testing.assert_allclose(host.act(rows), device.act(torch.as_tensor(rows)).numpy(), atol=1e-5)


def test_a_diverged_seed_changes_nothing_for_its_neighbours(point_mass: Make) -> None:
    task = point_mass("plane")
    agents = [agent_of(task, "ppo+homomorphic", [1, 2, 3], "batched") for _ in range(2)]
    next(agents[1].network.parameters()).data[1] = torch.nan
    for agent in agents:
        agent.learn(task.environments([1, 2, 3], agent.num_envs), 480)
    for seed in (1, 3):
        np.testing.assert_array_equal(network_of(agents[0], seed), network_of(agents[1], seed))
    assert agents[1].diverged.tolist() == [False, True, False]
    assert np.isfinite(agents[1].act(task.observations(6))).all()


@pytest.mark.parametrize("learner", LEARNERS)
@pytest.mark.parametrize("name", ["ppo+homomorphic", "ppo+augment"])
@pytest.mark.cells(test=1, ci=2)
def test_observations_in_double_precision_are_cast(point_mass: Make, learner: str, name: str) -> None:
    seeds = [1] if learner == "stable-baselines3" else [1, 2]
    for task_name in ("plane", "round"):
        double, single = (
            trained(point_mass(task_name, dtype), name, seeds, learner, 240) for dtype in (np.float64, np.float32)
        )
        for mine, theirs in zip(double.network.parameters(), single.network.parameters(), strict=True):
            assert torch.equal(mine, theirs)
        rows = point_mass(task_name, np.float64).observations(6)
        np.testing.assert_array_equal(double.action_means(rows), single.action_means(rows.astype(np.float32)))


@pytest.mark.parametrize("learner", LEARNERS)
@pytest.mark.parametrize("name", ["ppo", "ppo+homomorphic", "a2c+average", "ppo+relaxed"])
def test_policies_start_as_spread_as_the_settings_say(point_mass: Make, name: str, learner: str) -> None:
    task = point_mass("plane")
    agent = agent_of(task, name, [1], learner, initial_log_std=-2.0)
    assert agent.action_log_stds(task.observations(3)).tolist() == [[-2, -2]] * 3
    settings = get_agent(name).settings("none", {"initial_log_std": -2})
    assert settings.model_dump()["initial_log_std"] == -2
    assert "initial_log_std" not in get_agent(name).settings("none").model_dump(), "old records do not name it"


def test_seeds_side_by_side_may_start_differently_spread(point_mass: Make) -> None:
    task, shipped = point_mass("plane"), get_agent("ppo")
    settings = [shipped.settings("none", {**SMALL, "initial_log_std": start}) for start in (-1.0, 0.0)]
    agent = shipped.build(task.problem, [1, 2], settings, "batched")
    assert agent.action_log_stds(task.observations(4)).tolist() == [[-1, -1]] * 2 + [[0, 0]] * 2


def test_random_vectors_are_uniform_in_the_space(point_mass: Make) -> None:
    task = point_mass("plane")
    agent = get_agent("random").build(task.problem, [3], [get_agent("random").settings("none")])
    actions = agent.act(task.observations(5000))
    assert actions.dtype == np.float32
    np.testing.assert_allclose(actions.mean(axis=0), 0, atol=0.03)
    np.testing.assert_allclose((np.abs(actions) < 0.5).mean(axis=0), 0.5, atol=0.03)
    assert agent.action_means(task.observations(3)).tolist() == [[0, 0]] * 3
    unbounded = Problem(task.problem.observation_space, gymnasium.spaces.Box(-np.inf, 1, (2,)), task.symmetry)
    with pytest.raises(SympriorError, match="no bounds"):
        get_agent("random").build(unbounded, [3], [get_agent("random").settings("none")])


@pytest.mark.parametrize("learner", LEARNERS)
def test_algorithms_say_which_actions_they_take(point_mass: Make, learner: str) -> None:
    task, shipped = point_mass("line"), get_agent("dqn+augment")
    with pytest.raises(SympriorError, match="dqn takes discrete actions, but the task's actions are vectors"):
        shipped.build(task.problem, [1], [shipped.settings("none")], learner)


def test_a_symmetry_of_other_actions_is_refused(point_mass: Make) -> None:
    plane = point_mass("plane")
    for space in (gymnasium.spaces.Discrete(2), gymnasium.spaces.Box(-1, 1, (3,)), gymnasium.spaces.Box(-1, 1, (2, 1))):
        with pytest.raises(SympriorError, match="action vectors of 2 entries, but the action space is"):
            Problem(plane.problem.observation_space, space, plane.symmetry)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "learner"),
    [
        ("ppo+homomorphic", "stable-baselines3"),
        ("ppo", "batched"),
        pytest.param("ppo", "stable-baselines3", marks=pytest.mark.exhaustive),
        pytest.param("ppo+homomorphic", "batched", marks=pytest.mark.exhaustive),
    ],
)
@pytest.mark.cells(test=1)
def test_it_learns(point_mass: Make, name: str, learner: str) -> None:
    task = point_mass("plane")
    settings = {"num_envs": 16, "steps": 20, "widths": (64, 64), "channels": None, "gamma": 0.9}
    agent = agent_of(task, name, [1], learner, **settings)
    before = _mean_return(agent, task)
    agent.learn(task.environments([1], agent.num_envs), 20_000)
    assert before < -4
    assert _mean_return(agent, task) > -1


def _mean_return(agent: Any, task: Any) -> float:
    env = task.environments([99], 64)
    observations, _ = env.reset()
    returns = np.zeros(64)
    for _ in range(task.simulator.max_episode_steps):
        observations, rewards, *_ = env.step(agent.act_greedily(observations))
        returns += rewards
    return float(returns.mean())
