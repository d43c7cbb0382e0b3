"""Images of states: what a network is asked at, what it says of them put together, and the way back through that.

These are the frames of `networks.layers.frames`, which the tests hold them to.
"""

from __future__ import annotations

import numpy as np

from symprior.agents.learners.batched.kernel.arithmetic.compiled import inlined
from symprior.agents.learners.batched.kernel.arithmetic.functions import log
from symprior.agents.learners.batched.kernel.arithmetic.losses import log_softmax
from symprior.agents.learners.batched.kernel.arithmetic.passes import forward, look
from symprior.agents.learners.batched.kernel.arithmetic.tables import (
    ALONE,
    REPRESENTATIVE,
    WHOLE_GROUP,
    Doubles,
    Floats,
    Images,
    Integers,
    Sight,
    State,
    Tables,
)

LEAST = 1e-300
"""A probability under this counts as this: its logarithm would be infinite."""


@inlined
def moved(sources: Integers, factors: Floats, own: Floats, at: int, out: Floats) -> None:
    """ρ(g) of own[at:] into `out`, for one element's tables [size, terms]."""
    for i in range(len(sources)):
        total = np.float32(0)
        for k in range(sources.shape[1]):
            total += factors[i, k] * own[at + sources[i, k]]
        out[i] = total


@inlined
def represent(images: Images, own: Floats, keys: Doubles, image: Floats, weights: Doubles) -> None:
    """The representative of a state's orbit, and the weights of the elements that lead there."""
    size, elements, directions = images.directions.shape
    keys[:] = 0
    for i in range(size):
        for g in range(elements):
            for d in range(directions):
                keys[g * directions + d] += own[i] * images.directions[i, g, d]
    find_least(keys, elements, images.tie, weights)
    first, tied = -1, 0.0
    for g in range(elements):
        if weights[g] > 0:
            tied += 1
            if first < 0 or keys[g * directions] < keys[first * directions]:
                first = g
    for g in range(elements):
        weights[g] /= tied
    moved(images.sources[first], images.factors[first], own, 0, image)


@inlined
def find_least(keys: Doubles, elements: int, tie: float, found: Doubles) -> None:
    """1 for elements whose image is the smallest along the first direction and, where it ties, along the next; else 0."""
    directions, largest = len(keys) // elements, 1.0
    for each in keys:
        largest = max(largest, abs(each))
    found[:] = 1
    for d in range(directions):
        least = np.inf
        for g in range(elements):
            if found[g] > 0:
                least = min(least, keys[g * directions + d])
        for g in range(elements):
            if keys[g * directions + d] > least + tie * largest:
                found[g] = 0


@inlined
def enter(net: Tables, images: Images, frame: int, state: State, seed: int, own: Floats, row: int, rows: int,
          sight: Sight) -> None:  # fmt: skip
    """The first features of a state, row `row` of `rows`, or of its images under the frame."""
    shift, factor, width = state.shift[seed], state.factor[seed], net.widths[0]
    if frame == WHOLE_GROUP:
        for g in range(len(images.sources)):
            moved(images.sources[g], images.factors[g], own, 0, sight.image)
            look(sight.image, shift, factor, state.limit, sight.features, (g * rows + row) * width)
    elif frame == REPRESENTATIVE:
        represent(images, own, sight.keys, sight.image, sight.weights[row])
        look(sight.image, shift, factor, state.limit, sight.features, row * width)
    else:
        look(own, shift, factor, state.limit, sight.features, row * width)


@inlined
def see(net: Tables, images: Images, memory: Floats, states: int, sight: Sight) -> tuple[Floats, int]:
    """What is said of the states whose first features are there: an array, and where in it [states, outputs] stand."""
    rows = states * len(images.sources) if images.frame == WHOLE_GROUP else states
    forward(net, memory, rows, sight.features)
    start = rows * net.feature_at[len(net.sizes) - 1]
    if images.frame == ALONE:
        return sight.features, start
    put_together(images, start, net.sizes[len(net.sizes) - 1], states, sight)
    return sight.said, 0


@inlined
def put_together(images: Images, start: int, outputs: int, states: int, sight: Sight) -> None:
    """Probabilities, and everything else that is not given by logits, averaged over the elements of each state."""
    apart, logits = states if images.frame == WHOLE_GROUP else 0, images.logits
    sums = sight.numbers[2]
    for row in range(states):
        sums[:] = 0
        for g in range(len(images.sources)):
            weight = sight.weights[row, g]
            if weight > 0:
                at = start + (g * apart + row) * outputs
                moved(images.back_sources[g], images.back_factors[g], sight.features, at, sight.moved)
                add_image(weight, logits, outputs, sight.policies[row, g], sight)
        for a in range(logits):
            sight.averages[row, a] = max(sums[a], LEAST)
            sight.said[row * outputs + a] = np.float32(log(sight.averages[row, a]))
        for i in range(logits, outputs):
            sight.said[row * outputs + i] = np.float32(sums[i])


@inlined
def add_image(weight: float, logits: int, outputs: int, policy: Doubles, sight: Sight) -> None:
    """What one image says, `sight.moved`, with its weight to the sums; its probabilities are kept in `policy`."""
    log_policy, sums = sight.numbers[0], sight.numbers[2]
    if logits > 0:
        log_softmax(sight.moved, 0, logits, log_policy, policy)
        for a in range(logits):
            sums[a] += weight * policy[a]
    for i in range(logits, outputs):
        sums[i] += weight * sight.moved[i]


@inlined
def share_out(net: Tables, images: Images, states: int, sight: Sight, to_said: Floats, pulls: Floats) -> None:
    """From the gradient with respect to what was put together to that of the outputs at each image, into `pulls`."""
    last, logits = len(net.sizes) - 1, images.logits
    apart, rows = (states, states * len(images.sources)) if images.frame == WHOLE_GROUP else (0, states)
    start, outputs, own = rows * net.feature_at[last], net.sizes[last], sight.numbers[1]
    pulls[start : start + rows * outputs] = 0
    for row in range(states):
        for g in range(len(images.sources)):
            weight = sight.weights[row, g]
            if weight > 0:
                total = 0.0
                for a in range(logits):
                    part = weight * sight.policies[row, g, a] / sight.averages[row, a]
                    own[a] = to_said[row * outputs + a] * part
                    total += own[a]
                for a in range(logits):
                    own[a] -= sight.policies[row, g, a] * total
                for i in range(logits, outputs):
                    own[i] = to_said[row * outputs + i] * weight
                moved_back(images.back_sources[g], images.back_factors[g], own, outputs, pulls,
                           start + (g * apart + row) * outputs)  # fmt: skip


@inlined
def moved_back(sources: Integers, factors: Floats, own: Doubles, size: int, out: Floats, at: int) -> None:
    """Add ρᵀ own to out[at:], for one element's tables; of the first `size` entries."""
    for i in range(size):
        for k in range(sources.shape[1]):
            out[at + sources[i, k]] += np.float32(factors[i, k] * own[i])
