"""What an agent's process may say, checked as it arrives."""

from __future__ import annotations

from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from symprior.benchmark.jobs.isolation.errors import shortened
from symprior.benchmark.jobs.isolation.shared_arrays import MOST_SHOWN
from symprior.symmetry.errors import SympriorError

Word = Annotated[str, Field(max_length=200)]
Count = Annotated[int, Field(ge=0)]


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Description(_Said):
    """What a class says of itself before anything is made of it.

    Attributes:
        describes: the first line of its docstring.
        algorithm, prior, bibtex: for its card; None where it says none.
        settings: its own, for the record.
        baseline: the plain agent that its gain is against.
    """

    describes: str
    algorithm: Word | None
    prior: Word | None
    bibtex: str
    settings: dict[str, object]
    baseline: Word | None


class State(_Said):
    """What an agent says of itself when it is made, and again when it has learned.

    Attributes:
        copies: how many environments it wants; as a text where that is no whole number.
        abilities: the methods of `abilities` that it has.
        parameters, gradient_steps: for its record; None where it says none.
        diverged: whether its parameters are no longer numbers.
    """

    copies: int | str
    abilities: tuple[Word, ...] = Field(strict=False)
    parameters: Count | None
    gradient_steps: Count | None
    diverged: bool


class Raised(_Said):
    """An error on the agent's side.

    Attributes:
        raised: its traceback, or the sentence of a `SympriorError`.
    """

    raised: str


class Ready(_Said):
    """The first message.

    Attributes:
        unconfined: why it is not in namespaces of its own; empty where it is.
    """

    unconfined: str


class Done(_Said):
    """What was asked for was done.

    Attributes:
        size: bytes of a policy, or of what it goes on from, that were given.
    """

    done: bool
    size: Annotated[int, Field(ge=0, le=MOST_SHOWN)] = 0


S = TypeVar("S", bound=_Said)


def read(packet: bytes, kind: type[S]) -> S:
    """A message of the kind that is due.

    Raises:
        SympriorError: the agent raised something, whose text this is; or it sent something else.
    """
    if packet.startswith(b'{"raised"'):
        raise SympriorError(shortened(_as(packet, Raised).raised))
    return _as(packet, kind)


def _as(packet: bytes, kind: type[S]) -> S:
    try:
        return kind.model_validate_json(packet)
    except ValidationError as error:
        begins = packet[:40].decode(errors="replace")
        raise SympriorError(f"The agent's process sent something else than is due: {begins!r}.") from error
