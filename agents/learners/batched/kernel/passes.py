"""Through a described network and back, for one seed at a time."""

from __future__ import annotations

from typing import Any

import numpy as np

from symprior.agents.learners.batched.kernel.compiled import inlined
from symprior.agents.learners.batched.kernel.functions import tanh
from symprior.agents.learners.batched.kernel.products import add_scaled, product, transpose

LIMIT = 10.0
"""Where scaled observations are cut off (`normaliser`)."""


@inlined
def expand(net: Any, seed: int, coefficients: Any, weights: Any) -> None:
    """Write a seed's weights and biases out."""
    values = net.values[seed if len(net.values) > 1 else 0]
    weights[:] = 0
    for b in range(len(net.blocks)):
        at, step, start, rows, columns = net.blocks[b]
        scale = values[b]
        if columns == 1:
            for i in range(rows):
                weights[at + i * step] += scale * coefficients[start + i]
        else:
            for i in range(rows):
                add_scaled(coefficients, start + i * columns, scale, weights, at + i * step, columns)


@inlined
def gather(net: Any, seed: int, gradients: Any, coefficients: Any, to_coefficients: Any) -> None:
    """The coefficients' gradient from that of the weights: the transposed map, and what holds coefficients back."""
    values = net.values[seed if len(net.values) > 1 else 0]
    for i in range(len(to_coefficients)):
        to_coefficients[i] = net.pulls[i] * coefficients[i]
    for b in range(len(net.blocks)):
        at, step, start, rows, columns = net.blocks[b]
        scale = values[b]
        if columns == 1:
            for i in range(rows):
                to_coefficients[start + i] += scale * gradients[at + i * step]
        else:
            for i in range(rows):
                add_scaled(gradients, at + i * step, scale, to_coefficients, start + i * columns, columns)


@inlined
def turn(net: Any, weights: Any, turned: Any) -> None:
    """Write the transposed weights, which the way back multiplies with; of the first layer it does not."""
    for layer in range(1, len(net.sizes) - 1):
        size, width = net.sizes[layer], net.widths[layer + 1]
        transpose(weights, net.weight_at[layer], width, size, net.sizes[layer + 1], turned, net.turned_at[layer],
                  net.widths[layer])  # fmt: skip


@inlined
def look(observations: Any, row: int, shift: Any, factor: Any, limit: float, features: Any, at: int) -> None:
    """One scaled observation as the first features."""
    for i in range(observations.shape[-1]):
        x = (observations[row, i] - shift[i]) * factor[i]
        features[at + i] = min(max(x, np.float32(-limit)), np.float32(limit))


@inlined
def forward(net: Any, weights: Any, rows: int, features: Any) -> None:
    """From the first features to the outputs; every layer's features [rows, width] stand one behind the other."""
    layers = len(net.sizes) - 1
    for layer in range(layers):
        width, following = net.widths[layer], net.widths[layer + 1]
        here, there = rows * net.feature_at[layer], rows * net.feature_at[layer + 1]
        product(features, here, width, 1, weights, net.weight_at[layer], following, weights, net.bias_at[layer],
                features, there, following, rows, following, net.sizes[layer])  # fmt: skip
        if layer < layers - 1:
            activate(features[there : there + rows * following], net.is_tanh)


@inlined
def activate(features: Any, is_tanh: bool) -> None:
    """The nonlinearity in place."""
    if is_tanh:
        for i in range(len(features)):
            features[i] = tanh(features[i])
    else:
        for i in range(len(features)):
            x = features[i]
            features[i] = np.float32(0) if x < 0 else x


@inlined
def backward(net: Any, rows: int, features: Any, pulls: Any, turned: Any, ones: Any, gradients: Any) -> None:
    """The weights' gradient from that of the outputs.

    Args:
        net: the network.
        rows: of the batch.
        features: of `forward`.
        pulls: laid out as the features; the last of it holds the gradient with respect to the outputs, the rest is written.
        turned: transposed weights.
        ones: `rows` of them, then zeros as many as the widest layer.
        gradients: of weights and biases, as these are laid out.
    """
    nothing = len(ones) - int(net.widths.max())
    for layer in range(len(net.sizes) - 2, -1, -1):
        size, width, following = net.sizes[layer], net.widths[layer], net.widths[layer + 1]
        here, there = rows * net.feature_at[layer], rows * net.feature_at[layer + 1]
        product(features, here, 1, width, pulls, there, following, ones, nothing, gradients, net.weight_at[layer],
                following, size, following, rows)  # fmt: skip
        product(ones, 0, 0, 1, pulls, there, following, ones, nothing, gradients, net.bias_at[layer], following, 1,
                following, rows)  # fmt: skip
        if layer > 0:
            product(pulls, there, following, 1, turned, net.turned_at[layer], width, ones, nothing, pulls, here, width,
                    rows, width, net.sizes[layer + 1])  # fmt: skip
            deactivate(features[here : here + rows * width], pulls[here : here + rows * width], net.is_tanh)


@inlined
def deactivate(features: Any, pulls: Any, is_tanh: bool) -> None:
    """The nonlinearity's derivative, which follows from what came out of it."""
    if is_tanh:
        for i in range(len(features)):
            pulls[i] *= np.float32(1) - features[i] * features[i]
    else:
        for i in range(len(features)):
            pulls[i] = pulls[i] if features[i] > 0 else np.float32(0)
