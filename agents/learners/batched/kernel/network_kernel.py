"""The stacked networks of a learner in the kernel's hands: its tables, what is trained, and room to compute in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from symprior.agents.algorithms.algorithm import LearnerSettings
from symprior.agents.learners.batched.kernel.compiled import say_that_it_compiles
from symprior.agents.learners.batched.kernel.description import Tables, tables
from symprior.agents.learners.batched.kernel.entries import Room, State, outputs_of, write_out
from symprior.agents.learners.batched.kernel.products import SUMS
from symprior.agents.networks.layers.equivariant import keep_weights
from symprior.agents.networks.layers.normaliser import LIMIT
from symprior.agents.networks.trunk import Trunk


class NetworkKernel:
    """The networks of so many seeds; their parameters are those of the stacked network, in the same memory.

    Args:
        network: stacked.
        flat: its parameters in one tensor, [seeds or more, parameters].
        seeds: how many of its rows are trained: a lone seed stands there twice.
        settings: of each seed.

    Attributes:
        tables: the network as data.
        state: what is trained.
        outputs: how many the heads have together.
        features: of the layers, where `look` left them.
    """

    def __init__(self, network: Trunk, flat: Tensor, seeds: int, settings: Sequence[LearnerSettings]) -> None:
        say_that_it_compiles()
        self._network, self.seeds = network, seeds
        parameters = flat.numpy()[:seeds]
        self.tables: Tables = tables(network, parameters.shape[1])
        self.outputs = int(self.tables.sizes[-1])
        self.state = self._initial_state(parameters, settings)
        self.features = np.zeros((1, 0), dtype=np.float32)
        self._room: Room | None = None
        keep_weights(network, False)  # whoever looks at the layers themselves sees what is trained here
        self.refresh()

    def _initial_state(self, parameters: NDArray[np.float32], settings: Sequence[Any]) -> State:
        tables, (seeds, count) = self.tables, parameters.shape

        def each(name: str) -> NDArray[np.float64]:
            return of_each(settings, name, seeds)

        size = int(tables.sizes[0])
        return State(
            parameters=parameters,
            moments=np.zeros((seeds, 2, count), dtype=np.float32),
            weights=np.zeros((seeds, int(tables.bias_at[-1] + tables.widths[-1])), dtype=np.float32),
            shift=np.zeros((seeds, size), dtype=np.float32),
            factor=np.ones((seeds, size), dtype=np.float32),
            limit=np.inf,
            rates=each("learning_rate"),
            epsilons=each("adam_epsilon"),
            largest=each("max_gradient_norm"),
            decays=np.ones(2),
        )

    def refresh(self) -> None:
        """Read statistics of observations and parameters anew, which others may have changed."""
        normaliser = self._network.normaliser
        if normaliser is not None:
            for own, theirs in ((self.state.shift, normaliser.shift), (self.state.factor, normaliser.factor)):
                own[:] = (theirs[: self.seeds] if theirs.ndim > 1 else theirs).numpy()
            if normaliser.cuts_off:
                self.state = self.state._replace(limit=LIMIT)
        write_out(self.tables, self.state)

    def look(self, observations: NDArray[Any], keeps: bool = False) -> NDArray[np.float32]:
        """Outputs [seeds, rows, outputs] at observations [seeds · rows, …], from the weights as they were written out.

        With `keeps` the features of all layers and seeds stand in `features` afterwards, for `step_against`.
        """
        rows = self.side_by_side(observations)
        shape = (self.seeds if keeps else 1, rows.shape[1] * int(self.tables.feature_at[-1]))
        if self.features.shape[0] != shape[0] or self.features.shape[1] < shape[1]:
            self.features = np.zeros(shape, dtype=np.float32)
        outputs = np.empty((self.seeds, rows.shape[1], self.outputs), dtype=np.float32)
        outputs_of(self.tables, self.state, rows, self.features, outputs)
        return outputs

    def side_by_side(self, observations: NDArray[Any]) -> NDArray[np.float32]:
        """[seeds · rows, …] → [seeds, rows, size] in single precision."""
        flat = observations.reshape(self.seeds, -1, int(self.tables.sizes[0]))
        return np.ascontiguousarray(flat, dtype=np.float32)

    def room(self, rows: int) -> Room:
        """Room for a batch of so many rows."""
        if self._room is None or int(self._room.ones.sum()) != rows:
            tables, count = self.tables, self.state.parameters.shape[1]
            whole, widest = rows * int(tables.feature_at[-1]), int(tables.widths.max())

            def empty(*shape: int) -> NDArray[np.float32]:
                return np.zeros(shape, dtype=np.float32)

            ones = empty(rows + widest)
            ones[:rows] = 1
            self._room = Room(
                features=empty(whole),
                pulls=empty(whole),
                turned=empty(int((tables.sizes[1:] * tables.widths[:-1]).sum())),
                ones=ones,
                gradients=empty(self.state.weights.shape[1]),
                gradient=empty(count),
                sums=empty(SUMS),
                numbers=np.zeros((3, max(rows, self.outputs))),
            )
        return self._room


def of_each(settings: Sequence[Any], name: str, seeds: int) -> NDArray[np.float64]:
    """A setting of each seed; of a lone one's settings the first."""
    return np.array([getattr(one, name) for one in settings[:seeds]], dtype=np.float64)
