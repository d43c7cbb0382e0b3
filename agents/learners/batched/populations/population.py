"""A population: seeds side by side, their networks and their optimizer, one operation for all of them."""

from __future__ import annotations

from typing import Generic, cast

import torch
from torch import Tensor

from symprior.agents.acting.actors import RowStreams
from symprior.agents.algorithms.settings import LearningSettings
from symprior.agents.learners.batched.populations.optimizer import StackedAdam
from symprior.agents.learners.batched.populations.settings import StackedSettings
from symprior.agents.learners.initial import initial_network
from symprior.agents.learners.learner import Training
from symprior.agents.networks.layers.equivariant import stack
from symprior.agents.networks.orbits import Orbit
from symprior.agents.networks.saved import load_network, saved_network
from symprior.agents.networks.sizes import count_parameters
from symprior.agents.priors.prior import N
from symprior.symmetry.arrays import Array
from symprior.tasks.environments.streams import Streams, seed_from
from symprior.tasks.files.states import State


class Population(Generic[N]):
    """The seeds of one agent, trained as one computation; nothing is ever summed or compared across seeds.

    A lone seed is computed twice: matrix products of a single matrix take another kernel, whose round-off differs.

    Args:
        training: what is trained.
        kind: of the network.

    Attributes:
        network: parameters [seeds, …]; at least two seeds.
        orbit: the symmetry to use.
        parameters: trainable numbers of one seed.
    """

    def __init__(self, training: Training, kind: type[N]) -> None:
        problem, prior, device = training.problem, training.prior, torch.device(training.device)
        assert prior is not None
        self.size = len(training.seeds)
        twice = 2 if self.size == 1 else 1
        seeds = training.seeds * twice
        settings = cast(tuple[LearningSettings, ...], training.settings) * twice
        networks = [initial_network(problem, kind, prior, one, seed) for one, seed in zip(settings, seeds, strict=True)]
        self.parameters = count_parameters(networks[0])
        self._dimensions = {name: tensor.ndim for name, tensor in networks[0].state_dict().items()}
        self.network = cast(N, stack(networks)).to(device)
        self._prior, self.orbit = prior, Orbit(problem.symmetry, device)
        self._settings = StackedSettings(settings, device)
        self._optimizer = StackedAdam(self.network, settings, self._settings.max_gradient_norm)
        self._copies = settings[0].num_envs
        self._seeds, self._device = seeds, device
        self._prior_streams = self._stream("prior")

    def streams(self, keys: Array) -> RowStreams:
        """Random numbers to act by, a stream for each key; numpy or torch as these are."""
        return Streams(keys)

    def _stream(self, use: str) -> Streams[Tensor]:
        """Random numbers of each seed's own for one use."""
        return Streams(torch.tensor([seed_from(seed, use) for seed in self._seeds], device=self._device))

    @property
    def diverged(self) -> Tensor:
        """Whether a seed's parameters are no longer finite, [size]."""
        return ~self._optimizer.flat[: self.size].isfinite().all(dim=1)

    def state_of(self, seed: int) -> dict[str, Tensor]:
        """The state of one seed's network by itself, counted from 0; what all seeds share stands in each."""
        stacked = self.network.state_dict()
        return {
            name: stacked[name] if stacked[name].ndim == dimensions else stacked[name][seed]
            for name, dimensions in self._dimensions.items()
        }

    def save(self) -> State:
        """Networks, optimizer and random streams."""
        return {
            "network": saved_network(self.network),
            "optimizer": self._optimizer.save(),
            "streams": {name: streams.save() for name, streams in self._streams().items()},
        }

    def load(self, state: State) -> None:
        """Go on from there."""
        load_network(self.network, state["network"])
        self._optimizer.load(state["optimizer"])
        for name, streams in self._streams().items():
            streams.load(state["streams"][name])

    def _streams(self) -> dict[str, Streams[Tensor]]:
        """All that it draws from, by use."""
        return {"prior": self._prior_streams}

    def _side_by_side(self, rows: Tensor) -> Tensor:
        """[size · rows, …] → [seeds, rows, …]."""
        split = rows.view(self.size, -1, *rows.shape[1:])
        return split if self.size > 1 else split.expand(2, *split.shape[1:])
