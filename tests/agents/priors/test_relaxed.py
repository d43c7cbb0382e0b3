"""Relaxed networks: any weight in one way, as many parameters as plain ones, and free weights that are held back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from symprior.agents import Problem, get_agent
from symprior.agents.networks.heads.actor_critic import ActorCritic
from symprior.agents.networks.heads.q_network import QNetwork
from symprior.agents.networks.layers.equivariant import BasisWeight, stack
from symprior.agents.networks.sizes import Sizes, count_parameters
from symprior.agents.priors.prior import PRIORS
from symprior.agents.priors.relaxed import RelaxedSettings
from symprior.benchmark.run.equivariance import closed_under, equivariance_error
from symprior.symmetry.groups import cyclic, dihedral
from symprior.symmetry.representations import (
    Representation,
    direct_sum,
    generated,
    regular,
    rotations_of_the_plane,
    signs,
    trivial_representation,
)
from symprior.symmetry.symmetrizer import equivariant_basis, relaxed_basis
from symprior.tasks import get_task
from symprior.tasks.environments.simulators import SimulatorVectorEnv
from symprior.tasks.references.frozen_states import frozen_observations

C2, C8, D4 = cyclic(2), cyclic(8), dihedral(4)
ROOT = 0.5**0.5
EIGHTH = generated(C8, {1: [[ROOT, -ROOT], [ROOT, ROOT]]})
Make = Callable[..., Any]


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (signs(C2, [[1, 1, 1], [-1, 1, -1]]), regular(C2)),
        (trivial_representation(C2), signs(C2, [[1], [-1]])),
        (rotations_of_the_plane(D4), regular(D4)),
        (regular(D4), regular(D4)),
        (direct_sum(EIGHTH, trivial_representation(C8)), regular(C8)),
        (regular(C8), EIGHTH),
    ],
)
def test_equivariant_vectors_are_completed_by_orthogonal_ones(source: Representation, target: Representation) -> None:
    basis, equivariant = relaxed_basis(source, target, deviation=1.0, penalty=2.0), equivariant_basis(source, target)
    entries = source.size * target.size
    assert basis.rank == entries
    np.testing.assert_allclose(basis.vectors.T @ basis.vectors, np.eye(entries), atol=1e-9)
    np.testing.assert_array_equal(basis.vectors[:, : equivariant.rank], equivariant.vectors)
    penalties = np.zeros(entries) if basis.penalties is None else basis.penalties
    np.testing.assert_array_equal(penalties, 2.0 * (np.arange(entries) >= equivariant.rank))
    shrunk = relaxed_basis(source, target, deviation=0.1, penalty=2.0).vectors
    np.testing.assert_allclose(np.linalg.norm(shrunk[:, equivariant.rank :], axis=0), 0.1)


@pytest.mark.parametrize("kind", [ActorCritic, QNetwork])
@pytest.mark.parametrize("task_id", ["cartpole-v1", "grid-catch-vector-v1", "grid-catch-v1"])
def test_they_have_exactly_the_plain_networks_parameters(task_id: str, kind: type[Any]) -> None:
    symmetry, rng = get_task(task_id).symmetry(), np.random.default_rng(0)
    sizes = [count_parameters(PRIORS[name].network(kind, symmetry, Sizes(), rng)) for name in ("relaxed", "plain")]
    assert sizes[0] == sizes[1]


def test_hidden_features_are_those_that_are_chosen() -> None:
    symmetry, rng = get_task("collect-v1").symmetry(), np.random.default_rng(0)
    for features, size in ((("quotient", "trivial"), 25), (("regular",), 48), (None, 24)):
        network = PRIORS["relaxed"].network(ActorCritic, symmetry, Sizes(channels=(2, 2), features=features), rng)
        assert network.fibre.size == size
        assert network.dense[1].weight.matrix().shape[-2:] == (2 * size, 2 * size)


@pytest.mark.parametrize("name", ["line", "plane", "round"])
def test_standard_deviations_are_free(point_mass: Make, name: str) -> None:
    symmetry, rng = point_mass(name).symmetry, np.random.default_rng(0)
    networks = [PRIORS[prior].network(ActorCritic, symmetry, Sizes(), rng) for prior in ("relaxed", "plain")]
    assert len(networks[0].spread.log_std) == symmetry.action.size
    assert count_parameters(networks[0]) == count_parameters(networks[1])


def test_widths_that_the_group_does_not_divide_are_matched_within_five_percent() -> None:
    symmetry, rng = get_task("grid-catch-vector-v1").symmetry(), np.random.default_rng(0)
    sizes = [
        count_parameters(PRIORS[name].network(ActorCritic, symmetry, Sizes((50, 70)), rng))
        for name in ("relaxed", "plain")
    ]
    assert abs(sizes[0] / sizes[1] - 1) < 0.05


def network_of(task_id: str, seed: int = 0, **settings: float) -> ActorCritic:
    image = task_id == "grid-catch-v1"
    sizes = Sizes(channels=(2, 3, 6) if image else (16, 16))
    symmetry = get_task(task_id).symmetry()
    return PRIORS["relaxed"].network(
        ActorCritic, symmetry, sizes, np.random.default_rng(seed), RelaxedSettings(**settings)
    )


def free_parts(network: torch.nn.Module) -> list[tuple[torch.nn.Parameter, torch.Tensor]]:
    """Coefficients and which of them are free, of each weight that has some."""
    weights = [module for module in network.modules() if isinstance(module, BasisWeight)]
    return [(weight.coefficients, weight.penalties > 0) for weight in weights if weight.penalties is not None]


@pytest.mark.parametrize("task_id", ["cartpole-v1", "grid-catch-v1"])
def test_the_gradient_is_that_of_the_penalised_loss(task_id: str) -> None:
    observations = torch.as_tensor(frozen_observations(get_task(task_id))[:8])
    gradients = []
    for penalty in (0.0, 0.7):
        network = network_of(task_id, relaxed_penalty=penalty)
        with torch.no_grad():
            for parameter in network.parameters():
                parameter.add_(0.01)  # biases, too, have something to lose
        outputs, values = network(observations)
        loss = outputs.square().sum() + values.sum()
        gradients.append(torch.autograd.grad(loss, list(network.parameters())))
    (penalty_by_hand,) = (0.7 * sum((c * free).square().sum() for c, free in free_parts(network)),)
    expected = torch.autograd.grad(penalty_by_hand, list(network.parameters()), allow_unused=True)
    assert sum(gradient is not None for gradient in expected) >= 6
    for without, held_back, penalty_gradient in zip(*gradients, expected, strict=True):
        more = torch.zeros_like(without) if penalty_gradient is None else penalty_gradient
        torch.testing.assert_close(held_back, without + more, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("task_id", ["cartpole-v1", "grid-catch-vector-v1", "grid-catch-v1"])
def test_how_far_they_are_from_equivariant_at_the_start_follows_the_deviation(task_id: str) -> None:
    task = get_task(task_id)
    symmetry, observations = task.symmetry(), frozen_observations(task)[:50]
    errors = {}
    for deviation in (1e-6, 0.1, 1.0):
        network = network_of(task_id, relaxed_deviation=deviation)
        with torch.no_grad():
            for parameter in network.policy.parameters():
                parameter.mul_(100)
            outputs, _ = network(torch.as_tensor(closed_under(symmetry, observations)))
        errors[deviation] = equivariance_error(outputs.softmax(-1).double().numpy(), symmetry).raw_maximum
    assert errors[1e-6] < 1e-4
    assert 10 * errors[1e-6] < errors[0.1] < errors[1.0] / 2


@pytest.mark.parametrize("task_id", ["cartpole-v1", "grid-catch-v1"])
def test_a_stack_computes_what_its_seeds_compute(task_id: str) -> None:
    networks = [
        network_of(task_id, seed, relaxed_penalty=penalty, relaxed_deviation=deviation)
        for seed, (penalty, deviation) in enumerate([(0.1, 0.1), (0.2, 0.1), (0.1, 0.3)])
    ]
    observations = torch.as_tensor(frozen_observations(get_task(task_id))[:8])
    together = stack(networks)
    outputs, values = together(torch.stack([observations] * 3))
    gradients = torch.autograd.grad(outputs.sum() + values.sum(), list(together.parameters()))
    for seed, network in enumerate(networks):
        alone = network(observations)
        torch.testing.assert_close(outputs[seed], alone[0], atol=1e-5, rtol=1e-5)
        theirs = torch.autograd.grad(alone[0].sum() + alone[1].sum(), list(network.parameters()))
        for mine, other in zip(gradients, theirs, strict=True):
            torch.testing.assert_close(mine[seed], other, atol=1e-4, rtol=1e-4)


def test_a_larger_penalty_keeps_what_is_learned_nearer_to_equivariant() -> None:
    task, errors = get_task("cartpole-v1"), {}
    observations = closed_under(task.symmetry(), frozen_observations(task))
    shipped = get_agent("ppo+relaxed")
    for penalty in (0.0, 1.0):
        small = {"num_envs": 8, "steps": 8, "learning_rate": 3e-3, "relaxed_penalty": penalty}
        agent: Any = shipped.build(Problem.of(task), [1, 2], [shipped.settings("none", small)] * 2, "batched")
        env = SimulatorVectorEnv(task.simulator(), 16)
        env.reset(seed=3)
        agent.learn(env, 2048)
        policies = agent.action_probabilities(np.concatenate([observations] * 2)).reshape(2, len(observations), -1)
        errors[penalty] = np.mean([equivariance_error(policy, task.symmetry()).mean for policy in policies])
    assert 0 < errors[1.0] < errors[0.0]
