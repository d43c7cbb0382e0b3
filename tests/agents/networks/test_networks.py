"""Equivariant networks: exact at the start, the published sizes, matched sizes, and what a stack of seeds computes."""

import numpy as np
import pytest
import torch

from symprior.agents.networks.heads.actor_critic import ActorCritic
from symprior.agents.networks.layers.equivariant import (
    BasisConvolution,
    grouped_convolutions,
    separate_convolutions,
    stack,
)
from symprior.agents.networks.sizes import count_parameters, default_widths, matched_channels, plain_network
from symprior.agents.networks.trunk import image_convolutions
from symprior.symmetry.groups import cyclic, dihedral
from symprior.symmetry.representations import (
    ImageTransform,
    permutation,
    regular,
    rotations_of_the_plane,
    trivial_representation,
)
from symprior.symmetry.symmetrizer import equivariant_basis, nullspace_basis, random_basis, turned_basis
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks import SympriorError, get_task
from symprior.tasks.environments.simulators import SimulatorVectorEnv

TASK_IDS = ["cartpole-v1", "grid-catch-v1", "grid-catch-vector-v1"]


def _observations(task_id, count=16):
    observations, _ = SimulatorVectorEnv(get_task(task_id).simulator(), count).reset(seed=0)
    return torch.as_tensor(observations)


def _equivariance_gap(network, symmetry, observations):
    """The largest |π(g s) − g π(s)| and |V(g s) − V(s)| over all g."""
    with torch.no_grad():
        logits, values = network(observations)
        policy = torch.softmax(logits, dim=-1)
        gaps = []
        for g in range(len(symmetry.group)):
            moved_logits, moved_values = network(symmetry.observation(g, observations))
            gaps.append((torch.softmax(moved_logits, dim=-1) - symmetry.action(g, policy)).abs().max().item())
            gaps.append((moved_values - values).abs().max().item())
    return max(gaps)


def _loud(network):
    """The network with weights large enough that a policy's asymmetry would show."""
    with torch.no_grad():
        for parameter in network.policy.parameters():
            parameter.mul_(100)
    return network


@pytest.mark.parametrize("task_id", TASK_IDS)
@pytest.mark.parametrize("rule", [equivariant_basis, turned_basis])
def test_homomorphic_networks_are_equivariant_at_the_start(task_id, rule):
    symmetry = get_task(task_id).symmetry()
    channels = matched_channels(symmetry, default_widths(symmetry))
    network = _loud(ActorCritic(symmetry, channels, rule, np.random.default_rng(0)))
    assert _equivariance_gap(network, symmetry, _observations(task_id)) < 1e-5


@pytest.mark.parametrize("task_id", TASK_IDS)
@pytest.mark.parametrize("rule", [random_basis, nullspace_basis])
def test_control_networks_are_not_equivariant(task_id, rule):
    symmetry = get_task(task_id).symmetry()
    channels = matched_channels(symmetry, default_widths(symmetry))
    network = _loud(ActorCritic(symmetry, channels, rule, np.random.default_rng(0)))
    assert _equivariance_gap(network, symmetry, _observations(task_id)) > 1e-3


def test_images_under_d4_too():
    group = dihedral(4)
    planar = rotations_of_the_plane(group)
    moves = [[0, *(1 + _direction(planar.matrix(g), k) for k in range(4))] for g in range(8)]
    symmetry = Symmetry(ImageTransform(planar, 1, 21), permutation(group, moves), discrete=True)
    network = _loud(ActorCritic(symmetry, (4, 6, 32), equivariant_basis, np.random.default_rng(0)))
    images = torch.randint(0, 256, (6, 1, 21, 21), dtype=torch.uint8)
    assert _equivariance_gap(network, symmetry, images) < 1e-5


def test_images_whose_colours_permute():
    symmetry = get_task("colour-world-v1").symmetry()
    channels = matched_channels(symmetry, default_widths(symmetry))
    network = _loud(ActorCritic(symmetry, channels, equivariant_basis, np.random.default_rng(0)))
    images = torch.randint(0, 256, (6, 3, 21, 21), dtype=torch.uint8)
    assert _equivariance_gap(network, symmetry, images) < 1e-5
    policy, _ = network(images)
    assert policy.std(dim=0).max() > 1e-3, "what is in the picture matters, which colour is which does not"


@pytest.mark.parametrize(("pixels", "kernel"), [(15, 7), (21, 7), (48, 12), (40, 8), (80, 8)])
def test_filters_tile_the_image(pixels, kernel):
    filters_of_both = image_convolutions(pixels).filters
    assert filters_of_both[0].kernel == kernel
    for filters in filters_of_both:
        assert pixels >= filters.kernel and (pixels - filters.kernel) % filters.stride == 0
        pixels = (pixels - filters.kernel) // filters.stride + 1


@pytest.mark.parametrize("task_id", ["pong-small-v1", "pong-v1"])
def test_where_the_ball_is_matters_and_turns_with_the_group(task_id):
    symmetry = get_task(task_id).symmetry()
    network = _loud(ActorCritic(symmetry, (4, 6, 32), equivariant_basis, np.random.default_rng(0)))
    images = torch.randint(0, 256, (6, *symmetry.observation.shape), dtype=torch.uint8)
    assert _equivariance_gap(network, symmetry, images) < 1e-5
    dot = torch.zeros((2, *symmetry.observation.shape), dtype=torch.uint8)
    middle = symmetry.observation.shape[1] // 2
    dot[0, :, 4, middle] = dot[1, :, 12, middle] = 255
    policy, _ = network(dot)
    assert (policy[0] - policy[1]).abs().max() > 1e-4
    stacked = stack([network, network])
    np.testing.assert_allclose(
        stacked(images.expand(2, *images.shape))[0][1].detach(), network(images)[0].detach(), atol=1e-5
    )


def _direction(matrix, k):
    directions = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]])
    return int(np.flatnonzero((directions == matrix @ directions[k]).all(axis=1))[0])


@pytest.mark.parametrize(
    ("task_id", "channels", "widths", "equivariant_size", "plain_size"),
    [("cartpole-v1", (64, 64), (64, 128), 8770, 9027), ("grid-catch-v1", (8, 16, 256), (16, 32, 512), 31395, 33606)],
)
def test_sizes_are_those_of_the_paper(task_id, channels, widths, equivariant_size, plain_size):
    symmetry, rng = get_task(task_id).symmetry(), np.random.default_rng(0)
    assert count_parameters(ActorCritic(symmetry, channels, equivariant_basis, rng)) == equivariant_size
    assert count_parameters(plain_network(symmetry, widths, rng)) == plain_size


@pytest.mark.parametrize("task_id", TASK_IDS)
def test_default_sizes_match_within_five_percent(task_id):
    symmetry, rng = get_task(task_id).symmetry(), np.random.default_rng(0)
    widths = default_widths(symmetry)
    channels = matched_channels(symmetry, widths)
    plain = count_parameters(plain_network(symmetry, widths, rng))
    assert abs(count_parameters(ActorCritic(symmetry, channels, equivariant_basis, rng)) / plain - 1) < 0.05


@pytest.mark.parametrize("task_id", TASK_IDS)
@pytest.mark.parametrize("rule", [equivariant_basis, random_basis, nullspace_basis])
def test_a_stack_computes_what_its_seeds_compute(task_id, rule):
    symmetry = get_task(task_id).symmetry()
    channels = (4, 4, 8) if len(symmetry.observation.shape) == 3 else (8, 8)
    networks = [ActorCritic(symmetry, channels, rule, np.random.default_rng(seed)) for seed in range(3)]
    observations = torch.stack([_observations(task_id)] * 3)
    logits, values = stack(networks)(observations)
    for seed, network in enumerate(networks):
        alone = network(observations[seed])
        torch.testing.assert_close(logits[seed], alone[0], atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(values[seed], alone[1], atol=1e-5, rtol=1e-5)


def test_a_stride_that_breaks_the_symmetry_is_refused():
    group = cyclic(4)
    with pytest.raises(SympriorError, match="multiple of the stride"):
        BasisConvolution(
            trivial_representation(group),
            regular(group),
            rotations_of_the_plane(group),
            in_channels=1,
            out_channels=2,
            size=20,
            kernel=7,
            stride=2,
            rule=equivariant_basis,
            rng=np.random.default_rng(0),
        )


@pytest.mark.parametrize("pixels", [20, 22, 50])
def test_networks_are_refused_where_strides_would_break_the_symmetry_of_the_image(pixels):
    planar = rotations_of_the_plane(cyclic(4))
    symmetry = Symmetry(ImageTransform(planar, 1, pixels), trivial_representation(planar.group, 3), discrete=True)
    with pytest.raises(SympriorError, match="multiple of the stride"):
        ActorCritic(symmetry, (2, 2, 4), equivariant_basis, np.random.default_rng(0))


@pytest.mark.parametrize("task_id", ["grid-catch-v1", "room-v1", "key-room-v1", "colour-world-v1", "pong-small-v1"])
def test_every_layer_turns_with_the_image(task_id):
    """Behind each convolution features are an image of fibres that turns; behind the dense layer a fibre."""
    symmetry = get_task(task_id).symmetry()
    network = ActorCritic(symmetry, (4, 4, 8), equivariant_basis, np.random.default_rng(0))
    images = torch.rand(3, *symmetry.observation.shape, generator=torch.Generator().manual_seed(0))
    here = _behind_each_layer(network, images)
    assert all(features.std() > 1e-3 for features in here)
    for g in range(len(symmetry.group)):
        moved = _behind_each_layer(network, symmetry.observation(g, images))
        for features, of_moved in zip(here[:-1], moved[:-1], strict=True):
            rho = ImageTransform(symmetry.observation.planar, network.fibre, features.shape[-1])
            torch.testing.assert_close(of_moved, rho(g, features), atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(moved[-1], network.fibre(g, here[-1]), atol=1e-5, rtol=1e-5)


def _behind_each_layer(network, images):
    """[batch, channel, fibre, size, size] behind every convolution and [batch, channel, fibre] behind the dense layer."""
    found, x = [], images
    with torch.no_grad():
        for layer in network.convolutions:
            x = torch.relu(layer(x))
            found.append(x.unflatten(1, (network.fibre.size, -1)).transpose(1, 2))
        found.append(network.features(images).unflatten(1, (network.fibre.size, -1)).transpose(1, 2))
    return found


@pytest.mark.parametrize("rule", [equivariant_basis, random_basis, nullspace_basis])
def test_the_scale_of_weights_does_not_depend_on_the_basis(rule):
    symmetry = get_task("cartpole-v1").symmetry()
    network = ActorCritic(symmetry, (64, 64), rule, np.random.default_rng(0))
    spread = network.dense[1].weight.matrix().square().mean().sqrt().item()
    assert spread == pytest.approx((2 / 128) ** 0.5, rel=0.1)


def test_why_relu_a_plain_tanh_network_without_biases_is_odd():
    """A tanh network without biases already has the sign-flip symmetry; the ReLU network that is compared has not."""
    torch.manual_seed(0)
    tanh = torch.nn.Sequential(torch.nn.Linear(4, 32, bias=False), torch.nn.Tanh(), torch.nn.Linear(32, 2, bias=False))
    x = torch.randn(16, 4)
    assert (tanh(-x) + tanh(x)).abs().max() < 1e-6
    plain = plain_network(get_task("cartpole-v1").symmetry(), (64, 64), np.random.default_rng(0))
    logits, mirrored = plain(x)[0], plain(-x)[0]
    assert (mirrored + logits).abs().max() > 1e-3


@pytest.mark.parametrize("stride", [1, 2])
def test_one_grouped_convolution_is_that_of_every_seed(stride):
    generator = torch.Generator().manual_seed(0)
    images, filters, biases = (
        torch.randn(shape, generator=generator) for shape in ((3, 5, 2, 9, 9), (3, 4, 2, 3, 3), (3, 4))
    )
    one_by_one = separate_convolutions(images, filters, biases, stride)
    assert one_by_one.shape == (3, 5, 4, *[(9 - 3) // stride + 1] * 2)
    torch.testing.assert_close(grouped_convolutions(images, filters, biases, stride), one_by_one, rtol=0, atol=1e-5)
