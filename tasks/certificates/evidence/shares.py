"""How many single steps agree with their images: the evidence where an approximate symmetry is stated by shares.

Quantities that a probe reads off observations are compared after one step from g·s under g·a and, as g claims them, after
one step from s under a; so are rewards and ends. Observations are compared without a step, too, entry by entry. Each
stated share must be confirmed for each behaviour.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.errors import SympriorError
from symprior.symmetry.symmetry import Exactness, StatedShare, Symmetry
from symprior.tasks.certificates.evidence.distributions import ROUND_OFF
from symprior.tasks.environments.gymnasium_types import Action
from symprior.tasks.environments.probes.probe import Outcome, Probe

TOLERANCES = (0.0, 1.0, 2.0)
"""In the probe's unit: for these the shares are reported whatever is stated."""

FEWEST_STATES = 150
"""Of each behaviour: fewer would confirm no share that is worth stating."""

LEVEL = 0.05

BEFORE = "seen before a step"
"""The observation of g·s beside what g makes of that of s, each entry and pixel: what a step's tolerances would hide."""

EVENTS = ("reward", "end")
"""What is compared beside the probe's quantities; these agree or do not."""

AT_TIME_LIMIT = 16
"""One state in so many is taken at the last step before the time limit."""

Residuals = dict[str, list[float]]
"""For each quantity how far two steps differ, one number for each comparison."""


@dataclass(frozen=True)
class QuantityShares:
    """How far one quantity agrees in the steps of one behaviour.

    Attributes:
        within: the shares of comparisons that differ by no more than each of `TOLERANCES`.
        largest: the largest difference.
        stated: what is promised, None where nothing is; then every comparison must agree.
        share: of comparisons within the stated tolerance.
        at_least: what that share is at least, with 95 % confidence, each state counted as one trial.
    """

    behaviour: str
    quantity: str
    within: tuple[float, ...]
    largest: float
    stated: StatedShare | None
    share: float
    at_least: float

    @property
    def is_confirmed(self) -> bool:
        """The measured share, less its uncertainty, is what is stated."""
        return self.largest <= ROUND_OFF if self.stated is None else self.at_least >= self.stated.share

    @property
    def is_refuted(self) -> bool:
        """The measured share itself is under what is stated; where not, more states may confirm it."""
        return not self.is_confirmed and (self.stated is None or self.share < self.stated.share)

    def in_words(self) -> str:
        """What was stated and what was found."""
        shares = ", ".join(
            f"{share:.1%} within {limit:g}" for limit, share in zip(TOLERANCES, self.within, strict=True)
        )
        found = "" if self.quantity in EVENTS else f"{shares}; at most {self.largest:.3g} off; "
        if self.stated is None:
            return f"{found}stated to agree always, found {self.share:.1%}"
        stated = f"stated {self.stated.share:.0%} within {self.stated.tolerance:g}"
        return f"{found}{stated}, found {self.share:.1%}, with 95 % confidence at least {self.at_least:.1%}"


@dataclass(frozen=True)
class SharesEvidence:
    """What the grade of dynamics rests on whose symmetry is stated by shares.

    Attributes:
        comparisons: pairs of steps compared, over behaviours, states, actions and g.
        at_time_limit: how many of them ended at the time limit.
        unit: of the quantities.
        found: what was found of each behaviour and quantity.
        still: the (flat) numbers of observation entries that held one value throughout: a wrong sign there goes unseen.
    """

    comparisons: int
    at_time_limit: int
    unit: str
    found: tuple[QuantityShares, ...]
    still: tuple[int, ...]

    @property
    def never_moved(self) -> int:
        """How many entries never moved."""
        return len(self.still)

    def grade(self) -> Exactness:
        """Exact where nothing differs, approximate where every share is confirmed, broken where one is refuted.

        Every one must be confirmed, so that each is tested at its own level; else it is not shown.
        """
        if all(found.largest <= ROUND_OFF for found in self.found):
            return Exactness.EXACT
        if all(found.is_confirmed for found in self.found):
            return Exactness.APPROXIMATE
        return Exactness.BROKEN if any(found.is_refuted for found in self.found) else Exactness.NOT_SHOWN

    def lines(self) -> list[tuple[str, str]]:
        """(what, measured)."""
        return [
            ("comparisons", f"{self.comparisons}, {self.at_time_limit} of them at the time limit"),
            ("stated by", f"shares of single steps, in {self.unit}"),
            *((f"{each.quantity} {each.behaviour}", each.in_words()) for each in self.found),
        ]


def measure_shares(
    probe: Probe, symmetry: Symmetry, sampled: Mapping[str, NumpyArray], actions: Sequence[Action]
) -> SharesEvidence:
    """Compare every state of every behaviour, every action and every g.

    Args:
        probe: drives the environment.
        symmetry: it states the shares.
        sampled: states [count, …] that each behaviour meets.
        actions: those that are taken in each state.

    Raises:
        SympriorError: a stated quantity is not one that the probe reads, or steps have several outcomes.
    """
    seen = _Seen()
    found: list[QuantityShares] = []
    for behaviour, states in sampled.items():
        residuals = _residuals(probe, symmetry, states, actions, seen)
        _check_quantities(symmetry, residuals)
        stated = {share.quantity: share for share in symmetry.shares}
        found += [
            _shares(behaviour, quantity, np.array(differences), stated.get(quantity), len(states))
            for quantity, differences in residuals.items()
        ]
    return SharesEvidence(seen.comparisons, seen.at_time_limit, probe.unit, tuple(found), seen.still)


class _Seen:
    """Counts comparisons, and observation entries that move."""

    def __init__(self) -> None:
        self.comparisons = self.at_time_limit = 0
        self._first: NumpyArray | None = None
        self._moved: NDArray[np.bool_] | None = None

    def count(self, first: Outcome, second: Outcome) -> None:
        self.comparisons += 1
        self.at_time_limit += first.truncated
        if self._first is None or self._moved is None:
            self._first, self._moved = first.observation, np.zeros(first.observation.shape, dtype=np.bool_)
        self._moved |= (first.observation != self._first) | (second.observation != self._first)

    @property
    def still(self) -> tuple[int, ...]:
        return () if self._moved is None else tuple(np.flatnonzero(~self._moved).tolist())


def _residuals(
    probe: Probe, symmetry: Symmetry, states: NumpyArray, actions: Sequence[Action], seen: _Seen
) -> Residuals:
    residuals: Residuals = {}
    for g in range(1, len(symmetry.group)):
        images = probe.act_on_states(symmetry, g, states)
        residuals.setdefault(BEFORE, []).extend(_before_a_step(probe, symmetry, g, states, images))
        for first, second in _steps(probe, symmetry, g, states, images, actions):
            seen.count(first, second)
            claimed = probe.readings(symmetry.observation(g, first.observation))
            for quantity, reading in probe.readings(second.observation).items():
                residuals.setdefault(quantity, []).append(float(np.abs(reading - claimed[quantity]).max()))
            ends = (first.terminated, first.truncated) != (second.terminated, second.truncated)
            for event, differs in zip(EVENTS, (abs(first.reward - second.reward), float(ends)), strict=True):
                residuals.setdefault(event, []).append(differs)
    return residuals


def _before_a_step(probe: Probe, symmetry: Symmetry, g: int, states: NumpyArray, images: NumpyArray) -> Iterator[float]:
    """For each state the largest difference of an entry."""
    seen = zip(probe.many_observations(states), probe.many_observations(images), strict=True)
    for observation, image in seen:
        yield float(np.abs(symmetry.observation(g, observation).astype(np.float64) - image).max())


def _steps(
    probe: Probe, symmetry: Symmetry, g: int, states: NumpyArray, images: NumpyArray, actions: Sequence[Action]
) -> Iterator[tuple[Outcome, Outcome]]:
    """One step from each s under each a, and one from g·s under g·a."""
    limit = probe.env.spec.max_episode_steps if probe.env.spec is not None else None
    for number, (state, image) in enumerate(zip(states, images, strict=True)):
        elapsed = limit - 1 if limit and number % AT_TIME_LIMIT == 0 else 0
        for action in actions:
            moved = np.asarray(symmetry.act_on_actions(g, np.expand_dims(action, 0))[0])[()]
            yield _only(probe.outcomes(state, action, elapsed)), _only(probe.outcomes(image, moved, elapsed))


def _only(outcomes: Sequence[Outcome]) -> Outcome:
    if len(outcomes) != 1:
        raise SympriorError(
            f"Shares are stated of steps that have one outcome, and here one has {len(outcomes)}. Make random numbers a "
            "part of the probe's states, so that a state and its image draw the same."
        )
    return outcomes[0]


def _check_quantities(symmetry: Symmetry, residuals: Residuals) -> None:
    for share in symmetry.shares:
        if share.quantity not in residuals:
            raise SympriorError(
                f"A share is stated of {share.quantity!r}, which the probe does not read; it reads {', '.join(residuals)}."
            )


def _shares(
    behaviour: str, quantity: str, differences: NDArray[np.float64], stated: StatedShare | None, states: int
) -> QuantityShares:
    tolerance = ROUND_OFF if stated is None else stated.tolerance + ROUND_OFF
    share = float((differences <= tolerance).mean())
    return QuantityShares(
        behaviour=behaviour,
        quantity=quantity,
        within=tuple(float((differences <= limit + ROUND_OFF).mean()) for limit in TOLERANCES),
        largest=float(differences.max()),
        stated=stated,
        share=share,
        at_least=lower_bound(share, states),
    )


def lower_bound(share: float, trials: int) -> float:
    """What a share found in independent trials is at least, with 95 % confidence (Clopper and Pearson, 1934)."""
    agreeing = share * trials
    return 0.0 if agreeing == 0 else float(betaincinv(agreeing, trials - agreeing + 1, LEVEL))
