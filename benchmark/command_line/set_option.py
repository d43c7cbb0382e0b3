"""The option `--set` of commands that run agents."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from symprior.symmetry.errors import SympriorError

SettingOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        help="A hyperparameter, name=value, as in widths=64,64, or widths=64, for one number (`symprior agents show` lists "
        "them); may be given again.",
    ),
]


def parse_settings(pairs: list[str]) -> tuple[tuple[str, object], ...]:
    """Sorted (name, value) from `name=value`; what there is and what fits is the agent's to say.

    Raises:
        SympriorError: one is no such pair, or a name is given twice.
    """
    found = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise SympriorError(f"--set {pair!r} is no name=value, such as learning_rate=0.003.")
        if name in found:
            raise SympriorError(f"--set gives {name} twice; give it once.")
        found[name] = _value(value)
    return tuple(sorted(found.items()))


def _value(text: str) -> Any:
    """A number, true or false, numbers with commas between or after them, or a word, which the agent takes or refuses."""
    written = f"[{text.removesuffix(',')}]" if "," in text and text[0] != "[" else text
    try:
        parsed = json.loads(written.lower() if written in ("True", "False") else written)
    except json.JSONDecodeError:
        return text
    return tuple(parsed) if isinstance(parsed, list) else parsed
