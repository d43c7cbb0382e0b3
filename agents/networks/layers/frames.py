"""Frames: an ordinary network made equivariant from outside, by what it says of an observation's images.

Source: Puny, Atzmon, Smith, Misra, Grover, Ben-Hamu and Lipman, "Frame averaging for invariant and equivariant network
design" (ICLR 2022). A frame 𝓕 gives each observation s a set of group elements with 𝓕(h s) = 𝓕(s) h⁻¹; then the average
of g⁻¹ f(g s) over g in 𝓕(s) is equivariant, whatever the network f is. Two frames are known by names of their own: the
whole group (the Reynolds operator) and the elements that move s to one chosen representative of its orbit (folding).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.linalg import block_diag
from torch import Tensor, nn

from symprior.agents.networks.orbits import Action, Orbit, as_rows, elements_last
from symprior.symmetry.representations import Representation, as_signed_permutation
from symprior.symmetry.symmetry import Symmetry

Heads = Callable[[Tensor], tuple[Tensor, ...]]
"""Observations [(seeds,) batch, …] → what each head says, [(seeds,) batch, size]."""

DIRECTIONS = 2
"""Fixed directions that images are compared along: that two different ones tie along both does not happen by chance."""

TIE = 1e-6
"""Images this close along a direction, relative to their size, are tied."""


@dataclass(frozen=True)
class Output:
    """What a head says of an observation.

    Attributes:
        representation: how the group acts on it; None where it is invariant.
        logits: whether it stands for probabilities, which are what is averaged.
    """

    representation: Representation | None
    logits: bool = False


class Frame(nn.Module, ABC):
    """The average of g⁻¹ f(g s) over the elements g that the frame gives to s.

    Args:
        symmetry: what acts on observations.
        outputs: what each head of the network says.
        parts: sizes of the observation's parts, laid end to end, where one comes before another in choosing the elements;
            () for one part.
    """

    def __init__(self, symmetry: Symmetry, outputs: Sequence[Output], parts: Sequence[int] = ()) -> None:
        super().__init__()
        self.orbit = Orbit(symmetry)
        self.acts = nn.ModuleList(
            Action(output.representation) if output.representation else nn.Identity() for output in outputs
        )
        self._outputs = tuple(outputs)

    @abstractmethod
    def forward(self, heads: Heads, observations: Tensor) -> tuple[Tensor, ...]:
        """What is said of observations [(seeds,) batch, …] on average; `heads` is the network."""


class WholeGroup(Frame):
    """Every element: |G| forward passes."""

    def forward(self, heads: Heads, observations: Tensor) -> tuple[Tensor, ...]:
        """Probabilities, and everything else that is not given by logits, averaged over the orbit."""
        images = self.orbit.observations(observations)
        axis = images.ndim - 2 - len(self.orbit.observations.shape)  # of the batch: 0, or 1 behind a seed axis
        said = heads(as_rows(images, axis))
        return tuple(
            self._average(output, act, each.unflatten(axis, (self.orbit.order, -1)).movedim(axis, 0))
            for output, act, each in zip(self._outputs, self.acts, said, strict=True)
        )

    def _average(self, output: Output, act: nn.Module, images: Tensor) -> Tensor:
        moved: Tensor = act.back(images) if isinstance(act, Action) else images
        if output.logits:
            return elements_last(moved.log_softmax(-1)).logsumexp(-1) - log(self.orbit.order)
        return elements_last(moved).mean(-1)


class Representative(Frame):
    """The elements that move s to its orbit's representative s*: one forward pass, at s*.

    s* is the image that is the smallest along a fixed direction w: the representatives fill one convex cone, a fundamental
    domain, whose images under the group are the whole space. Images that tie along w are compared along a second
    direction. Of an observation with parts, the first is compared along both before the second is. The directions are
    drawn once for all, by a seed of their own, with whole numbers as entries: on images of whole numbers nothing is
    rounded, and only equal ones tie; on floats those tie that agree up to `TIE`.

    Several elements lead to s* where a part of the group fixes s (up to `TIE`), and each is as good as the others. Choosing
    one uniformly at random and acting by g⁻¹ π(s*) *is* the mixture of the g⁻¹ π(s*), whose probabilities are their
    average: so the average has the log-probabilities of that choice. For action vectors the average is of means: the mean
    of that mixture, not the mixture.
    """

    directions: Tensor

    def __init__(self, symmetry: Symmetry, outputs: Sequence[Output], parts: Sequence[int] = ()) -> None:
        super().__init__(symmetry, outputs)
        representation = symmetry.observation
        drawn = np.random.default_rng(0).integers(-(2**20), 2**20, (representation.size, DIRECTIONS)) / 2**20
        if parts:
            drawn = block_diag(*np.split(drawn, np.cumsum(parts)[:-1]))
        turned = [_transposed(representation, g, drawn) for g in range(self.orbit.order)]  # w·(g s) = (gᵀ w)·s
        self.register_buffer("directions", torch.as_tensor(np.concatenate(turned, axis=1)), persistent=False)

    def forward(self, heads: Heads, observations: Tensor) -> tuple[Tensor, ...]:
        """What is said of s*, moved back by the elements that lead there."""
        keys = self._along_directions(observations)
        tied = self._tied(keys, exact=not observations.is_floating_point())
        first = torch.where(tied, keys[..., 0], torch.inf).argmin(-1)
        weights = (tied / tied.sum(-1, keepdim=True)).movedim(-1, 0).unsqueeze(-1).to(torch.float32)
        return tuple(
            self._mixture(act, output, each, weights)
            for output, act, each in zip(
                self._outputs, self.acts, heads(self._images(observations, first)), strict=True
            )
        )

    def _along_directions(self, observations: Tensor) -> Tensor:
        """w·(g s), [(seeds,) batch, |G|, directions], one product for each seed."""
        flat = observations.flatten(-len(self.orbit.observations.shape)).double()
        rows = flat if flat.ndim > 2 else flat.unsqueeze(0)
        keys = torch.bmm(rows, self.directions.expand(len(rows), -1, -1))
        return keys.view(*flat.shape[:-1], self.orbit.order, -1)

    def _tied(self, keys: Tensor, exact: bool) -> Tensor:
        """Whether g s is the representative, [(seeds,) batch, |G|]."""
        size = keys.abs().amax((-2, -1)).clamp(min=1).unsqueeze(-1)
        tolerance = 0 if exact else TIE * size
        tied = torch.ones_like(keys[..., 0], dtype=torch.bool)
        for key in keys.unbind(-1):
            candidates = torch.where(tied, key, torch.inf)
            tied = tied & (candidates <= candidates.amin(-1, keepdim=True) + tolerance)
        return tied

    def _images(self, observations: Tensor, elements: Tensor) -> Tensor:
        """G s with a g for each s, [(seeds,) batch, …]."""
        images = self.orbit.observations(observations).flatten(1, elements.ndim)
        rows = torch.arange(images.shape[1], device=images.device)
        chosen: Tensor = images[elements.flatten(), rows]
        return chosen.view(observations.shape)

    def _mixture(self, act: nn.Module, output: Output, said: Tensor, weights: Tensor) -> Tensor:
        if not isinstance(act, Action):
            return said
        if output.logits:
            return elements_last(act.inverses(said.log_softmax(-1)) + weights.log()).logsumexp(-1)
        return elements_last(act.inverses(said) * weights).sum(-1)


def _transposed(representation: Representation, g: int, vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """ρ(g)ᵀ w for vectors [size, number]; a large image's ρ(g) is never written out as a matrix."""
    signed = as_signed_permutation(representation)
    if signed is None:
        return np.asarray(representation.matrix(g).T @ vectors)
    entries = np.argsort(signed.source[g])
    return np.asarray(signed.sign[g][entries, None] * vectors[entries])
