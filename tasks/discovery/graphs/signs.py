"""Which signs go with a permutation: linear equations over GF(2), sᵢ sⱼ = ±1, one for every coherent weight."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
from numpy.typing import NDArray

from symprior.tasks.discovery.graphs.graph import Graph

Signs = NDArray[np.int64]
Components = list[tuple[list[int], Signs]]
"""Nodes whose signs hang together, and those signs."""

MOST_FREE = 12
"""Free signs that are tried in every combination; more of them mean that the graph says too little."""


def equations(graph: Graph, images: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each pair of nodes the product of their signs, 0 where nothing is said, [nodes, nodes].

    Args:
        graph: of which nodes go to which.
        images: where each node goes, −1 where that is not known yet, [nodes].
    """
    known = np.flatnonzero(images >= 0)
    found = np.zeros((graph.nodes, graph.nodes), dtype=np.int64)
    for signs in graph.signs:
        here = np.ix_(known, known)
        product_of_both = signs[here] * signs[np.ix_(images[known], images[known])]
        found[here] = np.where(found[here] == 0, product_of_both, found[here])
        if ((product_of_both != 0) & (product_of_both != found[here])).any():
            found[here] = np.where(found[here] != product_of_both, 2, found[here])  # a contradiction
    return found


def components(graph: Graph, images: NDArray[np.int64]) -> Components | None:
    """Sets of nodes whose signs hang together, and those signs; the first holds all whose sign is certain.

    None where the equations contradict each other.
    """
    wanted = equations(graph, images)
    if (wanted == 2).any():
        return None
    sign = np.where(graph.is_unsigned, 1, 0)
    found = [_spread(wanted, sign, np.flatnonzero(graph.is_unsigned).tolist())]
    for node in np.flatnonzero(images >= 0).tolist():
        if sign[node] == 0:
            sign[node] = 1
            found.append(_spread(wanted, sign, [node]))
    is_kept = (wanted == 0) | (np.outer(sign, sign) == wanted)
    return [(nodes, sign[nodes]) for nodes in found] if is_kept.all() else None


def _spread(wanted: NDArray[np.int64], sign: Signs, start: list[int]) -> list[int]:
    """Give a sign to everything that hangs together with these nodes; all of these."""
    reached, frontier = list(start), list(start)
    while frontier:
        node = frontier.pop()
        tied = wanted[node] + (wanted[node] == 0) * wanted[:, node]
        for other in np.flatnonzero((tied != 0) & (sign == 0)).tolist():
            sign[other] = sign[node] * tied[other]
            reached.append(other)
            frontier.append(other)
    return reached


def choices(found: Components, nodes: int) -> Iterator[Signs]:
    """Every choice of the free signs, [nodes], the one with fewest changes first; none where there are no components."""
    if not found:
        return
    certain, free = found[0], found[1:]
    base = np.ones(nodes, dtype=np.int64)
    base[certain[0]] = certain[1]
    for flips in product((1, -1), repeat=min(len(free), MOST_FREE)):
        signs = base.copy()
        for flip, (members, relative) in zip(flips, free, strict=False):
            signs[members] = flip * relative
        yield signs
