"""Arrays that two processes exchange through a memory file; each side works on a copy that the other cannot reach."""

from __future__ import annotations

import fcntl
import mmap
import os
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike

from symprior.symmetry.arrays import Array, NumpyArray
from symprior.symmetry.errors import SympriorError
from symprior.tasks.environments.gymnasium_types import Space

ALIGNMENT = 64
MOST_SHOWN = 1 << 30
"""Bytes of a policy, or of what an agent goes on from."""
Row = tuple[tuple[int, ...], DTypeLike]
"""Shape and type of an array."""
Fields = Mapping[str, Row]


class SharedArrays:
    """Arrays of fixed types and shapes in one memory file.

    Args:
        file: its descriptor, which both sides have open.
        fields: the arrays; both sides name the same ones.

    Attributes:
        arrays: this side's own copies, by name.
    """

    def __init__(self, file: int, fields: Fields) -> None:
        starts, end = dict[str, int](), 0
        sizes = {name: int(np.prod(shape)) * np.dtype(kind).itemsize for name, (shape, kind) in fields.items()}
        for name, size in sizes.items():
            starts[name] = end
            end += -(-size // ALIGNMENT) * ALIGNMENT
        if os.fstat(file).st_size < end:
            os.ftruncate(file, end)
        self._shared = np.frombuffer(mmap.mmap(file, end), dtype=np.uint8)
        self._bytes = np.zeros(end, dtype=np.uint8)
        self.arrays: dict[str, NumpyArray] = {
            name: self._bytes[starts[name] : starts[name] + sizes[name]].view(kind).reshape(shape)
            for name, (shape, kind) in fields.items()
        }

    def give(self, **arrays: Array) -> None:
        """Show these arrays to the other side."""
        for name, array in arrays.items():
            self.arrays[name][...] = np.asarray(array)
        np.copyto(self._shared, self._bytes)

    def take(self) -> dict[str, NumpyArray]:
        """What the other side shows now; the arrays are this side's until the next call."""
        np.copyto(self._bytes, self._shared)
        return self.arrays


@dataclass(frozen=True)
class MemoryFiles:
    """Descriptors of the files in memory that a run and its agent's process have open.

    Attributes:
        seen, done: of training: what a step gives, and the actions.
        asked, answered: of a question: observations, and the answer.
        last: the last observations of episodes that ended.
        policy: of a policy that is kept.
        saved: of what an agent goes on from.
    """

    seen: int
    done: int
    asked: int
    answered: int
    last: int
    policy: int
    saved: int

    @classmethod
    def made(cls) -> MemoryFiles:
        """New ones, which nobody can make shorter: to read what is gone would end a process."""
        files = {name: os.memfd_create(name, os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING) for name in cls.__annotations__}
        for descriptor in files.values():
            fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL)
        return cls(**files)

    @property
    def descriptors(self) -> tuple[int, ...]:
        """All of them."""
        return self.seen, self.done, self.asked, self.answered, self.last, self.policy, self.saved


def shown(file: int, size: int) -> bytes:
    """So many bytes that the other side shows in a memory file."""
    return os.pread(file, size, 0)


def show(file: int, content: bytes) -> None:
    """Show bytes to the other side.

    Raises:
        SympriorError: there are too many of them.
    """
    if len(content) > MOST_SHOWN:
        raise SympriorError(f"{len(content):,} bytes are too many to be kept; {MOST_SHOWN:,} are the most.")
    os.pwrite(file, content, 0)


class TrainingArrays:
    """What crosses in training, of so many copies.

    Args:
        files: where.
        observation_space, action_space: of a single environment.
        copies: of the environment.
    """

    def __init__(self, files: MemoryFiles, observation_space: Space, action_space: Space, copies: int) -> None:
        observations, flag = _rows(row_of(observation_space), copies), ((copies,), np.bool_)
        self.seen = SharedArrays(
            files.seen,
            {"observations": observations, "rewards": ((copies,), np.float64), "terminated": flag, "truncated": flag},
        )
        self.last = SharedArrays(files.last, {"observations": observations, "ended": flag})
        self.done = SharedArrays(files.done, {"actions": _rows(row_of(action_space), copies)})


class QuestionArrays:
    """What crosses where an agent is asked about so many rows.

    Args:
        files: where.
        observation_space: of a single environment.
        answer: shape and type of one row's answer.
        rows: how many observations.
    """

    def __init__(self, files: MemoryFiles, observation_space: Space, answer: Row, rows: int) -> None:
        self.asked = SharedArrays(files.asked, {"observations": _rows(row_of(observation_space), rows)})
        self.answered = SharedArrays(files.answered, {"answers": _rows(answer, rows)})


def row_of(space: Space) -> Row:
    """Shape and type of one element of a space of arrays or numbers."""
    return space.shape or (), np.dtype(space.dtype)


def _rows(row: Row, count: int) -> Row:
    return (count, *row[0]), row[1]
