"""How agents are drawn: a prior has one colour and one kind of line, in every figure and on every page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

COLOURS = ("#8c8c8c", "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#f0e442", "#56b4e9", "#000000", "#d55e00")
"""Grey for what is plain, then colours that the colour-blind tell apart (Okabe and Ito, Color Universal Design, 2008).

The page has its own of these numbers, `--series-0` and so on, light and dark.
"""

DASHES: tuple[str | tuple[int, tuple[int, ...]], ...] = ("-", (0, (5, 2)), (0, (1, 1)), (0, (5, 1, 1, 1)))


@dataclass(frozen=True)
class Style:
    """The number of a colour and of a kind of line."""

    colour: int
    dash: int


OF_PRIORS: Mapping[str, Style] = {
    "plain": Style(0, 0),
    "wide": Style(0, 1),
    "homomorphic": Style(1, 0),
    "wrong-group": Style(1, 1),
    "subgroup": Style(1, 2),
    "dense-basis": Style(1, 3),
    "augment": Style(2, 0),
    "wrong-group-augment": Style(2, 1),
    "more-steps": Style(2, 2),
    "generic-augment": Style(2, 3),
    "relaxed": Style(3, 0),
    "wrong-group-relaxed": Style(3, 1),
    "mirror": Style(4, 0),
    "augment-own-probability": Style(4, 1),
    "augment-one": Style(6, 1),
    "augment-episode": Style(6, 2),
    "average": Style(7, 0),
    "random-basis": Style(7, 1),
    "fold": Style(8, 0),
    "nullspace": Style(8, 1),
}

_YELLOW_LAST = (6, 1, 2, 3, 4, 7, 8, 0, 5)
_ALL = tuple(Style(colour, dash) for dash in range(len(DASHES)) for colour in _YELLOW_LAST)
_LEFT = tuple(style for style in _ALL if style not in OF_PRIORS.values())


def styles(priors: Mapping[str, str]) -> dict[str, Style]:
    """A style for each agent, plain ones first.

    Priors of one's own, and a second algorithm with the same prior, take what is left, in the order of the agents' names;
    the latter in the prior's colour where it can.

    Args:
        priors: the name of each agent's prior.
    """
    given: dict[str, Style] = {}
    for agent in sorted(priors, key=lambda agent: ("+" in agent, agent)):
        wanted = OF_PRIORS.get(priors[agent])
        left = [style for style in _LEFT if style not in given.values()] or list(_ALL)
        if wanted is None:
            given[agent] = left[0]
        elif wanted in given.values():
            given[agent] = next((style for style in left if style.colour == wanted.colour), left[0])
        else:
            given[agent] = wanted
    return given
