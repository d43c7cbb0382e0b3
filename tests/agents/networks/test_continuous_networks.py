"""Networks for action vectors: equivariant means, standard deviations constant on orbits, any real matrices outside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from symprior.agents.networks.heads.actor_critic import ActorCritic
from symprior.agents.networks.layers.blocks import tied_entries
from symprior.agents.networks.layers.equivariant import stack
from symprior.agents.networks.layers.standard_deviation import StandardDeviation
from symprior.agents.networks.sizes import Sizes, count_parameters, default_widths, matched_channels, plain_network
from symprior.agents.priors.prior import PRIORS
from symprior.symmetry.errors import SympriorError
from symprior.symmetry.groups import cyclic, symmetric
from symprior.symmetry.representations import (
    Matrices,
    as_signed_permutation,
    direct_sum,
    generated,
    permutation,
    regular,
    signs,
    trivial_representation,
)
from symprior.symmetry.symmetrizer import equivariant_basis, nullspace_basis, random_basis
from symprior.symmetry.symmetry import Symmetry

TASKS = ["line", "plane", "round"]
Make = Callable[..., Any]


def _loud(network: ActorCritic) -> ActorCritic:
    """The network with weights large enough that a policy's asymmetry would show."""
    with torch.no_grad():
        for parameter in network.policy.parameters():
            parameter.mul_(100)
    return network


def _gap(network: ActorCritic, symmetry: Symmetry, observations: torch.Tensor) -> float:
    """The largest |μ(g s) − g μ(s)| and |V(g s) − V(s)| over all g."""
    gaps = []
    with torch.no_grad():
        outputs, values = network(observations)
        means = outputs.chunk(2, -1)[0]
        assert means.abs().max() > 0.1
        for g in range(len(symmetry.group)):
            moved, moved_values = network(symmetry.observation(g, observations))
            gaps.append((moved.chunk(2, -1)[0] - symmetry.action(g, means)).abs().max().item())
            gaps.append((moved_values - values).abs().max().item())
    return max(gaps)


@pytest.mark.parametrize("name", TASKS)
def test_homomorphic_means_are_equivariant_and_controls_are_not(point_mass: Make, name: str) -> None:
    task = point_mass(name)
    observations = torch.as_tensor(task.observations(16))
    channels = matched_channels(task.symmetry, (64, 64))
    gaps = {
        rule: _gap(
            _loud(ActorCritic(task.symmetry, channels, rule, np.random.default_rng(0))), task.symmetry, observations
        )
        for rule in (equivariant_basis, random_basis, nullspace_basis)
    }
    assert gaps[equivariant_basis] < 1e-5
    assert gaps[random_basis] > 1e-2
    assert gaps[nullspace_basis] > 1e-2


def test_matrices_act_at_the_ends_only_and_hidden_features_are_regular(point_mass: Make) -> None:
    """A pointwise nonlinearity commutes with permutations; on a matrix representation it would not."""
    task = point_mass("round")
    assert as_signed_permutation(task.symmetry.observation) is None
    network = ActorCritic(task.symmetry, (8, 8), equivariant_basis, np.random.default_rng(0))
    observations = torch.as_tensor(task.observations(16))
    hidden = regular(task.symmetry.group)
    features = network.features(observations).unflatten(-1, (hidden.size, -1)).movedim(-2, -1)
    assert features.max() > 0
    for g in range(8):
        moved = network.features(task.symmetry.observation(g, observations)).unflatten(-1, (hidden.size, -1))
        torch.testing.assert_close(moved.movedim(-2, -1), hidden(g, features), atol=1e-5, rtol=1e-4)


C2, C4, C8 = cyclic(2), cyclic(4), cyclic(8)
TURN = [[0, -1], [1, 0]]
EIGHTH = [[np.cos(np.pi / 4), -np.sin(np.pi / 4)], [np.sin(np.pi / 4), np.cos(np.pi / 4)]]


@pytest.mark.parametrize(
    ("action", "orbits"),
    [
        (trivial_representation(C2, 3), [0, 1, 2]),
        (signs(C2, [[1, 1], [-1, 1]]), [0, 1]),
        (permutation(C2, [[0, 1, 2], [2, 1, 0]]), [0, 1, 0]),
        (direct_sum(generated(C4, {1: TURN}), signs(C4, [[1], [-1], [1], [-1]])), [0, 0, 1]),
        (generated(C8, {1: EIGHTH}), [0, 0]),
        (
            direct_sum(generated(C8, {1: EIGHTH}), trivial_representation(C8), generated(C8, {1: EIGHTH})),
            [0, 0, 1, 2, 2],
        ),
    ],
)
def test_standard_deviations_are_constant_on_orbits_under_the_magnitudes(action: Any, orbits: list[int]) -> None:
    assert tied_entries(action).tolist() == orbits
    spread = StandardDeviation(action)
    with torch.no_grad():
        spread.log_std.copy_(torch.arange(len(spread.log_std)))
    outputs = spread(torch.zeros(5, action.size))
    assert outputs[:, action.size :].tolist() == [orbits] * 5
    variances = np.diag(np.exp(2.0 * np.array(orbits)))
    for g in range(len(action.group)):
        np.testing.assert_allclose(action.matrix(g) @ variances @ action.matrix(g).T, variances, atol=1e-9)


def test_every_prior_starts_from_the_same_standard_deviation_and_plain_ones_have_one_for_each_entry(
    point_mass: Make,
) -> None:
    task = point_mass("plane")
    sizes = Sizes((16, 16), (8, 8))
    free = {
        name: PRIORS[name].network(ActorCritic, task.symmetry, sizes, np.random.default_rng(0)).spread
        for name in PRIORS
    }
    assert {len(spread.log_std) for name, spread in free.items() if name in ("plain", "wide", "augment")} == {2}
    tied = [
        len(spread.log_std) for name, spread in free.items() if name in ("homomorphic", "random-basis", "nullspace")
    ]
    assert tied == [1, 1, 1]
    assert all((spread.log_std == 0).all() for spread in free.values())


def test_actions_that_the_group_stretches_are_refused_by_the_equivariant_network_only() -> None:
    stretch = Matrices(C2, [np.eye(2), [[0, 2], [0.5, 0]]])
    symmetry = Symmetry(trivial_representation(C2, 3), stretch, discrete=False)
    with pytest.raises(SympriorError, match="not orthogonal"):
        ActorCritic(symmetry, (4, 4), equivariant_basis, np.random.default_rng(0))
    plain_network(symmetry, (4, 4), np.random.default_rng(0))


@pytest.mark.parametrize("name", TASKS)
def test_sizes_are_matched(point_mass: Make, name: str) -> None:
    symmetry, rng = point_mass(name).symmetry, np.random.default_rng(0)
    widths = default_widths(symmetry)
    plain = count_parameters(plain_network(symmetry, widths, rng))
    channels = matched_channels(symmetry, widths)
    assert abs(count_parameters(ActorCritic(symmetry, channels, equivariant_basis, rng)) / plain - 1) < 0.05
    wide = PRIORS["wide"].network(ActorCritic, symmetry, Sizes(widths, channels), rng)
    assert wide.dense[0].weight.matrix().shape[0] == len(symmetry.group) * channels[0]


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize("rule", [equivariant_basis, random_basis, nullspace_basis])
def test_a_stack_computes_what_its_seeds_compute(point_mass: Make, name: str, rule: Any) -> None:
    task = point_mass(name)
    networks = [ActorCritic(task.symmetry, (8, 8), rule, np.random.default_rng(seed)) for seed in range(3)]
    for i, network in enumerate(networks):
        torch.nn.init.constant_(network.spread.log_std, i)
    observations = torch.as_tensor(task.observations(16))
    outputs, values = stack(networks)(torch.stack([observations] * 3))
    for seed, network in enumerate(networks):
        alone = network(observations)
        torch.testing.assert_close(outputs[seed], alone[0], atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(values[seed], alone[1], atol=1e-5, rtol=1e-5)


def test_the_whole_permutation_group_of_an_action_vector() -> None:
    """S3 permutes three agents' forces; each agent sees its own position."""
    group = symmetric(3)
    moves = permutation(group, [[int(c) for c in name] for name in group.elements])
    symmetry = Symmetry(moves, moves, discrete=False)
    network = _loud(ActorCritic(symmetry, (8, 8), equivariant_basis, np.random.default_rng(0)))
    assert _gap(network, symmetry, torch.randn(16, 3)) < 1e-5
    assert len(network.spread.log_std) == 1


def test_observations_that_the_group_stretches_are_taken() -> None:
    """Any real matrices act on the observation: here the mirror swaps a length in metres with one in half metres."""
    stretch = Matrices(C2, [np.eye(3), [[0, 2, 0], [0.5, 0, 0], [0, 0, -1]]])
    symmetry = Symmetry(stretch, signs(C2, [[1, 1], [-1, 1]]), discrete=False)
    network = _loud(ActorCritic(symmetry, (8, 8), equivariant_basis, np.random.default_rng(0)))
    assert _gap(network, symmetry, torch.randn(16, 3)) < 1e-5
