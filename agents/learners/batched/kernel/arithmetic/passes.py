"""Through a described network and back, for one seed at a time."""

from __future__ import annotations

import numpy as np

from symprior.agents.learners.batched.kernel.arithmetic.compiled import inlined
from symprior.agents.learners.batched.kernel.arithmetic.functions import tanh
from symprior.agents.learners.batched.kernel.arithmetic.products import (
    add_scaled,
    inner_products,
    product,
    set_scaled,
    transpose,
)
from symprior.agents.learners.batched.kernel.arithmetic.tables import Floats, Tables


@inlined
def expand(net: Tables, seed: int, memory: Floats) -> None:
    """Write those weights and biases out that do not stand among the parameters."""
    values = net.values[seed if len(net.values) > 1 else 0]
    for b in range(len(net.blocks)):
        at, step, start, rows, columns, is_first, _ = net.blocks[b]
        for i in range(rows):
            if is_first:
                set_scaled(memory, start + i * columns, values[b], memory, at + i * step, columns)
            else:
                add_scaled(memory, start + i * columns, values[b], memory, at + i * step, columns)


@inlined
def gather(net: Tables, seed: int, memory: Floats, gradient: Floats) -> None:
    """The parameters' gradient from that of the weights: the transposed map, and what holds coefficients back."""
    values = net.values[seed if len(net.values) > 1 else 0]
    for b in range(len(net.blocks)):
        at, step, start, rows, columns, _, is_first = net.blocks[b]
        for i in range(rows):
            if is_first:
                set_scaled(gradient, at + i * step, values[b], gradient, start + i * columns, columns)
            else:
                add_scaled(gradient, at + i * step, values[b], gradient, start + i * columns, columns)
    for i in range(len(net.pulls)):
        gradient[i] += net.pulls[i] * memory[i]


@inlined
def turn(net: Tables, memory: Floats, turned: Floats) -> None:
    """Write the transposed weights of hidden layers but the first, which the way back multiplies with."""
    for layer in range(1, len(net.sizes) - 2):
        transpose(memory, net.weight_at[layer], net.widths[layer + 1], net.sizes[layer], net.sizes[layer + 1], turned,
                  net.turned_at[layer], net.widths[layer])  # fmt: skip


@inlined
def look(own: Floats, shift: Floats, factor: Floats, limit: float, features: Floats, at: int) -> None:
    """One scaled observation as the first features."""
    most = np.float32(limit)
    scaled = features[at : at + len(own)]
    for i in range(len(own)):
        scaled[i] = min(max((own[i] - shift[i]) * factor[i], -most), most)


@inlined
def forward(net: Tables, memory: Floats, rows: int, features: Floats) -> None:
    """From the first features to the outputs; every layer's features [rows, width] stand one behind the other."""
    last = len(net.sizes) - 2
    for layer in range(last):
        width, following = net.widths[layer], net.widths[layer + 1]
        here, there = rows * net.feature_at[layer], rows * net.feature_at[layer + 1]
        product(features, here, width, 1, memory, net.weight_at[layer], following, memory, net.bias_at[layer],
                features, there, following, rows, following, net.sizes[layer])  # fmt: skip
        activate(features[there : there + rows * following], net.is_tanh)
    here, there = rows * net.feature_at[last], rows * net.feature_at[last + 1]
    inner_products(features, here, net.widths[last], memory, net.weight_at[last], net.widths[last], memory,
                   net.bias_at[last], features, there, net.sizes[last + 1], rows, net.sizes[last + 1],
                   net.widths[last])  # fmt: skip


@inlined
def activate(features: Floats, is_tanh: bool) -> None:
    """The nonlinearity in place."""
    if is_tanh:
        for i in range(len(features)):
            features[i] = tanh(features[i])
    else:
        for i in range(len(features)):
            x = features[i]
            features[i] = np.float32(0) if x < 0 else x


@inlined
def backward(
    net: Tables,
    memory: Floats,
    rows: int,
    features: Floats,
    pulls: Floats,
    turned: Floats,
    ones: Floats,
    gradient: Floats,
) -> None:
    """The gradient of weights and biases from that of the outputs.

    `features` are those of `forward`. `pulls` is laid out as they are; its last part holds the gradient with respect to the
    outputs, the rest is written. `ones` are as many as rows, then zeros as many as the widest layer. The gradient is laid
    out as a seed's memory.
    """
    last, nothing = len(net.sizes) - 2, len(ones) - int(net.widths.max())
    here, there, width = rows * net.feature_at[last], rows * net.feature_at[last + 1], net.widths[last]
    outputs = net.sizes[last + 1]
    product(pulls, there, 1, outputs, features, here, width, ones, nothing, gradient, net.weight_at[last], width, outputs,
            width, rows)  # fmt: skip
    for i in range(outputs):
        total = np.float32(0)
        for row in range(rows):
            total += pulls[there + row * outputs + i]
        gradient[net.bias_at[last] + i] = total
    product(pulls, there, outputs, 1, memory, net.weight_at[last], width, ones, nothing, pulls, here, width, rows, width,
            outputs)  # fmt: skip
    for layer in range(last - 1, -1, -1):
        size, width, following = net.sizes[layer], net.widths[layer], net.widths[layer + 1]
        here, there = rows * net.feature_at[layer], rows * net.feature_at[layer + 1]
        deactivate(features[there : there + rows * following], pulls[there : there + rows * following], net.is_tanh)
        product(features, here, 1, width, pulls, there, following, ones, nothing, gradient, net.weight_at[layer],
                following, size, following, rows)  # fmt: skip
        product(ones, 0, 0, 1, pulls, there, following, ones, nothing, gradient, net.bias_at[layer], following, 1,
                following, rows)  # fmt: skip
        if layer > 0:
            product(pulls, there, following, 1, turned, net.turned_at[layer], width, ones, nothing, pulls, here, width,
                    rows, width, net.sizes[layer + 1])  # fmt: skip


@inlined
def deactivate(features: Floats, pulls: Floats, is_tanh: bool) -> None:
    """The nonlinearity's derivative, which follows from what came out of it."""
    if is_tanh:
        for i in range(len(features)):
            pulls[i] *= np.float32(1) - features[i] * features[i]
    else:
        for i in range(len(features)):
            pulls[i] = pulls[i] if features[i] > 0 else np.float32(0)
