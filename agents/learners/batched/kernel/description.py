"""A network of many seeds as data: products, and how their weights follow from the coefficients that are trained.

A layer on any basis has W = Σ_v c_v V_v, and V_v is made of few numbers: so the weights are a list of blocks, each a number
times a part of the coefficients. Plain layers are one block, equivariant ones a block for each pair of entries of the two
fibres, and nothing here knows which prior made them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from symprior.agents.learners.batched.kernel.products import padded
from symprior.agents.networks.heads.actor_critic import ActorCritic
from symprior.agents.networks.heads.q_network import QNetwork
from symprior.agents.networks.layers.equivariant import BasisLinear, BasisWeight
from symprior.agents.networks.trunk import Trunk

Integers = NDArray[np.int64]
Floats = NDArray[np.float32]

KINDS: dict[type[Trunk], tuple[str, ...]] = {ActorCritic: ("policy", "value"), QNetwork: ("values",)}
"""The kinds of network that can be written down, and their heads in the order of their outputs."""


class Tables(NamedTuple):
    """One network for all seeds; layer l leads from size l to size l + 1, and the heads are the last one.

    Attributes:
        sizes, widths: of the observation, the hidden layers and the outputs; and padded.
        weight_at, bias_at: where a layer's weights [size, width] and biases [width] stand among a seed's expanded ones.
        turned_at: where its transposed weights [size, width] stand.
        feature_at: where layer l's input [rows, width] stands, for each row of a batch.
        blocks: [blocks, 5]: where in the weights, the step between its rows there, where in the coefficients, rows, columns.
        values: what a block's coefficients are multiplied with, [seeds or 1, blocks].
        pulls: ∂ / ∂ c² of a loss on the coefficients, [parameters].
        is_tanh: whether hidden layers end in tanh; else in max(0, x).
        log_std_at, log_std_of: where log σ of action vectors stand among the parameters, and whose each entry's is.
    """

    sizes: Integers
    widths: Integers
    weight_at: Integers
    bias_at: Integers
    turned_at: Integers
    feature_at: Integers
    blocks: Integers
    values: Floats
    pulls: Floats
    is_tanh: bool
    log_std_at: int
    log_std_of: Integers


def refusal(network: Trunk) -> str | None:
    """Why the kernel does not take this network; None where it does."""
    if type(network) not in KINDS:
        return f"networks of the kind {type(network).__name__} are not described"
    if network.convolutions:
        return "images are not described"
    return None


def tables(network: Trunk, parameters: int) -> Tables:
    """The network of a stack written down.

    Args:
        network: its parameters [seeds, …] lie in one tensor in the order of `network.parameters()`.
        parameters: numbers of a seed in that tensor.
    """
    heads = [getattr(network, name) for name in KINDS[type(network)]]
    layers = [[layer] for layer in network.dense] + [heads]
    outputs = [sum(_outputs(layer) for layer in side_by_side) for side_by_side in layers]
    sizes = np.array([_inputs(layers[0][0]), *outputs])
    widths = np.array([padded(int(size)) for size in sizes])
    weights = np.cumsum([0, *(sizes[:-1] * widths[1:])])
    biases = weights[-1] + np.cumsum([0, *widths[1:]])
    blocks = _Blocks(_places(network), parameters)
    for side_by_side, weight_at, bias_at, width in zip(layers, weights, biases, widths[1:], strict=False):
        column = 0
        for layer in side_by_side:
            blocks.add(layer.weight, int(weight_at) + column, int(width))
            blocks.add(layer.bias, int(bias_at) + column, int(width))
            column += _outputs(layer)
    spread = getattr(network, "spread", None)
    return Tables(
        sizes=sizes,
        widths=widths,
        weight_at=weights[:-1],
        bias_at=biases[:-1],
        turned_at=np.cumsum([0, *(sizes[1:] * widths[:-1])])[:-1],
        feature_at=np.cumsum([0, *widths]),
        blocks=np.array(blocks.rows, dtype=np.int64).reshape(-1, 5),
        values=np.ascontiguousarray(np.stack(np.broadcast_arrays(*blocks.values), axis=-1), dtype=np.float32),
        pulls=blocks.pulls,
        is_tanh=network.activation == "tanh",
        log_std_at=-1 if spread is None else _places(network)[id(spread.log_std)],
        log_std_of=np.zeros(0, dtype=np.int64) if spread is None else spread.orbit.numpy().copy(),
    )


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
    """Blocks as they are found.

    Attributes:
        places: where each parameter stands.
        parameters: how many numbers there are.
    """

    places: dict[int, int]
    parameters: int
    rows: list[tuple[int, int, int, int, int]] = field(default_factory=list)
    values: list[NDArray[np.float64]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.pulls = np.zeros(self.parameters, dtype=np.float32)

    def add(self, weight: BasisWeight, place: int, width: int) -> None:
        """All blocks of a weight whose first entry stands at `place` and whose rows are `width` apart."""
        out_fibre, in_fibre, _, out_channels, in_channels = weight.blocks
        vectors = _vectors(weight)  # [seeds or 1, out fibre, in fibre, rank]
        start, part = self.places[id(weight.coefficients)], in_channels * out_channels
        for o in range(out_fibre):
            for i in range(in_fibre):
                at = place + i * in_channels * width + o * out_channels
                for v in np.flatnonzero((vectors[:, o, i] != 0).any(0)):
                    self.values.append(vectors[:, o, i, v])
                    whole = out_channels == width  # such rows lie one behind the other
                    shape = (1, part) if whole else (in_channels, out_channels)
                    self.rows.append((at, width, start + int(v) * part, *shape))
        if weight.penalties is not None:
            each = 2 * np.atleast_3d(weight.penalties.numpy()).reshape(-1)
            self.pulls[start : start + len(each) * part] = np.repeat(each, part)


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
