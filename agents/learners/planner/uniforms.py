"""Random numbers of a seed, apart for each use."""

from __future__ import annotations

import torch
from torch import Tensor

from symprior.tasks.environments.streams import Streams, seed_from


class Uniforms:
    """A stream for each use, which starts anew with each of these."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._streams: dict[str, Streams[Tensor]] = {}

    def __call__(self, use: str, count: int) -> Tensor:
        """The next so many numbers for a use, uniform on [0, 1), [count] in double precision."""
        if use not in self._streams:
            self._streams[use] = Streams(torch.tensor([seed_from(self._seed, use)]))
        return self._streams[use].draw(count)[0]
