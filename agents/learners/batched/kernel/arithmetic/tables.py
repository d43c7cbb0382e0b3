"""A network as the arithmetic reads it: where everything stands in flat arrays."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


class Tables(NamedTuple):
    """One network for all seeds; layer l leads from size l to size l + 1, and the heads are the last one.

    A seed's memory is its parameters and behind them its expanded weights; a layer whose weights are coefficients as they
    stand has them among the parameters. Weights of hidden layers are [size, following width], those of the heads [outputs,
    width], so that each is multiplied along its rows in most products.

    Attributes:
        sizes, widths: of the observation, the hidden layers and the outputs; and padded, but for the outputs.
        weight_at, bias_at: where a layer's weights and biases stand in a seed's memory.
        turned_at: where a hidden layer's transposed weights [following size, width] stand.
        feature_at: where layer l's input [rows, width] stands, for each row of a batch.
        blocks: [blocks, 7]: where in the weights, the step between its rows there, where among the coefficients, rows,
            columns, whether it is the first there in the weights, and among the coefficients.
        values: what a block's coefficients are multiplied with, [seeds or 1, blocks].
        pulls: ∂² / ∂ c² of a loss on the coefficients, [parameters]; of no length where there is none.
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
