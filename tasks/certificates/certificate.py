"""Certificates: a task's declared symmetry, measured on the real single environment.

For states s, actions a and group elements g, one step from g·s under g·a must give what g makes of one
step from s under a: observation, reward and ends, as distributions. Single steps: exact by the largest
residual, approximate by the mean one or, where the declaration states that, by how many steps agree; or, where
states cannot be set, steps of roll-outs, judged by a classifier. Where an episode starts is graded apart. A grade
speaks of the states sampled, no others.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray
from scipy.stats.qmc import LatinHypercube

from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.errors import SympriorError
from symprior.symmetry.names import observation_count
from symprior.symmetry.symmetry import Exactness, Symmetry
from symprior.tasks.certificates.entries import entries_in_words
from symprior.tasks.certificates.evidence.distributions import round_off
from symprior.tasks.certificates.evidence.dynamics import BATCHES, DynamicsEvidence, measure_dynamics
from symprior.tasks.certificates.evidence.hidden_state import find_hidden_state
from symprior.tasks.certificates.evidence.reset import ResetEvidence, measure_reset
from symprior.tasks.certificates.evidence.shares import FEWEST_STATES, SharesEvidence, measure_shares
from symprior.tasks.certificates.evidence.transitions import TransitionEvidence, measure_transitions
from symprior.tasks.certificates.fit import KEPT, check_by_acting, check_fit, spaces_in_words
from symprior.tasks.environments.gymnasium_types import Action, Space
from symprior.tasks.environments.probes.probe import Outcome, Probe
from symprior.tasks.environments.probes.rollout_probe import RolloutProbe
from symprior.tasks.environments.streams import seed_from
from symprior.tasks.task import Task

REPEATED_STATES = 8
"""States whose steps are taken twice, to see that the probe sets all of the state."""

CONTINUOUS_ACTIONS = 4
"""Random actions tried in every state where actions are continuous, beside the corners."""


Evidence = DynamicsEvidence | SharesEvidence | TransitionEvidence


@dataclass(frozen=True)
class Certificate:
    """The measured evidence for a symmetry of a task.

    Attributes:
        dynamics, reset: the measured grades; `declared_dynamics`, `declared_reset` what the symmetry
            declares.
        agrees: both grades are what is declared.
        states: how many each sampler gave; `distinct_states` after duplicates are dropped. In roll-outs, the states
            before the steps.
        exhaustive: those are all states of the task.
        spaces: "mapped onto themselves", or which space is not.
        round_off: what counts as equal, as a part of the scale.
        unseen_signs: in words, the observation entries whose wrong sign roll-outs would not show; or empty.
        never_moved: in words, the observation entries that held one value throughout, of which nothing is said; or empty.
        randomness: what was found random in steps from one state, where that cannot be enumerated; else empty.
        violating_mass_below: n clean states say with 95 % confidence that violating ones have less than
            3/n of the samplers' mass; None where a state is not clean or where all states were compared.
    """

    task: str
    group: str
    declared_dynamics: Exactness
    declared_reset: Exactness
    dynamics: Exactness
    reset: Exactness
    agrees: bool
    seed: int
    states: dict[str, int]
    distinct_states: int
    exhaustive: bool
    observation_entries: int
    spaces: str
    round_off: float
    dynamics_evidence: Evidence
    reset_evidence: ResetEvidence
    violating_mass_below: float | None
    versions: dict[str, str]
    randomness: str = ""
    never_moved: str = ""
    unseen_signs: str = ""

    @property
    def contradicts(self) -> bool:
        """A grade is another than the declared one, not merely not shown for want of data or because steps are random."""
        pairs = (self.declared_dynamics, self.dynamics), (self.declared_reset, self.reset)
        wrong = [measured not in (*_expected(declared), Exactness.NOT_SHOWN) for declared, measured in pairs]
        return (wrong[0] and not self._is_random_only) or wrong[1] or self._is_not_exact

    @property
    def _is_not_exact(self) -> bool:
        """Declared exact, and single steps differ, though it is not shown whether by more than `approximate` allows."""
        found = self.declared_dynamics, self.dynamics
        return found == (Exactness.EXACT, Exactness.NOT_SHOWN) and isinstance(self.dynamics_evidence, DynamicsEvidence)

    @property
    def _is_random_only(self) -> bool:
        """Declared exact; its steps are random, and symmetric as far as roll-outs show."""
        found = self.declared_dynamics, self.dynamics
        return bool(self.randomness) and found == (Exactness.EXACT, Exactness.IN_DISTRIBUTION)

    @property
    def shows_a_symmetry(self) -> bool:
        """Whether the dynamics have the symmetry, by whatever grade; how episodes start is graded apart."""
        return self.dynamics in (Exactness.EXACT, Exactness.IN_DISTRIBUTION, Exactness.APPROXIMATE)

    def _verdict(self) -> str:
        if self.agrees:
            return "agrees with the declaration"
        if self.contradicts:
            return "DISAGREES with the declaration"
        if self._is_random_only:
            return (
                'NOT SHOWN to be exact, as its steps are random: declare exactness="in distribution", or make what is drawn '
                "a part of the state"
            )
        if self.unseen_signs:
            return f"NOT SHOWN, as a wrong sign of {self.unseen_signs} would go unseen: measure more with --thorough"
        return "NOT SHOWN, for want of data: measure more with --thorough"

    @property
    def _but_for(self) -> str:
        """What the grade does not speak of, as nothing there was seen to move."""
        return f" but for: {self.never_moved}" if self.never_moved and self.shows_a_symmetry else ""

    def to_json(self) -> str:
        """The certificate as JSON."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False)

    def lines(self) -> list[tuple[str, str]]:
        """(what, measured) in the order in which a reader wants them."""
        found = self.dynamics_evidence
        mass = self.violating_mass_below
        of_them = f": {self.never_moved}" if self.never_moved else ""
        says = [("it says", f"violating states: under {mass:.2g} of the samplers' mass")] if mass else []
        return [
            ("task", self.task),
            ("group", self.group),
            ("dynamics", f"{self.dynamics}{self._but_for} (declared {self.declared_dynamics})"),
            ("reset", f"{self.reset} (declared {self.declared_reset})"),
            ("verdict", self._verdict()),
            *([("randomness", self.randomness)] if self.randomness else []),
            ("states", ", ".join(f"{count} {sampler}" for sampler, count in self.states.items())),
            ("distinct states", f"{self.distinct_states}{' (all there are)' if self.exhaustive else ''}"),
            *says,
            *found.lines(),
            ("never moved", f"{found.never_moved} of {self.observation_entries} observation entries{of_them}"),
            ("spaces", self.spaces),
            ("representations", "homomorphisms, checked when made and again by acting"),
            *self.reset_evidence.lines(),
            ("versions", ", ".join(f"{name} {version}" for name, version in self.versions.items())),
        ]


def certify(
    task: Task,
    samples: int = 512,
    seed: int = 0,
    symmetry: Symmetry | None = None,
    resets: int = 4000,
    episodes: int = 1000,
) -> Certificate:
    """Measure the task's declared symmetry, or another one, on the task's real single environment.

    Args:
        task: the task; its probe drives the environment.
        samples: states from each sampler (random play, the reference policy if there is one, the probe's own); where
            shares are stated at least 150 from each behaviour.
        seed: of the samplers.
        symmetry: another symmetry than the task's own, such as a wrong one.
        resets: episode starts in each of the two samples, where the starts cannot be enumerated.
        episodes: roll-outs in each of the two samples, where the environment cannot be put into a state.

    Raises:
        SympriorError: the symmetry does not fit the task's spaces, or the environment cannot be put into
            a state.
    """
    if samples < 1 or resets < 100 or episodes < 1:
        raise SympriorError(
            f"A certificate takes at least 1 state, 100 resets and 1 episode, not {samples}, {resets} and {episodes}."
        )
    symmetry = task.symmetry() if symmetry is None else symmetry
    probe = task.probe()
    try:
        check_fit(task.id, symmetry, probe.env)
        check_by_acting(symmetry)
        rng = np.random.default_rng(seed_from(task.id, seed, "certificate"))
        randomness = ""
        if isinstance(probe, Probe):
            of_its_own = np.random.default_rng(seed_from(task.id, seed, "hidden state"))
            randomness = find_hidden_state(probe, task.reference_policy, of_its_own)
        if randomness:
            probe = RolloutProbe(probe.env)
        names = _names(task, symmetry)
        counts, distinct, evidence = _measure(task, probe, symmetry, rng, samples, episodes, names)
        spaces = spaces_in_words(symmetry, probe.env)
        reset_grade, reset_evidence = measure_reset(probe, symmetry, rng, resets)
    finally:
        probe.env.close()
    dynamics = evidence.grade() if spaces == KEPT else Exactness.BROKEN
    exhaustive = isinstance(probe, Probe) and probe.are_all(distinct)
    bound_applies = dynamics == Exactness.EXACT and not exhaustive
    return Certificate(
        task=task.id,
        group=symmetry.group.name,
        declared_dynamics=symmetry.exactness,
        declared_reset=symmetry.reset,
        dynamics=dynamics,
        reset=reset_grade,
        agrees=dynamics in _expected(symmetry.exactness, evidence) and reset_grade in _expected(symmetry.reset),
        seed=seed,
        states=counts,
        distinct_states=distinct,
        exhaustive=exhaustive,
        observation_entries=symmetry.observation.size,
        spaces=spaces,
        round_off=round_off(probe.env.observation_space),
        dynamics_evidence=evidence,
        reset_evidence=reset_evidence,
        violating_mass_below=3 / distinct if bound_applies else None,
        versions={name: metadata.version(name) for name in ("symprior", "gymnasium", "numpy", *task.packages)},
        randomness=randomness,
        never_moved=entries_in_words(evidence.still, symmetry.observation.shape, names),
        unseen_signs=entries_in_words(_unseen_signs(evidence), symmetry.observation.shape, names),
    )


def _measure(
    task: Task,
    probe: Probe | RolloutProbe,
    symmetry: Symmetry,
    rng: np.random.Generator,
    samples: int,
    episodes: int,
    names: Sequence[str] | None,
) -> tuple[dict[str, int], int, Evidence]:
    """States by sampler, how many of them differ, and what steps from them show."""
    if isinstance(probe, RolloutProbe):
        counts, evidence = measure_transitions(probe, symmetry, task.reference_policy, rng, episodes)
        return counts, sum(counts.values()), evidence
    sampled = _sample_states(task, probe, symmetry, rng, samples)
    states, batches = _distinct(sampled)
    actions = _actions(probe.env.action_space, rng)
    _check_repeats(task, probe, states, actions)
    counts = {sampler: len(found) for sampler, found in sampled.items()}
    if symmetry.shares:
        return counts, len(states), measure_shares(probe, symmetry, sampled, actions)
    return counts, len(states), measure_dynamics(probe, symmetry, states, actions, batches, names)


def _unseen_signs(evidence: Evidence) -> tuple[int, ...]:
    """Entries that move, and whose wrong sign would go unseen in roll-outs."""
    found = evidence.unseen_signs if isinstance(evidence, TransitionEvidence) else ()
    return tuple(entry for entry in found if entry not in evidence.still)


def _names(task: Task, symmetry: Symmetry) -> Sequence[str] | None:
    """The task's names of observation entries, where it has some and the symmetry is of as many."""
    found = task.called.observation if task.names else ()
    return found if len(found) == observation_count(symmetry) else None


def _expected(declared: Exactness, evidence: Evidence | None = None) -> tuple[Exactness, ...]:
    """What measurements give that agree with what is declared; where no symmetry is, `broken`.

    Between approximate and broken, single steps whose mean is held by the border agree as well.
    """
    if declared == Exactness.BETWEEN:
        held = (Exactness.NOT_SHOWN,) * isinstance(evidence, DynamicsEvidence)
        return Exactness.APPROXIMATE, Exactness.BROKEN, *held
    return (Exactness.BROKEN if declared == Exactness.NONE else declared,)


def _check_repeats(task: Task, probe: Probe, states: NumpyArray, actions: Sequence[Action]) -> None:
    """The same state and action give the same outcomes again, alone and among others: the probe sets all of the state."""
    some = states[:: max(1, len(states) // REPEATED_STATES)]
    for state, among_others in zip(some, probe.many_outcomes(some, actions[0]), strict=True):
        first, second = probe.outcomes(state, actions[0]), probe.outcomes(state, actions[0])
        if any(
            a.reward != b.reward or np.any(a.observation != b.observation) for a, b in zip(first, second, strict=True)
        ) or _distribution(first) != _distribution(among_others):
            raise SympriorError(
                f"Two steps from the state {state.tolist()} with one action differ: the probe of {task.id} "
                "does not set all of the environment's state, or does not enumerate its random outcomes."
            )


def _distribution(outcomes: Sequence[Outcome]) -> dict[Any, float]:
    """The probability of each outcome, to nine digits."""
    found: dict[Any, float] = {}
    for o in outcomes:
        key = (np.asarray(o.observation).tobytes(), o.reward, o.terminated, o.truncated)
        found[key] = found.get(key, 0.0) + o.probability
    return {key: round(probability, 9) for key, probability in found.items()}


def _sample_states(
    task: Task, probe: Probe, symmetry: Symmetry, rng: np.random.Generator, samples: int
) -> dict[str, NumpyArray]:
    """States by sampler; a share is one of a behaviour's steps, and the probe's own samplers are no behaviour."""
    samples = max(samples, FEWEST_STATES) if symmetry.shares else samples
    sampled = {"from random play": probe.rollout_states(None, rng, samples)}
    if task.reference_policy is not None:
        sampled["from the reference policy"] = probe.rollout_states(task.reference_policy, rng, samples)
    if symmetry.shares:
        return sampled
    return sampled | {name: draw(rng, samples) for name, draw in probe.samplers().items()}


def _distinct(sampled: dict[str, NumpyArray]) -> tuple[NumpyArray, NDArray[np.int64]]:
    """All states without duplicates, in the order met, and the batch of each: neighbours in a roll-out are in one."""
    states = np.concatenate(list(sampled.values()))
    batches = np.concatenate([np.arange(len(found)) * BATCHES // len(found) for found in sampled.values()])
    _, first = np.unique(states, axis=0, return_index=True)
    kept = np.sort(first)
    return states[kept], batches[kept]


def _actions(space: Space, rng: np.random.Generator) -> list[Action]:
    """Every discrete action; of continuous ones random samples, spread evenly in each entry, and the two extreme corners."""
    if isinstance(space, gymnasium.spaces.Discrete):
        return [np.int64(action) for action in range(int(space.n))]
    assert isinstance(space, gymnasium.spaces.Box)
    if not space.is_bounded():
        space.seed(int(rng.integers(1 << 31)))
        return [space.sample() for _ in range(CONTINUOUS_ACTIONS)]
    spread = LatinHypercube(int(np.prod(space.shape)), rng=rng).random(CONTINUOUS_ACTIONS)
    low, high = (np.ravel(bound).astype(np.float64) for bound in (space.low, space.high))
    drawn = (low + spread * (high - low)).reshape(-1, *space.shape).astype(space.dtype)
    return [*drawn, space.low, space.high]
