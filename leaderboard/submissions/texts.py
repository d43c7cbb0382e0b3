"""Words that others wrote: one line each, all of it visible, and no placeholder left."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

PLACEHOLDER = re.compile(r"<[^<>\n]{1,100}>")
"""What `symprior new-agent` leaves to be filled in."""

UNSEEN = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
"""Categories of Unicode that print as nothing, break lines or turn the direction of writing."""


def unseen(text: str, allowed: str = "") -> str:
    """The first character that a reader does not see, by its code point; empty where there is none."""
    found = (each for each in text if each not in allowed and unicodedata.category(each) in UNSEEN)
    return next((f"U+{ord(each):04X}" for each in found), "")


def all_seen(text: str) -> str:
    """The text with its unseen characters written out, so that printing it does nothing but print."""
    return "".join(f"\\u{ord(each):04x}" if unseen(each) else each for each in text)


def _visible(text: str) -> str:
    if code := unseen(text):
        raise ValueError(f"it holds the character {code}, which is not seen; write it on one line and in plain letters")
    return _filled_in(text)


def _visible_lines(text: str) -> str:
    if code := unseen(text, allowed="\n\t"):
        raise ValueError(f"it holds the character {code}, which is not seen; leave it out")
    return _filled_in(text)


def _filled_in(text: str) -> str:
    if left := PLACEHOLDER.search(text):
        raise ValueError(f"it still says {left[0]!r}; fill it in")
    return text


Line = Annotated[str, StringConstraints(min_length=1, max_length=400), AfterValidator(_visible)]
"""A sentence or less."""

Lines = Annotated[str, StringConstraints(min_length=1, max_length=20_000), AfterValidator(_visible_lines)]
"""A text of several lines."""
