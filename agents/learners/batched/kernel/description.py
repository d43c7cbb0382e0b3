"""A network of many seeds as data: products, and how their weights follow from the coefficients that are trained.

A layer on any basis has W = Σ_v c_v V_v, and V_v is made of few numbers: so the weights are a list of blocks, each a number
times a part of the coefficients. Plain layers are one block, equivariant ones a block for each pair of entries of the two
fibres, and nothing here knows which prior made them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from symprior.agents.learners.batched.kernel.arithmetic.products import padded
from symprior.agents.learners.batched.kernel.arithmetic.tables import Floats, Tables
from symprior.agents.networks.heads.actor_critic import ActorCritic
from symprior.agents.networks.heads.q_network import QNetwork
from symprior.agents.networks.layers.equivariant import BasisLinear, BasisWeight
from symprior.agents.networks.trunk import Trunk

Block = tuple[tuple[int, ...], NDArray[np.float64]]

KINDS: dict[type[Trunk], tuple[str, ...]] = {ActorCritic: ("policy", "value"), QNetwork: ("values",)}
"""The kinds of network that can be written down, and their heads in the order of their outputs."""


def refusal(network: Trunk) -> str | None:
    """Why the kernel does not take this network; None where it does."""
    if type(network) not in KINDS:
        return f"networks of the kind {type(network).__name__} are not described"
    if network.convolutions:
        return "images are not described"
    heads = [getattr(network, name) for name in KINDS[type(network)]]
    if any(head.weight.blocks[3] > 1 for head in heads):
        return "heads of several copies are not described"
    return None


def tables(network: Trunk, parameters: int) -> tuple[Tables, int]:
    """The network of a stack written down, and how long a seed's memory is.

    Args:
        network: its parameters [seeds, …] lie in one tensor in the order of `network.parameters()`.
        parameters: numbers of a seed in that tensor.
    """
    heads = [getattr(network, name) for name in KINDS[type(network)]]
    hidden: list[BasisLinear] = list(network.dense)  # type: ignore[arg-type]
    sizes = [_inputs(hidden[0]), *map(_outputs, hidden), sum(map(_outputs, heads))]
    widths = [*map(padded, sizes[:-1]), sizes[-1]]
    written = _Blocks(_places(network), parameters)
    for layer, width in zip(hidden, widths[1:], strict=False):
        written.add_layer(layer, width)
    written.add_heads(heads, widths[-2])
    spread = getattr(network, "spread", None)
    turned = [0, *(size * width for size, width in zip(sizes[2:-1], widths[1:], strict=False))]
    return Tables(
        sizes=np.array(sizes),
        widths=np.array(widths),
        weight_at=np.array(written.weight_at),
        bias_at=np.array(written.bias_at),
        turned_at=np.cumsum([0, *turned]),
        feature_at=np.cumsum([0, *widths]),
        blocks=np.array(written.rows, dtype=np.int64).reshape(-1, 7),
        values=written.all_values(),
        pulls=written.pulls if written.pulls.any() else np.zeros(0, dtype=np.float32),
        is_tanh=network.activation == "tanh",
        log_std_at=-1 if spread is None else _places(network)[id(spread.log_std)],
        log_std_of=np.zeros(0, dtype=np.int64) if spread is None else spread.orbit.numpy().copy(),
    ), written.end


def _places(network: nn.Module) -> dict[int, int]:
    """Where each parameter stands among a seed's."""
    parameters = list(network.parameters())
    starts = np.cumsum([0, *(parameter[0].numel() for parameter in parameters)])
    return {id(parameter): int(start) for parameter, start in zip(parameters, starts, strict=False)}


def _inputs(layer: BasisLinear) -> int:
    _, in_fibre, positions, _, in_channels = layer.weight.blocks
    return in_fibre * positions * in_channels


def _outputs(layer: BasisLinear) -> int:
    out_fibre, *_, out_channels, _ = layer.weight.blocks
    return out_fibre * out_channels


@dataclass
class _Blocks:
    """Blocks as they are found, and where layers stand.

    Attributes:
        places: where each parameter stands.
        end: of the memory so far: it begins with the parameters.
    """

    places: dict[int, int]
    end: int
    rows: list[tuple[int, ...]] = field(default_factory=list)
    values: list[NDArray[np.float64]] = field(default_factory=list)
    weight_at: list[int] = field(default_factory=list)
    bias_at: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.pulls = np.zeros(self.end, dtype=np.float32)
        self._seen: set[tuple[str, int]] = set()

    def add_layer(self, layer: BasisLinear, width: int) -> None:
        """A hidden layer."""
        self.weight_at.append(self._place([(layer.weight, 0)], width, _inputs(layer) * width))
        self.bias_at.append(self._place([(layer.bias, 0)], width, width))

    def add_heads(self, heads: Sequence[BasisLinear], width: int) -> None:
        """The heads side by side, each output's weights one behind the other; biases are padded as others are."""
        firsts = np.cumsum([0, *map(_outputs, heads)])
        weights = [(head.weight, int(first) * width) for head, first in zip(heads, firsts, strict=False)]
        biases = [(head.bias, int(first)) for head, first in zip(heads, firsts, strict=False)]
        self.weight_at.append(self._place(weights, width, int(firsts[-1]) * width, turned=True))
        self.bias_at.append(self._place(biases, padded(int(firsts[-1])), padded(int(firsts[-1]))))

    def _place(self, weights: list[tuple[BasisWeight, int]], width: int, size: int, turned: bool = False) -> int:
        """Where a matrix stands: among the parameters where it is as they are, else behind what is there already."""
        found = [self._blocks(weight, place, width, turned) for weight, place in weights]
        for weight, _ in weights:
            self._hold_back(weight)
        start = self.places[id(weights[0][0].coefficients)]
        if len(weights) == 1 and size == weights[0][0].coefficients[0].numel() and _are_as_they_stand(found[0], start):
            return start
        place, self.end = self.end, self.end + size
        for (at, *others), values in (block for blocks in found for block in blocks):
            row = (place + at, *others)
            firsts = [("weight", row[0]), ("coefficient", row[2])]
            self.rows.append((*row, *(int(first not in self._seen) for first in firsts)))
            self.values.append(values)
            self._seen.update(firsts)
        return place

    def _blocks(self, weight: BasisWeight, place: int, width: int, turned: bool) -> list[Block]:
        """All blocks of a weight whose first entry stands at `place` and whose rows are `width` apart."""
        out_fibre, in_fibre, _, out_channels, in_channels = weight.blocks
        vectors = _vectors(weight)  # [seeds or 1, out fibre, in fibre, rank]
        start, part = self.places[id(weight.coefficients)], in_channels * out_channels
        found: list[Block] = []
        for o, i in np.ndindex(out_fibre, in_fibre):
            at = place + (o * width + i * in_channels if turned else i * in_channels * width + o * out_channels)
            whole = turned or out_channels == width  # such rows lie one behind the other
            shape = (1, part) if whole else (in_channels, out_channels)
            for v in np.flatnonzero((vectors[:, o, i] != 0).any(0)):
                found.append(((at, width, start + int(v) * part, *shape), vectors[:, o, i, v]))
        return found

    def _hold_back(self, weight: BasisWeight) -> None:
        if weight.penalties is not None:
            start, each = self.places[id(weight.coefficients)], 2 * weight.penalties.numpy().reshape(-1)
            part = weight.blocks[-1] * weight.blocks[-2]
            self.pulls[start : start + len(each) * part] = np.repeat(each, part)

    def all_values(self) -> Floats:
        """[seeds or 1, blocks]."""
        if not self.values:
            return np.zeros((1, 0), dtype=np.float32)
        return np.ascontiguousarray(np.stack(np.broadcast_arrays(*self.values), axis=-1), dtype=np.float32)


def _are_as_they_stand(blocks: list[Block], start: int) -> bool:
    """Whether the blocks only say again what stands at `start`."""
    same_place = all(at == first - start and (rows == 1 or step == columns)
                     for (at, step, first, rows, columns), _ in blocks)  # fmt: skip
    return same_place and all(bool((values == 1).all()) for _, values in blocks)


def _vectors(weight: BasisWeight) -> NDArray[np.float64]:
    """V as the layer has it, [seeds or 1, out fibre, in fibre, rank]."""
    out_fibre, in_fibre, positions, *_ = weight.blocks
    entries, rank = out_fibre * in_fibre * positions, weight.coefficients.shape[-3]
    if weight.vectors is not None:
        table = weight.vectors.double()
    elif "orbit" in weight._buffers:
        table = torch.zeros(entries, rank, dtype=torch.float64)
        table[torch.arange(entries), weight.orbit] = weight.weight[:, 0].double()
    else:
        table = torch.eye(entries, dtype=torch.float64)
    leading = len(table) if table.ndim > 2 else 1
    return np.asarray(table.view(leading, out_fibre, in_fibre * positions, rank))
