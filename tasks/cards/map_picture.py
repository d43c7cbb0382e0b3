"""The map of a symmetry as a picture: every entry of observation and action by its name, and where it goes."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.description import describe
from symprior.symmetry.names import PICTURE_AXES
from symprior.symmetry.representations import ImageTransform, Representation
from symprior.tasks.files.atomic import write_text_atomically
from symprior.tasks.task import Task

LINE, LETTER, SIZE = 14, 6, 11
"""Height of a line, width of a letter and size of the type, in pixels."""

GAP, COLUMN, POINT = 12, 170, 2.5
"""Pixels between names and points, for an element's arcs, and of a point's radius."""

NEAREST, FARTHEST, BACK = 30, 120, 0.8
"""Pixels that the shortest and the longest arcs reach out; the part of it for arcs that lead up alone."""

HEAD = 2
"""Lines above the first name."""

STAYS, KEEPS, CHANGES = "#b8b8b8", "#0173b2", "#d55e00"
"""Grey for what stays, blue for what moves with its sign, orange for what changes its sign."""

NOTHING = 1e-9


def write_map(task: Task, path: Path) -> Path:
    """Draw where the generators of a task's group send every entry, as SVG: all entries, however many there are.

    Arcs join entries that change places; a small triangle ends an arc that leads that way alone. What is fainter counts for
    less, as in a rotation. Pictures that are observations have a line for each channel; how they turn is said above.

    Raises:
        SympriorError: the file cannot be written.
    """
    write_text_atomically(path, map_as_svg(task))
    return path


def map_as_svg(task: Task) -> str:
    """The picture."""
    symmetry, names = task.symmetry(), task.called
    lines = [*names.observation, "", *names.action]
    words, generators = describe(symmetry, names), symmetry.group.generators
    left = LETTER * max(map(len, lines)) + GAP
    motions = {g: _motion(symmetry.observation, words[g].observation) for g in generators}
    columns = np.cumsum([0, *(max(COLUMN, LETTER * len(motions[g]) + GAP) for g in generators)]).tolist()
    wide, high = left + GAP + columns[-1], LINE * (HEAD + len(lines) + 1)
    picture = Element(
        "svg", {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {wide} {high}", "width": str(wide)}
    )
    picture.attrib |= {"height": str(high), "font-family": "sans-serif", "font-size": str(SIZE)}
    SubElement(picture, "rect", {"width": "100%", "height": "100%", "fill": "white"})
    for number, name in enumerate(lines):
        _write(picture, name, left, _height(number), "end")
    for g, column in zip(generators, columns, strict=False):
        x = left + GAP + column
        _write(picture, words[g].element, x, _height(-1.5), "start")
        _write(picture, motions[g], x, _height(-0.75), "start")
        _join(picture, _lines_of(symmetry.observation, g), x, 0)
        _join(picture, symmetry.action.matrix(g), x, len(names.observation) + 1)
    indent(picture, " ")
    return tostring(picture, encoding="unicode") + "\n"


def _motion(observation: Representation, words: str) -> str:
    """What happens to a picture as a whole; of a vector there is nothing to say that its lines do not show."""
    return words.partition(";")[0] if len(observation.shape) == PICTURE_AXES else ""


def _lines_of(observation: Representation, g: int) -> NDArray[np.float64]:
    """ρ(g) on what has a line: the entries, or the channels of a picture."""
    if len(observation.shape) != PICTURE_AXES:
        return observation.matrix(g)
    if isinstance(observation, ImageTransform) and observation.fibre.size > 1:
        return observation.fibre.matrix(g)
    return np.eye(observation.shape[0])


def _height(line: float) -> float:
    return LINE * (HEAD + line + 0.5)


def _write(picture: Element, words: str, x: float, y: float, anchor: str) -> None:
    if words:
        SubElement(picture, "text", {"x": f"{x:g}", "y": f"{y + SIZE / 3:.1f}", "text-anchor": anchor}).text = words


def _join(picture: Element, matrix: NDArray[np.float64], x: float, first: int) -> None:
    """A point or an arc for every number of a matrix that is not 0; its lines begin at `first`."""
    places = np.argwhere(np.abs(matrix) > NOTHING).tolist()
    longest = max(chain((abs(i - j) for i, j in places), [1]))
    for i, j in places:
        value = float(matrix[i, j])
        colour = {"opacity": f"{min(1.0, 0.25 + 0.75 * abs(value)):.3g}", "fill": CHANGES if value < 0 else KEEPS}
        if i == j:
            colour["fill"] = STAYS if abs(value - 1) < NOTHING else colour["fill"]
            _point(picture, x, _height(first + i), colour)
            continue
        is_mutual = abs(value - matrix[j, i]) < NOTHING
        if is_mutual and i < j:
            continue
        reach = NEAREST + (FARTHEST - NEAREST) * (abs(i - j) / longest) ** 0.5
        _arc(picture, (x, _height(first + j), _height(first + i)), reach if i > j else BACK * reach, colour)
        for line in (j, i) if is_mutual else (j,):
            _point(picture, x, _height(first + line), colour)
        if not is_mutual:
            _triangle(picture, x, _height(first + i), colour)


def _point(picture: Element, x: float, y: float, colour: dict[str, str]) -> None:
    SubElement(picture, "circle", {"cx": f"{x:g}", "cy": f"{y:g}", "r": f"{POINT:g}", **colour})


def _triangle(picture: Element, x: float, y: float, colour: dict[str, str]) -> None:
    tip, back = x + POINT, x + 4 * POINT
    corners = f"{tip:g},{y:g} {back:g},{y - POINT:g} {back:g},{y + POINT:g}"
    SubElement(picture, "polygon", {"points": corners, **colour})


def _arc(picture: Element, ends: tuple[float, float, float], reach: float, colour: dict[str, str]) -> None:
    x, start, end = ends
    curve = f"M{x:g} {start:g}C{x + reach:.0f} {start:g} {x + reach:.0f} {end:g} {x:g} {end:g}"
    SubElement(picture, "path", {"d": curve, "stroke": colour["fill"], "opacity": colour["opacity"], "fill": "none"})
