"""Dials: families of tasks with a parameter that breaks the symmetry continuously; at its first value it holds.

`cartpole-wind-v1@eps=0.5` names a dial's task at one value, everywhere that a task's name is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from math import isfinite

from symprior.symmetry.errors import SympriorError
from symprior.tasks.registry import Registry
from symprior.tasks.task import TASKS, Card, Task


@dataclass(frozen=True)
class Dial:
    """A task for each value of a parameter.

    Attributes:
        id: name with a version, `cartpole-wind-v1`.
        parameter: the parameter's name, `eps` where nothing else is usual.
        meaning: what the parameter is, with its unit.
        values: the frozen values that results are published at, the symmetric one first.
        high: the largest value that makes sense; the smallest is the first of `values`.
        make: the task at a value; its id and track are set here.
        breaks: the task whose symmetry it breaks: its budget and its agents' settings serve at every value.
        twin: the dial or task of similar difficulty that keeps the symmetry.
        card: of the family.
        whole: whether the parameter is a whole number.
    """

    id: str
    parameter: str
    meaning: str
    values: tuple[float, ...]
    high: float
    make: Callable[[float], Task]
    breaks: str
    twin: str
    card: Card
    whole: bool = False
    _made: dict[float, Task] = field(default_factory=dict, compare=False, repr=False)

    def name(self, value: float) -> str:
        """The name of the task at a value: `cartpole-wind-v1@eps=0.5`."""
        return f"{self.id}@{self.parameter}={str(float(value)).removesuffix('.0')}"

    def task(self, value: float) -> Task:
        """The task at a value.

        Raises:
            SympriorError: the value is out of range.
        """
        low = self.values[0]
        if not (isfinite(value) and low <= value <= self.high) or (self.whole and value != int(value)):
            kind = "a whole number" if self.whole else "a number"
            raise SympriorError(
                f"{self.parameter} of {self.id} is {value:g}; it is {kind} from {low:g} to {self.high:g} ({self.meaning})."
            )
        if value not in self._made:
            self._made[value] = replace(self.make(value), id=self.name(value), track="dial")
        return self._made[value]

    def parse(self, setting: str) -> Task:
        """The task that a name's part after the @ says, such as `eps=0.5`.

        Raises:
            SympriorError: it is another parameter, no number, or out of range.
        """
        parameter, equals, text = setting.partition("=")
        try:
            value = float(text)
        except ValueError:
            value = None
        if parameter != self.parameter or not equals or value is None:
            raise SympriorError(f"{setting!r} sets nothing of {self.id}. {self.how}")
        return self.task(value)

    @cached_property
    def how(self) -> str:
        """How a task of the dial is named, as a sentence."""
        return (
            f"Name its task at a value from {self.values[0]:g} to {self.high:g}, such as {self.name(self.values[2])}."
        )

    @property
    def names(self) -> list[str]:
        """The names of the tasks at the frozen values."""
        return [self.name(value) for value in self.values]


DIALS: Registry[Dial] = Registry("dial", "symprior.tasks.families")


def dial_of(task: Task) -> Dial | None:
    """The dial that a task is a value of; None where it is a task of its own."""
    return DIALS[task.id.partition("@")[0]] if task.track == "dial" else None


@cache
def broken_families() -> dict[str, str]:
    """Family of a dial → family of the task that it breaks."""
    dials = [DIALS[name] for name in DIALS]
    return {dial.task(dial.values[0]).family: TASKS[dial.breaks].family for dial in dials}


def register_dial(dial: Dial) -> Dial:
    """Put a dial into the registry.

    Raises:
        SympriorError: another dial has its id.
    """
    DIALS.register(dial.id, dial, dial.make.__module__)
    return dial


def register_with_twin(dial: Dial, *, make: Callable[[float], Task], card: Card) -> None:
    """Put a dial and its twin into the registry; they differ in what they make and in their cards.

    Args:
        dial: breaks the symmetry.
        make: the twin's task at a value.
        card: the twin's.

    Raises:
        SympriorError: another dial has the id of one of them.
    """
    register_dial(dial)
    register_dial(replace(dial, id=dial.twin, make=make, card=card, _made={}))
