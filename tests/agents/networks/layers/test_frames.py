"""Averaging and folding: plain networks made exactly equivariant from outside, at the start and while they learn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np
import pytest
import torch

from symprior.agents import Problem, get_agent
from symprior.agents.networks.heads.actor_critic import ActorCritic
from symprior.agents.networks.heads.q_network import QNetwork
from symprior.agents.networks.layers.equivariant import stack
from symprior.agents.networks.layers.frames import Representative
from symprior.agents.networks.sizes import Sizes, count_parameters
from symprior.agents.networks.trunk import Trunk
from symprior.agents.priors.prior import PRIORS
from symprior.benchmark.run.equivariance import (
    closed_under,
    equivariance_error,
    log_std_equivariance_error,
    mean_equivariance_error,
    value_equivariance_error,
)
from symprior.symmetry.groups import dihedral, symmetric
from symprior.symmetry.representations import ImageTransform, permutation, rotations_of_the_plane
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks import SympriorError, get_task
from symprior.tasks.environments.simulators import SimulatorVectorEnv
from symprior.tasks.references.frozen_states import frozen_observations

FRAMES = ["average", "fold"]
DISCRETE = ["cartpole-v1", "grid-catch-vector-v1", "grid-catch-v1"]
Make = Callable[..., Any]


def squares() -> Symmetry:
    """D4 on images and on four moves."""
    group = dihedral(4)
    planar = rotations_of_the_plane(group)
    directions = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]])
    turned = [directions @ planar.matrix(g).T for g in range(8)]
    moves = [[int(np.flatnonzero((directions == move).all(axis=1))[0]) for move in each] for each in turned]
    return Symmetry(ImageTransform(planar, 2, 21), permutation(group, moves), discrete=True)


def permuted() -> Symmetry:
    """S3 on three positions and on the forces there."""
    group = symmetric(3)
    moves = permutation(group, [[int(c) for c in name] for name in group.elements])
    return Symmetry(moves, moves, discrete=False)


def case_of(name: str, point_mass: Make) -> tuple[Symmetry, torch.Tensor]:
    """A symmetry and observations on which it acts."""
    generator = torch.Generator().manual_seed(0)
    if name in DISCRETE:
        return get_task(name).symmetry(), torch.as_tensor(frozen_observations(get_task(name))[:32])
    if name == "squares":
        return squares(), torch.randint(0, 256, (8, 2, 21, 21), dtype=torch.uint8, generator=generator)
    if name == "permuted":
        return permuted(), torch.randn(32, 3, generator=generator)
    task = point_mass(name)
    return task.symmetry, torch.as_tensor(task.observations(32))


CASES = [*DISCRETE, "line", "plane", "round", "squares", "permuted"]


def network_of(prior: str, symmetry: Symmetry, kind: type[Any] = ActorCritic, seed: int = 0) -> Any:
    """A small network whose policy depends strongly on the observation."""
    image = isinstance(symmetry.observation, ImageTransform)
    sizes = Sizes((4, 6, 16), (1, 2, 4)) if image else Sizes((16, 16), (8, 8))
    network = PRIORS[prior].network(kind, symmetry, sizes, np.random.default_rng(seed))
    with torch.no_grad():
        for parameter in network.policy.parameters() if kind is ActorCritic else ():
            parameter.mul_(200)
    return network


def policy_of(symmetry: Symmetry, outputs: torch.Tensor) -> torch.Tensor:
    return outputs.softmax(-1) if symmetry.discrete else outputs.chunk(2, -1)[0]


@torch.no_grad()
def gap(network: Any, symmetry: Symmetry, observations: torch.Tensor) -> float:
    """The largest |π(g s) − g π(s)| and |V(g s) − V(s)| over all g."""
    outputs, values = network(observations)
    policy, gaps = policy_of(symmetry, outputs), []
    assert policy.std(0).max() > 0.005, "the policy depends on the observation"
    for g in range(len(symmetry.group)):
        moved, moved_values = network(symmetry.observation(g, observations))
        gaps.append((policy_of(symmetry, moved) - symmetry.action(g, policy)).abs().max().item())
        gaps.append((moved_values - values).abs().max().item())
    return max(gaps)


@pytest.mark.parametrize("prior", FRAMES)
@pytest.mark.parametrize("case", CASES)
def test_policies_are_equivariant_at_the_start(point_mass: Make, case: str, prior: str) -> None:
    symmetry, observations = case_of(case, point_mass)
    assert gap(network_of(prior, symmetry), symmetry, observations) < 1e-5
    assert gap(network_of("plain", symmetry), symmetry, observations) > 1e-2


@pytest.mark.parametrize("case", DISCRETE)
def test_folded_values_are_equivariant_at_the_start(point_mass: Make, case: str) -> None:
    symmetry, observations = case_of(case, point_mass)
    network = network_of("fold", symmetry, QNetwork)
    values = network(observations)
    for g in range(len(symmetry.group)):
        torch.testing.assert_close(network(symmetry.observation(g, observations)), symmetry.action(g, values))


SMALL: dict[str, Any] = {"num_envs": 4, "learning_rate": 3e-3}


def trained(name: str, problem: Problem, environments: Any, learner: str) -> Any:
    shipped = get_agent(name)
    quick = {"learning_starts": 64, "train_frequency": 4, "gradient_steps": 4} if "dqn" in name else {"steps": 4}
    image = len(problem.observation_space.shape or ()) == 3
    settings = shipped.settings("none", {**SMALL, **quick, "widths": (4, 6, 16) if image else (32, 32)})
    seeds = [1] if learner == "stable-baselines3" else [1, 2]
    agent: Any = shipped.build(problem, seeds, [settings] * len(seeds), learner)
    agent.learn(environments(agent.num_envs * len(seeds)), 256)
    assert agent.gradient_steps >= 16
    return agent


def asked(agent: Any, method: str, observations: np.ndarray) -> np.ndarray:
    """What the first seed says."""
    seeds = len(getattr(agent, "seeds", (1,)))
    said: np.ndarray = getattr(agent, method)(np.concatenate([observations] * seeds))
    return said[: len(observations)]


@pytest.mark.parametrize(
    ("task_id", "name", "learner"),
    [
        *(("cartpole-v1", name, "stable-baselines3") for name in ("a2c+average", "dqn+fold")),
        *((task_id, name, "batched") for task_id in DISCRETE for name in ("ppo+average", "a2c+fold", "dqn+fold")),
    ],
)
@pytest.mark.cells(test=3, ci=7)
def test_agents_stay_equivariant_while_they_learn(task_id: str, name: str, learner: str) -> None:
    task = get_task(task_id)

    def environments(copies: int) -> SimulatorVectorEnv:
        env = SimulatorVectorEnv(task.simulator(), copies)
        env.reset(seed=3)
        return env

    agent = trained(name, Problem.of(task), environments, learner)
    observations = closed_under(task.symmetry(), frozen_observations(task)[:100])
    method = "action_values" if "dqn" in name else "action_probabilities"
    said = asked(agent, method, observations)
    assert said.std(axis=0).max() > 1e-3, "what was learned depends on the observation"
    error = value_equivariance_error if "dqn" in name else equivariance_error
    assert error(said, task.symmetry()).raw_maximum < 1e-5


@pytest.mark.parametrize(
    ("task_name", "name", "learner"),
    [
        ("plane", "a2c+fold", "stable-baselines3"),
        *((task_name, name, "batched") for task_name in ("plane", "round") for name in ("a2c+average", "ppo+fold")),
    ],
)
def test_gaussian_agents_stay_equivariant_while_they_learn(
    point_mass: Make, task_name: str, name: str, learner: str
) -> None:
    task = point_mass(task_name)
    agent = trained(name, task.problem, lambda copies: task.environments([3], copies), learner)
    observations = closed_under(task.symmetry, task.observations(64))
    means, log_stds = (asked(agent, method, observations) for method in ("action_means", "action_log_stds"))
    assert means.std(axis=0).max() > 1e-3
    assert np.abs(log_stds).max() > 1e-3
    unbounded = gymnasium.spaces.Box(-np.inf, np.inf, means.shape[1:])  # clipping to a square is not round
    assert mean_equivariance_error(means, task.symmetry, unbounded).raw_maximum < 1e-5
    assert log_std_equivariance_error(log_stds, task.symmetry) < 1e-6


@pytest.mark.parametrize("case", ["grid-catch-vector-v1", "plane", "round"])
def test_the_average_is_of_probabilities_or_means(point_mass: Make, case: str) -> None:
    symmetry, observations = case_of(case, point_mass)
    network, order = network_of("average", symmetry), len(symmetry.group)
    outputs, values = network(observations)
    expected, expected_value = 0.0, 0.0
    for g in range(order):
        said, value = network.heads(symmetry.observation(g, observations))
        policy = said.softmax(-1) if symmetry.discrete else said
        expected = expected + symmetry.action(int(symmetry.group.inverse[g]), policy) / order
        expected_value = expected_value + value.squeeze(-1) / order
    torch.testing.assert_close(policy_of(symmetry, outputs), expected)
    torch.testing.assert_close(values, expected_value)
    assert outputs.grad_fn is not None


def seen_by(network: Trunk, observations: torch.Tensor) -> torch.Tensor:
    """What passes through the network itself."""
    seen: list[torch.Tensor] = []
    heads = network.heads

    def recorded(images: torch.Tensor) -> Any:
        seen.append(images)
        return heads(images)

    network.heads = recorded  # type: ignore[method-assign]
    network(observations)
    network.heads = heads  # type: ignore[method-assign]
    return torch.cat(seen)


@pytest.mark.parametrize("case", CASES)
def test_folding_looks_at_one_image_of_an_orbit_and_averaging_at_all(point_mass: Make, case: str) -> None:
    symmetry, observations = case_of(case, point_mass)
    representatives = seen_by(network_of("fold", symmetry), observations)
    assert len(representatives) == len(observations)
    for g in range(len(symmetry.group)):
        moved = seen_by(network_of("fold", symmetry), symmetry.observation(g, observations))
        if case == "round":  # matrices round, permutations do not
            torch.testing.assert_close(moved, representatives)
        else:
            assert torch.equal(moved, representatives)
    assert len(seen_by(network_of("average", symmetry), observations)) == len(symmetry.group) * len(observations)


@pytest.mark.parametrize("case", CASES)
def test_images_tie_only_where_they_are_equal(point_mass: Make, case: str) -> None:
    symmetry, observations = case_of(case, point_mass)
    frame = Representative(symmetry, ())
    images = torch.stack([symmetry.observation(g, observations) for g in range(len(symmetry.group))])
    tied = frame._tied(frame._along_directions(observations), exact=not observations.is_floating_point()).T
    representatives = images[tied.int().argmax(0), torch.arange(len(observations))]
    apart = (images.double() - representatives.double()).flatten(2).abs().amax(-1)
    assert torch.equal(tied, apart < 1e-6)


def test_where_several_elements_lead_there_each_is_as_likely() -> None:
    """The probabilities are those of choosing one of them uniformly, and so is the log-probability."""
    symmetry = squares()
    group, network = symmetry.group, network_of("fold", squares())
    rows = torch.arange(21)
    on_the_axis = torch.zeros(1, 2, 21, 21, dtype=torch.uint8)
    on_the_axis[0, 0, 10, 3] = 255  # fixed by the reflection of up and down
    corner = torch.zeros_like(on_the_axis)
    corner[0, 0, rows, rows] = rows.to(torch.uint8)  # fixed by a reflection across a diagonal
    for observation, fixing in ((on_the_axis, 2), (corner, 2), (torch.zeros_like(corner), 8)):
        stays = [torch.equal(symmetry.observation(g, observation), observation) for g in range(8)]
        assert sum(stays) == fixing
        representative = seen_by(network, observation)
        leading = [g for g in range(8) if torch.equal(symmetry.observation(g, observation), representative)]
        assert len(leading) == fixing
        policy = network.heads(representative)[0].softmax(-1)
        chosen = torch.stack([symmetry.action(int(group.inverse[g]), policy) for g in leading]).mean(0)
        assert fixing == 8 or policy.std() > 1e-3
        logits, _ = network(observation)
        torch.testing.assert_close(logits.exp(), chosen)
        torch.testing.assert_close(logits.log_softmax(-1), chosen.log())


def test_neighbours_within_round_off_are_tied() -> None:
    symmetry = get_task("cartpole-v1").symmetry()
    frame = Representative(symmetry, ())
    nearly = torch.tensor([[1e-9, -1e-9, 0, 1e-9], [1e-3, 0, 0, 0]])
    assert frame._tied(frame._along_directions(nearly), exact=False).sum(-1).tolist() == [2, 1]


@pytest.mark.parametrize("prior", FRAMES)
@pytest.mark.parametrize("case", CASES)
def test_a_stack_computes_what_its_seeds_compute(point_mass: Make, case: str, prior: str) -> None:
    symmetry, observations = case_of(case, point_mass)
    networks = [network_of(prior, symmetry, seed=seed) for seed in range(3)]
    outputs, values = stack(networks)(torch.stack([observations] * 3))
    for seed, network in enumerate(networks):
        alone = network(observations)
        torch.testing.assert_close(outputs[seed], alone[0], atol=1e-4, rtol=1e-4)
        torch.testing.assert_close(values[seed], alone[1], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("prior", FRAMES)
@pytest.mark.parametrize("case", CASES)
def test_they_have_the_plain_networks_parameters_but_for_tied_deviations(
    point_mass: Make, case: str, prior: str
) -> None:
    symmetry, _ = case_of(case, point_mass)
    network, plain = network_of(prior, symmetry), network_of("plain", symmetry)
    tied = 0 if symmetry.discrete else symmetry.action.size - len(network.spread.log_std)
    assert count_parameters(network) == count_parameters(plain) - tied
    assert (tied > 0) == (case in ("plane", "round", "permuted"))


@pytest.mark.parametrize("name", ["dqn+average", "dqn+mirror"])
def test_what_cannot_be_combined_is_refused_with_the_reason(name: str) -> None:
    with pytest.raises(SympriorError, match=f"There is no '{name[:3]}.{name[4:]}': .* policies, and dqn learns"):
        get_agent(name)
