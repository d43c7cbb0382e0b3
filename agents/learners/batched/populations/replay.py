"""What the seeds of a stack lived through, up to a number of transitions; the oldest make room."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from symprior.agents.priors.batch import Replayed
from symprior.tasks.files.states import State


class Replay:
    """Transitions [seeds, rows, copies, …]; all seeds write the same row at a time.

    Args:
        seeds, rows, copies: sizes; a row is one vector step.
        observation: one observation, for its shape, type and device.
    """

    def __init__(self, seeds: int, rows: int, copies: int, observation: Tensor) -> None:
        def empty(dtype: torch.dtype, *shape: int) -> Tensor:
            return torch.empty((seeds, rows, copies, *shape), dtype=dtype, device=observation.device)

        self._columns = Replayed(
            observations=empty(observation.dtype, *observation.shape),
            actions=empty(torch.int64),
            next_observations=empty(observation.dtype, *observation.shape),
            terminated=empty(torch.float32),
            rewards=empty(torch.float32),
        )
        self._rows, self._copies, self._written = rows, copies, 0

    @classmethod
    def of(cls, state: State, device: torch.device) -> Replay:
        """The replay buffers that were put down."""
        columns = {name: torch.as_tensor(column, device=device) for name, column in state["columns"].items()}
        observations = columns["observations"]
        seeds, _, copies = observations.shape[:3]
        found = cls(seeds, state["rows"], copies, observations[0, 0, 0])
        for name, column in columns.items():
            vars(found._columns)[name][:, : column.shape[1]] = column
        found._written = state["written"]
        return found

    def save(self) -> State:
        """The rows that were written, and how many there can be."""
        filled = min(self._written, self._rows)
        columns = {name: column[:, :filled].cpu().numpy() for name, column in vars(self._columns).items()}
        return {"columns": columns, "rows": self._rows, "written": self._written}

    def add(self, step: Replayed) -> None:
        """Remember a vector step, [seeds, copies, …]."""
        row = self._written % self._rows
        for name, column in vars(self._columns).items():
            column[:, row] = getattr(step, name)
        self._written += 1

    def sample(self, uniforms: Tensor) -> Iterator[Replayed]:
        """Minibatches of each seed's transitions, [seeds, batch, …], with replacement.

        Args:
            uniforms: each seed's own numbers, [seeds, minibatches, batch].
        """
        seeds, count, size = uniforms.shape
        first = self._rows * self._copies * torch.arange(seeds, device=uniforms.device)
        index = (uniforms * (min(self._written, self._rows) * self._copies)).long() + first.view(-1, 1, 1)
        index = index.transpose(0, 1).flatten()

        def parts(column: Tensor) -> tuple[Tensor, ...]:
            chosen = column.flatten(0, 2).index_select(0, index)
            return chosen.view(count, seeds, size, *column.shape[3:]).unbind()

        for columns in zip(*map(parts, vars(self._columns).values()), strict=True):
            yield Replayed(*columns)
