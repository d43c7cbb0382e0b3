"""How many stacks share a GPU: each declares what it takes of one, and waits where that is not free.

What is declared is counted and not measured: a stack that takes more than it said fails by itself, out of memory.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, inf

from symprior.symmetry.errors import SympriorError

UNITS = 10_000
"""That a GPU is shared out in; Ray counts so, too."""
VISIBLE = "CUDA_VISIBLE_DEVICES"


@dataclass(frozen=True)
class GpuNeed:
    """What a stack takes of GPUs.

    Attributes:
        parts: of one, or several whole ones.
        gibibytes: of the memory of one, instead of that.

    Raises:
        SympriorError: there is no such part of a GPU, or both are given.
    """

    parts: float | None = None
    gibibytes: float | None = None

    def __post_init__(self) -> None:
        if self.parts is not None and self.gibibytes is not None:
            raise SympriorError(
                "--gpus says which part of a GPU a stack takes, and so does --gpu-memory; give one of them."
            )
        if not (self.parts is None or 0 <= self.parts <= 1 or self.parts % 1 == 0):
            raise SympriorError(f"A run takes a part of one GPU or several whole ones, not {self.parts:g}; see --gpus.")
        if not (self.gibibytes is None or 0 < self.gibibytes < inf):
            raise SympriorError(f"--gpu-memory is a number of GiB over 0, not {self.gibibytes:g}.")

    @property
    def is_declared(self) -> bool:
        """Whether anything was said."""
        return self.parts is not None or self.gibibytes is not None

    def part_of(self, memory: Sequence[int]) -> float | None:
        """The part of a GPU, of the smallest where they differ; None where nothing is declared.

        Args:
            memory: bytes of each GPU that is here.

        Raises:
            SympriorError: it is declared in GiB, and there is no GPU to compare with or none of that size.
        """
        if self.gibibytes is None:
            return self.parts
        if not memory:
            raise SympriorError("There is no GPU here to compare --gpu-memory with. Give --gpus, the part of one.")
        part = ceil(self.gibibytes * 2**30 * UNITS / min(memory)) / UNITS
        if part > 1:
            least = min(memory) / 2**30
            raise SympriorError(
                f"A stack cannot take {self.gibibytes:g} GiB of a GPU that has {least:.3g}; see --gpu-memory."
            )
        return part


NOTHING_DECLARED = GpuNeed()


class Gpus:
    """The GPUs of this machine, and what is free of each.

    Args:
        need: what each stack takes.
        memory: bytes of each GPU.

    Raises:
        SympriorError: there is no GPU, or a stack takes more than one.
    """

    def __init__(self, need: GpuNeed, memory: Sequence[int]) -> None:
        part = need.part_of(memory) or 0.0
        if part and not memory:
            raise SympriorError("There is no GPU here; leave --gpus out.")
        if part > 1:
            raise SympriorError(f"On one machine a stack takes one GPU at most, not {part:g}; see --gpus.")
        self._taken, self._free = ceil(part * UNITS), [UNITS] * len(memory)

    def take(self, device: str) -> int | None:
        """The number of a GPU with room, where most is free; None: there is none.

        Args:
            device: `cuda:N` names one; any other name leaves the choice.
        """
        named = device.partition(":")[2]
        numbers = [int(named)] if named else range(len(self._free))
        best = max(numbers, key=lambda number: self._free[number])
        if self._free[best] < self._taken:
            return None
        self._free[best] -= self._taken
        return best

    def give_back(self, number: int) -> None:
        """What a stack took of this GPU is free again."""
        self._free[number] += self._taken


def memory_of_gpus() -> list[int]:
    """Bytes of each GPU that torch sees here."""
    import torch

    return [torch.cuda.get_device_properties(number).total_memory for number in range(torch.cuda.device_count())]


def see_only(number: int) -> None:
    """Let this process, which has not used a GPU yet, see this one of those that it sees."""
    seen = os.environ.get(VISIBLE)
    os.environ[VISIBLE] = seen.split(",")[number] if seen else str(number)
