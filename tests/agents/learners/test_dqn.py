"""DQN on both learners: equivariant values, replayed orbits, one update the same, and a seed that is a seed."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from symprior.agents import Problem, get_agent
from symprior.agents.acting.actors import GreedyActor, greedy_policy
from symprior.agents.agent.source import BudgetExhausted
from symprior.agents.learners.batched.algorithms.dqn import HuberLoss
from symprior.agents.learners.batched.populations.replay import Replay
from symprior.agents.learners.batched.value import BatchedValueAgent
from symprior.agents.learners.stable_baselines3.models.environment import VectorEnvAdapter
from symprior.agents.networks.heads.q_network import QNetwork
from symprior.agents.networks.layers.equivariant import stack
from symprior.agents.networks.orbits import Orbit
from symprior.agents.networks.sizes import count_parameters, default_widths, matched_channels, plain_network
from symprior.agents.priors.batch import Replayed
from symprior.agents.priors.prior import PRIORS, Draws
from symprior.benchmark.run.equivariance import closed_under, equivariance_error, value_equivariance_error
from symprior.symmetry.symmetrizer import equivariant_basis, nullspace_basis, random_basis
from symprior.tasks import SympriorError, get_task
from symprior.tasks.environments.simulators import SimulatorVectorEnv, training_seeds
from symprior.tasks.references.frozen_states import frozen_observations

TASK_IDS = ["cartpole-v1", "grid-catch-v1", "grid-catch-vector-v1"]
LEARNERS = ["stable-baselines3", "batched"]
CONTROLS = ("augment-one", "augment-episode", "generic-augment", "more-steps")
QUICK: dict[str, Any] = {"learning_starts": 64, "train_frequency": 4, "gradient_steps": 4, "target_update_interval": 64}
SMALL_IMAGES: dict[str, Any] = {"widths": (3, 5, 17), "channels": (2, 3, 5)}


def problem_of(task_id: str) -> Problem:
    simulator = get_task(task_id).simulator()
    return Problem(simulator.observation_space, simulator.action_space, get_task(task_id).symmetry())


def agent_of(
    name: str, task_id: str, seeds: Sequence[int], settings: dict[str, Any] | Sequence[dict[str, Any]], learner: str
) -> Any:
    shipped = get_agent(name)
    each = [settings] * len(seeds) if isinstance(settings, dict) else settings
    stacked = [shipped.settings(get_task(task_id).family, {**QUICK, **one}) for one in each]
    return shipped.build(problem_of(task_id), seeds, stacked, learner)


def trained(name: str, task_id: str, seeds: Sequence[int], settings: Any, steps: int, learner: str = "batched") -> Any:
    agent = agent_of(name, task_id, seeds, settings, learner)
    env = SimulatorVectorEnv(get_task(task_id).simulator(), agent.num_envs * len(seeds))
    env.reset(seed=np.concatenate([training_seeds(task_id, seed, agent.num_envs) for seed in seeds]))
    agent.learn(env, steps)
    return agent


def network_of(agent: BatchedValueAgent, seed: int) -> NDArray[np.float32]:
    """All parameters of one seed, and those of its target network."""
    row = agent.seeds.index(seed)
    both = (*agent.network.parameters(), *agent.population.target.parameters())
    return torch.cat([parameter[row].flatten() for parameter in both]).detach().numpy()


@pytest.mark.parametrize("learner", LEARNERS)
@pytest.mark.parametrize("task_id", TASK_IDS)
def test_values_stay_equivariant_while_they_are_learned(task_id: str, learner: str) -> None:
    task = get_task(task_id)
    agent = trained("dqn+homomorphic", task_id, [1], {}, 600, learner)
    assert agent.gradient_steps > 50
    values = agent.action_values(closed_under(task.symmetry(), frozen_observations(task)))
    assert values.std(axis=0).max() > 1e-3, "the values depend on the observation"
    assert value_equivariance_error(values, task.symmetry()).raw_maximum < 1e-5


def test_plain_values_are_measurably_not_equivariant() -> None:
    task = get_task("cartpole-v1")
    agent = trained("dqn", "cartpole-v1", [1], {}, 600)
    observations = closed_under(task.symmetry(), frozen_observations(task))
    found = value_equivariance_error(agent.action_values(observations), task.symmetry())
    assert found.mean is not None
    assert found.mean > 0.05
    assert equivariance_error(agent.action_probabilities(observations), task.symmetry()).raw_maximum == 1.0


def test_the_error_of_values_is_in_their_standard_deviations() -> None:
    symmetry = get_task("cartpole-v1").symmetry()
    values = np.random.default_rng(0).standard_normal((2000, 2))
    found = value_equivariance_error(values, symmetry)
    assert found.mean == pytest.approx(1, abs=0.1), "no closer than independent states"
    assert value_equivariance_error(7 * values, symmetry).raw_maximum == pytest.approx(found.raw_maximum)
    for constant in (np.zeros((2000, 2)), np.full((2000, 2), 1e30), 300 * (1 + 1e-7 * np.sign(values))):
        assert value_equivariance_error(constant, symmetry).mean is None, "by round-off alone they are not told apart"


@pytest.mark.parametrize("task_id", TASK_IDS)
def test_sizes_are_matched_for_values_too(task_id: str) -> None:
    symmetry, rng = get_task(task_id).symmetry(), np.random.default_rng(0)
    widths = default_widths(symmetry)
    plain = count_parameters(plain_network(symmetry, widths, rng, QNetwork))
    channels = matched_channels(symmetry, widths, QNetwork)
    assert abs(count_parameters(QNetwork(symmetry, channels, equivariant_basis, rng)) / plain - 1) < 0.05


@pytest.mark.parametrize("task_id", TASK_IDS)
@pytest.mark.parametrize("rule", [equivariant_basis, random_basis, nullspace_basis])
def test_a_stack_computes_what_its_seeds_compute(task_id: str, rule: Any) -> None:
    symmetry = get_task(task_id).symmetry()
    channels = (4, 4, 8) if len(symmetry.observation.shape) == 3 else (8, 8)
    networks = [QNetwork(symmetry, channels, rule, np.random.default_rng(seed)) for seed in range(3)]
    observations = torch.as_tensor(frozen_observations(get_task(task_id))[:16])
    values = stack(networks)(torch.stack([observations] * 3))
    for seed, network in enumerate(networks):
        torch.testing.assert_close(values[seed], network(observations), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("seeds", [(), (3,)])
def test_augmentation_turns_whole_replayed_transitions(seeds: tuple[int, ...]) -> None:
    symmetry = get_task("grid-catch-vector-v1").symmetry()
    observations, following = torch.randn(2, *seeds, 5, 2)
    actions, rewards = torch.randint(0, 5, (*seeds, 5)), torch.randn(*seeds, 5)
    terminated = (torch.rand(*seeds, 5) < 0.5).float()
    seen = PRIORS["augment"].minibatch(Replayed(observations, actions, following, terminated, rewards), Orbit(symmetry))
    axis = len(seeds)
    assert seen.next_observations.shape == (*seeds, 20, 2)
    for g in range(4):
        rows = slice(5 * g, 5 * g + 5)
        torch.testing.assert_close(seen.observations.narrow(axis, 5 * g, 5), symmetry.observation(g, observations))
        torch.testing.assert_close(seen.next_observations.narrow(axis, 5 * g, 5), symmetry.observation(g, following))
        assert torch.equal(seen.actions[..., rows], symmetry.act_on_actions(g, actions))
        assert torch.equal(seen.terminated[..., rows], terminated)
        assert torch.equal(seen.rewards[..., rows], rewards)


class Recorder:
    """A prior that remembers the minibatches that it is given."""

    def __init__(self, prior: Any) -> None:
        self.prior, self.seen = prior, []

    def minibatch(self, batch: Replayed, orbit: Orbit, draws: Draws) -> Replayed:
        self.seen.append(batch)
        return self.prior.minibatch(batch, orbit, draws)  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("prior", "task_id"),
    [
        *product(("plain", "augment", "homomorphic", "random-basis"), TASK_IDS),
        ("fold", "cartpole-v1"),
        ("fold", "grid-catch-v1"),
        ("relaxed", "grid-catch-vector-v1"),
        ("augment-one", "grid-catch-vector-v1"),
        ("generic-augment", "grid-catch-v1"),
    ],
)
def test_updates_equal_stable_baselines3(task_id: str, prior: str) -> None:
    seeds, name = (3, 4, 5), f"dqn+{prior}"
    settings = {"max_gradient_norm": 0.5} | (SMALL_IMAGES if task_id == "grid-catch-v1" else {})
    batched = agent_of(name, task_id, seeds, settings, "batched")
    singles = [agent_of(name, task_id, [seed], settings, "stable-baselines3") for seed in seeds]
    batches = []
    for i, single in enumerate(singles):
        env = SimulatorVectorEnv(get_task(task_id).simulator(), single.num_envs)
        env.reset(seed=i)
        model = single.model(VectorEnvAdapter(env))
        _, callback = model._setup_learn(10_000)
        for _ in range(60):  # vector steps enough for ends and time limits
            model.collect_rollouts(model.env, callback, model.train_freq, model.replay_buffer, learning_starts=10_000)
        assert model.replay_buffer.dones.any()
        with torch.no_grad():
            for mine, theirs in zip(
                batched.population.target.parameters(), model.q_net_target.parameters(), strict=True
            ):
                theirs.add_(0.1 * torch.randn_like(theirs))
                mine[i] = theirs
        recorder = model.replay_buffer._prior = Recorder(model.replay_buffer._prior)
        model.train(gradient_steps=3, batch_size=32)
        batches.append(recorder.seen)
    for each in zip(*batches, strict=True):
        columns = {key: torch.stack([getattr(one, key) for one in each]) for key in vars(each[0])}
        batched.population.train(Replayed(**columns))
    for i, single in enumerate(singles):
        for mine, theirs in zip(batched.network.parameters(), single.network.parameters(), strict=True):
            assert float((mine[i] - theirs).detach().abs().max() if theirs.numel() else 0) < 1e-5


def test_the_loss_is_the_huber_loss() -> None:
    values, targets = torch.randn(2, 6, 3).mul(2).requires_grad_(), torch.randn(2, 6)
    actions = torch.randint(0, 3, (2, 6))
    batch = Replayed(*(torch.zeros(2, 6),), actions, *(torch.zeros(2, 6),) * 3)
    chosen = values.gather(-1, actions.unsqueeze(-1)).squeeze(-1)
    losses = [torch.nn.functional.smooth_l1_loss(chosen[seed], targets[seed]) for seed in range(2)]
    (expected,) = torch.autograd.grad(sum(losses), values)
    torch.testing.assert_close(HuberLoss().gradients(values, targets, batch), expected)


def test_a_time_limit_is_no_end_to_either_learner() -> None:
    """Catch ends by catching or after a hundred steps; only the first is terminal."""
    simulator = get_task("grid-catch-vector-v1").simulator()
    kept = {}
    for learner in LEARNERS:
        agent = agent_of("dqn", "grid-catch-vector-v1", [1], {"learning_starts": 10_000}, learner)
        env = SimulatorVectorEnv(simulator, agent.num_envs)
        env.reset(seed=0)
        seen: list[tuple[Any, ...]] = []
        step = env.step

        def recorded(actions: Any, step: Any = step, seen: list[tuple[Any, ...]] = seen) -> Any:
            result = step(np.zeros_like(actions))  # stay: few are caught
            seen.append(result)
            return result

        env.step = recorded  # type: ignore[method-assign]
        if learner == "batched":
            agent.learn(env, 120 * agent.num_envs)
            columns = agent.population._replay._columns
            ends, following = columns.terminated[0, :120].numpy(), columns.next_observations[0, :120].numpy()
        else:
            model = agent.model(VectorEnvAdapter(env))
            model.learn(120 * agent.num_envs)
            buffer = model.replay_buffer
            ends = (buffer.dones * (1 - buffer.timeouts))[:120]
            following = buffer.next_observations[:120]
        assert any((truncated & ~terminated).any() for _, _, terminated, truncated, _ in seen)
        for t, (observations, _, terminated, truncated, infos) in enumerate(seen):
            np.testing.assert_array_equal(ends[t], terminated)
            done = (terminated | truncated)[:, None]
            np.testing.assert_array_equal(
                following[t], np.where(done, infos["final_obs"], observations) if done.any() else observations
            )
        kept[learner] = following
    assert len(kept) == 2


@pytest.mark.parametrize(
    "name",
    [
        "dqn",
        "dqn+augment",
        "dqn+homomorphic",
        "dqn+random-basis",
        "dqn+fold",
        "dqn+relaxed",
        *(f"dqn+{p}" for p in CONTROLS),
    ],
)
@pytest.mark.parametrize(
    ("task_id", "settings", "steps"),
    [("cartpole-v1", {"buffer_size": 400}, 640), ("grid-catch-v1", SMALL_IMAGES, 240)],
)
@pytest.mark.cells(test=2, ci=5)
def test_a_seed_does_not_depend_on_its_companions(
    name: str, task_id: str, settings: dict[str, Any], steps: int
) -> None:
    if task_id == "grid-catch-v1" and name not in ("dqn", "dqn+homomorphic"):
        pytest.skip("held on the other task")
    alone = network_of(trained(name, task_id, [7], settings, steps), 7)
    for seeds in ([7, 9], [9, 7], [2, 5, 7], list(range(25))):
        np.testing.assert_array_equal(network_of(trained(name, task_id, seeds, settings, steps), 7), alone)


def test_hyperparameters_along_the_seed_axis_equal_separate_runs() -> None:
    varied = [
        {"learning_rate": 1e-2, "final_epsilon": 0.0},
        {"learning_rate": 1e-3, "exploration_fraction": 0.9},
        {"learning_rate": 1e-2, "gamma": 0.9},
    ]
    together = trained("dqn", "cartpole-v1", [4, 5, 4], varied, 800)
    for row, (seed, settings) in enumerate(zip([4, 5, 4], varied, strict=True)):
        alone = trained("dqn", "cartpole-v1", [seed], settings, 800)
        for mine, theirs in zip(together.network.parameters(), alone.network.parameters(), strict=True):
            assert torch.equal(mine[row], theirs[0])
    assert together.final_epsilon(6)[:, 0] == pytest.approx([0, 0, 0.05, 0.05, 0.05, 0.05])


def test_a_diverged_seed_changes_nothing_for_its_neighbours() -> None:
    agents = [agent_of("dqn+homomorphic", "cartpole-v1", [1, 2, 3], {}, "batched") for _ in range(2)]
    next(agents[1].network.parameters()).data[1] = torch.nan
    for agent in agents:
        env = SimulatorVectorEnv(get_task("cartpole-v1").simulator(), agent.num_envs * 3)
        env.reset(seed=0)
        agent.learn(env, 600)
    for seed in (1, 3):
        np.testing.assert_array_equal(network_of(agents[0], seed), network_of(agents[1], seed))
    assert agents[1].diverged.tolist() == [False, True, False]
    observations = np.zeros((6, 4), dtype=np.float32)
    assert agents[1].action_probabilities(observations)[2:4].tolist() == [[0.5, 0.5]] * 2
    assert set(agents[1].act(observations)) <= {0, 1}


class Metered(SimulatorVectorEnv):
    """Ends the training after 33 vector steps."""

    steps = 0

    def step(self, actions: Any) -> Any:
        if self.steps == 33:
            raise BudgetExhausted
        self.steps += 1
        return super().step(actions)


@pytest.mark.parametrize("learner", LEARNERS)
@pytest.mark.parametrize("interval", [10_000, 8])
def test_the_target_network_follows_only_when_it_is_renewed(learner: str, interval: int) -> None:
    """No cache of expanded weights may hide that the target network has changed, or change it before its time."""
    batched = learner == "batched"
    seeds = [1, 2] if batched else [1]
    agent = agent_of("dqn+homomorphic", "cartpole-v1", seeds, {"target_update_interval": interval}, learner)
    env = Metered(get_task("cartpole-v1").simulator(), agent.num_envs * len(seeds))
    before = copy.deepcopy(agent.network)
    observations = torch.randn(*((2,) if batched else ()), 6, 4)
    if batched:
        agent.learn(env, 100_000)
        target = agent.population.target
    else:
        model = agent.model(VectorEnvAdapter(env))
        with pytest.raises(BudgetExhausted):
            model.learn(100_000)
        target = model.q_net_target.network
    assert not torch.equal(agent.network(observations), before(observations)), "it learned"
    # the 32nd vector step ends with an update; the 33rd does no more than renew the target network, if it is due
    reference = agent.network if interval == 8 else before
    assert torch.equal(target(observations), reference(observations))


@pytest.mark.parametrize("learner", LEARNERS)
def test_gradient_steps_are_counted_and_those_of_plain(learner: str) -> None:
    counts = {
        trained(name, "cartpole-v1", [1], {}, 640, learner).gradient_steps
        for name in ("dqn", "dqn+augment", "dqn+homomorphic")
    }
    # 80 vector steps of 8, an update of 4 steps at every fourth, from the first beyond 64 environment steps on
    assert counts == {4 * (20 - 2)}


@pytest.mark.parametrize("learner", LEARNERS)
def test_the_environment_ends_the_training(learner: str) -> None:
    agent = agent_of("dqn", "cartpole-v1", [1], {}, learner)
    agent.learn(Metered(get_task("cartpole-v1").simulator(), agent.num_envs), 100_000)
    assert agent.gradient_steps == 4 * (33 // 4 - 2)


def test_a_buffer_keeps_the_latest_rows_and_draws_each_of_them() -> None:
    buffer = Replay(2, 3, 2, torch.zeros(1))
    for t in range(5):
        numbers = 10.0 * t + torch.tensor([[0.0, 1.0], [100.0, 101.0]])
        images = numbers.unsqueeze(-1)
        buffer.add(Replayed(images, numbers.long(), images + 0.5, numbers * 0, numbers))
        uniforms = torch.linspace(0, 1 - 1e-9, 1000, dtype=torch.float64).expand(2, 1, -1)
        (drawn,) = buffer.sample(uniforms)
        kept = range(max(0, t - 2), t + 1)
        for seed in range(2):
            assert set(drawn.rewards[seed].tolist()) == {100 * seed + 10 * s + c for s in kept for c in range(2)}
        assert torch.equal(drawn.observations.squeeze(-1), drawn.rewards)
        assert torch.equal(drawn.next_observations.squeeze(-1), drawn.rewards + 0.5)
        assert torch.equal(drawn.actions, drawn.rewards.long())


class Fixed(GreedyActor):
    """Always the same values."""

    seed = 0

    def __init__(self, values: Sequence[float], epsilon: float) -> None:
        self._values, self._epsilon = np.array(values), epsilon

    def action_values(self, observations: NDArray[Any]) -> NDArray[np.float64]:
        return np.tile(self._values, (len(observations), 1))

    def final_epsilon(self, rows: int) -> NDArray[np.float64]:
        return np.full((rows, 1), self._epsilon)


def test_ties_are_split_at_random_and_exploration_is_uniform() -> None:
    rows = np.zeros((4000, 1))
    actor = Fixed([1.0, 3.0, 3.0 + 1e-7, -5.0], 0.2)
    for act, expected in (
        (actor.act, [0, 0.5, 0.5, 0]),
        (actor.act_greedily, [0, 0.5, 0.5, 0]),
        (actor.act_exploring, [0.05, 0.45, 0.45, 0.05]),
    ):
        np.testing.assert_allclose(np.bincount(act(rows), minlength=4) / 4000, expected, atol=0.03)


def test_policies_of_values_on_numpy_and_torch() -> None:
    values = np.array([[1.0, 1.0, 0.0], [-3.0, -2.0, -2.5], [np.nan, 0.0, 1.0]])
    expected = [[0.5, 0.5, 0.0], [0.0, 1.0, 0.0], [1 / 3, 1 / 3, 1 / 3]]
    np.testing.assert_allclose(greedy_policy(values), expected)
    np.testing.assert_allclose(greedy_policy(torch.as_tensor(values)).numpy(), expected)


def test_an_unknown_learner_is_refused() -> None:
    with pytest.raises(SympriorError, match="Did you mean 'batched'"):
        agent_of("dqn", "cartpole-v1", [1], {}, "bached")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "task_id", "steps", "enough"),
    [
        pytest.param("dqn+homomorphic", "cartpole-v1", 20_000, 60, marks=pytest.mark.exhaustive),
        ("dqn+homomorphic", "grid-catch-vector-v1", 8_000, 0.5),
        pytest.param("dqn", "grid-catch-vector-v1", 16_000, 0.5, marks=pytest.mark.exhaustive),
    ],
)
@pytest.mark.cells(test=1)
def test_most_seeds_learn(name: str, task_id: str, steps: int, enough: float) -> None:
    shipped, seeds = get_agent(name), range(5)
    settings = [shipped.settings(get_task(task_id).family)] * len(seeds)
    agent: Any = shipped.build(problem_of(task_id), seeds, settings, "batched")
    simulator = get_task(task_id).simulator()
    env = SimulatorVectorEnv(simulator, agent.num_envs * len(seeds))
    env.reset(seed=np.concatenate([training_seeds(task_id, seed, agent.num_envs) for seed in seeds]))
    agent.learn(env, steps)

    env = SimulatorVectorEnv(simulator, 10 * len(seeds))
    observations, _ = env.reset(seed=1000)
    alive, returns = np.ones(env.num_envs, dtype=bool), np.zeros(env.num_envs)
    while alive.any():
        observations, rewards, terminated, truncated, _ = env.step(agent.act(observations))
        returns += rewards * alive
        alive &= ~(terminated | truncated)
    assert (returns.reshape(len(seeds), 10).mean(axis=1) > enough).sum() >= 3
