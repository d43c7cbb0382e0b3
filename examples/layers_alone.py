"""Equivariant layers in one's own torch code, and a batch with its mirror images."""

import torch
from torch import nn

import symprior
from symprior.symmetry.groups import dihedral
from symprior.symmetry.representations import regular, rotations_of_the_plane, trivial_representation

group = dihedral(4)
plane, hidden = rotations_of_the_plane(group), regular(group)
net = nn.Sequential(
    symprior.EquivariantConv2d(trivial_representation(group), hidden, plane, 3, 4, size=21, kernel_size=5, stride=2),
    nn.ReLU(),  # acts on each entry alone, so it commutes with the regular representation, which permutes them
    symprior.EquivariantConv2d(hidden, hidden, plane, 4, 4, size=9, kernel_size=9),
    nn.ReLU(),
    nn.Flatten(),
    symprior.EquivariantLinear(hidden, plane, in_channels=4, out_channels=1),  # a vector that turns with the image
)
for layer in net:
    if hasattr(layer, "check_equivariance"):
        print(type(layer).__name__, f"{layer.check_equivariance():.1e}")
print("vectors:", net(torch.rand(2, 3, 21, 21)).tolist())

# A simulator's training script: a rollout in, twice as much out, the originals first.
symmetry = symprior.task("cartpole-v1").symmetry()
observations, actions = symprior.with_images(symmetry, torch.randn(1024, 4), torch.randint(2, (1024,)))
print("with its mirror images:", tuple(observations.shape), tuple(actions.shape))
