"""How far single steps of the real environment are from being equivariant: the evidence for a grade."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.representations import Representation
from symprior.symmetry.symmetry import APPROXIMATE_BORDER, Exactness, Symmetry
from symprior.tasks.certificates.evidence.distributions import Difference, Scales, differences, round_off
from symprior.tasks.environments.gymnasium_types import Action
from symprior.tasks.environments.probes.probe import Outcome, Probe

CLOCK_STATES = 32
"""States from which the last step before the time limit is compared too."""

TOGETHER = 256
"""Steps whose observations are looked at together."""

BATCHES = 10
"""Parts of the states, over which Student's bounds of a mean are computed."""

CONFIDENCE = 0.95

SHOWN = 64
"""So many numbers of a state are printed: all of a robot's, not all of a console's memory."""


@dataclass(frozen=True)
class WorstCase:
    """The comparison with the largest relative residual, so that it can be looked at.

    Attributes:
        element: the group element's name.
        state: the flattened state s.
        action: the action a, or None where observations of states were compared, without a step.
        quantity: what differs, such as `observation[3] (pole's angular speed)`, `reward` or `end`.
        residual: absolute for an observation, in root mean square rewards for a reward, a probability for
            an end.
        relative: the same in typical steps.
    """

    element: str
    state: tuple[float, ...]
    action: int | tuple[float, ...] | None
    quantity: str
    residual: float
    relative: float

    def in_words(self) -> str:
        """What is off by how much, and where; of a long state only the first numbers."""
        state = ", ".join(f"{number:.4g}" for number in self.state[:SHOWN])
        if len(self.state) > SHOWN:
            state += f", … {len(self.state):,} numbers"
        step = "no step" if self.action is None else f"action {self.action}"
        return (
            f"{self.quantity} is off by {self.residual:.3g} ({self.relative:.3g} typical steps) "
            f"under {self.element} in state ({state}), {step}"
        )


@dataclass(frozen=True)
class _Comparison:
    """What the environment gives from g·s under g·a, and g of what it gives from s under a; `batch` is that of s."""

    g: int
    state: NumpyArray
    action: Action | None
    found: list[Outcome]
    claimed: list[Outcome]
    batch: int


@dataclass(frozen=True)
class DynamicsEvidence:
    """What the grade of the dynamics rests on.

    Attributes:
        comparisons: pairs of distributions compared, over states, actions and g.
        at_time_limit: how many of them ended at the time limit.
        total_variation: the largest probability that found no equal partner.
        epsilon_observation: the largest residual of the observation of g·s itself, in typical steps.
        epsilon_dynamics: ε_P, the largest expected residual of the next observation in typical steps
            (root mean square change of an entry in one step); an end that differs counts as 1.
        epsilon_reward: ε_R, the largest expected residual of the reward over the root mean square reward.
        mean_observation, mean_dynamics, mean_reward: the mean residual over the mean of what it is a residual of, over
            all comparisons: of an entry (the one where that is largest), over how much it changes in a step; of ends,
            over how many there are, those at the time limit apart; of the reward, over its absolute value.
        at_least, at_most: bounds of the largest of these means, each with 95 % confidence, for the samplers' states; both
            are the mean where all states were compared.
        round_off: what counts as equal, as a part of the scale.
        worst: the comparison with the largest residual, None where all are zero.
        still: the (flat) numbers of observation entries that held one value under some g, in all that the environment gave
            from g·s and g made of what it gave from s: a wrong sign of such an entry goes unseen.
    """

    comparisons: int
    at_time_limit: int
    total_variation: float
    epsilon_observation: float
    epsilon_dynamics: float
    epsilon_reward: float
    mean_observation: float
    mean_dynamics: float
    mean_reward: float
    at_least: float
    at_most: float
    round_off: float
    worst: WorstCase | None
    still: tuple[int, ...]

    @property
    def never_moved(self) -> int:
        """How many entries never moved."""
        return len(self.still)

    def grade(self) -> Exactness:
        """Exact by the largest residual; approximate or broken by the means, not shown where their bounds hold the border.

        What is only nearly symmetric ends an episode, or meets the floor, a little earlier than its mirror image: between
        the two a step differs by all it does, whatever the asymmetry. So the largest residual of enough states says only
        whether there is one. The means are relative to how often and how far an entry moves: a wrong sign of what rarely
        moves is off by as much as that moves.
        """
        if self.total_variation <= 1e-9:
            return Exactness.EXACT
        if self.at_most <= APPROXIMATE_BORDER:
            return Exactness.APPROXIMATE
        return Exactness.BROKEN if self.at_least > APPROXIMATE_BORDER else Exactness.NOT_SHOWN

    def lines(self) -> list[tuple[str, str]]:
        """(what, measured)."""
        return [
            ("comparisons", f"{self.comparisons}, {self.at_time_limit} of them at the time limit"),
            ("ε_P, dynamics", f"{self.epsilon_dynamics:.3g} of a typical step; {self.mean_dynamics:.3g} in the mean"),
            ("ε_R, reward", f"{self.epsilon_reward:.3g} of a typical reward; {self.mean_reward:.3g} in the mean"),
            (
                "ε, observation of g·s",
                f"{self.epsilon_observation:.3g} of a typical step; {self.mean_observation:.3g} in the mean",
            ),
            (
                "largest mean",
                f"from {self.at_least:.3g} to {self.at_most:.3g} (border {APPROXIMATE_BORDER:g}), each with 95 % confidence",
            ),
            (
                "total variation",
                f"{self.total_variation:.3g}, counting as equal what differs by round-off ({self.round_off:g} of the scale)",
            ),
            ("worst case", "none: every residual is zero" if self.worst is None else self.worst.in_words()),
        ]


class _Steps:
    """Steps of the real environment and observations of its states, each taken once."""

    def __init__(self, probe: Probe) -> None:
        self._probe = probe
        self._taken: dict[tuple[bytes, bytes, int], tuple[NumpyArray, list[Outcome]]] = {}
        self._seen: dict[bytes, NumpyArray] = {}
        self._batch: dict[bytes, int] = {}

    def put_into_batches(self, states: NumpyArray, batches: NDArray[np.int64]) -> None:
        """Steps from these states belong to these batches, unless they are in one already."""
        for state, batch in zip(states, batches.tolist(), strict=True):
            self._batch.setdefault(state.tobytes(), batch)

    def batch(self, state: NumpyArray) -> int:
        return self._batch[state.tobytes()]

    def observations(self, states: NumpyArray) -> list[NumpyArray]:
        keys = [state.tobytes() for state in states]
        new = [i for i, key in enumerate(keys) if key not in self._seen]
        if new:
            seen = self._probe.many_observations(states[new])
            self._seen.update(zip((keys[i] for i in new), seen, strict=True))
        return [self._seen[key] for key in keys]

    def outcomes(self, states: NumpyArray, action: Action, elapsed: int) -> list[list[Outcome]]:
        keys = [(state.tobytes(), action.tobytes(), elapsed) for state in states]
        new = [i for i, key in enumerate(keys) if key not in self._taken]
        if new:
            for i, found in zip(new, self._probe.many_outcomes(states[new], action, elapsed), strict=True):
                self._taken[keys[i]] = (states[i], found)
        return [self._taken[key][1] for key in keys]

    def scales(self) -> tuple[Scales, _Means]:
        """What residuals are relative to, over all steps taken."""
        states = np.stack([state for state, _ in self._taken.values()])
        shown = zip(self.observations(states), self._taken.values(), strict=True)
        pairs = [(seen, outcome.observation) for seen, (_, found) in shown for outcome in found]
        batches = np.array([self.batch(state) for state, found in self._taken.values() for _ in found])
        largest, squares = np.zeros((2, np.size(pairs[0][0])))
        sizes = np.zeros((BATCHES, len(largest)))
        for start in range(0, len(pairs), TOGETHER):  # not all at once: images in double precision are large
            some = zip(*pairs[start : start + TOGETHER], strict=True)
            before, after = (np.array(each, dtype=np.float64).reshape(len(each), -1) for each in some)
            largest = np.maximum(largest, np.maximum(np.abs(before), np.abs(after)).max(axis=0))
            squares += ((after - before) ** 2).sum(axis=0)
            np.add.at(sizes, batches[start : start + TOGETHER], np.abs(after - before))
        step = np.sqrt(squares / len(pairs))
        sizes[:, step == 0] = sizes.mean(axis=1, keepdims=True)  # as above
        rewards = np.array([outcome.reward for _, found in self._taken.values() for outcome in found])
        scales = Scales(
            entry=largest,
            step=np.where(step > 0, step, _root_mean_square(step)),  # where none moved: as all entries do
            reward=float(_root_mean_square(rewards)),
            round_off=round_off(self._probe.env.observation_space),
        )
        counts = np.bincount(batches, minlength=BATCHES)
        means = _Means(sizes, np.bincount(batches, np.abs(rewards), BATCHES), counts)
        return scales, means


@dataclass(frozen=True)
class _Bounded:
    """A mean, and what it is at least and at most, each with 95 % confidence."""

    mean: float
    at_least: float
    at_most: float


@dataclass(frozen=True)
class _Means:
    """What mean residuals are relative to: of each batch how far entries moved in all, what was earned, the steps."""

    moved: NDArray[np.float64]
    earned: NDArray[Any]
    steps: NDArray[np.int64]

    def of_observations(self, differences: Sequence[Difference], comparisons: Sequence[_Comparison]) -> _Bounded:
        """The mean residual of the entry where that is largest, in mean changes of that entry."""
        off, counts = np.zeros_like(self.moved), np.zeros(BATCHES)
        for found, comparison in zip(differences, comparisons, strict=True):
            counts[comparison.batch] += 1
            if found.residual:
                off[comparison.batch] += found.entries
        return _ratio_of_means(off, counts, self.moved, self.steps)

    def of_rewards(
        self, differences: Sequence[Difference], comparisons: Sequence[_Comparison], scale: float
    ) -> _Bounded:
        """The mean residual of the reward, given in units of `scale`, over the mean absolute reward."""
        batches = [comparison.batch for comparison in comparisons]
        off = np.bincount(batches, [found.reward * scale for found in differences], BATCHES)
        return _ratio_of_means(off[:, None], np.bincount(batches, minlength=BATCHES), self.earned[:, None], self.steps)


def _mean_of_ends(differences: Sequence[Difference], comparisons: Sequence[_Comparison]) -> _Bounded:
    """The part of the steps that end an episode, on one side or both, which end it on one alone."""
    batches = np.array([comparison.batch for comparison in comparisons], dtype=int)
    ends = [max(_ending(each.found), _ending(each.claimed)) for each in comparisons]
    counts = np.bincount(batches, minlength=BATCHES)
    differ = np.bincount(batches, [found.ends for found in differences], BATCHES)
    return _ratio_of_means(differ[:, None], counts, np.bincount(batches, ends, BATCHES)[:, None], counts)


def _ratio_of_means(part: NDArray[Any], parts: NDArray[Any], whole: NDArray[Any], wholes: NDArray[Any]) -> _Bounded:
    """The largest over entries of one mean over another, and its bounds by Student over batches (ratio, linearised).

    Each mean is given by sums of each batch, [batches, entries], and over how many numbers they are, [batches].
    """
    size = whole.sum(axis=0) / max(wholes.sum(), 1)
    ratio = _ratio(part.sum(axis=0) / max(parts.sum(), 1), size)
    used = (parts > 0) & (wholes > 0)
    off = part[used] / parts[used, None] - ratio * whole[used] / wholes[used, None]
    with np.errstate(invalid="ignore"):
        spread = (
            _ratio(off.std(axis=0, ddof=1), size) / np.sqrt(used.sum())
            if used.sum() > 1
            else np.full_like(ratio, np.inf)
        )
    margin = np.where(ratio == 0, 0.0, student.ppf(CONFIDENCE, max(used.sum() - 1, 1)) * spread)
    return _Bounded(float(ratio.max()), float((ratio - margin).max()), float((ratio + margin).max()))


def _ratio(part: Any, whole: Any) -> Any:
    """The part over the whole; 0 where both are."""
    return part / np.maximum(whole, np.finfo(np.float64).tiny)


def _ending(outcomes: Sequence[Outcome]) -> float:
    return sum(outcome.probability for outcome in outcomes if outcome.terminated or outcome.truncated)


def _root_mean_square(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.sqrt(np.mean(values**2, axis=0)))


def measure_dynamics(
    probe: Probe,
    symmetry: Symmetry,
    states: NumpyArray,
    actions: Sequence[Action],
    batches: NDArray[np.int64],
    names: Sequence[str] | None = None,
) -> DynamicsEvidence:
    """Compare every state and action under every g; a stepped observation with a stepped one.

    Args:
        probe: drives the environment.
        symmetry: the claim.
        states: [count, …].
        actions: those that are taken in each state.
        batches: a number under `BATCHES` for each state, [count]; states that depend on each other, such as those of one
            episode, should be in one batch.
        names: of the observation's entries, or of a picture's channels.
    """
    taken = _Steps(probe)
    moved = [probe.act_on_states(symmetry, g, states) for g in range(len(symmetry.group))]
    for some_states in (states, *moved):
        taken.put_into_batches(some_states, batches)
    limit = probe.env.spec.max_episode_steps if probe.env.spec is not None else None
    some = slice(None, None, max(1, len(states) // CLOCK_STATES))
    stepped = list(_compared_steps(taken, symmetry, states, moved, actions))
    early = len(stepped)
    if limit:
        stepped += _compared_steps(taken, symmetry, states[some], [m[some] for m in moved], actions, elapsed=limit - 1)
    shown = list(_compared_observations(taken, symmetry, states, moved))
    scales, means = taken.scales()
    of_steps, of_states = (differences([(c.found, c.claimed) for c in each], scales) for each in (stepped, shown))
    every = list(zip([*stepped, *shown], [*of_steps, *of_states], strict=True))
    worst = max(every, key=lambda pair: pair[1].worst, default=None)
    observations = means.of_observations(of_states, shown)
    rewards = means.of_rewards(of_steps, stepped, scales.reward)
    dynamics = [means.of_observations(of_steps, stepped)]
    dynamics += [_mean_of_ends(of_steps[part], stepped[part]) for part in (slice(early), slice(early, None))]
    bounded, are_all = [observations, rewards, *dynamics], probe.are_all(len(states))
    return DynamicsEvidence(
        comparisons=len(every),
        at_time_limit=sum(comparison.found[0].truncated for comparison in stepped),
        total_variation=max((found.total_variation for _, found in every), default=0.0),
        epsilon_observation=max((found.observation for found in of_states), default=0.0),
        epsilon_dynamics=max((max(found.observation, found.ends) for found in of_steps), default=0.0),
        epsilon_reward=max((found.reward for found in of_steps), default=0.0),
        mean_observation=observations.mean,
        mean_dynamics=_largest(each.mean for each in dynamics),
        mean_reward=rewards.mean,
        at_least=_largest(each.mean if are_all else each.at_least for each in bounded),
        at_most=_largest(each.mean if are_all else each.at_most for each in bounded),
        round_off=scales.round_off,
        worst=None if worst is None or worst[1].worst == 0 else _worst_case(symmetry, *worst, names),
        still=_still([*stepped, *shown]),
    )


def _still(comparisons: Sequence[_Comparison]) -> tuple[int, ...]:
    """The entries that held one value in all comparisons under some g."""
    first: dict[int, NumpyArray] = {}
    moved: dict[int, NDArray[np.bool_]] = {}
    for comparison in comparisons:
        for outcome in (*comparison.found, *comparison.claimed):
            seen = first.setdefault(comparison.g, outcome.observation)
            differs = outcome.observation != seen
            if comparison.g in moved:
                moved[comparison.g] |= differs
            else:
                moved[comparison.g] = differs
    still = [~each.ravel() for each in moved.values()]
    return tuple(np.flatnonzero(np.any(still, axis=0)).tolist()) if still else ()


def _largest(numbers: Iterable[float]) -> float:
    """The largest; NaN where one is, which is under no border."""
    return float(np.max(list(numbers)))


def _compared_steps(
    taken: _Steps,
    symmetry: Symmetry,
    states: NumpyArray,
    moved: Sequence[NumpyArray],
    actions: Sequence[Action],
    *,
    elapsed: int = 0,
) -> Iterator[_Comparison]:
    """All states and actions, `elapsed` steps into an episode; moved[g] are the states g·s."""
    for action in actions:
        originals = taken.outcomes(states, action, elapsed)
        for g in range(1, len(symmetry.group)):
            image = np.asarray(symmetry.act_on_actions(g, np.expand_dims(action, 0))[0])[()]
            claims = act_on_outcomes(symmetry.observation, g, originals)
            for state, found, claimed in zip(states, taken.outcomes(moved[g], image, elapsed), claims, strict=True):
                yield _Comparison(g, state, action, found, claimed, taken.batch(state))


def _compared_observations(
    taken: _Steps, symmetry: Symmetry, states: NumpyArray, moved: Sequence[NumpyArray]
) -> Iterator[_Comparison]:
    """The observation of g·s against ρ(g) of the observation of s."""
    originals = [[as_outcome(observation)] for observation in taken.observations(states)]
    for g in range(1, len(symmetry.group)):
        claims = act_on_outcomes(symmetry.observation, g, originals)
        for state, found, claimed in zip(states, taken.observations(moved[g]), claims, strict=True):
            yield _Comparison(g, state, None, [as_outcome(found)], claimed, taken.batch(state))


def as_outcome(observation: NumpyArray, probability: float = 1.0) -> Outcome:
    """An observation alone, without a step."""
    return Outcome(probability, observation, 0.0, False, False)


def act_on_outcomes(
    representation: Representation, g: int, outcomes: Sequence[Sequence[Outcome]]
) -> list[list[Outcome]]:
    """ρ(g) on the observations of many lists of outcomes, in one array operation."""
    moved = iter(representation(g, np.stack([o.observation for found in outcomes for o in found])))
    return [
        [Outcome(o.probability, next(moved), o.reward, o.terminated, o.truncated) for o in found] for found in outcomes
    ]


def _worst_case(
    symmetry: Symmetry, comparison: _Comparison, found: Difference, names: Sequence[str] | None
) -> WorstCase:
    if found.worst == found.ends:
        quantity, residual = "end", found.ends
    elif found.worst == found.reward:
        quantity, residual = "reward", found.reward
    else:
        place = np.unravel_index(found.entry, symmetry.observation.shape)
        name = "" if names is None else f" ({names[int(place[0])]})"
        quantity, residual = f"observation[{', '.join(map(str, place))}]{name}", found.residual
    action = None if comparison.action is None else np.asarray(comparison.action).tolist()
    return WorstCase(
        element=symmetry.group.elements[comparison.g],
        state=tuple(np.ravel(comparison.state).astype(float).tolist()),
        action=tuple(action) if isinstance(action, list) else action,
        quantity=quantity,
        residual=residual,
        relative=found.worst,
    )
