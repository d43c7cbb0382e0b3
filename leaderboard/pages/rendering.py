"""Templates filled in: strictly, and with the same white space everywhere, so that pages are equal byte for byte.

What comes from records and cards is text: of HTML it is escaped, of Markdown too, and of both it loses what changes
    the direction of
writing or cannot be seen.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

TEMPLATES = Path(__file__).parent / "templates"

CODE = re.compile(r"(`[^`\n]+`)")
MARKUP = re.compile(r"[\\*<>`]|(?<!\w)_|_(?!\w)|~(?=~)|&(?=#?\w+;)|\[(?=[^\]]*\][\[(:])|!(?=\[)")
AT_THE_START = re.compile(r"^(\s*)(#|[-+](?=\s)|\d+[.)](?=\s))")


def rendered(template: str, folder: Path = TEMPLATES, **values: object) -> str:
    """The text of a template; values are escaped as its kind of page needs.

    Args:
        template: its name in `folder`; what is not there is looked for here.
        folder: of another room's templates.
        values: what it is filled with.
    """
    return _environment(template.endswith(".html.j2"), folder).get_template(template).render(**values)


@cache
def _environment(html: bool, folder: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader([folder, TEMPLATES]),
        autoescape=html,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_visible if html else _as_markdown,
    )
    environment.filters["cell"] = _cell
    environment.filters["code"] = _with_code
    environment.filters["fenced"] = _fenced
    return environment


def in_markdown(text: str) -> str:
    """The text with what Markdown would take for markup escaped, outside of code."""
    parts = CODE.split(without_controls(text))
    escaped = (part if CODE.fullmatch(part) else MARKUP.sub(r"\\\g<0>", part) for part in parts)
    return AT_THE_START.sub(r"\1\\\2", "".join(escaped))


def _cell(text: str) -> Markup:
    """The text as a cell of a Markdown table."""
    return Markup(in_markdown(str(text).replace("\n", " ")).replace("|", "\\|"))


def _as_markdown(value: Any) -> Any:
    return value if isinstance(value, Markup) or not isinstance(value, str) else in_markdown(value)


def _visible(value: Any) -> Any:
    return value if isinstance(value, Markup) or not isinstance(value, str) else without_controls(value)


def without_controls(text: str) -> str:
    """Control and format characters, those of bidirectional writing among them, become �; line ends stay."""
    hidden = (character for character in set(text) if unicodedata.category(character) in ("Cc", "Cf"))
    return text.translate({ord(character): "�" for character in hidden if character not in "\n\t\u2060"})


def _with_code(text: str) -> Markup:
    """Escaped for HTML, with what stands between backticks as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(without_controls(text)))))


def _fenced(text: str, language: str = "") -> Markup:
    """A block of code in Markdown, with a fence that its text cannot close."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return Markup(f"{fence}{language}\n{without_controls(text)}\n{fence}")
