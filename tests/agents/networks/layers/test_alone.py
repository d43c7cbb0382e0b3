"""Layers and batches for one's own torch code: equivariant by themselves, on any device."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

import symprior
from symprior.symmetry.groups import cyclic, dihedral
from symprior.symmetry.representations import regular, rotations_of_the_plane, signs, trivial_representation

D4 = dihedral(4)
DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]


def linear(channels: int = 3) -> symprior.EquivariantLinear:
    return symprior.EquivariantLinear(rotations_of_the_plane(D4), regular(D4), channels, 5)


def convolution(stride: int = 2) -> symprior.EquivariantConv2d:
    return symprior.EquivariantConv2d(
        trivial_representation(D4), regular(D4), rotations_of_the_plane(D4), 3, 4, 21, 5, stride
    )


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("make", [linear, convolution])
def test_a_layer_is_equivariant_before_and_after_training(make: type[nn.Module], device: str) -> None:
    layer = make().to(device)
    assert layer.check_equivariance() < 1e-5
    shape = (8, 6) if make is linear else (8, 3, 21, 21)
    before = layer.weight.coefficients.detach().clone()
    optimizer = torch.optim.Adam(layer.parameters(), lr=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        (layer(torch.randn(shape, device=device)) - 1).square().mean().backward()
        optimizer.step()
    assert not torch.equal(before, layer.weight.coefficients)
    assert layer.check_equivariance() < 1e-5


@pytest.mark.parametrize("make", [linear, convolution])
def test_a_broken_layer_is_found_out(make: type[nn.Module]) -> None:
    layer = make()
    original = layer.forward
    bump = torch.zeros_like(layer(torch.zeros((1, 6) if make is linear else (1, 3, 21, 21))))
    bump[0, 0] = 0.5
    layer.forward = lambda x: original(x) + bump
    with pytest.raises(symprior.SympriorError, match="is not equivariant"):
        layer.check_equivariance()


def test_a_stack_of_layers_is_invariant_where_it_ends_so() -> None:
    plane = rotations_of_the_plane(D4)
    net = nn.Sequential(
        symprior.EquivariantLinear(plane, regular(D4), 1, 8),
        nn.ReLU(),
        symprior.EquivariantLinear(regular(D4), trivial_representation(D4), 8, 1),
    )
    x = torch.randn(10, 2)
    for g in range(len(D4)):
        turned = x @ torch.as_tensor(plane.matrix(g), dtype=torch.float32).T
        torch.testing.assert_close(net(turned), net(x), atol=1e-5, rtol=1e-4)


def test_layers_are_saved_by_their_state_and_drawn_from_torch_s_generator() -> None:
    torch.manual_seed(0)
    first = linear()
    torch.manual_seed(0)
    x = torch.randn(4, 6)
    torch.manual_seed(0)
    assert torch.equal(linear()(x), first(x))
    other = linear()
    assert not torch.equal(other(x), first(x))
    other.load_state_dict(first.state_dict())
    assert torch.equal(other(x), first(x))


def test_representations_of_two_groups_are_refused() -> None:
    with pytest.raises(symprior.SympriorError, match="of one group, not of C2, D4"):
        symprior.EquivariantLinear(signs(cyclic(2), [[1], [-1]]), regular(D4))


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("name", ["cartpole-v1", "reacher-turned-8-v1", "room-v1", "pendulum-v1"])
def test_a_batch_is_given_with_its_images(name: str, device: str) -> None:
    task = symprior.task(name)
    symmetry, order = task.symmetry(), len(task.symmetry().group)
    env = task.make()
    env.action_space.seed(0)
    seen = np.stack([env.reset(seed=seed)[0] for seed in range(6)]).astype(np.float32)
    acted = np.stack([env.action_space.sample() for _ in range(6)])
    observations, actions = symprior.with_images(
        symmetry, torch.as_tensor(seen, device=device), torch.as_tensor(acted, device=device)
    )
    assert observations is not None and actions is not None
    assert observations.device.type == actions.device.type == device
    assert len(observations) == len(actions) == 6 * order
    for g in range(order):
        rows = slice(6 * g, 6 * g + 6)
        np.testing.assert_allclose(observations[rows].cpu(), symmetry.observation(g, seen), atol=1e-5)
        np.testing.assert_allclose(actions[rows].cpu(), symmetry.act_on_actions(g, acted), atol=1e-5)


def test_either_may_be_left_out_and_gradients_pass() -> None:
    symmetry = symprior.task("cartpole-v1").symmetry()
    x = torch.randn(3, 4, requires_grad=True)
    observations, actions = symprior.with_images(symmetry, x)
    assert actions is None and observations is not None
    observations[3:].sum().backward()
    assert torch.equal(x.grad, -torch.ones(3, 4))


def test_another_shape_is_refused() -> None:
    with pytest.raises(symprior.SympriorError, match=r"observations \[batch, 4\], not on \[3, 5\]"):
        symprior.with_images(symprior.task("cartpole-v1").symmetry(), torch.zeros(3, 5))
