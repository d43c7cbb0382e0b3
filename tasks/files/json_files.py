"""Reading a JSON file of measurements, so that a damaged one is named and never believed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from pydantic import TypeAdapter, ValidationError

from symprior.symmetry.errors import SympriorError

Value = TypeVar("Value")


Json: TypeAlias = dict[str, Any]
"""What a JSON object holds; a schema says what it has to."""


def read_json(path: Path, kind: TypeAdapter[Value], remedy: str) -> Value:
    """The value of a dataclass that a file holds.

    Args:
        path: the file.
        kind: checks and makes the value.
        remedy: a sentence that says how to get a whole file.

    Raises:
        SympriorError: it cannot be read, or is not what it should be; the message says where.
    """
    try:
        return kind.validate_json(path.read_bytes(), strict=True)
    except OSError as error:
        raise SympriorError(f"Cannot read {path}: {error.strerror or error}.") from error
    except ValidationError as error:
        raise SympriorError(f"{path} is damaged: {first_problem(error)}. {remedy}") from error


def check_values(given: Mapping[str, object], kind: TypeAdapter[Value], what: str) -> None:
    """What is to be written can be read again.

    Raises:
        SympriorError: it cannot; the message says where.
    """
    try:
        kind.validate_python(given)
    except ValidationError as error:
        raise SympriorError(f"{what} cannot be kept: {first_problem(error)}.") from error


def with_rows_in_lines(value: Json) -> str:
    """JSON with each row of whole numbers on one line."""
    text = json.dumps(value, indent=1, ensure_ascii=False)
    return re.sub(r"\[[\s\d,-]+\]", lambda row: "[" + ", ".join(re.findall(r"-?\d+", row[0])) + "]", text) + "\n"


def first_problem(error: ValidationError) -> str:
    """The first of the problems, with its place."""
    problem = error.errors()[0]
    place = ".".join(map(str, problem["loc"]))
    return f"{place}: {problem['msg']}" if place else str(problem["msg"])
