"""A group acting on whole batches of torch tensors: every element at once, by index tables made once for each device."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from symprior.symmetry.representations import Representation, as_signed_permutation
from symprior.symmetry.symmetry import Symmetry


class Action(nn.Module):
    """One representation on tensors: x [..., *shape] → the images under all elements, [|G|, ..., *shape].

    Its tables move with the network that it is part of.

    Attributes:
        shape: of one sample.
    """

    _source: Tensor | None
    _sign: Tensor | None
    _back_source: Tensor | None
    _back_sign: Tensor | None
    _matrices: Tensor | None
    _back_matrices: Tensor | None
    _inverse: Tensor

    def __init__(self, representation: Representation, device: torch.device | str = "cpu") -> None:
        super().__init__()
        self.shape = representation.shape
        self._dims = len(self.shape)
        self._order, self._size = len(representation.group), representation.size
        signed, inverse = as_signed_permutation(representation), representation.group.inverse
        names = ("source", "sign", "matrices", "back_source", "back_sign", "back_matrices")
        tables: dict[str, Tensor | None] = dict.fromkeys(names)
        tables["inverse"] = torch.as_tensor(inverse)
        if signed is not None:
            blocks = self._size * np.arange(self._order)[:, None]
            tables["source"] = torch.as_tensor(signed.source.reshape(-1))
            tables["back_source"] = torch.as_tensor((signed.source[inverse] + blocks).reshape(-1))
            if (signed.sign < 0).any():
                tables["sign"] = torch.as_tensor(signed.sign.reshape(-1))
                tables["back_sign"] = torch.as_tensor(signed.sign[inverse].reshape(-1))
        else:
            transposed = [representation.matrix(g).T for g in range(self._order)]
            tables["matrices"] = torch.as_tensor(np.concatenate(transposed, axis=1), dtype=torch.float32)
            tables["back_matrices"] = torch.as_tensor(np.stack(transposed)[inverse], dtype=torch.float32)
        for name, table in tables.items():
            self.register_buffer(f"_{name}", table if table is None else table.to(device), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """The whole orbit, [|G|, ..., *shape]."""
        flat = x.flatten(-self._dims)
        if self._source is None:
            images = self._products(flat)
        else:
            images = _chosen(flat, self._source)
            if self._sign is not None:
                images = images * self._sign.to(images.dtype)
        separate = images.view(*flat.shape[:-1], self._order, self._size)
        return separate.movedim(-2, 0).reshape(self._order, *x.shape)

    def inverses(self, x: Tensor) -> Tensor:
        """ρ(g)⁻¹ x for every g, [|G|, ..., *shape]."""
        images: Tensor = self(x)
        return images.index_select(0, self._inverse)

    def back(self, images: Tensor) -> Tensor:
        """ρ(g)⁻¹ x_g of what stands in each element's place, [|G|, ..., *shape]."""
        flat = images.flatten(-self._dims)
        if self._back_source is None:
            assert self._back_matrices is not None
            each = self._back_matrices.view(self._order, *(1,) * (flat.ndim - 3), self._size, self._size)
            moved = flat @ each  # one product for each element and seed
        else:
            moved = _chosen(flat.movedim(0, -2).flatten(-2), self._back_source)
            if self._back_sign is not None:
                moved = moved * self._back_sign.to(moved.dtype)
            moved = moved.unflatten(-1, (self._order, self._size)).movedim(-2, 0)
        return moved.reshape(images.shape)

    def by(self, elements: Tensor, x: Tensor) -> Tensor:
        """ρ(g) x of each sample by an element of its own; elements [...], x [..., *shape]."""
        images: Tensor = self(x)
        place = elements.view(1, *elements.shape, *(1,) * self._dims).expand(1, *x.shape)
        return images.gather(0, place).squeeze(0)

    def _products(self, flat: Tensor) -> Tensor:
        """ρ(g) x for all g side by side, [..., |G| · size]: one product for each seed, whose round-off is its own."""
        assert self._matrices is not None
        seeds = flat.shape[0] if flat.ndim > 2 else 1
        rows = flat.reshape(seeds, -1, self._size)
        images = torch.bmm(rows, self._matrices.expand(seeds, -1, -1))
        return images.view(*flat.shape[:-1], -1)


def _chosen(flat: Tensor, source: Tensor) -> Tensor:
    """Entries [..., source] of the last axis; on a CPU `gather` is several times faster there than `index_select`."""
    return flat.gather(-1, source.expand(*flat.shape[:-1], -1))


def elements_last(images: Tensor) -> Tensor:
    """What stands in each element's place, [|G|, ...] → [..., |G|], laid out so that it can be summed over the group.

    Along a first axis a sum's order depends on a sample's place in memory, and so a seed's round-off on its companions;
    along the last it does not.
    """
    return images.movedim(0, -1).contiguous()


def as_rows(images: Tensor, axis: int) -> Tensor:
    """Images of a batch, [|G|, (seeds,) batch, …] → [(seeds,) |G| · batch, …]; `axis` is that of the batch, 0 or 1."""
    return images.movedim(0, axis).flatten(axis, axis + 1)


class Orbit(nn.Module):
    """A symmetry on tensors.

    Attributes:
        order: the number of group elements; element 0 is the identity.
        discrete: whether actions are numbers.
        observations: what acts on observations.
        outputs: what acts on action vectors, and on probabilities, logits or values of discrete actions.
        inverse: the inverse of each element, [|G|].
    """

    inverse: Tensor
    _images: Tensor

    def __init__(self, symmetry: Symmetry, device: torch.device | str = "cpu") -> None:
        super().__init__()
        self.order, self.discrete = len(symmetry.group), symmetry.discrete
        self.observations = Action(symmetry.observation, device)
        self.outputs = Action(symmetry.action, device)
        self.register_buffer("inverse", torch.as_tensor(symmetry.group.inverse, device=device), persistent=False)
        if symmetry.discrete:
            numbers = torch.arange(symmetry.action.size)
            images = [symmetry.act_on_actions(g, numbers) for g in range(self.order)]
            self.register_buffer("_images", torch.stack(images).to(device), persistent=False)

    def actions(self, actions: Tensor) -> Tensor:
        """g·a for every g: discrete [...] integers → [|G|, ...]; continuous [..., size] → [|G|, ..., size]."""
        if not self.discrete:
            images: Tensor = self.outputs(actions)
            return images
        return self._images[:, actions.long()].to(actions.dtype)

    def actions_by(self, elements: Tensor, actions: Tensor) -> Tensor:
        """g·a of each action by an element of its own; elements [...], actions [...] or [..., size]."""
        if not self.discrete:
            return self.outputs.by(elements, actions)
        return self._images[elements, actions.long()].to(actions.dtype)
