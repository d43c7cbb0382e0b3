"""Group convolutions against escnn, the library of steerable convolutions: the same filters, and how long each takes.

`python -m speed.studies.steerable` prints ratios; `tests/agents/networks/test_escnn.py` compares the filters. escnn is no
dependency: docs/networks.md says why, and how to install it beside the project for this. Source: Cesa, Lang and Weiler, "A
program to build E(N)-equivariant steerable CNNs" (ICLR 2022).
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from itertools import product
from types import ModuleType
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from torch import Tensor

from speed.comparison import median_ratio
from symprior.agents.networks.heads.actor_critic import ActorCritic
from symprior.agents.networks.sizes import default_widths, matched_channels
from symprior.agents.networks.trunk import image_convolutions
from symprior.symmetry.groups import Group
from symprior.symmetry.representations import (
    ImageTransform,
    Matrices,
    SignedPermutation,
    as_signed_permutation,
    rotations_of_the_plane,
    tensor_product,
    trivial_representation,
)
from symprior.symmetry.symmetrizer import equivariant_basis
from symprior.tasks import get_task
from symprior.tasks.environments.gymnasium_types import Infos

REPEATS = 15
WEIGHTS_OF_ROTATIONS_IN_SPACE = "lie_learn.representations.SO3.wigner_d"
"""escnn imports it at its start, only for groups of rotations in three dimensions; its wheel does not load on numpy 2."""


def load_escnn() -> Any:
    """escnn, without its rotations in three dimensions.

    Raises:
        ImportError: it is not installed.
    """
    left_out: Any = ModuleType(WEIGHTS_OF_ROTATIONS_IN_SPACE)
    left_out.wigner_D_matrix = None
    sys.modules.setdefault(WEIGHTS_OF_ROTATIONS_IN_SPACE, left_out)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for part in ("gspaces", "nn"):
            import_module(f"escnn.{part}")
    return import_module("escnn")


@dataclass(frozen=True, eq=False)
class Steerable:
    """One group that turns images, C2, C4 or D4, there and here.

    Attributes:
        escnn: the library.
        space: its name for the group and the plane that it acts on.
        planar: the group on the plane, here.
        regular: its regular representation, with our numbers of the elements.
    """

    escnn: Any
    space: Any
    planar: SignedPermutation
    regular: SignedPermutation

    @classmethod
    def of(cls, group: Group) -> Steerable:
        """The two notions of a group matched by what the elements do to an image."""
        escnn, planar = load_escnn(), rotations_of_the_plane(group)
        turns = len(group) // 2 if group.name.startswith("D") else len(group)
        space = (escnn.gspaces.flipRot2dOnR2 if turns < len(group) else escnn.gspaces.rot2dOnR2)(turns)
        image, kind = torch.arange(9.0).view(1, 1, 3, 3), escnn.nn.FieldType(space, [space.trivial_repr])
        theirs = list(space.fibergroup.elements)
        moved = [escnn.nn.GeometricTensor(image, kind).transform(element).tensor for element in theirs]
        ours = [ImageTransform(planar, 1, 3)(g, image) for g in range(len(group))]
        same = [int(np.argmin([float((there - here).abs().max()) for there in moved])) for here in ours]
        matrices = Matrices(group, [np.asarray(space.regular_repr(theirs[i])).round() for i in same])
        regular = as_signed_permutation(matrices)
        assert regular is not None
        return cls(escnn, space, planar, regular)

    def convolution(self, from_image: bool, kernel: int, complete: bool = False) -> Any:
        """The library's convolution to one regular feature, from an image or a regular feature.

        Its filters are steerable functions sampled at the pixels, up to a frequency that keeps turns by any angle nearly
        exact. With `complete` there is a ring through every pixel and frequencies up to 4, more than there are pixels in
        a quarter of a ring: nothing that the group allows is left out, up to their round-off, 1e-3.
        """
        nn, space = self.escnn.nn, self.space
        source = space.trivial_repr if from_image else space.regular_repr
        options: Infos = {}
        if complete:
            offsets = np.arange(kernel) - (kernel - 1) / 2
            rings = sorted({float(np.hypot(x, y)) for x, y in product(offsets, offsets)})
            options = {"rings": rings, "sigma": 0.1, "frequencies_cutoff": lambda radius: 4.0 * (radius > 0)}
        kinds = nn.FieldType(space, [source]), nn.FieldType(space, [space.regular_repr])
        return nn.R2Conv(*kinds, kernel_size=kernel, bias=False, initialize=False, **options)

    def filters(self, from_image: bool, kernel: int, complete: bool = False) -> NDArray[np.float64]:
        """Random filters of it, more than there are dimensions, [samples, out · in · kernel²]."""
        layer, generator = self.convolution(from_image, kernel, complete), torch.Generator().manual_seed(0)
        samples = []
        for _ in range(self.basis(from_image, kernel).shape[1] + 8):
            torch.nn.init.normal_(layer.weights, generator=generator)
            samples.append(layer.expand_parameters()[0].detach().double().numpy().ravel())
        return np.array(samples)

    def basis(self, from_image: bool, kernel: int) -> NDArray[np.float64]:
        """Our basis of the same filters, [out · in · kernel², rank]."""
        source = trivial_representation(self.planar.group) if from_image else self.regular
        patch = tensor_product(source, ImageTransform(self.planar, 1, kernel))
        return equivariant_basis(patch, self.regular).vectors

    def hidden_layers(self, pixels: int, channels: tuple[int, ...], colours: int) -> Any:
        """The hidden layers of an image network as escnn's modules; the dense one is a convolution of one pixel."""
        nn, space = self.escnn.nn, self.space
        convolutions = image_convolutions(pixels)
        sizes = [(each.kernel, each.stride) for each in convolutions.filters]
        features = [nn.FieldType(space, [space.regular_repr] * count) for count in channels]
        layers: list[Any] = []
        source = nn.FieldType(space, [space.trivial_repr] * colours)
        for (kernel, stride), target in zip(sizes, features, strict=False):
            layers += [nn.R2Conv(source, target, kernel_size=kernel, stride=stride), nn.ReLU(target)]
            source = target
        layers += [nn.PointwiseAdaptiveMaxPool(source, 1)]
        layers += [nn.R2Conv(source, features[-1], kernel_size=1), nn.ReLU(features[-1])]
        return nn.SequentialModule(*layers)


def ratios(task_id: str, batch: int) -> dict[str, float]:
    """The library's time over ours for the hidden layers of an image task's network, both with regular features.

    Returns:
        `acting`: forward without gradients, expanding the weights; `acting, cached`: escnn's in evaluation mode, which
        keeps the expanded weights; `training`: forward and backward.
    """
    symmetry = get_task(task_id).symmetry()
    observation = symmetry.observation
    assert isinstance(observation, ImageTransform)
    channels = matched_channels(symmetry, default_widths(symmetry))
    ours = ActorCritic(symmetry, channels, equivariant_basis, np.random.default_rng(0))
    steerable = Steerable.of(symmetry.group)
    theirs = steerable.hidden_layers(observation.shape[1], channels, observation.shape[0])
    images = torch.rand(batch, *observation.shape, generator=torch.Generator().manual_seed(0))

    def there(x: Tensor) -> Tensor:
        output: Tensor = theirs(steerable.escnn.nn.GeometricTensor(x, theirs.in_type)).tensor
        return output

    def cached(work: Callable[[], None]) -> Callable[[], None]:
        def with_kept_weights() -> None:
            theirs.eval()
            work()
            theirs.train()

        return with_kept_weights

    acting_here, acting_there = _acting(ours.features, images), _acting(there, images)
    return {
        "acting": median_ratio(acting_there, acting_here, REPEATS),
        "acting, cached": median_ratio(cached(acting_there), acting_here, REPEATS),
        "training": median_ratio(_training(there, theirs, images), _training(ours.features, ours, images), REPEATS),
    }


def _acting(network: Callable[[Tensor], Tensor], images: Tensor) -> Callable[[], None]:
    def work() -> None:
        with torch.no_grad():
            for _ in range(10):
                network(images)

    return work


def _training(network: Callable[[Tensor], Tensor], module: torch.nn.Module, images: Tensor) -> Callable[[], None]:
    def work() -> None:
        for _ in range(5):
            network(images).square().mean().backward()
            module.zero_grad()

    return work


def main() -> None:
    """Print how many times as long escnn takes."""
    torch.set_num_threads(1)
    console = Console()
    for task_id, batch in product(("grid-catch-v1", "room-v1"), (16, 256)):
        found = ", ".join(f"{name} {ratio:.2f}" for name, ratio in ratios(task_id, batch).items())
        console.print(f"{task_id}, {batch} images, escnn / here: {found}", highlight=False, soft_wrap=True)


if __name__ == "__main__":
    main()
