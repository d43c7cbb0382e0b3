"""Whether a probe's states are whole: a step from a restored state is the step that an episode took there.

Episodes are played by many seeds; from the middle and the end of each some states are restored and stepped again. What
comes from the seed in between is either drawn in the step, which is randomness and no asymmetry, or it was drawn at reset
and is hidden state, as a clock is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.errors import SympriorError
from symprior.tasks.environments.finite import in_short, name_of
from symprior.tasks.environments.gymnasium_types import Action
from symprior.tasks.environments.probes.probe import Outcome, Probe

EPISODES, WHOLE_EPISODES = 32, 4
"""How many are played, and how many of them beyond `SHORT` steps."""

SHORT, LONG = 32, 1000
"""Steps after which an episode is cut off, the most of them and the few."""

OF_EACH = 6
"""Steps of an episode that are taken again: some anywhere, and its last."""

VARIED, SEEDS, REPEATS = 24, 16, 4
"""Steps that are taken by so many seeds, after each so many times."""

LARGEST_ATTRIBUTE = 4096
"""Numbers in an attribute of the environment that is looked at."""

Attributes = dict[str, NumpyArray]


@dataclass(frozen=True)
class PlayedStep:
    """A step of an episode.

    Attributes:
        state, action: where it began, and what was done.
        elapsed: steps of the episode before it.
        outcome: what it gave.
        attributes: of the environment before it.
    """

    state: NumpyArray
    action: Action
    elapsed: int
    outcome: Outcome
    attributes: Attributes


def find_hidden_state(probe: Probe, policy: Callable[[NumpyArray], NumpyArray] | None, rng: np.random.Generator) -> str:
    """What is random in the steps, in words; nothing where steps repeat, or where the probe enumerates what they can give.

    Args:
        probe: drives the environment.
        policy: the task's reference policy, which plays every other episode; it may get further than random actions.
        rng: draws seeds and steps.

    Raises:
        SympriorError: a state is not whole; the message says what is missing, as far as that can be seen.
    """
    probe.check_restored()
    played = [step for number in range(EPISODES) for step in _some_of_an_episode(probe, number, policy, rng)]
    some = [played[i] for i in rng.permutation(len(played))[:VARIED]]
    is_random = sum(_varies_in_step(probe, step) for step in some)
    if is_random:
        return (
            f"steps from one state and under one action differ, in {is_random} of {len(some)} states that were tried by "
            f"{SEEDS} seeds: judged by roll-outs, which see no single step"
        )
    for step in played:
        _check_replayed(probe, step)
    return ""


def _some_of_an_episode(
    probe: Probe, number: int, policy: Callable[[NumpyArray], NumpyArray] | None, rng: np.random.Generator
) -> list[PlayedStep]:
    behave = policy if number % 2 else None
    steps = _play(probe, int(rng.integers(1 << 31)), LONG if number < WHOLE_EPISODES else SHORT, behave)
    chosen = {*rng.integers(len(steps), size=OF_EACH - 1).tolist(), len(steps) - 1}
    return [steps[i] for i in sorted(chosen)]


def _play(probe: Probe, seed: int, most: int, policy: Callable[[NumpyArray], NumpyArray] | None) -> list[PlayedStep]:
    env, steps = probe.env, list[PlayedStep]()
    env.action_space.seed(seed)
    observation, _ = env.reset(seed=seed)
    for elapsed in range(most):
        state, before = probe.get_state(), _attributes(env)
        given = probe.given_to_policy(state, observation)
        action = np.asarray(env.action_space.sample() if policy is None else policy(given[None])[0])[()]
        observation, reward, terminated, truncated, _ = env.step(action)
        outcome = Outcome(1.0, np.array(observation), float(reward), bool(terminated), bool(truncated))
        steps.append(PlayedStep(state, action, elapsed, outcome, before))
        if terminated or truncated:
            break
    return steps


def _varies_in_step(probe: Probe, step: PlayedStep) -> bool:
    """Whether the step itself draws something.

    The state is set again and again after one reset: what differs between those and between seeds was drawn in the step.

    Raises:
        SympriorError: it differs between seeds alone, so that it was drawn at reset.
    """
    first: list[Outcome] | None = None
    kept: Attributes = {}
    varied = False
    for seed in range(SEEDS):
        found = probe.repeated(step.state, step.action, seed, REPEATS)
        if found is None:
            return False
        if first is None:
            first, kept = found, _attributes(probe.env)
            continue
        if all(_is_same(a, b) for a, b in zip(first, found, strict=True)):
            continue
        if any(not _is_same(each, row[0]) for row in (first, found) for each in row):
            varied = True
        elif not varied:
            _refuse_drawn_at_reset(probe, step, (first[0], found[0]), _differing(kept, _attributes(probe.env)))
    return varied


def _check_replayed(probe: Probe, step: PlayedStep) -> None:
    """One of the outcomes from the restored state is what the episode gave."""
    found = probe.outcomes_of_one_step(step.state, step.action, step.elapsed)
    if any(_is_same(outcome, step.outcome, probe.replays_rewards) for outcome in found):
        return
    probe.place(step.state, step.elapsed)
    missing = _in_words(_differing(step.attributes, _attributes(probe.env)))
    raise SympriorError(
        f"After {step.elapsed} steps of an episode of {name_of(probe.env)} the action {step.action} led to "
        f"{_shown(step.outcome)}; from the state {in_short(step.state)} that get_state gave there it leads to "
        f"{_shown(found[0])}. So get_state misses something that the step depends on, such as a clock or what was drawn "
        f"at reset.{missing} Add it to get_state, set_state and the state representation."
    )


def _refuse_drawn_at_reset(
    probe: Probe, step: PlayedStep, outcomes: tuple[Outcome, Outcome], differing: Sequence[str]
) -> None:
    raise SympriorError(
        f"A step of {name_of(probe.env)} from the state {in_short(step.state)} under the action {step.action} depends "
        f"on the seed of reset before it: it leads to {_shown(outcomes[0])} or to {_shown(outcomes[1])}. What is drawn "
        f"at reset is hidden from get_state.{_in_words(differing)} Add it to get_state, set_state "
        "and the state representation."
    )


def _is_same(one: Outcome, other: Outcome, with_reward: bool = True) -> bool:
    ends = (one.terminated, one.truncated) == (other.terminated, other.truncated)
    near = np.allclose(one.observation, other.observation, rtol=1e-5, atol=1e-6)
    return bool(ends and near and (not with_reward or np.isclose(one.reward, other.reward, rtol=1e-5, atol=1e-6)))


def _shown(outcome: Outcome) -> str:
    end = ", the end" if outcome.terminated or outcome.truncated else ""
    return f"{in_short(outcome.observation)}, reward {outcome.reward:g}{end}"


def _attributes(env: Any) -> Attributes:
    """The environment's attributes that are numbers, words or small arrays; copies."""
    return {
        name: np.array(value)
        for name, value in vars(env.unwrapped).items()
        if isinstance(value, (bool, int, float, str, np.generic))
        or (isinstance(value, np.ndarray) and value.dtype != object and value.size <= LARGEST_ATTRIBUTE)
    }


def _differing(one: Attributes, other: Attributes) -> list[str]:
    names = [name for name in one if not name.startswith("_np_random")]
    return [name for name in names if name not in other or not np.array_equal(one[name], other[name])]


def _in_words(names: Sequence[str]) -> str:
    return f" These attributes of the environment differ: {', '.join(names)}." if names else ""
