"""Control: augmentation that knows nothing of the symmetry, as large as that by the orbit."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from symprior.agents.networks.orbits import Orbit, as_rows
from symprior.agents.priors.prior import B, Draws, PlainNetwork, register

SCALES = (0.8, 1.2)
"""The range of the factor that a vector is multiplied by; its width is this project's choice."""
SHIFT = 4 / 84
"""The largest shift of an image as a part of its size: 4 of 84 pixels (Kostrikov et al., 2021), but at least one."""


@register
class GenericAugment(PlainNetwork):
    """Does any augmentation at all explain the gain of `+augment`?

    Each minibatch holds every transition |G| times: as it is, and |G| − 1 times with a changed observation. Vectors are
    multiplied by one random factor for all entries (random amplitude scaling; Laskin et al., 2020). Images are shifted by
    whole pixels in both directions, and the pixels at the edge repeated (random shift; Kostrikov et al., 2021, Laskin et
    al., 2020). Actions, old log-probabilities, advantages and returns stay. A replayed transition's two observations are
    changed alike.

    Nothing says that the changed transition is one of the task. A shift by one pixel is a third of a cell of the grid worlds
    here; a factor moves what is seen of a state to another state, where something else may be right.
    """

    name = "generic-augment"
    title = "generic augmentation"
    description = (
        "As many samples as whole-orbit augmentation, copies changed without the group: images shifted, vectors scaled."
    )
    bibtex = """@inproceedings{laskin2020reinforcement,
  title={Reinforcement Learning with Augmented Data},
  author={Laskin, Michael and Lee, Kimin and Stooke, Adam and Pinto, Lerrel and Abbeel, Pieter and Srinivas, Aravind},
  booktitle={Advances in Neural Information Processing Systems},
  volume={33}, year={2020}
}

@inproceedings{kostrikov2021image,
  title={Image Augmentation Is All You Need: Regularizing Deep Reinforcement Learning from Pixels},
  author={Kostrikov, Ilya and Yarats, Denis and Fergus, Rob},
  booktitle={International Conference on Learning Representations},
  year={2021}
}"""
    is_control = True

    def minibatch(self, batch: B, orbit: Orbit, draws: Draws | None = None) -> B:
        """|G| versions of every transition, [(seeds,) |G| · batch, …]; the first `batch` rows are the originals."""
        assert draws is not None
        copies, rows = orbit.order - 1, batch.actions.shape[batch.axis]
        is_image = len(orbit.observations.shape) == 3
        numbers = 2 if is_image else 1
        uniforms = draws(copies * rows * numbers).unflatten(-1, (copies, rows, numbers)).movedim(-3, 0)

        def versions(name: str, column: Tensor) -> Tensor:
            others = column.expand(copies, *column.shape)
            if name in batch.images:
                others = (shifted if is_image else scaled)(others, uniforms)
            return as_rows(torch.cat([column.unsqueeze(0), others]), batch.axis)

        return replace(batch, **{name: versions(name, column) for name, column in vars(batch).items()})


def scaled(vectors: Tensor, uniforms: Tensor) -> Tensor:
    """Each vector [..., size] times a factor of its own, by uniforms [..., 1]."""
    low, high = SCALES
    return vectors * (low + (high - low) * uniforms).to(vectors.dtype)


def shifted(images: Tensor, uniforms: Tensor) -> Tensor:
    """Each image [..., channels, size, size] moved by whole pixels of its own, by uniforms [..., 2]."""
    size = images.shape[-1]
    most = max(1, round(SHIFT * size))
    offsets = (uniforms * (2 * most + 1)).long() - most
    places = (torch.arange(size, device=images.device) - offsets.unsqueeze(-1)).clamp(0, size - 1)  # [..., 2, size]
    rows, columns = places.unbind(-2)
    moved = images.gather(-2, rows[..., None, :, None].expand_as(images))
    return moved.gather(-1, columns[..., None, None, :].expand_as(images))
