"""What was seen, by number: each observation is kept once, and the group acts on numbers as it does on observations."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from symprior.agents.networks.orbits import Action, Orbit
from symprior.agents.priors.batch import Replayed
from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.task.transitions import Transitions

CHUNK = 4096
"""So many observations are computed at a time."""


class Numbering:
    """Numbers for observations: equal ones have the same, in the order in which they were met.

    Args:
        known: as many observations as it starts with, [0, …]: their shape and type.
    """

    def __init__(self, known: NumpyArray) -> None:
        self._numbers: dict[bytes, int] = {}
        self._kept: list[NumpyArray] = []
        self._like = known

    def __len__(self) -> int:
        return len(self._numbers)

    def __call__(self, observations: NumpyArray) -> NDArray[np.int64]:
        """Their numbers [batch]; new ones are kept."""
        rows = observations + 0 if observations.dtype.kind == "f" else np.ascontiguousarray(observations)  # −0 is 0
        found = np.empty(len(rows), dtype=np.int64)
        for place, row in enumerate(rows):
            key = blake2b(row.tobytes(), digest_size=16).digest()
            number = self._numbers.setdefault(key, len(self._kept))
            if number == len(self._kept):
                self._kept.append(row)
            found[place] = number
        return found

    def observations(self) -> NumpyArray:
        """All of them by number, [numbers, …]."""
        return np.stack(self._kept) if self._kept else self._like


class NumberedAction(Action):
    """A group on numbers of observations: [...] → their images' numbers, [|G|, ...].

    Args:
        images: of each number under each element, [|G|, numbers].
    """

    images: Tensor

    def __init__(self, images: Tensor) -> None:
        nn.Module.__init__(self)
        self.shape = ()
        self.register_buffer("images", images, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """The whole orbit, [|G|, ...]."""
        return self.images[:, x]

    def by(self, elements: Tensor, x: Tensor) -> Tensor:
        """The image of each number by an element of its own."""
        return self.images[elements.view(*elements.shape, *(1,) * (x.ndim - elements.ndim)), x]


@dataclass(frozen=True)
class Compared(Replayed):
    """Transitions with observations by number, and others beside each.

    Attributes:
        others: numbers of observations that other transitions led to, [batch, others].
    """

    images: ClassVar[tuple[str, ...]] = ("observations", "next_observations", "others")

    others: Tensor


class Experience:
    """Given transitions, with each observation once.

    Args:
        transitions: what was given.
        symmetry: of what is seen of the world.

    Attributes:
        observations: each that was seen or is an image of such a one, [numbers, …].
        orbit: the symmetry on their numbers.
    """

    def __init__(self, transitions: Transitions, symmetry: Symmetry) -> None:
        known = Numbering(transitions.observations(np.arange(0)))
        everything = np.array_split(np.arange(len(transitions)), len(transitions) // CHUNK + 1)
        self._before = _numbers(np.concatenate([known(transitions.observations(part)) for part in everything]))
        self._after = _numbers(np.concatenate([known(transitions.next_observations(part)) for part in everything]))
        self.orbit = Orbit(symmetry)
        self.orbit.observations = NumberedAction(_numbers(images_of(known, symmetry)))
        self.observations = torch.as_tensor(known.observations())
        self._actions, self._rewards = (
            torch.as_tensor(transitions.actions),
            torch.as_tensor(transitions.rewards).float(),
        )
        episodes = transitions.episodes
        self._first = _numbers(np.searchsorted(episodes, episodes))
        self._length = _numbers(np.searchsorted(episodes, episodes, side="right")) - self._first

    def __len__(self) -> int:
        return len(self._actions)

    def batch(self, index: Tensor, near: Tensor, far: Tensor) -> Compared:
        """Transitions by number.

        Args:
            index: which, [batch].
            near: for each some uniform numbers, which choose others of its episode, [batch, near].
            far: the same of any episode, [batch, far]; these stand behind the others.
        """
        length = self._length[index].unsqueeze(-1)
        of_episode = self._first[index].unsqueeze(-1) + (near * length).long()
        beside = torch.cat([of_episode, (far * len(self)).long()], dim=1)
        never = torch.zeros(len(index))
        return Compared(
            self._before[index],
            self._actions[index],
            self._after[index],
            never,
            self._rewards[index],
            self._after[beside],
        )

    def everything(self) -> Compared:
        """All transitions."""
        none = torch.empty(len(self), 0)
        return self.batch(torch.arange(len(self)), none, none)


def images_of(known: Numbering, symmetry: Symmetry) -> NDArray[np.int64]:
    """The number of each observation's image under each element, [|G|, numbers]; images that are new get numbers, too."""
    seen, group = known.observations(), symmetry.group
    direct = np.stack([known(np.asarray(symmetry.observation(g, seen))) for g in range(len(group))])
    images = np.empty((len(group), len(known)), dtype=np.int64)
    for h in range(len(group)):
        images[:, direct[h]] = direct[group.table[:, h]]  # g (h s) = (g h) s
    return images


def _numbers(values: NDArray[np.int64]) -> Tensor:
    return torch.as_tensor(values, dtype=torch.int64)
