"""Near-automorphisms of a graph by backtracking, as generators: single steps decide about each.

For each node in turn, with the nodes before it held in place, one automorphism is looked for that moves it to each place
where no known one moves it. So the number of searches grows with the number of generators, not with that of the elements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice, product

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.generated.closing import SignedMap, close, signed_map
from symprior.tasks.discovery.graphs.graph import Graph
from symprior.tasks.discovery.graphs.signs import Components, choices, components

Images = NDArray[np.int64]
Accepts = Callable[[SignedMap], bool]

BUDGETS = (16, 128, 1024)
"""Maps that are tried for one place of one node, in the first round, the second and the third."""

MOST_TRIED = 10_000
"""Maps that are tried in all."""

MOST_VISITED = 4000
"""Partial permutations that are looked at for one place of one node."""

TURNS = (0, 1, 2, 3)


class Search:
    """The generators that were found so far, and how much was looked at.

    Args:
        graph: whose automorphisms are wanted.
        angles: which states may be turned by a quarter, [states].
        accepts: whether single steps allow a map of states and actions laid end to end.

    Attributes:
        generators: what was found.
        is_cut_short: whether some places were not looked at to the end.
    """

    def __init__(self, graph: Graph, angles: NDArray[np.bool_], accepts: Accepts) -> None:
        self.graph, self._accepts = graph, accepts
        self._angles = np.flatnonzero(angles).tolist()
        self._size = graph.states + graph.actions
        self.generators: list[SignedMap] = []
        self.is_cut_short = False
        self._tried = 0

    def run(self, known: Sequence[SignedMap] = ()) -> list[SignedMap]:
        """All generators, those that are known among them."""
        self.generators = list(known)
        self._take_signs()
        order = self._order()
        held = [_held(self.graph, [self._size, self._size + 1])]
        for node in order:
            held.append(_narrowed(self.graph, held[-1], node, node))
        failed: list[set[int]] = [set() for _ in order]
        for budget in BUDGETS:
            self.is_cut_short = False
            for depth, node in enumerate(order):
                self._places_of(order[:depth], node, held[depth], failed[depth], budget)
            if not self.is_cut_short or self._tried >= MOST_TRIED:
                break
        return self.generators

    def _places_of(self, held: list[int], node: int, may: NDArray[np.bool_], failed: set[int], budget: int) -> None:
        """Look for maps that hold the held nodes and move the node, to each place where no known one moves it."""
        for image in np.flatnonzero(may[node]).tolist():
            if image in self._orbit(node, held) or self._orbit(image, held) & failed:
                continue
            if self._tried >= MOST_TRIED:
                self.is_cut_short = True
                return
            if self._look(held, node, image, may, budget):
                failed.add(image)

    def _order(self) -> list[int]:
        """Nodes with few places first."""
        free = [node for node in range(self._size) if self.graph.domains[node].sum() > 1]
        return sorted(free, key=lambda node: (int(self.graph.domains[node].sum()), node))

    def _orbit(self, node: int, held: list[int]) -> set[int]:
        """Where the generators that hold these nodes move a node."""
        moving = [np.argsort(g.source) for g in self.generators if all(g.source[h] == h for h in held)]
        found, frontier = {node}, [node]
        while frontier:
            place = frontier.pop()
            for images in moving:
                if (following := int(images[place])) not in found:
                    found.add(following)
                    frontier.append(following)
        return found

    def _take_signs(self) -> None:
        """The maps that move nothing but signs and turns."""
        free = components(self.graph, np.arange(self.graph.nodes))
        if free is None:
            return
        for motion in islice(self._motions(np.arange(self.graph.nodes), free), MOST_TRIED):
            if not motion.is_identity and not self._is_known(motion) and self._is_accepted(motion):
                self.generators.append(motion)

    def _is_known(self, motion: SignedMap) -> bool:
        """Whether signs and turns alone follow from the known ones."""
        still = [g for g in self.generators if (g.source == np.arange(self._size)).all()]
        return motion.key in {element.key for element in close(still, self._size)}

    def _is_accepted(self, motion: SignedMap) -> bool:
        self._tried += 1
        return self._accepts(motion)

    def _look(self, held: list[int], node: int, image: int, may: NDArray[np.bool_], budget: int) -> bool:
        """Find one map that moves the node to the image, and keep it; whether it is certain that there is none."""
        images = np.full(self.graph.nodes, -1)
        fixed = [self._size, self._size + 1, *held]
        images[fixed] = fixed
        images[node] = image
        visited, tried = [0], 0
        for leaf in self._leaves(images, _narrowed(self.graph, may, node, image), visited):
            for motion in self._motions(leaf, components(self.graph, leaf) or []):
                tried += 1
                if self._is_accepted(motion):
                    self.generators.append(motion)
                    return False
                if tried >= budget:
                    self.is_cut_short = True
                    return False
        self.is_cut_short |= visited[0] > MOST_VISITED
        return visited[0] <= MOST_VISITED

    def _leaves(self, images: Images, may: NDArray[np.bool_], visited: list[int]) -> Iterator[Images]:
        """Every completion, the node with the fewest places first."""
        visited[0] += 1
        counts = may[: self._size].sum(axis=1)
        if (counts == 0).any() or visited[0] > MOST_VISITED:
            return
        open_nodes = np.flatnonzero(images[: self._size] < 0)
        if not len(open_nodes):
            yield images
            return
        if components(self.graph, images) is None:
            return
        node = int(open_nodes[counts[open_nodes].argmin()])
        for image in self._places(may, node):
            following = images.copy()
            following[node] = image
            yield from self._leaves(following, _narrowed(self.graph, may, node, image), visited)

    def _places(self, may: NDArray[np.bool_], node: int) -> list[int]:
        """The node's own place first: most of what a symmetry does not have to move stays."""
        return sorted(np.flatnonzero(may[node]).tolist(), key=lambda image: (image != node, image))

    def _motions(self, images: Images, found: Components) -> Iterator[SignedMap]:
        """Every choice of free signs and of quarter turns with a permutation; none where signs contradict each other."""
        source = np.argsort(images)[: self._size]
        for signs in choices(found, self.graph.nodes):
            for turns in product(TURNS, repeat=len(self._angles)):
                turn = np.zeros(self._size, dtype=np.int64)
                turn[self._angles] = turns
                yield signed_map(source, signs[source], turn)


def _held(graph: Graph, nodes: Sequence[int]) -> NDArray[np.bool_]:
    """Where nodes may go while these stay."""
    may = graph.domains
    for node in nodes:
        may = _narrowed(graph, may, node, node)
    return may


def _narrowed(graph: Graph, may: NDArray[np.bool_], node: int, image: int) -> NDArray[np.bool_]:
    """Where nodes may go once one goes to an image."""
    narrowed = may & graph.alike(node, image)
    narrowed[node] = False
    narrowed[:, image] = False
    narrowed[node, image] = True
    return narrowed
