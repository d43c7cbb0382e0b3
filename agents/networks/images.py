"""A batch with its images under a symmetry, for training scripts that keep everything in torch."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

from symprior.agents.networks.orbits import Orbit, as_rows
from symprior.symmetry.errors import SympriorError
from symprior.symmetry.symmetry import Symmetry


def with_images(
    symmetry: Symmetry, observations: Tensor | None = None, actions: Tensor | None = None
) -> tuple[Tensor | None, Tensor | None]:
    """Observations and actions with all their images: a mirror symmetry doubles the batch.

    Rows come element by element, the originals first: row k · batch + i is the image of row i under element k. Whatever the
    group leaves alone (rewards, advantages) is repeated alike, `rewards.repeat(len(symmetry.group))`. Results lie on the
    device that the batch is on, and gradients pass.

    Args:
        symmetry: the group, and how it acts on observations and on actions.
        observations: [batch, …]; None where there are none.
        actions: [batch] whole numbers, or [batch, size]; None where there are none.

    Returns:
        Observations [|G| · batch, …] and actions [|G| · batch, …], None where none were given.

    Raises:
        SympriorError: a row has another shape than the symmetry acts on.
    """
    _check("observations", observations, symmetry.observation.shape)
    _check("actions", actions, () if symmetry.discrete else symmetry.action.shape)
    seen = (
        None if observations is None else as_rows(_orbit(symmetry, observations.device).observations(observations), 0)
    )
    acted = None if actions is None else as_rows(_orbit(symmetry, actions.device).actions(actions), 0)
    return seen, acted


@lru_cache(maxsize=16)
def _orbit(symmetry: Symmetry, device: torch.device) -> Orbit:
    return Orbit(symmetry, device)


def _check(what: str, given: Tensor | None, shape: tuple[int, ...]) -> None:
    if given is not None and tuple(given.shape[1:]) != shape:
        wanted = ", ".join(["batch", *map(str, shape)])
        raise SympriorError(f"The symmetry acts on {what} [{wanted}], not on {list(given.shape)}.")
