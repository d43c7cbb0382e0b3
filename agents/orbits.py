"""A group acting on whole batches of torch tensors: every element at once, by index tables made once for each device."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from symprior.tasks.representations import Representation, as_signed_permutation
from symprior.tasks.symmetry import Symmetry


class Action:
    """One representation on tensors: x [..., *shape] → the images under all elements, [|G|, ..., *shape]."""

    def __init__(self, representation: Representation, device: torch.device | str = "cpu") -> None:
        self._dims = len(representation.shape)
        signed = as_signed_permutation(representation)
        order, size = len(representation.group), representation.size
        if signed is not None:
            self._source: Tensor | None = torch.as_tensor(signed.source.reshape(-1), device=device)
            has_signs = bool((signed.sign < 0).any())
            self._sign = torch.as_tensor(signed.sign.reshape(-1), device=device) if has_signs else None
        else:
            transposed = np.concatenate([representation.matrix(g).T for g in range(order)], axis=1)
            self._source = None
            self._matrices = torch.as_tensor(transposed, dtype=torch.float32, device=device)  # [size, |G| · size]
        self._order, self._size = order, size

    def __call__(self, x: Tensor) -> Tensor:
        """The whole orbit, [|G|, ..., *shape]."""
        flat = x.flatten(-self._dims)
        if self._source is None:
            images = self._products(flat)
        else:
            images = flat.index_select(-1, self._source)
            if self._sign is not None:
                images = images * self._sign.to(images.dtype)
        separate = images.view(*flat.shape[:-1], self._order, self._size)
        return separate.movedim(-2, 0).reshape(self._order, *x.shape)

    def _products(self, flat: Tensor) -> Tensor:
        """ρ(g) x for all g side by side, [..., |G| · size]: one product for each seed, whose round-off is its own."""
        seeds = flat.shape[0] if flat.ndim > 2 else 1
        rows = flat.reshape(seeds, -1, self._size)
        images = torch.bmm(rows, self._matrices.expand(seeds, -1, -1))
        return images.view(*flat.shape[:-1], -1)


class Orbit:
    """A symmetry on tensors.

    Attributes:
        order: the number of group elements; element 0 is the identity.
    """

    def __init__(self, symmetry: Symmetry, device: torch.device | str = "cpu") -> None:
        self.order = len(symmetry.group)
        self.observations = Action(symmetry.observation, device)
        self._discrete = symmetry.discrete
        self._on_action_vectors = Action(symmetry.action, device)
        if symmetry.discrete:
            numbers = torch.arange(symmetry.action.size)
            images = [symmetry.act_on_actions(g, numbers) for g in range(self.order)]
            self._images = torch.stack(images).to(device)

    def actions(self, actions: Tensor) -> Tensor:
        """g·a for every g: discrete [...] integers → [|G|, ...]; continuous [..., size] → [|G|, ..., size]."""
        if not self._discrete:
            return self._on_action_vectors(actions)
        return self._images[:, actions.long()].to(actions.dtype)

    def probabilities(self, probabilities: Tensor) -> Tensor:
        """G acting on distributions over discrete actions, [..., actions] → [|G|, ..., actions]."""
        return self._on_action_vectors(probabilities)
