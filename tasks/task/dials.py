"""Dials: families of tasks with a parameter that breaks the symmetry continuously; at its first value it holds.

`cartpole-wind-v1@eps=0.5` names a dial's task at one value, everywhere that a task's name is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partial
from math import isfinite
from typing import Any, Required, TypedDict, Unpack, cast

from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.errors import SympriorError
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.environments.probes.probe import Probe
from symprior.tasks.environments.simulators import Simulator
from symprior.tasks.task import TASKS, Card, Task
from symprior.tasks.task.registry import Registry


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
            self._made[value] = replace(self.make(value), id=self.name(value), declared_track="dial")
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


def register_dial(dial: Dial, origin: str | None = None) -> Dial:
    """Put a dial into the registry; `origin` is the module that declares it, where that is not the one of its `make`.

    Raises:
        SympriorError: another dial has its id.
    """
    DIALS.register(dial.id, dial, origin or dial.make.__module__)
    return dial


@dataclass(frozen=True)
class Arm:
    """A dial or its twin, by what differs between the two.

    Attributes:
        id: name with a version.
        card: of the family.
        make: the task at a value of the parameter; its id and track are set by the dial.
        origin: the module that declares it.
    """

    id: str
    card: Card
    make: Callable[[float], Task]
    origin: str


class DialFields(TypedDict, total=False):
    """Fields of `Dial` that a dial and its twin share."""

    parameter: Required[str]
    meaning: Required[str]
    values: Required[tuple[float, ...]]
    high: Required[float]
    breaks: Required[str]
    whole: bool


def simulated(
    name: str,
    card: Card,
    gym_id: str,
    *,
    simulator: Callable[[float], Simulator],
    symmetry: Callable[[float], Symmetry],
    probe: Callable[[float], Probe],
    reference_policy: Callable[[float], Callable[[NumpyArray], NumpyArray]],
    arguments: Callable[[float], Mapping[str, object]] = lambda value: {"eps": value},
    **fields: object,
) -> Arm:
    """An arm whose tasks are simulators; everything follows from the value of the parameter.

    Args:
        name: its id.
        card: of the family.
        gym_id: the registered environment.
        simulator: the dynamics at a value.
        symmetry: the declared symmetry at a value.
        probe: what a certificate drives the environment with, at a value.
        reference_policy: of `Task`, at a value.
        arguments: what the environment is made with.
        fields: further fields of `Task`, the same at all values.
    """

    def make(value: float) -> Task:
        task = Task(
            id=name,
            family=name.rpartition("-")[0],
            gym_id=gym_id,
            arguments=tuple(arguments(value).items()),
            simulator=partial(simulator, value),
            symmetry=partial(symmetry, value),
            probe=partial(probe, value),
            reference_policy=reference_policy(value),
            card=card,
        )
        return replace(task, **cast(dict[str, Any], fields))

    return Arm(name, card, make, symmetry.__module__)


def register_with_twin(broken: Arm, twin: Arm, **dial: Unpack[DialFields]) -> None:
    """Put a dial and its twin into the registry.

    Args:
        broken: breaks the symmetry.
        twin: keeps it.
        dial: the other fields of `Dial`, which both share.

    Raises:
        SympriorError: another dial has the id of one of them.
    """
    for arm in (broken, twin):
        register_dial(Dial(id=arm.id, card=arm.card, make=arm.make, twin=twin.id, **dial), arm.origin)
