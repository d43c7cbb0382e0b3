"""The mirror loss: what it measures, that both learners minimise it beside their own loss, and what it does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from symprior.agents import Problem, get_agent
from symprior.agents.learners.stable_baselines3.models.environment import VectorEnvAdapter
from symprior.agents.networks.heads.actor_critic import ActorCritic
from symprior.agents.networks.orbits import Orbit
from symprior.agents.networks.sizes import Sizes
from symprior.agents.priors.mirror import MirrorLoss
from symprior.agents.priors.prior import PRIORS
from symprior.benchmark.run.equivariance import closed_under, equivariance_error
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks import SympriorError, get_task
from symprior.tasks.environments.simulators import SimulatorVectorEnv
from symprior.tasks.references.frozen_states import frozen_observations

LEARNERS = ["stable-baselines3", "batched"]
Make = Callable[..., Any]


def loud(prior: str, symmetry: Symmetry, seed: int = 0) -> ActorCritic:
    """A network whose policy depends strongly on the observation."""
    network = PRIORS[prior].network(ActorCritic, symmetry, Sizes((16, 16), (8, 8)), np.random.default_rng(seed))
    with torch.no_grad():
        for parameter in network.policy.parameters():
            parameter.mul_(100)
    return network


def symmetric_divergence(p: torch.Tensor, q: torch.Tensor) -> torch.Tensor:
    divergence = torch.nn.functional.kl_div
    both = divergence(q.log(), p, reduction="none") + divergence(p.log(), q, reduction="none")
    return both.sum(-1) / 2


def by_hand(network: ActorCritic, symmetry: Symmetry, observations: torch.Tensor, divergence: str) -> torch.Tensor:
    """Element by element, from the definition."""
    policy = policy_of(network, symmetry, observations)
    apart = []
    for g in range(1, len(symmetry.group)):
        image = policy_of(network, symmetry, symmetry.observation(g, observations))
        moved = symmetry.action(int(symmetry.group.inverse[g]), image)
        apart.append(symmetric_divergence(policy, moved) if divergence == "kl" else ((policy - moved) ** 2).sum(-1))
    return torch.stack(apart).mean()


def policy_of(network: ActorCritic, symmetry: Symmetry, observations: torch.Tensor) -> torch.Tensor:
    outputs, _ = network(observations)
    return outputs.softmax(-1) if symmetry.discrete else outputs.chunk(2, -1)[0]


def case_of(name: str, point_mass: Make) -> tuple[Symmetry, torch.Tensor]:
    if name.endswith("-v1"):
        return get_task(name).symmetry(), torch.as_tensor(frozen_observations(get_task(name))[:16])
    return point_mass(name).symmetry, torch.as_tensor(point_mass(name).observations(16))


@pytest.mark.parametrize(
    ("case", "divergence"),
    [
        *(("cartpole-v1", divergence) for divergence in ("squared", "kl")),
        *(("grid-catch-vector-v1", divergence) for divergence in ("squared", "kl")),
        *((name, "squared") for name in ("line", "plane", "round")),
    ],
)
def test_it_is_the_mean_distance_over_states_and_elements(point_mass: Make, case: str, divergence: str) -> None:
    symmetry, observations = case_of(case, point_mass)
    network, measure = loud("plain", symmetry), MirrorLoss(Orbit(symmetry), 3.0, divergence)
    outputs, _ = network(measure.observations(observations))
    expected = 3 * by_hand(network, symmetry, observations, divergence)
    assert expected > 1e-3
    torch.testing.assert_close(measure(outputs), expected.view(1))
    torch.testing.assert_close(measure.latest, expected.detach().view(1))
    torch.testing.assert_close(measure(torch.stack([outputs] * 2)), expected.expand(2, 1))
    equivariant = loud("homomorphic", symmetry)
    assert measure(equivariant(measure.observations(observations))[0]) < 1e-9


def test_the_trivial_group_asks_nothing() -> None:
    symmetry = get_task("cartpole-v1").symmetry().restrict((0,))
    network, measure = loud("plain", symmetry), MirrorLoss(Orbit(symmetry))
    assert measure(network(measure.observations(torch.randn(5, 4)))[0]).item() == 0


@pytest.mark.parametrize("learner", LEARNERS)
def test_a_divergence_of_action_vectors_is_refused(point_mass: Make, learner: str) -> None:
    shipped = get_agent("ppo+mirror")
    settings = shipped.settings("none", {"mirror_divergence": "kl"})
    with pytest.raises(SympriorError, match="'kl' compares policies over discrete actions"):
        shipped.build(point_mass("plane").problem, [1], [settings], learner)


SMALL: dict[str, Any] = {"num_envs": 4, "steps": 16, "learning_rate": 3e-3, "widths": (16, 24)}


def environments(copies: int) -> SimulatorVectorEnv:
    env = SimulatorVectorEnv(get_task("cartpole-v1").simulator(), copies)
    env.reset(seed=3)
    return env


def agent_of(name: str, seeds: list[int], learner: str, each: list[dict[str, Any]] | None = None) -> Any:
    shipped = get_agent(name)
    settings = [shipped.settings("none", {**SMALL, **one}) for one in each or [{}] * len(seeds)]
    return shipped.build(Problem.of(get_task("cartpole-v1")), seeds, settings, learner)


def test_it_has_weight_one_in_stable_baselines3_whatever_the_values_weigh() -> None:
    agent = agent_of("ppo+mirror", [1], "stable-baselines3")
    policy = agent.model(VectorEnvAdapter(environments(4))).policy
    observations, parameters = torch.randn(6, 4), list(agent.network.parameters())
    values, log_probabilities, _ = policy.evaluate_actions(observations, torch.zeros(6))
    attached = torch.autograd.grad(0 * values.sum(), parameters, retain_graph=True, allow_unused=True)
    measure = MirrorLoss(Orbit(agent.problem.symmetry), 4.0)
    outputs, plain_values = agent.network(measure.observations(observations))
    expected = torch.autograd.grad(measure(outputs).sum(), parameters, allow_unused=True)
    assert sum(float(gradient.abs().sum()) for gradient in expected if gradient is not None) > 0
    for mine, theirs in zip(attached, expected, strict=True):
        if theirs is not None:
            torch.testing.assert_close(mine, theirs, atol=1e-9, rtol=1e-4)
    torch.testing.assert_close(values.squeeze(-1), plain_values[:6])
    assert log_probabilities.shape == (6,)


def test_it_makes_policies_more_equivariant() -> None:
    task, errors = get_task("cartpole-v1"), {}
    observations = closed_under(task.symmetry(), frozen_observations(task))
    for weight in (0.0, 4.0):
        agent = agent_of("ppo+mirror", [1, 2], "batched", [{"mirror_weight": weight}] * 2)
        agent.learn(environments(8), 512)
        policy = agent.action_probabilities(np.concatenate([observations] * 2))[: len(observations)]
        errors[weight] = equivariance_error(policy, task.symmetry()).raw_maximum
        assert (agent.population.auxiliary_loss.latest > 0).all() == (weight > 0)
    assert errors[4.0] < errors[0.0] / 2


def test_a_weight_of_zero_is_the_plain_agent() -> None:
    mirrored = agent_of("ppo+mirror", [1, 2], "batched", [{"mirror_weight": 0.0}] * 2)
    plain = agent_of("ppo", [1, 2], "batched")
    for agent in (mirrored, plain):
        agent.learn(environments(8), 256)
    for mine, theirs in zip(mirrored.network.parameters(), plain.network.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs, atol=1e-5, rtol=1e-4)


def test_weights_along_the_seed_axis_equal_separate_runs() -> None:
    varied = [{"mirror_weight": 0.5}, {"mirror_weight": 40.0}]
    together = agent_of("ppo+mirror", [4, 4], "batched", varied)
    env = environments(4)
    env.reset(seed=[7, 8, 9, 10])
    both = SimulatorVectorEnv(get_task("cartpole-v1").simulator(), 8)
    both.reset(seed=[7, 8, 9, 10] * 2)
    together.learn(both, 256)
    for row, settings in enumerate(varied):
        alone = agent_of("ppo+mirror", [4], "batched", [settings])
        env.reset(seed=[7, 8, 9, 10])
        alone.learn(env, 256)
        for mine, theirs in zip(together.network.parameters(), alone.network.parameters(), strict=True):
            assert torch.equal(mine[row], theirs[0])
