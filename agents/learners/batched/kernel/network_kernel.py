"""The stacked networks of a learner in the kernel's hands: its tables, what is trained, and room to compute in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from symprior.agents.agent import Problem
from symprior.agents.algorithms.settings import LearningSettings
from symprior.agents.learners.batched.kernel.arithmetic.entries import outputs_of, write_out
from symprior.agents.learners.batched.kernel.arithmetic.products import SUMS, padded
from symprior.agents.learners.batched.kernel.arithmetic.tables import WHOLE_GROUP, Floats, Room, Sight, State
from symprior.agents.learners.batched.kernel.description import tables
from symprior.agents.learners.batched.kernel.frames import images_of
from symprior.agents.learners.batched.kernel.preparation import prepare
from symprior.agents.learners.batched.populations.optimizer import place_in
from symprior.agents.networks.layers.equivariant import keep_weights
from symprior.agents.networks.layers.normaliser import LIMIT
from symprior.agents.networks.trunk import Trunk
from symprior.symmetry.arrays import NumpyArray
from symprior.tasks.files import states


class NetworkKernel:
    """The networks of so many seeds; their parameters are those of the stacked network, in the same memory.

    Args:
        problem: what they are told of the task.
        network: stacked.
        flat: its parameters in one tensor, [seeds or more, parameters]; they move to another.
        seeds: how many of its rows are trained: a lone seed stands there twice.
        settings: of each seed.

    Attributes:
        flat: the parameters from now on.
        tables, images: the network and its frame as data.
        state: what is trained.
        outputs: how many the heads have together.
    """

    def __init__(
        self, problem: Problem, network: Trunk, flat: Tensor, seeds: int, settings: Sequence[LearningSettings]
    ) -> None:
        prepare()
        self._network, self._parameters, self.seeds = network, list(network.parameters()), seeds
        self.tables, length = tables(network, flat.shape[1])
        self.images = images_of(network, problem.symmetry, np.dtype(problem.observation_space.dtype).kind != "f")
        self.outputs = int(self.tables.sizes[-1])
        memory = torch.cat([flat, flat.new_zeros(len(flat), padded(length) - flat.shape[1])], dim=1)
        self.flat = memory[:, : flat.shape[1]]
        place_in(self.flat, network)
        self.state = self._initial_state(memory.numpy()[:seeds], flat.shape[1], settings)
        self._sights: dict[tuple[int, int], Sight] = {}
        self._rooms: dict[tuple[int, int], Room] = {}
        self._written_at: tuple[int, ...] = ()
        keep_weights(network, False)  # whoever looks at the layers themselves sees what is trained here
        self.refresh()

    def _initial_state(self, memory: Floats, count: int, settings: Sequence[LearningSettings]) -> State:
        seeds, size = len(memory), int(self.tables.sizes[0])

        def each(name: str) -> NDArray[np.float64]:
            return of_each(settings, name, seeds)

        return State(
            memory=memory,
            moments=zeros(seeds, 2, count),
            shift=zeros(seeds, size),
            factor=np.ones((seeds, size), dtype=np.float32),
            limit=np.inf,
            rates=each("learning_rate"),
            epsilons=each("adam_epsilon"),
            largest=each("max_gradient_norm"),
            decays=np.ones(2),
        )

    def refresh(self) -> None:
        """Read statistics of observations and parameters anew, where others changed them."""
        versions = self._versions()
        if versions == self._written_at:
            return
        normaliser = self._network.normaliser
        if normaliser is not None:
            for own, theirs in ((self.state.shift, normaliser.shift), (self.state.factor, normaliser.factor)):
                own[:] = (theirs[: self.seeds] if theirs.ndim > 1 else theirs).numpy()
            if normaliser.cuts_off:
                self.state = self.state._replace(limit=LIMIT)
        write_out(self.tables, self.state)
        self._written_at = versions

    def save(self) -> states.State:
        """What Adam goes on from; the parameters are the network's."""
        return {"moments": self.state.moments.copy(), "decays": self.state.decays.copy()}

    def load(self, state: states.State) -> None:
        """Go on from there, with the parameters as they are now."""
        self.state.moments[:], self.state.decays[:] = state["moments"], state["decays"]
        self.refresh()

    def _versions(self) -> tuple[int, ...]:
        """What torch counts up where parameters change, and statistics of observations."""
        normaliser = self._network.normaliser
        counts = [parameter._version for parameter in self._parameters]
        if normaliser is not None:
            counts += [normaliser.seen, normaliser.shift._version, normaliser.factor._version]
        return tuple(counts)

    def look(self, observations: NumpyArray) -> Floats:
        """Outputs [seeds, rows, outputs] at observations [seeds · rows, …], from the weights as they were written out."""
        rows = self.side_by_side(observations)
        outputs = np.empty((self.seeds, rows.shape[1], self.outputs), dtype=np.float32)
        outputs_of(self.tables, self.images, self.state, self.sight(rows.shape[1]), rows, outputs)
        return outputs

    def side_by_side(self, observations: NumpyArray) -> Floats:
        """[seeds · rows, …] → [seeds, rows, size] in single precision."""
        flat = observations.reshape(self.seeds, -1, int(self.tables.sizes[0]))
        return np.ascontiguousarray(flat, dtype=np.float32)

    @property
    def elements(self) -> int:
        """How many the group has."""
        return len(self.images.sources)

    def shown(self, states: int) -> int:
        """How many images of so many states the frame has the network look at."""
        return states * (self.elements if self.images.frame == WHOLE_GROUP else 1)

    def sight(self, states: int, shown: int | None = None) -> Sight:
        """Where the networks are asked at so many states.

        Args:
            states: of one seed.
            shown: images that the network sees; as many as the frame says where nothing else is asked for.
        """
        rows = self.shown(states) if shown is None else shown
        if (states, rows) not in self._sights:
            elements, logits = self.elements, self.images.logits
            self._sights[states, rows] = Sight(
                features=zeros(padded(rows * int(self.tables.feature_at[-1]))),
                image=zeros(int(self.tables.sizes[0])),
                keys=np.zeros(elements * self.images.directions.shape[2]),
                weights=np.full((states, elements), 1 / elements),
                said=zeros(states * self.outputs),
                moved=zeros(self.outputs),
                numbers=np.zeros((3, self.outputs)),
                policies=np.zeros((states, elements, logits)),
                averages=np.zeros((states, logits)),
            )
        return self._sights[states, rows]

    def room(self, states: int, shown: int | None = None) -> Room:
        """Room for an update's batches of so many states; as `sight`."""
        rows = self.shown(states) if shown is None else shown
        if (states, rows) not in self._rooms:
            tables = self.tables
            ones = zeros(rows + int(tables.widths.max()))
            ones[:rows] = 1
            self._rooms[states, rows] = Room(
                sight=self.sight(states, rows),
                pulls=zeros(rows * int(tables.feature_at[-1])),
                to_said=zeros(states * self.outputs),
                turned=zeros(int(tables.turned_at[-1])),
                ones=ones,
                gradient=zeros(self.state.memory.shape[1]),
                sums=zeros(SUMS),
                numbers=np.zeros((7, max(rows, self.outputs))),
            )
        return self._rooms[states, rows]


def zeros(*shape: int) -> Floats:
    """Zeros that begin with a line of the cache, as torch's arrays do and numpy's do not."""
    return torch.zeros(shape).numpy()


def of_each(settings: Sequence[LearningSettings], name: str, seeds: int) -> NDArray[np.float64]:
    """A setting of each seed; of a lone one's settings the first."""
    return np.array([getattr(one, name) for one in settings[:seeds]], dtype=np.float64)
