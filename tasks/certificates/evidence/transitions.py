"""Whether roll-outs are invariant under a group in distribution: the evidence where states cannot be set.

Under a behaviour that is equivariant, an episode of a symmetric environment is as likely as its image. So
transitions of some episodes are compared with g-images of transitions of others, by an equivalence test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count as count_up

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.symmetry import Exactness, Symmetry
from symprior.tasks.certificates.entries import still_entries
from symprior.tasks.certificates.evidence.two_sample import (
    AUC_BORDER,
    Separation,
    separation,
    told_from_one_half,
    upper_bounds,
    verdict,
)
from symprior.tasks.environments.finite import check_finite
from symprior.tasks.environments.gymnasium_types import Action, Environment, Space
from symprior.tasks.environments.probes.rollout_probe import RolloutProbe, Transitions
from symprior.tasks.environments.uniform_actions import uniform_actions

Policy = Callable[[NumpyArray], NumpyArray]
Behaviour = Callable[[NumpyArray], Action]
Step = tuple[int, NumpyArray, Action, float, NumpyArray, bool]
Mistake = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""What is planted: it changes images of observations [steps, …]."""

REFERENCE_SHARE = 0.06
"""The part of the episodes that the reference policy plays; its episodes are long."""

RANDOM_ACTIONS = 0.1
"""How often it acts at random, so that every action is tried where it leads."""

PER_EPISODE = 4
"""Transitions of a kind that an episode gives at most: more of them say little more."""

DRAWN_AT_ONCE = 4096

FEWEST_EPISODES = 10
"""Episodes that a classifier is trained and tested on at least."""

PICTURES = 4
"""Axes of a batch of pictures."""

PLANTED = 23
"""The seed of what a classifier draws for planted asymmetries."""

SEEN, UNSEEN = "seen", "NOT SEEN, so that nothing is shown"

NO_EVIDENCE = Separation(0.5, 0.5)

UNCHECKED = "single steps from chosen states, as none can be set, so not whether it is exact; truncation"


@dataclass(frozen=True)
class TransitionEvidence:
    """What the grade of dynamics rests on that are seen in roll-outs alone.

    Attributes:
        episodes: in each of the two samples, originals and images.
        transitions: how many were compared of each kind, in both samples together.
        auc: the classifier's AUC for each g and kind.
        standard_error: of each, counting the transitions of an episode as one cluster.
        upper_bound: upper 95 % bounds, Holm-corrected over g and kinds.
        detectable_auc: the AUC that is told from one half nine times in ten, for the kind with the largest error.
        planted: whether the classifier clearly saw each planted asymmetry, one of the tested kind: the images of some g
            with their actions moved by another element.
        unseen_signs: the (flat) numbers of entries of a vector that moved and whose wrong sign, planted in the images,
            no kind of transition clearly shows.
        unseen: kinds of which no transition was met, so that nothing is said of them.
        still: the (flat) numbers of observation entries that held one value throughout: a wrong sign there goes unseen.
    """

    episodes: int
    transitions: dict[str, int]
    auc: dict[str, float]
    standard_error: dict[str, float]
    upper_bound: dict[str, float]
    detectable_auc: float
    planted: dict[str, bool]
    unseen_signs: tuple[int, ...]
    unseen: tuple[str, ...]
    still: tuple[int, ...]

    @property
    def never_moved(self) -> int:
        """How many entries never moved."""
        return len(self.still)

    @property
    def told_apart(self) -> tuple[str, ...]:
        """Where the classifier clearly recognises images, and so the symmetry is broken."""
        return tuple(name for name, found in self._separations.items() if found.is_clear)

    @property
    def _separations(self) -> dict[str, Separation]:
        return {name: Separation(auc, self.standard_error[name]) for name, auc in self.auc.items()}

    def grade(self) -> Exactness:
        """In distribution, broken, or not shown: with little data, or where a planted asymmetry went unseen."""
        found = verdict(self._separations)
        has_power = all(self.planted.values()) and not self.unseen_signs
        return Exactness.NOT_SHOWN if found == Exactness.IN_DISTRIBUTION and not has_power else found

    def lines(self) -> list[tuple[str, str]]:
        """(what, measured)."""
        compared = ", ".join(f"{count} {kind}" for kind, count in self.transitions.items())
        rows = [
            (
                "dynamics compared by",
                f"equivalence test: a classifier on steps of {self.episodes} episodes and images of "
                f"steps of {self.episodes} others",
            ),
            ("steps compared", compared),
        ]
        for name, bound in self.upper_bound.items():
            rows.append(
                (f"AUC {name}", f"{self.auc[name]:.3f}, at most {bound:.3f} (border {AUC_BORDER}){self._says(name)}")
            )
        unseen = "".join(f"; {kind}: none were met" for kind in self.unseen)
        return [
            *rows,
            *((f"planted: {what}", SEEN if seen else UNSEEN) for what, seen in self.planted.items()),
            ("planted: a wrong sign", self._signs_in_words()),
            ("detectable", f"an asymmetry of AUC {self.detectable_auc:.3f}, 9 times in 10"),
            ("not checked", UNCHECKED + unseen),
        ]

    def _signs_in_words(self) -> str:
        if self.unseen_signs:
            return f"{UNSEEN}: of the observation entries {', '.join(f'[{entry}]' for entry in self.unseen_signs)}"
        return f"{SEEN} of every observation entry{' that moved' if self.still else ''}"

    def _says(self, name: str) -> str:
        if self.upper_bound[name] <= AUC_BORDER:
            return ""
        return ": told apart" if name in self.told_apart else ": too few episodes to show them equal (more: --thorough)"


def measure_transitions(
    probe: RolloutProbe, symmetry: Symmetry, reference: Policy | None, rng: np.random.Generator, episodes: int
) -> tuple[dict[str, int], TransitionEvidence]:
    """Play 2 · `episodes` episodes: how many steps each sampler gave, and what comparing them shows.

    Args:
        probe: what is played.
        symmetry: the claim.
        reference: a policy on observations [1, …] that plays some of the episodes; None: random actions alone.
        rng: draws everything.
        episodes: in each sample.
    """
    counts, transitions = play(probe, symmetry, reference, rng, episodes)
    return counts, _compare(probe, symmetry, transitions, rng, episodes)


def play(
    probe: RolloutProbe, symmetry: Symmetry, reference: Policy | None, rng: np.random.Generator, episodes: int
) -> tuple[dict[str, int], Transitions]:
    """Play 2 · `episodes` episodes, as `measure_transitions` does: how many steps each sampler gave, and all of them."""
    probe.env.reset(seed=int(rng.integers(1 << 31)))
    counts: dict[str, int] = {}
    steps: list[Step] = []
    numbers = count_up()
    for sampler, behaviours in _behaviours(probe, symmetry, reference, rng, episodes).items():
        before = len(steps)
        for behaviour in behaviours:
            steps += _play_episode(probe.env, next(numbers), behaviour)
        counts[sampler] = len(steps) - before
    return counts, Transitions(*map(np.array, zip(*steps, strict=True)))


def _behaviours(
    probe: RolloutProbe, symmetry: Symmetry, reference: Policy | None, rng: np.random.Generator, episodes: int
) -> dict[str, list[Behaviour]]:
    """For each sampler a behaviour for each of its episodes."""
    uniform = _uniform_actions(probe.env.action_space, rng)
    of_reference = 0 if reference is None else round(2 * episodes * REFERENCE_SHARE)
    samplers: dict[str, list[Behaviour]] = {
        "from random play": [lambda observation: next(uniform)] * (2 * episodes - of_reference)
    }
    if reference is not None:
        frames = rng.integers(len(symmetry.group), size=of_reference).tolist()
        samplers["from the reference policy, with random actions"] = [
            _in_frame(reference, symmetry, h, uniform, rng) for h in frames
        ]
    return samplers


def _uniform_actions(space: Space, rng: np.random.Generator) -> Iterator[Action]:
    """Uniformly random actions without end; a group that maps the space onto itself leaves their law as it is."""
    while True:
        yield from uniform_actions(space, rng, DRAWN_AT_ONCE)


def _in_frame(
    policy: Policy, symmetry: Symmetry, h: int, uniform: Iterator[Action], rng: np.random.Generator
) -> Behaviour:
    """The policy as seen through an element h of the group, h·π(h⁻¹s), with some random actions.

    With h drawn for every episode, the behaviour is equivariant whatever group is claimed.
    """
    back = int(symmetry.group.inverse[h])

    def behave(observation: NumpyArray) -> Action:
        if rng.random() < RANDOM_ACTIONS:
            return next(uniform)
        action: Action = symmetry.act_on_actions(h, policy(symmetry.observation(back, observation[None])))[0]
        return action

    return behave


def _play_episode(env: Environment, number: int, behave: Behaviour) -> list[Step]:
    observation, _ = env.reset()
    steps: list[Step] = []
    over = False
    while not over:
        action = behave(observation)
        following, reward, terminated, truncated, _ = env.step(action)
        check_finite(env, following, reward, action, observation)
        steps.append((number, observation, action, float(reward), following, bool(terminated)))
        observation, over = following, terminated or truncated
    return steps


def _compare(
    probe: RolloutProbe, symmetry: Symmetry, transitions: Transitions, rng: np.random.Generator, episodes: int
) -> TransitionEvidence:
    """Even episodes against images of odd ones, for each g and each kind of transition."""
    found: dict[str, Separation] = {}
    rng_of_planted = np.random.default_rng(PLANTED)  # apart, so that what is planted moves no other number
    counts: dict[str, int] = {}
    planted: dict[str, bool] = {}
    still = _still(transitions)
    unseen_signs = [entry for entry in _signs_of(symmetry) if entry not in still]
    for kind, mask in probe.kinds(transitions).items():
        originals, others = halves(transitions[mask], rng)
        counts[kind] = len(originals) + len(others)
        if not counts[kind]:
            continue
        for g, element in enumerate(symmetry.group.elements[1:], start=1):
            found[f"under {element}, {kind}"] = separation_under(symmetry, g, originals, others, rng)
            for h in _wrong_actions(symmetry, g):
                what = f"actions moved by {symmetry.group.elements[h]} instead of {element}"
                is_seen = (
                    planted.get(what) or separation_under(symmetry, g, originals, others, rng_of_planted, h).is_clear
                )
                planted[what] = is_seen
            unseen_signs = [
                entry
                for entry in unseen_signs
                if not separation_under(
                    symmetry, g, originals, others, rng_of_planted, mistake=wrong_sign(entry)
                ).is_clear
            ]
    return TransitionEvidence(
        episodes=episodes,
        transitions={kind: count for kind, count in counts.items() if count},
        auc={name: one.auc for name, one in found.items()},
        standard_error={name: one.standard_error for name, one in found.items()},
        upper_bound=upper_bounds(found),
        detectable_auc=told_from_one_half(max((one.standard_error for one in found.values()), default=np.inf)),
        planted=planted,
        unseen_signs=tuple(unseen_signs),
        unseen=tuple(kind for kind, count in counts.items() if not count),
        still=still,
    )


def _still(transitions: Transitions) -> tuple[int, ...]:
    """The (flat) entries of observations that hold one value throughout."""
    seen = np.concatenate([transitions.before, transitions.after]).reshape(2 * len(transitions), -1)
    return still_entries(seen)


def _signs_of(symmetry: Symmetry) -> list[int]:
    """The entries of a vector, whose signs may be declared wrongly; of pictures no pixel has a sign."""
    return list(range(symmetry.observation.size)) if len(symmetry.observation.shape) == 1 else []


def _wrong_actions(symmetry: Symmetry, g: int) -> list[int]:
    """The elements, of none at all and g's inverse, that move actions otherwise than g does."""
    actions: NumpyArray = np.arange(symmetry.action.size)
    if not symmetry.discrete:
        actions = np.random.default_rng(0).standard_normal((2, symmetry.action.size))
    moved = symmetry.act_on_actions(g, actions)
    others = {0, int(symmetry.group.inverse[g])}
    return sorted(h for h in others if not np.array_equal(symmetry.act_on_actions(h, actions), moved))


def separation_under(
    symmetry: Symmetry,
    g: int,
    originals: Transitions,
    others: Transitions,
    rng: np.random.Generator,
    of_actions: int | None = None,
    mistake: Mistake | None = None,
) -> Separation:
    """How well a classifier tells transitions from g-images of others; too few episodes tell nothing."""
    if min(len(np.unique(sample.episodes)) for sample in (originals, others)) < FEWEST_EPISODES:
        return NO_EVIDENCE
    samples = _entries(symmetry, 0, originals), _entries(symmetry, g, others, of_actions, mistake)
    return separation(*samples, rng, (originals.episodes, others.episodes))


def wrong_sign(entry: int) -> Mistake:
    """The sign of one entry of a vector, turned."""

    def turn(observations: NDArray[np.float64]) -> NDArray[np.float64]:
        turned = observations.copy()
        turned[:, entry] *= -1
        return turned

    return turn


def halves(transitions: Transitions, rng: np.random.Generator) -> tuple[Transitions, Transitions]:
    """A few transitions of each even episode, and of each odd one."""
    chosen = _few_of_each_episode(transitions, rng)
    return chosen[chosen.episodes % 2 == 0], chosen[chosen.episodes % 2 == 1]


def _few_of_each_episode(transitions: Transitions, rng: np.random.Generator) -> Transitions:
    """At most `PER_EPISODE` of every episode, drawn at random."""
    shuffled = transitions[rng.permutation(len(transitions))]
    ordered = shuffled[np.argsort(shuffled.episodes, kind="stable")]
    _, first, episode = np.unique(ordered.episodes, return_index=True, return_inverse=True)
    return ordered[np.arange(len(ordered)) - first[episode] < PER_EPISODE]


def _entries(
    symmetry: Symmetry,
    g: int,
    transitions: Transitions,
    of_actions: int | None = None,
    mistake: Mistake | None = None,
) -> NDArray[np.float64]:
    """What a classifier sees of the g-images: (s, s' − s, a, r, whether it ends), [steps, entries].

    Of pictures it also sees where in them something went, and that times the actions: random features of so many pixels
    would not show which way an action moves what is drawn. A planted asymmetry moves actions by another element, or makes
    a mistake with observations.
    """
    before = symmetry.observation(g, transitions.before.astype(np.float64))
    after = symmetry.observation(g, transitions.after.astype(np.float64))
    if mistake is not None:
        before, after = mistake(before), mistake(after)
    actions = symmetry.act_on_actions(g if of_actions is None else of_actions, transitions.actions)
    if symmetry.discrete:
        actions = np.eye(symmetry.action.size)[actions]
    parts = [before, after - before, actions, transitions.rewards, transitions.terminated]
    if before.ndim == PICTURES:
        moved = _displacement(after - before)
        parts += [moved, moved[:, :, None] * np.reshape(actions, (len(actions), 1, -1))]
    return np.concatenate([np.reshape(part, (len(transitions), -1)) for part in parts], axis=1).astype(np.float64)


def _displacement(change: NDArray[np.float64]) -> NDArray[np.float64]:
    """From where pictures [steps, channels, height, width] became darker to where brighter, [steps, 2 · channels]."""
    rows, columns = np.meshgrid(*(np.arange(size) for size in change.shape[-2:]), indexing="ij")
    centres = []
    for part in (np.maximum(change, 0), np.maximum(-change, 0)):
        weight = part.sum(axis=(-2, -1))
        centres.append([(part * where).sum(axis=(-2, -1)) / np.maximum(weight, 1e-12) for where in (rows, columns)])
    is_both = (change > 0).any(axis=(-2, -1)) & (change < 0).any(axis=(-2, -1))
    return np.concatenate([(to - off) * is_both for to, off in zip(*centres, strict=True)], axis=1)
