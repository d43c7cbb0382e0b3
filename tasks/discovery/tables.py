"""The search of what can be enumerated, such as a grid world: maps of observations that carry the whole table onto itself.

The state that shows the image of an observation is recognised; an action goes to the one whose outcomes there are the images
of its own. Maps of vectors come from a graph of moments over states; of pictures the eight turns and flips are tried, with
every permutation of the channels.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from symprior.symmetry.generated.closing import SignedMap, signed_map, unchanged
from symprior.symmetry.generated.pictures import turns_and_flips
from symprior.symmetry.names import PICTURE_AXES
from symprior.tasks.discovery.found import FoundGroup, Motion, closed
from symprior.tasks.discovery.graphs.automorphisms import Search
from symprior.tasks.discovery.graphs.graph import Graph, Layer
from symprior.tasks.discovery.steps.single_steps import Candidates
from symprior.tasks.discovery.steps.starts import Starts
from symprior.tasks.environments.gymnasium_types import Environment
from symprior.tasks.environments.simulators import TabularSimulator

Numbers = NDArray[np.float64]
Distribution = dict[bytes, float]

MOST_STATES = 4000
"""States over which moments are taken: all, or so many drawn at random."""

TRIED = 64
"""States in which a map is tried."""

DIGITS = 5
"""Decimals to which observations and rewards are compared."""


class Table:
    """States of a simulator with the distribution of what each action gives there.

    Args:
        simulator: what is enumerated.
        rng: draws states.
        with_reward: whether rewards and ends must agree, too.
    """

    def __init__(self, simulator: TabularSimulator, rng: np.random.Generator, with_reward: bool = True) -> None:
        self._simulator, self._with_reward = simulator, with_reward
        every = simulator.all_states()
        self._some = every[rng.choice(len(every), min(TRIED, len(every)), replace=False)]
        self._shown = self._show(self._some)
        space = simulator.action_space
        self.actions = int(space.n)  # type: ignore[attr-defined]
        self._outcomes = [self._follow(self._some, action) for action in range(self.actions)]
        self.tried = 0

    def _show(self, states: NDArray[np.int64]) -> Numbers:
        shown = np.asarray(self._simulator.observe(states), dtype=np.float64)
        return shown.reshape(len(states), -1)

    def actions_under(self, moved: SignedMap) -> NDArray[np.int64] | None:
        """Where the actions go under a map of observations, [actions]; None where it is no symmetry."""
        self.tried += 1
        images = self._recognised(moved(self._shown))
        if images is None:
            return None
        may = np.ones((self.actions, self.actions), dtype=np.bool_)
        there = [self._follow(images, action) for action in range(self.actions)]
        for number in range(len(images)):
            for action in range(self.actions):
                claimed = self._key(self._outcomes[action], number, moved)
                for image in np.flatnonzero(may[action]).tolist():
                    may[action, image] = _is_same(claimed, self._key(there[image], number))
            if not (may.any(axis=0).all() and may.any(axis=1).all()):
                return None
        return _matching(may)

    def _recognised(self, shown: Numbers) -> NDArray[np.int64] | None:
        """The states that show these observations, or None where one shows none of them."""
        shape = (len(shown), *self._simulator.observation_space.shape)  # type: ignore[misc]
        states = self._simulator.recognise(shown.reshape(shape))
        return states if np.allclose(self._show(states), shown, atol=10.0**-DIGITS) else None

    def _follow(self, states: NDArray[np.int64], action: int) -> tuple[Numbers, Numbers, Numbers]:
        """Rounded observations, rewards and ends [states, draws, entries + 2], and the probability of each draw."""
        following, rewards, ended, probabilities = self._simulator.every_step(states, action)
        verdict = np.stack([rewards, ended], axis=1).astype(np.float64) * self._with_reward
        shape = (len(states), len(probabilities), -1)
        return self._show(following).reshape(shape), verdict.reshape(shape), probabilities

    @staticmethod
    def _key(outcomes: tuple[Numbers, Numbers, Numbers], number: int, moved: SignedMap | None = None) -> Distribution:
        """The distribution of what one state's step gives, as a map moves it."""
        shown, verdict, probabilities = outcomes[0][number], outcomes[1][number], outcomes[2]
        rows = np.concatenate([shown if moved is None else moved(shown), verdict], axis=1)
        found: Distribution = {}
        for row, probability in zip(np.round(rows, DIGITS) + 0.0, probabilities.tolist(), strict=True):
            key = row.tobytes()
            found[key] = found.get(key, 0.0) + probability
        return found


def _is_same(one: Distribution, other: Distribution) -> bool:
    return one.keys() == other.keys() and all(abs(one[key] - other[key]) < 1e-9 for key in one)


def _matching(may: NDArray[np.bool_]) -> NDArray[np.int64] | None:
    """A permutation within what may be, which leaves in place what can stay; None where there is none."""
    cost = np.where(may, 1.0, len(may) + 2.0) - 0.5 * np.eye(len(may)) * may
    _, images = linear_sum_assignment(cost)
    return images if may[np.arange(len(may)), images].all() else None


def search_table(env: Environment, simulator: TabularSimulator, seed: int) -> Candidates:
    """The symmetries of a table.

    Args:
        env: the environment, whose starts are looked at.
        simulator: its simulator.
        seed: decides which states are looked at.
    """
    table = Table(simulator, np.random.default_rng([seed, 1]))
    shape = simulator.observation_space.shape or ()
    generators, is_cut_short = _generators(table, simulator, seed)
    if not generators:
        return Candidates(is_cut_short=is_cut_short, tried=table.tried)
    whole = closed(generators, True, shape)
    starts = Starts(env, np.random.default_rng([seed, 4]))
    keeping = [g for g, each in enumerate(whole.motions) if starts.are_kept(each.observations)]
    return Candidates(
        kept=whole.restricted(keeping) if len(keeping) > 1 else None,
        but_starts=whole if len(keeping) < len(whole.group) else None,
        but_rewards=_of_dynamics(simulator, seed, whole),
        is_cut_short=is_cut_short,
        tried=table.tried,
    )


def _of_dynamics(simulator: TabularSimulator, seed: int, whole: FoundGroup) -> FoundGroup | None:
    """The group of the dynamics alone, where it is larger."""
    table = Table(simulator, np.random.default_rng([seed, 1]), with_reward=False)
    generators, _ = _generators(table, simulator, seed)
    found = closed([*generators, *whole.motions], True, simulator.observation_space.shape or ())
    return found if len(found.group) > len(whole.group) else None


def _generators(table: Table, simulator: TabularSimulator, seed: int) -> tuple[list[Motion], bool]:
    """Motions that are symmetries, and whether more might be."""
    found: list[Motion] = []

    def accepts(moved: SignedMap) -> bool:
        images = table.actions_under(moved)
        if images is not None:
            found.append(Motion(unchanged(0), signed_map(np.argsort(images)), moved))
        return images is not None

    shape = simulator.observation_space.shape or ()
    if len(shape) == PICTURE_AXES:
        for moved in turns_and_flips(shape, with_channels=True):
            accepts(moved)
        return [motion for motion in found if not motion.whole.is_identity], False
    search = Search(_moments(simulator, seed), np.zeros(shape[0], dtype=np.bool_), accepts)
    search.run()
    return found, search.is_cut_short


def _moments(simulator: TabularSimulator, seed: int) -> Graph:
    """The graph of moments of observations and of how they change, over states and actions."""
    rng = np.random.default_rng([seed, 2])
    every = simulator.all_states()
    is_all = len(every) <= MOST_STATES
    states = every if is_all else every[rng.choice(len(every), MOST_STATES, replace=False)]
    shown = np.asarray(simulator.observe(states), dtype=np.float64)
    uniforms, probabilities = simulator.step_support()
    changes, rewards = np.zeros_like(shown), np.zeros(len(shown))
    for action in range(int(simulator.action_space.n)):  # type: ignore[attr-defined]
        for draw, probability in zip(uniforms, probabilities, strict=True):
            after, reward, _ = simulator.step(states, np.full(len(states), action), np.tile(draw, (len(states), 1)))
            change = np.asarray(simulator.observe(after), dtype=np.float64) - shown
            changes += probability * np.abs(change)
            rewards += probability * np.asarray(reward, dtype=np.float64)
    layers = [_layer(shown, 1.0, is_all), _layer(shown, rewards, is_all), _unsigned(_layer(changes, 1.0, is_all))]
    return Graph(layers, shown.shape[1], 0, discrete=True)


def _unsigned(layer: Layer) -> Layer:
    """The layer of numbers that have no sign."""
    return replace(layer, sign=np.zeros_like(layer.sign), sign_error=np.zeros_like(layer.sign_error))


def _layer(values: Numbers, weight: Numbers | float, is_all: bool) -> Layer:
    """The mean products of entries, with a weight; the two fixed nodes are 1 and 1."""
    columns = np.concatenate([values, np.ones((len(values), 2))], axis=1)
    weights = np.broadcast_to(np.asarray(weight, dtype=np.float64), (len(values),))
    scale = np.abs(weights).mean() * np.abs(values).mean() + 1e-12
    parts = []
    for each in (np.abs(columns), np.sign(columns)):
        products = each[:, :, None] * each[:, None] * weights[:, None, None] / scale
        error = np.zeros(products.shape[1:]) if is_all else products.std(axis=0) / np.sqrt(len(values))
        parts += [products.mean(axis=0), error]
    return Layer(*parts)
