"""Documents in Markdown as parts of pages: no HTML of their own, and links that lead to pages of the site or nowhere."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from symprior.leaderboard.pages.rendering import without_controls

COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


def as_html(text: str, source: str, addresses: Mapping[str, str], root: str) -> Markup:
    """The document as HTML.

    Args:
        text: in Markdown; HTML in it is shown as text.
        source: where it lies in the repository; its links start from there.
        addresses: of pages on the site, by where their sources lie.
        root: the way from the page to the site's first one.
    """
    tokens = _MARKDOWN.parse(without_controls(COMMENT.sub("", text)))
    _name_headings(tokens)
    for token in tokens:
        if token.children:
            token.children = _led(token.children, source, addresses, root)
    return Markup(_in_regions(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})))


def title_of(text: str) -> str:
    """The first heading."""
    return next((line.lstrip("# ").strip() for line in text.splitlines() if line.startswith("#")), "")


def anchor(heading: str) -> str:
    """What a link to a heading says behind the #."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _name_headings(tokens: Sequence[Token]) -> None:
    for opened, inside in pairwise(tokens):
        if opened.type == "heading_open":
            opened.attrSet("id", anchor(inside.content))


def _led(tokens: list[Token], source: str, addresses: Mapping[str, str], root: str) -> list[Token]:
    """The parts of a line, with links and pictures that lead to the site's pages; those that lead nowhere are left out."""
    kept, dropped = [], False
    for token in tokens:
        if token.type == "link_open":
            target = _target(str(token.attrGet("href")), source, addresses, root)
            dropped = target is None
            token.attrSet("href", target or "")
        elif token.type == "image":
            target = _target(str(token.attrGet("src")), source, addresses, root)
            token.attrSet("src", target or "")
            if target is None or ELSEWHERE.match(target):
                kept += token.children or []
                continue
        if token.type not in ("link_open", "link_close") or not dropped:
            kept.append(token)
        elif token.type == "link_close":
            dropped = False
    return kept


def _target(href: str, source: str, addresses: Mapping[str, str], root: str) -> str | None:
    """Where a link leads from a page of the site; None where nothing is there."""
    if href.startswith("#") or re.match(r"https?:", href, re.IGNORECASE):
        return href
    if ELSEWHERE.match(href):
        return None
    path, _, place = href.partition("#")
    address = addresses.get(posixpath.normpath(posixpath.join(posixpath.dirname(source), path)))
    return None if address is None else root + address + (f"#{place}" if place else "")


def _in_regions(html: str) -> str:
    """Tables in regions of their own, which scroll sideways where the page is narrow."""
    parts = html.split("<table>")
    opened = (
        f'<div class="scroll" tabindex="0" role="region" aria-label="Table {number}"><table>{part}'
        for number, part in enumerate(parts[1:], 1)
    )
    return "".join([parts[0], *opened]).replace("</table>", "</table></div>")
