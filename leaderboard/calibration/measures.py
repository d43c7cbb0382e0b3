"""How often the board's numbers err between equals, cover the truth, find a planted gain, and claim what is not so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from symprior.leaderboard.calibration.draws import disjoint_groups
from symprior.leaderboard.calibration.numbers import Group, Versus, Z, covers, found
from symprior.leaderboard.calibration.populations import Arm, Population
from symprior.leaderboard.statistics.closed_forms.proportions import wilson
from symprior.leaderboard.statistics.closed_forms.weighted_means import Range
from symprior.leaderboard.statistics.intervals import CONFIDENCE, expanded_interval, percentile_interval
from symprior.leaderboard.statistics.ranks import CLAIM_LEVEL, holm, p_value, standings
from symprior.leaderboard.statistics.resamples.resampling import Indices

Shares = Mapping[str, float]
"""For each kind of number how often something was so, 0 … 1."""

MOST_OTHERS = 1_000
"""Runs that were not drawn and say what the truth is; their own error counts, and more of them would take long."""

EQUALS = 6
"""Priors that are all equal to plain."""


def false_alarms(population: Population, runs: int, draws: int) -> Shares:
    """How often two groups of one arm are told apart, for each kind of number."""
    counts: dict[str, list[bool]] = defaultdict(list)
    for [first, second] in _drawn(population, 2, runs, draws, lambda prior, plain: (plain, plain)):
        pair = Versus(first, second)
        gain, reaching = found(pair.gain) != 0, found(pair.reaching) != 0
        low, high = pair.improvement[1]
        counts["gain"].append(gain)
        counts["gain, t"].append(found(pair.unwidened("lost")) != 0)
        counts["reaching"].append(reaching)
        counts["either"].append(gain or reaching)
        counts["P(better)"].append(not low <= 0.5 <= high)
        counts["rank"].append(p_value(first.headline, second.headline) < 1 - CONFIDENCE)
    return _shares(counts)


def coverage(population: Population, runs: int, draws: int) -> Shares:
    """How often each interval covers what the runs that were not drawn say; the arms are drawn independently."""
    counts: dict[str, list[bool]] = defaultdict(list)
    prior, plain = ([pair[side] for pair in population.pairs] for side in (0, 1))
    name = population.name
    for ours, theirs in zip(
        _with_rest(f"{name}, prior", prior, population.weights, runs, draws),
        _with_rest(f"{name}, plain", plain, population.weights, runs, draws),
        strict=True,
    ):
        _cover(counts, Versus(ours[0], theirs[0]), Versus(ours[1], theirs[1]))
    return _shares(counts)


def _cover(counts: dict[str, list[bool]], drawn: Versus, rest: Versus) -> None:
    truth = rest.unwidened("lost")
    error, gain = truth.variance**0.5, drawn.gain
    low, high = gain.interval(CONFIDENCE) or (gain.value, gain.value)
    of_gain = {
        "gain": (low, high),
        "gain, lost run": (min(low, drawn.gain_with_lost_run), high),
        "gain, t": drawn.unwidened("lost").interval(CONFIDENCE) or (gain.value, gain.value),
        "gain, rliable's": percentile_interval(drawn.resampled_gain.means),
    }
    for kind, ends in of_gain.items():
        counts[kind].append(covers(gain.value, ends, truth.value, error))
    reaching, truth = drawn.reaching, rest.unwidened("lost_in_reaching")
    ends = reaching.interval(CONFIDENCE) or (reaching.value, reaching.value)
    counts["reaching"].append(covers(reaching.value, ends, truth.value, truth.variance**0.5))
    value, ends, truth = drawn.prior.headline.value, drawn.prior.headline_interval, rest.prior.headline
    counts["headline"].append(covers(value, ends, truth.value, truth.variance**0.5))
    wider = min(ends[0], drawn.prior.headline_with_lost_run), ends[1]
    counts["headline, lost run"].append(covers(value, wider, truth.value, truth.variance**0.5))
    means = drawn.prior.resampled_headline.means
    others = {
        "headline, rliable's": percentile_interval(means),
        "headline, expanded": expanded_interval(means, drawn.prior.runs),
        "headline, t": drawn.prior.headline.interval(CONFIDENCE) or (value, value),
    }
    for kind, ends in others.items():
        counts[kind].append(covers(value, ends, truth.value, truth.variance**0.5))
    counts["P(better)"].append(_covers_share(*drawn.improvement, *rest.improvement))
    counts["failures"].append(_covers_share(*_failures(drawn.prior), *_failures(rest.prior)))


def _covers_share(value: float, ends: Range, truth: float, of_truth: Range) -> bool:
    return covers(value, ends, truth, (of_truth[1] - of_truth[0]) / (2 * Z))


def _failures(group: Group) -> tuple[float, Range]:
    failed, of = group.failures
    return failed / of, wilson(failed, of)


def power(population: Population, gain: float, runs: int, draws: int, *, held: bool) -> Shares:
    """How often a planted gain is found: groups of the plain arm, one of them so many times as fast.

    Args:
        population: its plain arm is drawn from.
        gain: by how much time is compressed.
        runs: of each group.
        draws: how often.
        held: compare until the budget, the last value held; else until the fast runs' curves end.
    """
    counts: dict[str, list[bool]] = defaultdict(list)

    def planted(prior: Arm, plain: Arm) -> tuple[Arm, Arm]:
        fast = plain.compressed(gain)
        return (fast, plain) if held else (fast.within(plain.budget / gain), plain.within(plain.budget / gain))

    for [fast, slow] in _drawn(population, 2, runs, draws, planted):
        pair = Versus(fast, slow)
        by_gain, by_reaching = found(pair.gain) > 0, found(pair.reaching) > 0
        counts["gain"].append(by_gain)
        counts["reaching"].append(by_reaching)
        counts["either"].append(by_gain or by_reaching)
        counts["sentence"].append(by_gain and pair.gain_with_lost_run > 0)
    return _shares(counts)


def false_claims(population: Population, runs: int, draws: int) -> Shares:
    """How often a board of equal priors, all of them the plain arm, claims any difference: in a sentence, or in a rank."""
    counts: dict[str, list[bool]] = defaultdict(list)
    several = len(population.pairs) > 1
    for drawn in _drawn(population, EQUALS + 1, runs, draws, lambda prior, plain: (plain,) * (EQUALS + 1)):
        plain, *priors = drawn
        gains = [Versus(prior, plain) for prior in priors]
        if several:
            gains += [Versus(_on(prior, task), _on(plain, task)) for prior in priors for task in range(len(plain.arms))]
        p_values = [versus.gain.p_value() for versus in gains]
        rejected = [p < CLAIM_LEVEL for p in holm(p_values)]
        counts["uncorrected"].append(min(p_values) < 1 - CONFIDENCE)
        counts["Holm"].append(any(rejected))
        sentence = any(claimed and _stays(of) for claimed, of in zip(rejected, gains, strict=True))
        ranks = standings({str(place): group.headline for place, group in enumerate(drawn)})
        rank = any(standing.told_apart for standing in ranks.values())
        counts["sentence"].append(sentence)
        counts["rank"].append(rank)
        counts["any"].append(sentence or rank)
    return _shares(counts)


def _stays(of: Versus) -> bool:
    return of.gain_with_lost_run > 0 if of.gain.value > 0 else of.gain_with_lost_plain_run < 0


def _on(group: Group, task: int) -> Group:
    return Group((group.arms[task],), (group.drawn[task],), (1.0,))


def _drawn(
    population: Population,
    groups: int,
    runs: int,
    draws: int,
    arms_of: Callable[[Arm, Arm], tuple[Arm, ...]],
) -> Iterator[list[Group]]:
    """Disjoint groups of the plain arm's runs on each task, as groups of the arms that `arms_of` makes of it."""
    arms = [arms_of(prior, plain) for prior, plain in population.pairs]
    arms = [each * groups if len(each) == 1 else each for each in arms]
    streams = [
        disjoint_groups(f"{population.name} {task}", len(plain.efficiency), groups, runs, draws)
        for task, (_, plain) in enumerate(population.pairs)
    ]
    for of_tasks in zip(*streams, strict=True):
        yield [
            Group(
                tuple(of_task[place] for of_task in arms),
                tuple(drawn[place] for drawn, _ in of_tasks),
                population.weights,
            )
            for place in range(groups)
        ]


def _with_rest(
    name: str, arms: list[Arm], weights: tuple[float, ...], runs: int, draws: int
) -> Iterator[tuple[Group, Group]]:
    """A group of runs on each task, and others."""
    streams = [disjoint_groups(f"{name} {task}", len(arm.efficiency), 1, runs, draws) for task, arm in enumerate(arms)]
    for of_tasks in zip(*streams, strict=True):
        drawn: tuple[Indices, ...] = tuple(groups[0] for groups, _ in of_tasks)
        rest: tuple[Indices, ...] = tuple(others[:MOST_OTHERS] for _, others in of_tasks)
        yield Group(tuple(arms), drawn, weights), Group(tuple(arms), rest, weights)


def _shares(counts: Mapping[str, list[bool]]) -> Shares:
    return {kind: float(np.mean(of)) for kind, of in counts.items()}
