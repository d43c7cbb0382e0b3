"""QR-DQN, SAC and TD3: every prior on each, equivariant where strict, and plain ones are Stable-Baselines3's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from types import SimpleNamespace
from typing import Any

import gymnasium
import numpy as np
import pytest
import sb3_contrib
import stable_baselines3
import torch
from torch import nn

from symprior.agents import Problem, get_agent
from symprior.agents.catalogue import agent_names
from symprior.agents.learners.stable_baselines3.models.environment import VectorEnvAdapter
from symprior.agents.networks.heads.critics import Critic, on_pairs
from symprior.agents.networks.heads.quantile_network import quantile_network
from symprior.agents.networks.orbits import Orbit
from symprior.agents.networks.sizes import Sizes, count_parameters
from symprior.agents.priors.mirror import MirrorLoss
from symprior.agents.priors.prior import PRIORS
from symprior.benchmark.run.equivariance import (
    closed_under,
    log_std_equivariance_error,
    mean_equivariance_error,
    value_equivariance_error,
)
from symprior.symmetry.groups import cyclic, dihedral
from symprior.symmetry.representations import direct_sum, rotations_of_the_plane, signs, trivial_representation
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks import SympriorError, get_task
from symprior.tasks.environments.simulators import SimulatorVectorEnv, training_seeds
from symprior.tasks.references.frozen_states import frozen_observations

CATCH = "grid-catch-vector-v1"
GREEDY: dict[str, Any] = {
    "num_envs": 4,
    "widths": (16, 16),
    "channels": (4, 5),
    "learning_rate": 3e-3,
    "learning_starts": 32,
    "train_frequency": 2,
    "gradient_steps": 2,
    "batch_size": 16,
    "target_update_interval": 32,
    "quantiles": 7,
}
TWIN: dict[str, Any] = {
    "num_envs": 2,
    "widths": (16, 16),
    "channels": (4, 5),
    "learning_rate": 3e-3,
    "learning_starts": 32,
    "batch_size": 16,
    "buffer_size": 1000,
}
STEPS = 96
EXPECTED_GRADIENT_STEPS = {
    "qrdqn": 2 * (STEPS // 8 - 32 // 8),
    "sac": (STEPS - 32) // 2,
    "td3": (STEPS - 32) // 2,
}
TABLE = [
    name
    for name in agent_names()
    if name.partition("+")[0] in EXPECTED_GRADIENT_STEPS
    and "wrong-group" not in name  # another symmetry, the same code
]
Make = Callable[..., Any]


class Counted(SimulatorVectorEnv):
    """Counts environment steps."""

    steps = 0

    def step(self, actions: Any) -> Any:
        self.steps += self.num_envs
        return super().step(actions)


class Catch:
    """What these tests need of the catch task, as of the point mass."""

    name, simulator = CATCH, property(lambda self: get_task(CATCH).simulator())
    symmetry = property(lambda self: get_task(CATCH).symmetry())
    problem = property(lambda self: Problem.of(get_task(CATCH)))

    def observations(self, count: int) -> Any:
        return frozen_observations(get_task(CATCH))[:count]


@pytest.fixture
def task_of(point_mass: Make) -> Make:
    """The small task that an algorithm is tried on: C4 turns the catch or the plane."""
    return lambda algorithm: Catch() if algorithm in ("dqn", "qrdqn") else point_mass("plane")


def agent_of(task: Any, name: str, seed: int = 1, learner: str = "stable-baselines3", **overrides: Any) -> Any:
    shipped = get_agent(name)
    settings = {**(GREEDY if task.symmetry.discrete else TWIN), **overrides}
    if shipped.algorithm.name == "dqn":
        del settings["quantiles"]
    return shipped.build(task.problem, [seed], [shipped.settings("none", settings)], learner)


def environments(task: Any, agent: Any, seed: int = 1) -> Counted:
    env = Counted(task.simulator, agent.num_envs)
    env.reset(seed=np.asarray(training_seeds(task.name, seed, agent.num_envs)))
    return env


def trained(task: Any, name: str, seed: int = 1, **overrides: Any) -> tuple[Any, Counted]:
    agent = agent_of(task, name, seed, **overrides)
    env = environments(task, agent, seed)
    agent.learn(env, STEPS)
    return agent, env


def parameters_of(module: nn.Module) -> torch.Tensor:
    return torch.cat([parameter.detach().flatten() for parameter in module.parameters()])


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.cells(test=3, ci=7)
def test_every_prior_learns_within_the_budget_and_by_its_seed(task_of: Make, name: str) -> None:
    algorithm, _, prior = name.partition("+")
    task = task_of(algorithm)
    before = parameters_of(agent_of(task, name).network)
    agent, env = trained(task, name)
    assert env.steps == STEPS
    passes = PRIORS[prior or "plain"].passes(len(task.symmetry.group))
    assert passes == 1 or prior == "more-steps"
    assert agent.gradient_steps == passes * EXPECTED_GRADIENT_STEPS[algorithm], "as many as the plain agent"
    after = parameters_of(agent.network)
    assert after.isfinite().all()
    assert not torch.equal(before, after)
    assert torch.equal(after, parameters_of(trained(task, name)[0].network))
    if not prior:
        assert not torch.equal(after, parameters_of(trained(task, name, seed=2)[0].network))
    if PRIORS[prior or "plain"].strict:
        observations = closed_under(task.symmetry, task.observations(32))
        assert_equivariant(agent, task, observations)


def assert_equivariant(agent: Any, task: Any, observations: Any) -> None:
    if task.symmetry.discrete:
        values = agent.action_values(observations)
        assert values.std(axis=0).max() > 1e-3, "the values depend on the observation"
        assert value_equivariance_error(values, task.symmetry).raw_maximum < 1e-5
        return
    means = agent.action_means(observations)
    assert np.abs(means).max() > 1e-3, "the means depend on the observation"
    assert mean_equivariance_error(means, task.symmetry, task.problem.action_space).raw_maximum < 1e-5
    if hasattr(agent, "action_log_stds"):
        assert log_std_equivariance_error(agent.action_log_stds(observations), task.symmetry) < 1e-5


@pytest.mark.parametrize("name", ["sac+homomorphic", "td3+homomorphic", "sac+fold", "td3+fold"])
def test_critics_stay_invariant_while_they_learn_also_at_neutral_states(point_mass: Make, name: str) -> None:
    task = point_mass("plane")
    agent, _ = trained(task, name)
    states = torch.cat([torch.as_tensor(task.observations(40)), torch.zeros(8, 4)])
    actions = 2 * torch.rand(len(states), 2, generator=torch.Generator().manual_seed(0)) - 1
    for critic in agent.network.critics:
        values = critic(states, actions)
        assert values.shape == (48, 1)
        assert values.std() > 1e-3
        assert values[40:].std() > 1e-3, "where the group fixes the state, values depend on the action still"
        for g in range(4):
            moved = critic(task.symmetry.observation(g, states), task.symmetry.action(g, actions))
            torch.testing.assert_close(moved, values, atol=1e-5, rtol=0)


def test_standard_deviations_depend_on_the_state_and_turn_with_it(point_mass: Make) -> None:
    task = point_mass("plane")
    agent, _ = trained(task, "sac+homomorphic")
    log_stds = agent.action_log_stds(task.observations(64))
    assert log_stds.std(axis=0).min() > 1e-4
    assert np.abs(log_stds[:, 0] - log_stds[:, 1]).max() > 1e-4, "one for each entry"
    turned = agent.action_log_stds(task.symmetry.observation(1, task.observations(64)))
    np.testing.assert_allclose(turned, log_stds[:, ::-1], atol=1e-6)


def test_folded_critics_choose_the_representative_by_the_state(point_mass: Make) -> None:
    """Else Q(s, ·) would jump where another image of the pair becomes the representative."""
    task = point_mass("plane")
    critic = agent_of(task, "sac+fold").network.critics[0]
    states, actions = torch.as_tensor(task.observations(20)), torch.rand(30, 2) * 2 - 1
    for state in states:
        pairs = state.expand(30, -1), actions
        folded = critic(*pairs)
        images = [
            critic.heads(torch.cat([task.symmetry.observation(g, pairs[0]), task.symmetry.action(g, pairs[1])], -1))[0]
            for g in range(4)
        ]
        assert sum(torch.allclose(folded, image, atol=1e-6) for image in images) == 1


@pytest.mark.parametrize("algorithm", ["qrdqn", "sac", "td3"])
def test_an_augmented_minibatch_is_the_orbit_of_the_plain_one(task_of: Make, algorithm: str) -> None:
    task, drawn = task_of(algorithm), {}
    for name in (algorithm, f"{algorithm}+augment"):
        agent = agent_of(task, name, learning_starts=1000)
        model = agent.model(VectorEnvAdapter(environments(task, agent)))
        model.learn(60)  # beyond the point mass' time limit
        np.random.seed(3)
        seen: list[Any] = []
        sample = model.replay_buffer.sample

        def recorded(*arguments: Any, sample: Any = sample, seen: list[Any] = seen, **named: Any) -> Any:
            seen.append(sample(*arguments, **named))
            return seen[-1]

        model.replay_buffer.sample = recorded
        model.train(1, model.batch_size)
        drawn[name] = seen[0]
    plain, augmented = drawn[algorithm], drawn[f"{algorithm}+augment"]
    assert len(plain.observations) == 16
    assert len(augmented.observations) == 64, "as many transitions are drawn"
    symmetry = task.symmetry
    for g in range(4):
        rows = slice(16 * g, 16 * g + 16)
        for column in ("observations", "next_observations"):
            torch.testing.assert_close(
                getattr(augmented, column)[rows], symmetry.observation(g, getattr(plain, column))
            )
        assert augmented.actions.shape[1:] == plain.actions.shape[1:]
        torch.testing.assert_close(augmented.actions[rows], symmetry.act_on_actions(g, plain.actions))
        assert torch.equal(augmented.rewards[rows], plain.rewards)
        assert torch.equal(augmented.dones[rows], plain.dones)


def test_a_time_limit_is_no_end(point_mass: Make) -> None:
    """The point mass never ends by itself; its limit of 20 steps is a truncation."""
    task = point_mass("line")
    agent = agent_of(task, "sac")
    model = agent.model(VectorEnvAdapter(environments(task, agent)))
    model.learn(100)
    buffer = model.replay_buffer
    assert buffer.dones[:50].any()
    assert not buffer.sample(500).dones.any()
    last = np.flatnonzero(buffer.dones[:49, 0])
    assert not np.allclose(buffer.next_observations[last, 0], buffer.observations[last + 1, 0]), "not the next start"


def linear_layers(network: Any, *heads: str) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Weights and biases of a plain network of this project."""
    layers = [*network.dense, *(getattr(network, head) for head in heads)]
    return [(layer.weight.matrix().detach(), layer.bias.bias().detach()) for layer in layers]


def theirs_of(module: nn.Module) -> list[nn.Linear]:
    return [layer for layer in module.modules() if isinstance(layer, nn.Linear)]


def pairs_of(algorithm: str, mine: Any, theirs: Any, target: bool) -> list[tuple[Any, list[nn.Linear]]]:
    """Layers of this project's model beside those of Stable-Baselines3's."""
    suffix = "_target" if target else ""
    if algorithm == "qrdqn":
        network, other = (getattr(model, f"quantile_net{suffix}") for model in (mine, theirs))
        layers = linear_layers(network.network, "each")
        weight, bias = layers[-1]
        count = mine.n_quantiles  # here all quantiles of an action side by side, there all actions of a quantile
        layers[-1] = (
            weight.view(-1, count, weight.shape[1]).transpose(0, 1).flatten(0, 1),
            bias.view(-1, count).T.flatten(),
        )
        return [(layers, theirs_of(other))]
    critics, others = (getattr(model, f"critic{suffix}") for model in (mine, theirs))
    found = [
        (linear_layers(critic, "value"), theirs_of(other))
        for critic, other in zip(critics.networks, others.q_networks, strict=True)
    ]
    if algorithm == "td3" or not target:
        heads = ("mean",) if algorithm == "td3" else ("mean", "log_std")
        actor, other = (getattr(model, f"actor{suffix}") for model in (mine, theirs))
        found.append((linear_layers(actor.network, *heads), theirs_of(other)))
    return found


@pytest.mark.parametrize("algorithm", ["qrdqn", "sac", "td3"])
def test_plain_updates_are_those_of_stable_baselines3(task_of: Make, algorithm: str) -> None:
    task = task_of(algorithm)
    agent = agent_of(task, algorithm)
    mine = agent.model(VectorEnvAdapter(environments(task, agent)))
    mine.learn(60)
    kind = {"qrdqn": sb3_contrib.QRDQN, "sac": stable_baselines3.SAC, "td3": stable_baselines3.TD3}[algorithm]
    own = {"n_quantiles": 7} if algorithm == "qrdqn" else {}
    theirs = kind(
        "MlpPolicy",
        mine.env,
        learning_rate=3e-3,
        buffer_size=1000,
        policy_kwargs={
            "net_arch": [16, 16],
            "optimizer_class": torch.optim.Adam,
            "optimizer_kwargs": {"eps": agent._settings.adam_epsilon},
            **own,
        },
        **({"max_grad_norm": 10.0} if algorithm == "qrdqn" else {}),
    )
    fresh = agent_of(task, algorithm).model(mine.env)  # optimizers without a past
    for target in (False, True):
        for layers, others in pairs_of(algorithm, fresh, theirs, target):
            for (weight, bias), other in zip(layers, others, strict=True):
                other.weight.data.copy_(weight)
                other.bias.data.copy_(bias)
    for model in (fresh, theirs):
        model.set_logger(mine.logger)
        model.replay_buffer = mine.replay_buffer
        stable_baselines3.common.utils.set_random_seed(5)
        model.train(4, 16)
    for target in (False, True):
        for layers, others in pairs_of(algorithm, fresh, theirs, target):
            for (weight, bias), other in zip(layers, others, strict=True):
                torch.testing.assert_close(weight, other.weight.detach(), atol=1e-5, rtol=0)
                torch.testing.assert_close(bias, other.bias.detach(), atol=1e-5, rtol=0)
    if algorithm == "sac":
        torch.testing.assert_close(fresh.log_ent_coef, theirs.log_ent_coef)
        assert fresh.log_ent_coef != 0, "the temperature is learned"
        assert fresh.target_entropy == theirs.target_entropy == -2


@pytest.mark.parametrize("name", ["sac+mirror", "td3+mirror"])
def test_the_mirror_loss_is_part_of_the_actors_update_with_weight_1(point_mass: Make, name: str) -> None:
    task = point_mass("plane")
    agent = agent_of(task, name, mirror_weight=2.5)
    actor = agent.model(VectorEnvAdapter(environments(task, agent))).actor
    observations = torch.as_tensor(task.observations(16))
    said = actor.action_log_prob(observations)[1] if name.startswith("sac") else actor(observations)
    assert len(said) == 16
    through = torch.autograd.grad(0 * said.sum(), list(actor.parameters()), allow_unused=True)
    measured = MirrorLoss(Orbit(task.symmetry), 2.5)
    (means, *_) = actor.network(measured.observations(observations))
    directly = torch.autograd.grad(measured(means.tanh()), list(actor.parameters()), allow_unused=True)
    assert any(gradient is not None and gradient.abs().max() > 0 for gradient in directly)
    for one, other in zip(through, directly, strict=True):
        none = torch.zeros(1)
        difference = (none if one is None else one) - (none if other is None else other)
        assert difference.abs().max() < 1e-7


@pytest.mark.parametrize("name", ["sac", "td3"])
def test_a_heavy_mirror_loss_makes_the_actor_nearly_equivariant(point_mass: Make, name: str) -> None:
    task = point_mass("plane")
    errors = []
    for weight in (0.0, 1000.0):
        agent, _ = trained(task, f"{name}+mirror", mirror_weight=weight)
        means = agent.action_means(closed_under(task.symmetry, task.observations(64)))
        errors.append(mean_equivariance_error(means, task.symmetry, task.problem.action_space).raw_maximum)
    assert errors[1] < 0.5 * errors[0]


@pytest.mark.parametrize("name", ["sac+homomorphic", "td3+homomorphic", "sac", "td3"])
def test_the_mean_is_what_counts_and_sampling_the_other_mode(point_mass: Make, name: str) -> None:
    task = point_mass("plane")
    agent = agent_of(task, name)
    assert get_agent(name).algorithm.mode == "mean"
    observations = np.repeat(task.observations(2), 3000, axis=0)
    means = agent.act(observations)
    assert means.dtype == task.problem.action_space.dtype
    np.testing.assert_allclose(means, agent.action_means(observations), atol=1e-6)
    agent.seed_policy(np.arange(6000))
    drawn = agent.act_sampling(observations)
    agent.seed_policy(np.arange(6000))
    np.testing.assert_array_equal(drawn, agent.act_sampling(observations))
    assert all(task.problem.action_space.contains(action) for action in drawn[::50])
    if name.startswith("td3"):
        np.testing.assert_allclose((drawn - means).std(axis=0), 0.1, rtol=0.05)
    else:
        before_tanh = np.arctanh(drawn.astype(np.float64).clip(-1 + 1e-7, 1 - 1e-7))
        deviations = np.exp(agent.action_log_stds(observations[:1])[0])
        np.testing.assert_allclose(before_tanh[:3000].std(axis=0), deviations, rtol=0.08)


def bounded(symmetry: Symmetry, low: Any, high: Any) -> Problem:
    size = symmetry.observation.size
    space = gymnasium.spaces.Box(np.asarray(low, np.float32), np.asarray(high, np.float32))
    return Problem(gymnasium.spaces.Box(-np.inf, np.inf, (size,)), space, symmetry)


def flips(size: int) -> Symmetry:
    """C2 that changes the signs of the observation and of the first of two entries of the action."""
    group = cyclic(2)
    sign = signs(group, [[1], [-1]])
    return Symmetry(direct_sum(*[sign] * size), direct_sum(sign, trivial_representation(group)), discrete=False)


@pytest.mark.parametrize("name", ["sac+homomorphic", "td3+homomorphic"])
def test_actions_are_scaled_to_bounds_that_the_group_leaves_as_they_are(name: str) -> None:
    shipped = get_agent(name)
    problem = bounded(flips(3), [-3, 1], [3, 5])
    agent: Any = shipped.build(problem, [0], [shipped.settings("none", TWIN)])
    for parameter in agent.network.actor.mean.parameters():
        parameter.data.mul_(100)
    observations = np.random.default_rng(0).normal(size=(200, 3)).astype(np.float32)
    means = agent.act(observations)
    assert problem.action_space.contains(means[0])
    assert np.ptp(means, axis=0).min() > 0.5
    assert 1 <= means[:, 1].min() <= means[:, 1].max() <= 5
    np.testing.assert_allclose(agent.act(-observations), means * [-1, 1], atol=1e-5)


@pytest.mark.parametrize("algorithm", ["sac", "td3"])
def test_what_cannot_be_is_refused_with_a_reason(point_mass: Make, algorithm: str) -> None:
    def build(problem: Problem, learner: str = "stable-baselines3") -> Any:
        shipped = get_agent(algorithm)
        return shipped.build(problem, [0], [shipped.settings("none", TWIN)], learner)

    with pytest.raises(SympriorError, match=f"{algorithm} takes action vectors"):
        build(Problem.of(get_task("cartpole-v1")))
    with pytest.raises(SympriorError, match="tanh, which commutes with permutations and changes of sign only"):
        build(point_mass("round").problem)
    with pytest.raises(SympriorError, match="moves the bounds"):
        build(bounded(flips(3), [-3, 1], [4, 5]))
    with pytest.raises(SympriorError, match="need bounds"):
        build(bounded(flips(3), [-np.inf, 1], [np.inf, 5]))
    with pytest.raises(SympriorError, match="runs on the learner stable-baselines3 only, not on batched"):
        build(point_mass("plane").problem, "batched")
    catch = get_task("grid-catch-v1")
    on_images = replace(catch.symmetry(), action=trivial_representation(catch.symmetry().group), discrete=False)
    space = gymnasium.spaces.Box(-1, 1, (1,))
    with pytest.raises(SympriorError, match="these are images"):
        build(Problem(catch.observation_space, space, on_images))


@pytest.mark.parametrize("name", ["qrdqn+average", "sac+average", "td3+average", "qrdqn+mirror"])
def test_priors_of_policies_are_refused_where_values_are_learned(name: str) -> None:
    with pytest.raises(SympriorError, match=r"averaging is of policies|compares policies"):
        get_agent(name)


def test_qrdqn_has_no_batched_learner() -> None:
    shipped = get_agent("qrdqn")
    with pytest.raises(SympriorError, match="qrdqn runs on the learner stable-baselines3 only"):
        shipped.build(Problem.of(get_task(CATCH)), [0], [shipped.settings("none", GREEDY)], "batched")


@pytest.mark.parametrize(
    ("task_id", "prior"), [(CATCH, "homomorphic"), (CATCH, "fold"), ("grid-catch-v1", "homomorphic")]
)
def test_each_quantile_is_equivariant(task_id: str, prior: str) -> None:
    task = get_task(task_id)
    symmetry, sizes = task.symmetry(), Sizes((3, 4, 9) if task_id == "grid-catch-v1" else (9, 9), None)
    network = PRIORS[prior].network(quantile_network(6), symmetry, sizes, np.random.default_rng(0))
    observations = torch.as_tensor(frozen_observations(task)[:20])
    quantiles = network(observations)
    assert quantiles.shape == (20, 6, 5)
    assert quantiles.std(dim=1).min() > 0, "they differ"
    for g in range(4):
        turned = network(torch.as_tensor(symmetry.observation(g, observations.numpy())))
        torch.testing.assert_close(turned, symmetry.action(g, quantiles), atol=1e-5, rtol=0)


def test_sizes_are_matched_where_heads_are_large() -> None:
    """Most parameters of a quantile network on images are in its head, which shrinks otherwise than hidden layers do."""
    symmetry, kind = get_task("grid-catch-v1").symmetry(), quantile_network(50)
    plain, homomorphic, relaxed = (
        count_parameters(PRIORS[name].network(kind, symmetry, Sizes(), np.random.default_rng(0)))
        for name in ("plain", "homomorphic", "relaxed")
    )
    assert abs(homomorphic / plain - 1) < 0.05
    assert abs(relaxed / plain - 1) < 0.05


@pytest.mark.parametrize("task_id", ["pendulum-v1", "inverted-pendulum-v1"])
def test_actor_and_critics_are_matched_in_parameters(task_id: str) -> None:
    problem, sizes = Problem.of(get_task(task_id)), {}
    for name in ("sac", "sac+homomorphic", "sac+relaxed"):
        shipped = get_agent(name)
        agent: Any = shipped.build(problem, [0], [shipped.settings("none", {"widths": (64, 64)})])
        sizes[name] = [count_parameters(part) for part in (agent.network.actor, *agent.network.critics)]
        assert agent.parameters == sum(sizes[name])
    for name, counts in sizes.items():
        np.testing.assert_allclose(counts, sizes["sac"], rtol=0.05, err_msg=name)


def test_a_critics_layers_have_the_rank_of_the_character_formula(point_mass: Make) -> None:
    symmetry = on_pairs(point_mass("plane").symmetry)
    critic = PRIORS["homomorphic"].network(Critic, symmetry, Sizes((8, 8), (3, 2)), np.random.default_rng(0))
    character = symmetry.observation.character
    first, second = (layer.weight.coefficients.shape for layer in critic.dense)
    assert first == (6, 1, 3), "ρ ⊕ ρ_a into a regular fibre: as many maps as it has entries"
    assert second == (4, 3, 2), "regular to regular: |G|"
    assert critic.value.weight.coefficients.shape == (1, 2, 1), "regular to trivial: the sum"
    assert character[0] == 6
    assert critic.value.bias.coefficients.numel() == 1


@pytest.mark.parametrize(
    ("algorithm", "learner"),
    [*product(("dqn", "qrdqn", "sac", "td3"), ("stable-baselines3",)), ("dqn", "batched")],
)
def test_statistics_are_of_every_observation_that_is_acted_at(task_of: Make, algorithm: str, learner: str) -> None:
    task = task_of(algorithm)
    agent = agent_of(task, algorithm, learner=learner, normalise_observations=True)
    env, seen = environments(task, agent), []
    reset, step = env.reset, env.step

    def noted(result: Any) -> Any:
        seen.append(result[0].copy())
        return result

    env.reset = lambda **_: noted(reset())  # type: ignore[assignment]
    env.step = lambda actions: noted(step(actions))  # type: ignore[method-assign]
    agent.learn(env, STEPS)
    rows, found = np.concatenate(seen[:-1]), agent.network.normaliser
    assert found.seen == len(rows) == STEPS
    np.testing.assert_allclose(np.atleast_2d(found.mean)[0], rows.mean(axis=0), atol=1e-6)
    np.testing.assert_allclose(np.atleast_2d(found.variance)[0], rows.var(axis=0), atol=1e-6)
    before = found.shift.clone()
    agent.act(10 + task.observations(6))
    assert torch.equal(found.shift, before), "frozen where it only acts"


@pytest.mark.parametrize("name", ["sac+homomorphic", "td3+homomorphic", "sac+fold", "td3+fold"])
def test_actor_and_critics_share_statistics_and_stay_equivariant(point_mass: Make, name: str) -> None:
    task = point_mass("plane")
    agent, _ = trained(task, name, normalise_observations=True)
    rows, normaliser = task.observations(16), agent.network.normaliser
    assert normaliser.factor.max() > 2, "the statistics are at work"
    assert ("fold" in name) == bool((normaliser.shift != 0).any()), "a fold has those of what is met"
    assert_equivariant(agent, task, closed_under(task.symmetry, rows))
    states, actions = torch.as_tensor(rows), torch.rand(16, 2) * 2 - 1
    for critic in agent.network.critics:
        values = critic(states, actions)
        for g in range(4):
            moved = critic(task.symmetry.observation(g, states), task.symmetry.action(g, actions))
            torch.testing.assert_close(moved, values, atol=1e-5, rtol=1e-5)
        normaliser.factor *= 2
        assert not torch.allclose(critic(states, actions), values)


@pytest.mark.parametrize("learner", ["stable-baselines3", "batched"])
def test_a_target_network_has_the_statistics_of_now(learner: str) -> None:
    agent = agent_of(Catch(), "dqn", learner=learner, normalise_observations=True)
    if learner == "batched":
        target = agent.population.target
    else:
        target = agent.model(VectorEnvAdapter(environments(Catch(), agent))).q_net_target.network
    assert target.normaliser is agent.network.normaliser
    assert next(target.parameters()).data_ptr() != next(agent.network.parameters()).data_ptr()


def test_targets_of_actor_and_critics_have_the_statistics_of_now(point_mass: Make) -> None:
    task = point_mass("plane")
    agent = agent_of(task, "td3", normalise_observations=True)
    model = agent.model(VectorEnvAdapter(environments(task, agent)))
    assert model.actor_target.network.normaliser is agent.network.normaliser
    assert all(critic.observation_normaliser is agent.network.normaliser for critic in model.critic_target.networks)


def test_statistics_of_a_seed_do_not_depend_on_its_companions() -> None:
    def learned(seeds: list[int]) -> torch.Tensor:
        settings = {key: value for key, value in GREEDY.items() if key != "quantiles"} | {
            "normalise_observations": True
        }
        shipped = get_agent("dqn+homomorphic")
        each = [shipped.settings("none", settings)] * len(seeds)
        agent: Any = shipped.build(Catch().problem, seeds, each, "batched")
        env = SimulatorVectorEnv(Catch().simulator, agent.num_envs * len(seeds))
        env.reset(seed=np.concatenate([training_seeds(CATCH, seed, agent.num_envs) for seed in seeds]))
        agent.learn(env, STEPS)
        row, normaliser = seeds.index(7), agent.network.normaliser
        tensors = [*agent.network.parameters(), normaliser.shift, normaliser.factor]
        return torch.cat([tensor[row].detach().flatten() for tensor in tensors])

    alone = learned([7])
    for seeds in ([9, 7], [2, 5, 7]):
        assert torch.equal(learned(seeds), alone)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["sac", pytest.param("sac+homomorphic", marks=pytest.mark.exhaustive), "td3+homomorphic"]
)
@pytest.mark.cells(test=1)
def test_the_point_mass_is_brought_to_the_origin(point_mass: Make, name: str) -> None:
    task, shipped = point_mass("plane"), get_agent(name)
    settings = shipped.settings("none", {"widths": (32, 32), "learning_rate": 3e-3, "batch_size": 64})
    agent: Any = shipped.build(task.problem, [0], [settings])
    agent.learn(environments(task, agent, seed=0), 600)

    env = SimulatorVectorEnv(task.simulator, 50)
    observations, _ = env.reset(seed=3)
    mean_return = 0.0
    for _ in range(20):
        observations, rewards, *_ = env.step(agent.act(observations))
        mean_return += rewards.mean()
    assert mean_return > -1.5, "the start held for 20 steps costs 13"


@pytest.mark.parametrize("name", ["sac+homomorphic", "sac+fold", "td3+homomorphic", "td3+fold"])
def test_a_group_that_does_not_commute_is_kept_too_on_the_axes_of_its_reflections(name: str) -> None:
    plane = rotations_of_the_plane(dihedral(4))
    symmetry = Symmetry(direct_sum(plane, plane), plane, discrete=False)
    problem, shipped = bounded(symmetry, [-2, -2], [2, 2]), get_agent(name)
    agent: Any = shipped.build(problem, [0], [shipped.settings("none", TWIN)])
    generator = torch.Generator().manual_seed(0)
    for parameter in agent.network.parameters():
        parameter.data.add_(torch.randn(parameter.shape, generator=generator) * 0.3)
    states = torch.randn(60, 4, generator=generator)
    states[:20, [1, 3]] = 0  # on an axis, and a diagonal
    states[20:40] = states[20:40, [0, 0, 2, 2]]
    assert_equivariant(
        agent, SimpleNamespace(symmetry=symmetry, problem=problem), closed_under(symmetry, states.numpy())
    )
    actions = torch.rand(60, 2, generator=generator) * 2 - 1
    for critic in agent.network.critics:
        values = critic(states, actions)
        for g in range(8):
            moved = critic(symmetry.observation(g, states), symmetry.action(g, actions))
            torch.testing.assert_close(moved, values, atol=1e-4, rtol=1e-5)
