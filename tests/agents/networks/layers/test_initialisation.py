"""At the start activations are as large behind many layers as behind one, on every basis."""

import numpy as np
import pytest
import torch

from symprior.agents.networks.heads.actor_critic import ActorCritic
from symprior.agents.networks.hidden_features import hidden_features
from symprior.symmetry.groups import dihedral
from symprior.symmetry.representations import ImageTransform, permuted, quotient, rotations_of_the_plane
from symprior.symmetry.symmetrizer import equivariant_basis, nullspace_basis, random_basis, relaxed_basis, turned_basis
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks import get_task
from symprior.tasks.families.grid_worlds.collect import MOVES

DEPTH, SEEDS = 6, 24


def relaxed(source, target, rng):
    """Equivariant weights and free ones a tenth as large."""
    return relaxed_basis(source, target, deviation=0.1, penalty=0.001)


BASES = {
    "plain": ("collect-v1", None, equivariant_basis),
    "C2 regular": ("cartpole-v1", ("regular",), equivariant_basis),
    "C2 turned": ("cartpole-v1", ("regular",), turned_basis),
    "C2 random basis": ("cartpole-v1", ("regular",), random_basis),
    "C2 nullspace": ("cartpole-v1", ("regular",), nullspace_basis),
    "C2 relaxed": ("cartpole-v1", ("regular",), relaxed),
    "C8 by matrices": ("reacher-turned-8-v1", ("regular",), equivariant_basis),
    "S3×D4 regular": ("collect-v1", ("regular",), equivariant_basis),
    "S3×D4 quotient": ("collect-v1", ("quotient",), equivariant_basis),
    "S3×D4 quotient by much": ("collect-v1", (("(021,e)", "(012,s)"),), equivariant_basis),
    "S3×D4 sum": ("collect-v1", ("quotient", "trivial", ("(120,e)",)), equivariant_basis),
    "S3×D4 relaxed": ("collect-v1", ("quotient",), relaxed),
    "S3×D4 turned": ("collect-v1", ("quotient",), turned_basis),
    "S3×D4 random basis": ("collect-v1", ("quotient",), random_basis),
    "S3×D4 nullspace": ("collect-v1", ("quotient",), nullspace_basis),
}


def second_moments(networks, x):
    """E[x²] behind every hidden layer and ReLU, over batch and features, the mean over networks; [layers]."""
    found = []
    for network in networks:
        hidden, moments = x, []
        for layer in network.dense:
            hidden = torch.relu(layer(hidden))
            moments.append(hidden.square().mean().item())
        found.append(moments)
    return np.mean(found, axis=0)


@pytest.mark.parametrize("name", BASES)
@pytest.mark.cells(test=4, ci=8)
def test_the_variance_of_activations_is_kept_through_depth(name):
    """Without their factors a quotient's layers would make it seven to fifty times as large."""
    task, summands, rule = BASES[name]
    symmetry = get_task(task).symmetry()
    symmetry = symmetry.restrict((0,)) if name == "plain" else symmetry
    fibre = hidden_features(symmetry, summands)
    channels = (max(24, 192 // fibre.size),) * DEPTH
    networks = [ActorCritic(symmetry, channels, rule, np.random.default_rng(seed), fibre) for seed in range(SEEDS)]
    x = torch.randn(64, symmetry.observation.size, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        moments = second_moments(networks, x)
    assert 0.75 < moments[0] < 1.33, "with inputs of variance 1, He's scale gives E[relu²] = 1"
    assert 0.6 < moments[-1] / moments[0] < 1.6


@pytest.mark.parametrize("name", ["S3×D4 quotient", "S3×D4 quotient by much", "S3×D4 sum"])
def test_every_part_of_the_features_is_as_large(name):
    task, summands, rule = BASES[name]
    symmetry = get_task(task).symmetry()
    fibre = hidden_features(symmetry, summands)
    networks = [ActorCritic(symmetry, (12, 12), rule, np.random.default_rng(seed), fibre) for seed in range(SEEDS)]
    x = torch.randn(64, 11, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        parts = [network.features(x).view(64, fibre.size, 12).square().mean(dim=(0, 2)).numpy() for network in networks]
    of_entries = np.mean(parts, axis=0)
    assert of_entries.max() / of_entries.min() < 1.5


@pytest.mark.parametrize("rule", [equivariant_basis, turned_basis, random_basis, nullspace_basis])
@pytest.mark.parametrize("subgroup", [(0,), (0, 4)], ids=["regular", "quotient"])
def test_convolutions_keep_it_too(subgroup, rule):
    planar = rotations_of_the_plane(dihedral(4))
    symmetry = Symmetry(ImageTransform(planar, 1, 21), permuted(planar, MOVES), discrete=True)
    fibre = quotient(planar.group, subgroup)
    images = torch.randn(8, 1, 21, 21, generator=torch.Generator().manual_seed(0))
    found = []
    for seed in range(8):
        network = ActorCritic(symmetry, (8, 8, 8), rule, np.random.default_rng(seed), fibre)
        with torch.no_grad():
            first = torch.relu(network.convolutions[0](images))
            found.append(
                [first.square().mean().item(), torch.relu(network.convolutions[1](first)).square().mean().item()]
            )
    first, second = np.mean(found, axis=0)
    assert 0.75 < first < 1.33 and 0.75 < second / first < 1.33
