"""Tables of action values: one row for each observation, or one entry for each orbit of pairs of observation and action."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symprior.agents.agent.abilities import PolicyArrays
from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.errors import SympriorError
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.files.states import State

MOST_ROWS = 1_000_000
"""Different observations that a table may hold."""
FIRST_ROWS = 256


class Table:
    """Action values of several seeds; all share the numbering of observations, none shares an entry.

    Under a symmetry, the pairs (s, a) and (g s, g a) are one entry: of each orbit of observations one image has a row, and
    an action has the column of what it becomes there. Where several elements lead to that image, the least of their
    columns serves all. So the table is that of the reduced decision process (Ravindran and Barto, 2004), whose actions
    are orbits, too. Observations are told apart by their bits.

    Args:
        seeds: how many tables lie side by side.
        actions: how many there are.
        initial: the value of every entry.
        symmetry: what orbits are of; None: every pair is its own.
    """

    def __init__(self, seeds: int, actions: int, initial: float, symmetry: Symmetry | None) -> None:
        self._symmetry, self._initial = symmetry, initial
        self._numbers: dict[bytes, int] = {}
        self._rows: dict[bytes, int] = {}
        self._shown: list[NumpyArray] = []
        self._row = np.zeros(FIRST_ROWS, dtype=np.int64)
        self._columns = np.zeros((FIRST_ROWS, actions), dtype=np.int64)
        self._values = np.full((seeds, FIRST_ROWS, actions), initial)

    def numbers(self, observations: NumpyArray) -> NDArray[np.int64]:
        """The number of each observation [batch, …], its own for as long as the table lives, [batch]."""
        rows = observations + np.zeros((), observations.dtype)  # no −0
        return np.fromiter((self._number(row) for row in rows), dtype=np.int64, count=len(rows))

    def _number(self, observation: NumpyArray) -> int:
        key = observation.tobytes()
        number = self._numbers.get(key)
        return self._enter(key, observation) if number is None else number

    def _enter(self, key: bytes, observation: NumpyArray) -> int:
        """Number an observation that is met for the first time."""
        number = len(self._numbers)
        if number == MOST_ROWS:
            raise SympriorError(
                f"More than {MOST_ROWS:,} different observations were met: a table does not learn where hardly one comes "
                "twice. Take an agent with a network, such as dqn."
            )
        shown, columns = self._representative(observation)
        row = self._rows.setdefault(shown.tobytes(), len(self._rows))
        if row == len(self._shown):
            self._shown.append(shown)
        if number == len(self._row):
            self._row, self._columns = _doubled(self._row, 0, 0), _doubled(self._columns, 0, 0)
            self._values = _doubled(self._values, 1, self._initial)
        self._row[number], self._columns[number] = row, columns
        self._numbers[key] = number
        return number

    def _representative(self, observation: NumpyArray) -> tuple[NumpyArray, NDArray[np.int64]]:
        """The image that has a row, and each action's column there, [actions]."""
        actions = np.arange(self._columns.shape[1])
        if self._symmetry is None:
            return observation, actions
        elements = range(len(self._symmetry.group))
        images = [np.asarray(self._symmetry.observation(g, observation[None])[0]) for g in elements]
        images = [image.astype(observation.dtype) + np.zeros((), observation.dtype) for image in images]
        first = min(image.tobytes() for image in images)
        leading = [g for g in elements if images[g].tobytes() == first]
        columns = np.min([self._symmetry.act_on_actions(g, actions) for g in leading], axis=0)
        return images[leading[0]], columns

    def values(self, numbers: NDArray[np.int64]) -> NDArray[np.float64]:
        """Action values [batch, actions] of numbered observations [batch], a seed's rows together."""
        seeds = self._seeds_of(numbers)[:, None]
        return np.asarray(self._values[seeds, self._row[numbers, None], self._columns[numbers]])

    def move(
        self, numbers: NDArray[np.int64], actions: NDArray[np.int64], targets: NDArray[np.float64], rate: NumpyArray
    ) -> None:
        """Move entries towards their targets by a part of the way, those of one seed one after the other.

        Args:
            numbers: of the observations, [seeds · copies], a seed's together.
            actions: that were taken, [seeds · copies].
            targets: where the entries move to, [seeds · copies].
            rate: the part, of each seed, [seeds].
        """
        entries = self._seeds_of(numbers), self._row[numbers], self._columns[numbers, actions]
        for copy in range(copies := len(numbers) // len(rate)):
            entry = tuple(part[copy::copies] for part in entries)
            self._values[entry] += rate * (targets[copy::copies] - self._values[entry])

    def _seeds_of(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        seeds = len(self._values)
        return np.repeat(np.arange(seeds), len(numbers) // seeds)

    def policy_arrays(self, seed: int) -> PolicyArrays:
        """The rows of one seed that have moved: `observations` [rows, …] and `values` [rows, actions]."""
        values = self._values[seed, : len(self._shown)]
        moved = (values != self._initial).any(axis=1)
        shown = [observation for observation, has_moved in zip(self._shown, moved, strict=True) if has_moved]
        return {"observations": np.array(shown), "values": values[moved].copy()}

    def take(self, arrays: PolicyArrays) -> None:
        """Let every seed have these rows, and no other."""
        observations = arrays["observations"]
        numbers = self.numbers(observations)
        self._values[:] = self._initial
        self._values[:, self._row[numbers]] = arrays["values"]

    def save(self) -> State:
        """All rows of all seeds."""
        return {"observations": np.array(self._shown), "values": self._values[:, : len(self._shown)].copy()}

    def load(self, state: State) -> None:
        """Go on from there."""
        numbers = self.numbers(state["observations"])
        self._values[:, self._row[numbers]] = state["values"]


def _doubled(array: NumpyArray, axis: int, filling: float) -> NumpyArray:
    """Twice as long along an axis."""
    return np.concatenate([array, np.full_like(array, filling)], axis=axis)
