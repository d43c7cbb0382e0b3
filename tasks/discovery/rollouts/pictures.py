"""The search of pictures that can only be played: the eight turns and flips, with every permutation of the actions.

Where things go under an action, in the mean, refuses most permutations. A classifier decides on the others, the one that
certificates take: what a turn makes of some episodes must not be told from other episodes. Its power is shown afterwards, by
the certificate, which plants wrong actions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from symprior.symmetry.errors import SympriorError
from symprior.symmetry.generated.closing import SignedMap, signed_map, unchanged
from symprior.symmetry.generated.pictures import turns_and_flips
from symprior.tasks.certificates.entries import still_entries
from symprior.tasks.certificates.evidence.transitions import halves, separation_under
from symprior.tasks.certificates.evidence.two_sample import AUC_BORDER
from symprior.tasks.discovery.found import FoundGroup, Motion, closed
from symprior.tasks.discovery.rollouts.episodes import PARTS, RARE, mean_and_error, play_randomly
from symprior.tasks.discovery.steps.single_steps import Candidates
from symprior.tasks.environments.gymnasium_types import Environment
from symprior.tasks.environments.probes.rollout_probe import Transitions

Numbers = NDArray[np.float64]

KEPT = 8
"""Steps of an episode that are kept: pictures are large."""

ROUND_OFF = 1e-9

MOST_PERMUTATIONS = 24
"""Of the actions, for one turn or flip, that a classifier decides about."""


@dataclass
class Pictures:
    """Steps of random play with pictures [channels, height, width] and discrete actions.

    Attributes:
        steps: some of each episode.
        actions: how many there are.
        rng: draws what the classifier is trained on.
        tried: how many maps it has decided about.
        is_cut_short: whether more permutations fitted than were tried.
    """

    steps: Transitions
    actions: int
    rng: np.random.Generator
    tried: int = 0
    is_cut_short: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        """A picture's channels, height and width."""
        return self.steps.before.shape[1:]

    def generators(self) -> Iterator[Motion]:
        """The maps that are kept, with each permutation of the actions under which they are."""
        for seen in turns_and_flips(self.shape):
            for moved in self._permutations(seen):
                motion = Motion(unchanged(0), moved, seen)
                if not motion.whole.is_identity and self._is_kept(motion):
                    yield motion

    def _permutations(self, seen: SignedMap) -> Iterator[SignedMap]:
        """Permutations of the actions under which things go, in the mean, where a map of pictures takes them."""
        chosen = list(islice(matchings(self._fits(seen)), MOST_PERMUTATIONS + 1))
        self.is_cut_short |= len(chosen) > MOST_PERMUTATIONS
        yield from (signed_map(np.argsort(images)) for images in chosen[:MOST_PERMUTATIONS])

    def _fits(self, seen: SignedMap) -> NDArray[np.bool_]:
        """Whether where things go under action a, as the map takes it, may be where they go under action b, [a, b]."""
        there, its_error = mean_and_error(self._drifts_of(self._changes))
        here, error = mean_and_error(self._drifts_of(seen(self._changes)))
        apart = np.abs(here[:, None] - there[None]) / (np.hypot(error[:, None], its_error[None]) + ROUND_OFF)
        return np.asarray((apart < norm.isf(RARE)).all(axis=-1))

    @cached_property
    def _changes(self) -> Numbers:
        """The mean change of each pixel in each part of the episodes under each action, [parts, actions, entries]."""
        steps = self.steps
        changes = (steps.after.astype(np.float64) - steps.before).reshape(len(steps), -1)
        found = np.zeros((PARTS, self.actions, changes.shape[1]))
        for part in range(PARTS):
            for action in range(self.actions):
                rows = (steps.episodes % PARTS == part) & (steps.actions == action)
                if rows.any():
                    found[part, action] = changes[rows].mean(axis=0)
        return found

    def _drifts_of(self, changes: Numbers) -> Numbers:
        """Changes of the first moments across and down in each channel, [parts, actions, 2 · channels]."""
        channels, height, width = self.shape
        pictures = changes.reshape(PARTS, self.actions, channels, height, width)
        across, down = (np.arange(size) - (size - 1) / 2 for size in (width, height))
        moments = [np.einsum("pachw,w->pac", pictures, across), np.einsum("pachw,h->pac", pictures, down)]
        return np.concatenate(moments, axis=-1)

    def _is_kept(self, motion: Motion) -> bool:
        """Whether a classifier does not tell images from originals, of steps that go on and of last ones."""
        self.tried += 1
        group = closed([motion], True, self.shape)
        symmetry, g = group.symmetry(), _number_of(motion, group)
        for rows in (~self.steps.terminated, self.steps.terminated):
            originals, others = halves(self.steps[rows], self.rng)
            if min(len(originals), len(others)) < PARTS:
                continue
            found = separation_under(symmetry, g, originals, others, self.rng)
            if found.is_clear or found.auc > AUC_BORDER:
                return False
        return True


def _number_of(motion: Motion, group: FoundGroup) -> int:
    """Which element of a group a motion is."""
    return next(g for g, each in enumerate(group.motions) if each.whole.key == motion.whole.key)


def matchings(fits: NDArray[np.bool_], begun: tuple[int, ...] = ()) -> Iterator[tuple[int, ...]]:
    """Every permutation within what fits, [count, count]: the image of each, those that leave most in place first."""
    if len(begun) == len(fits):
        yield begun
        return
    images = [b for b in np.flatnonzero(fits[len(begun)]).tolist() if b not in begun]
    for image in sorted(images, key=lambda b: b != len(begun)):
        yield from matchings(fits, (*begun, image))


def search_pictures(env: Environment, actions: int, seed: int) -> Candidates:
    """The turns and flips that random play keeps.

    Args:
        env: what is played; it shows pictures.
        actions: how many discrete ones it takes.
        seed: decides all that is drawn.

    Raises:
        SympriorError: nothing moves in the pictures.
    """
    pictures = Pictures(play_randomly(env, seed, KEPT), actions, np.random.default_rng([seed, 8]))
    seen = pictures.steps.before.reshape(len(pictures.steps), -1)
    still = still_entries(seen)
    if len(still) == seen.shape[1]:
        raise SympriorError("In random play nothing moves in what it shows, so that no symmetry can be seen there.")
    found = list(pictures.generators())
    return Candidates(
        kept=closed(found, True, pictures.shape) if found else None,
        still=still,
        is_cut_short=pictures.is_cut_short,
        tried=pictures.tried,
    )
