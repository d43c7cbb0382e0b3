"""What a submission says of itself, `submission.toml`: a schema that refuses whatever it does not know."""

from __future__ import annotations

import keyword
import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from symprior.leaderboard.records.reading import read_bytes
from symprior.leaderboard.submissions.texts import Line, Lines
from symprior.symmetry.errors import SympriorError

STATEMENT = "submission.toml"
MOST_BYTES = 64 * 1024
NO_PLAIN_AGENT = "none"

BIBTEX = re.compile(r"\s*@\w+\s*\{\s*[^\s,{}]+\s*,")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{1,39}")


def checked_name(name: str) -> str:
    """The name of a submission, which is its folder's and its class's.

    Raises:
        ValueError: it is none that both can have.
    """
    if not NAME.fullmatch(name) or keyword.iskeyword(name):
        raise ValueError(f"{name!r} is no name of a class: it has 2 to 40 letters, digits and _, a letter first")
    return name


def _is_bibtex(text: str) -> str:
    if not BIBTEX.match(text) or text.count("{") != text.count("}"):
        raise ValueError("it is no BibTeX entry, as @misc{key, title = {…}}, with as many { as }")
    return text


Name = Annotated[str, AfterValidator(checked_name)]
Commit = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})$")]
Address = Annotated[Line, StringConstraints(pattern=r"^https://[A-Za-z0-9.-]+(/[^\s<>\"'`\\]*)?$")]
Licence = Annotated[Line, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9.+-]*( (AND|OR|WITH) [A-Za-z0-9.+-]+)*$")]
Agent = Annotated[Line, StringConstraints(pattern=r"^[a-z0-9][a-z0-9+-]*$")]
Ledger = Annotated[Line, StringConstraints(pattern=r"^[A-Za-z0-9_.+-]+(/[A-Za-z0-9_.+-]+)+$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Tuning(_Part):
    """Where the settings come from.

    Attributes:
        kind: `ledger`, the project's own searches; `self-reported`, a search made elsewhere; `none`, no search.
        ledgers: of the project, `cartpole/ppo`.
        effort: in words how much was searched elsewhere, and on which seeds.
    """

    kind: Literal["ledger", "self-reported", "none"]
    ledgers: list[Ledger] = []
    effort: Line | None = None

    @model_validator(mode="after")
    def _says_what_its_kind_needs(self) -> Tuning:
        if (self.kind == "ledger") != bool(self.ledgers):
            raise ValueError('ledgers are named where kind is "ledger", and nowhere else')
        if (self.kind == "self-reported") != (self.effort is not None):
            raise ValueError('effort is said where kind is "self-reported", and nowhere else')
        return self


class Status(_Part):
    """Where a submission is in its life.

    Attributes:
        state: `active`, on the board; `superseded` by another submission; `retracted`.
        by: the submission that took its place.
        reason: of either, in a sentence.
    """

    state: Literal["active", "superseded", "retracted"] = "active"
    by: Name | None = None
    reason: Line | None = None

    @model_validator(mode="after")
    def _says_why(self) -> Status:
        if (self.state == "active") != (self.reason is None):
            raise ValueError("a reason is given where the state is superseded or retracted, and nowhere else")
        if (self.state == "superseded") != (self.by is not None):
            raise ValueError("by names what took its place where the state is superseded, and nowhere else")
        return self


class Statement(_Part):
    """What stands in `submission.toml`.

    Attributes:
        title: what it is, in a few words.
        authors: their names.
        licence: of the code, by its SPDX identifier.
        results_licence: of the records; the board takes results under this one only.
        source: the address of the code's repository.
        commit: the commit there that the records are of.
        algorithm: the plain agent that it adds a prior to, against which its gain is given; `none` where there is none.
        symmetry: which symmetry it uses, and how, in a sentence.
        claim: what the records show, in a sentence.
        bibtex: whom to cite.
        supersedes: an earlier submission that this one takes the place of.
    """

    title: Line
    authors: list[Line] = Field(min_length=1, max_length=100)
    licence: Licence
    results_licence: Literal["CC-BY-4.0"]
    source: Address
    commit: Commit
    algorithm: Agent
    symmetry: Line
    claim: Line
    bibtex: Annotated[Lines, AfterValidator(_is_bibtex)]
    supersedes: Name | None = None
    tuning: Tuning
    status: Status = Status()

    @property
    def baseline(self) -> str | None:
        """The plain agent that the gain is against; None where there is none."""
        return None if self.algorithm == NO_PLAIN_AGENT else self.algorithm


def read_statement(path: Path) -> Statement:
    """The statement in a file.

    Raises:
        SympriorError: it cannot be read, is no TOML, or says something else than the schema has.
    """
    return parsed_statement(read_bytes(path, MOST_BYTES), str(path))


def parsed_statement(text: bytes, name: str) -> Statement:
    """The statement in a text.

    Args:
        text: of the file.
        name: of the file, for the message.

    Raises:
        SympriorError: it is no TOML, or says something else than the schema has.
    """
    try:
        return Statement.model_validate(tomllib.loads(text.decode("utf-8")))
    except ValidationError as error:
        problems = "\n  ".join(_in_words(problem["loc"], problem["type"], problem["msg"]) for problem in error.errors())
        raise SympriorError(f"{name} is no valid statement of a submission:\n  {problems}") from error
    except (ValueError, RecursionError) as error:
        raise SympriorError(f"{name} is no TOML: {error}.") from error


def _in_words(place: tuple[str | int, ...], kind: str, said: str) -> str:
    key = ".".join(map(str, place))
    if kind == "extra_forbidden":
        return f"{key}: there is no such key. Known: {', '.join(_keys_beside(place))}."
    if kind == "missing":
        return f"{key}: it is missing."
    return f"{key + ': ' if key else ''}{said.removeprefix('Value error, ')}."


def _keys_beside(place: tuple[str | int, ...]) -> list[str]:
    """The keys that may stand where an unknown one does."""
    tables: dict[str, type[BaseModel]] = {"tuning": Tuning, "status": Status}
    kind = tables.get(str(place[0])) if len(place) > 1 else None
    return sorted((kind or Statement).model_fields)
