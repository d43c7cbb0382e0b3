"""The search of vectors that can only be played: maps of observations under which episodes of random play look the same.

A graph comes from moments of observations and from a regression of their changes on observations and actions; its errors are
those between groups of episodes. A classifier must not tell steps of some episodes from images of steps of others. What
random play never meets is not shown.
"""

from __future__ import annotations

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.generated.closing import SignedMap, unchanged
from symprior.tasks.certificates.entries import still_entries
from symprior.tasks.certificates.evidence.two_sample import AUC_BORDER, separation
from symprior.tasks.discovery.found import Motion, closed
from symprior.tasks.discovery.graphs.automorphisms import Search
from symprior.tasks.discovery.graphs.graph import Graph, Layer
from symprior.tasks.discovery.rollouts.episodes import PARTS, mean_and_error, play_randomly
from symprior.tasks.discovery.steps.single_steps import Candidates
from symprior.tasks.environments.gymnasium_types import Environment

Numbers = NDArray[np.float64]

CLEAR = 12.0
"""Standard errors from which on a sign is as clear as can be."""

COMPARED = 4
"""Steps of an episode that the classifier sees; more of them say little more."""


class Play:
    """Steps of random play, by episode.

    Args:
        env: what is played.
        seed: decides resets and actions.
    """

    def __init__(self, env: Environment, seed: int) -> None:
        steps, space = play_randomly(env, seed), env.action_space
        self.discrete = isinstance(space, gymnasium.spaces.Discrete)
        self.episodes, self.rewards, self.ends = steps.episodes, steps.rewards, steps.terminated
        self.before, self.after = steps.before.astype(np.float64), steps.after.astype(np.float64)
        self.actions: Numbers = np.eye(int(space.n))[steps.actions] if self.discrete else steps.actions  # type: ignore[attr-defined]
        self._rng = np.random.default_rng([seed, 7])
        self.tried = 0

    def graph(self) -> Graph:
        """The graph of observation entries and actions."""
        parts = [np.flatnonzero(self.episodes % PARTS == part) for part in range(PARTS)]
        moments, changes = (np.stack([of(part) for part in parts]) for of in (self._moments, self._regression))
        size = self.before.shape[1]
        return Graph([_layer(moments), _layer(changes)], size, self.actions.shape[1], self.discrete)

    def _moments(self, part: NDArray[np.int64]) -> Numbers:
        """Mean products of observation entries, in units of what all entries are together, [nodes, nodes]."""
        seen = self.before[part]
        nodes = seen.shape[1] + self.actions.shape[1] + 2
        found = np.zeros((nodes, nodes))
        found[: seen.shape[1], : seen.shape[1]] = seen.T @ seen / len(seen)
        return found

    def _regression(self, part: NDArray[np.int64]) -> Numbers:
        """Coefficients of changes and of the reward on observations, actions and 1, [nodes, nodes]."""
        seen, done = self.before[part], self.actions[part]
        causes = np.concatenate([seen, done, np.ones((len(part), 1 - self.discrete))], axis=1)
        effects = np.concatenate([self.after[part] - seen, self.rewards[part, None]], axis=1)
        coefficients = np.linalg.lstsq(causes, effects, rcond=1e-8)[0].T
        size, nodes = seen.shape[1], seen.shape[1] + done.shape[1] + 2
        if self.discrete:  # what they have in common is what happens anyway
            of_actions = coefficients[:, size:]
            anyway = of_actions.mean(axis=1, keepdims=True)
            coefficients = np.concatenate([coefficients[:, :size], of_actions - anyway, anyway], axis=1)
        found = np.zeros((nodes, nodes))
        found[[*range(size), nodes - 1], : nodes - 1] = coefficients
        return found

    def is_kept(self, motion: SignedMap) -> bool:
        """Whether a classifier does not tell images from originals, of steps that go on and of last ones."""
        self.tried += 1
        size = self.before.shape[1]
        on_seen, on_actions = motion.part(0, size), motion.part(size, size + self.actions.shape[1])
        chosen = self._some()
        for rows in (chosen[~self.ends[chosen]], chosen[self.ends[chosen]]):
            originals, others = (rows[self.episodes[rows] % 2 == parity] for parity in (0, 1))
            if min(len(originals), len(others)) < PARTS:
                continue
            seen, changes = self.before[others], self.after[others] - self.before[others]
            images = np.concatenate([on_seen(seen), on_seen(changes), on_actions(self.actions[others])], axis=1)
            samples = self._entries(originals), np.concatenate([images, self.rewards[others, None]], axis=1)
            found = separation(*samples, self._rng, (self.episodes[originals], self.episodes[others]))
            if found.is_clear or found.auc > AUC_BORDER:
                return False
        return True

    def _entries(self, rows: NDArray[np.int64]) -> Numbers:
        changes = self.after[rows] - self.before[rows]
        return np.concatenate([self.before[rows], changes, self.actions[rows], self.rewards[rows, None]], axis=1)

    def _some(self) -> NDArray[np.int64]:
        """A few steps of each episode, and its last."""
        shuffled = self._rng.permutation(len(self.episodes))
        ordered = shuffled[np.argsort(self.episodes[shuffled], kind="stable")]
        _, first, episode = np.unique(self.episodes[ordered], return_index=True, return_inverse=True)
        few = np.arange(len(ordered)) - first[episode] < COMPARED
        return np.asarray(ordered[few | self.ends[ordered]])


def search_vectors(env: Environment, seed: int) -> Candidates:
    """The maps that random play keeps.

    Args:
        env: what is played.
        seed: decides all that is drawn.
    """
    play = Play(env, seed)
    size, actions = play.before.shape[1], play.actions.shape[1]
    search = Search(play.graph(), np.zeros(size, dtype=np.bool_), play.is_kept)
    maps = search.run()
    still = still_entries(play.before)
    found = [Motion(unchanged(0), each.part(size, size + actions), each.part(0, size)) for each in maps]
    return Candidates(
        kept=closed(found, play.discrete, (size,)) if found else None,
        still=still,
        is_cut_short=search.is_cut_short,
        tried=play.tried,
    )


def _layer(values: Numbers) -> Layer:
    """The layer of numbers of each part, [parts, nodes, nodes]: their size, and how clear their sign is."""
    mean, error = mean_and_error(values)
    scale = float(np.abs(mean)[mean != 0].mean()) if mean.any() else 1.0
    clear = np.where(error > 0, np.abs(mean) / np.maximum(error, 1e-12), 0.0)
    sign = np.sign(mean) * np.clip(clear / CLEAR, 0, 1)
    return Layer(np.abs(mean) / scale, error / scale, sign, np.where(mean != 0, 1 / CLEAR, 0.0))
