"""How strongly each coordinate moves each other one: finite differences of single steps at random states.

Differences are taken to a random side, so that a symmetry maps their distribution onto itself whatever their length; long
ones see more than a derivative does, and no round-off.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symprior.tasks.discovery.graphs.graph import Layer
from symprior.tasks.discovery.steps.black_box import BlackBox, Taken

Numbers = NDArray[np.float64]

FLOOR = 1e-5
"""Effects under this part of the median effect count as none."""


def measure_influences(box: BlackBox, rng: np.random.Generator, states: int) -> list[Layer]:
    """The layers of a graph: from so many random states, and from as many about the middle.

    Args:
        box: what is moved.
        rng: draws states, actions and sides.
        states: how many.
    """
    drawn = [draw(rng, states) for draw in (box.draw, box.draw_near)]
    return [layer_of(np.stack([_effects(box, rng, state) for state in each]), box.size) for each in drawn]


def layer_of(effects: Numbers, states: int) -> Layer:
    """The layer of effects [samples, states + 1, columns] on the states and, last, on the reward."""
    samples, _, columns = effects.shape
    strength = np.abs(effects)
    moved = strength[strength > 0]
    floor = FLOOR * float(np.median(moved)) if moved.size else 1.0
    sizes = np.log(floor + strength)
    signs = np.where(strength > floor, np.sign(effects), 0.0)
    rows = [*range(states), columns]  # the reward is the last node, what happens anyway the one before it
    return Layer(*(_placed(each, rows, columns + 1, samples) for each in _moments(sizes, signs)))


def _moments(sizes: Numbers, signs: Numbers) -> list[Numbers]:
    root = np.sqrt(len(sizes))
    return [sizes.mean(axis=0), sizes.std(axis=0) / root, signs.mean(axis=0), signs.std(axis=0) / root]


def _placed(values: Numbers, rows: list[int], nodes: int, samples: int) -> Numbers:
    placed = np.zeros((nodes, nodes))
    placed[np.ix_(rows, range(values.shape[1]))] = values
    return placed


def _effects(box: BlackBox, rng: np.random.Generator, state: Numbers) -> Numbers:
    """On the next state and the reward, of each state entry, of each action and of no change, [states + 1, columns]."""
    action = box.draw_actions(rng, 1)[0]
    straight = box.take(state, action)
    columns = []
    for i, side in enumerate(rng.choice([-1.0, 1.0], box.size)):
        nudged = state.copy()
        nudged[i] += side * box.nudges[i]
        columns.append(side * _difference(box, box.take(nudged, action), straight))
    columns += _of_actions(box, rng, state, action, straight)
    anyway = straight.state - box.visible(box.whole(state))
    columns.append(np.append(box.without_turns(anyway), straight.reward))
    return np.stack(columns, axis=1)


def _of_actions(
    box: BlackBox, rng: np.random.Generator, state: Numbers, action: Numbers, straight: Taken
) -> list[Numbers]:
    """The effects of each discrete action against the mean of all, or of each entry of a continuous one."""
    if box.discrete:
        every = np.stack([_difference(box, box.take(state, np.asarray(a)), straight) for a in range(box.actions)])
        return list(every - every.mean(axis=0))
    columns = []
    for i, side in enumerate(rng.choice([-1.0, 1.0], box.actions)):
        nudged = action.copy()
        nudged[i] += side * box.action_nudges[i]
        columns.append(side * _difference(box, box.take(state, nudged), straight))
    return columns


def _difference(box: BlackBox, one: Taken, other: Taken) -> Numbers:
    return np.append(box.without_turns(one.state - other.state), one.reward - other.reward)
