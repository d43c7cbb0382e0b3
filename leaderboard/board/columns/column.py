"""What a column is, and what it shows of a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log
from typing import Generic, Protocol, TypeVar


class OfAnAgent(Protocol):
    """A row of any table: it is of one agent."""

    @property
    def agent(self) -> str:
        """The agent's id."""


Row = TypeVar("Row", bound=OfAnAgent)

NOTHING = "—"


@dataclass(frozen=True)
class Drawn:
    """An estimate and its interval to draw on an axis; `logarithmic` for ratios, with a line at 1."""

    value: float
    interval: tuple[float, float] | None
    ends: tuple[float, float]
    logarithmic: bool = False

    def place(self, value: float) -> float:
        """Where on the axis a value lies, 0 … 1; beyond its ends at them."""
        low, high = self.ends
        share = log(max(value, 1e-9) / low) / log(high / low) if self.logarithmic else (value - low) / (high - low)
        return min(max(share, 0.0), 1.0)


@dataclass(frozen=True)
class Shown:
    """What a column shows of a row.

    Attributes:
        text: the number.
        detail: its interval, or why there is none.
        order: what the page sorts by; None goes last.
        drawn: what to draw on an axis.
    """

    text: str
    detail: str = ""
    order: float | str | None = None
    drawn: Drawn | None = None


@dataclass(frozen=True)
class Column(Generic[Row]):
    """A column.

    Attributes:
        name: its key.
        title: its head, a few letters wide.
        explanation: what the number is, for someone who meets it first; shown on hover and in the legend.
        show: what it shows of a row.
        first: whether it stands in the table that a reader meets; the others open on demand.
        numeric: numbers stand right, words left.
    """

    name: str
    title: str
    explanation: str
    show: Callable[[Row], Shown]
    first: bool = False
    numeric: bool = True
