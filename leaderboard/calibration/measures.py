"""How often the board's numbers err between equals, cover the truth, find a planted gain, and claim what is not so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import combinations

import numpy as np

from symprior.leaderboard.calibration.draws import disjoint_groups
from symprior.leaderboard.calibration.numbers import Groups, Shares, Versus, Z, covers, found
from symprior.leaderboard.calibration.populations import Arm, Population
from symprior.leaderboard.calibration.totals import Bools, Totals, rank_p_values
from symprior.leaderboard.statistics.intervals import CONFIDENCE, expanded_tail
from symprior.leaderboard.statistics.ranks import CLAIM_LEVEL, holm
from symprior.leaderboard.statistics.resamples.resampling import Floats

Frequencies = Mapping[str, float]
"""For each kind of number how often something was so, 0 … 1."""

Outcomes = Mapping[str, Bools]
"""For each kind of number in which draws it was so, `[draws]`."""

EQUALS = 6
"""Priors that are all equal to plain."""


def false_alarms(population: Population, runs: int, draws: int) -> Frequencies:
    """How often two groups of one arm are told apart, for each kind of number."""
    pairs = _drawn(population, 2, runs, draws, lambda prior, plain: (plain, plain))
    return _frequencies(_told_apart(Versus(first, second)) for first, second in pairs)


def _told_apart(pair: Versus) -> Outcomes:
    gain, reaching = found(pair.gain) != 0, found(pair.reaching) != 0
    low, high = pair.improvement.ends
    return {
        "gain": gain,
        "gain, t": found(pair.unwidened("lost")) != 0,
        "reaching": reaching,
        "either": gain | reaching,
        "P(better)": (low > 0.5) | (high < 0.5),
        "rank": rank_p_values(pair.prior.headline, pair.plain.headline) < 1 - CONFIDENCE,
    }


def coverage(population: Population, runs: int, draws: int) -> Frequencies:
    """How often each interval covers what the runs that were not drawn say; the arms are drawn independently."""
    prior, plain = ([pair[side] for pair in population.pairs] for side in (0, 1))
    sides = zip(
        _with_rest(f"{population.name}, prior", prior, population.weights, runs, draws),
        _with_rest(f"{population.name}, plain", plain, population.weights, runs, draws),
        strict=True,
    )
    return _frequencies(_covered(Versus(ours[0], theirs[0]), Versus(ours[1], theirs[1])) for ours, theirs in sides)


def _covered(drawn: Versus, rest: Versus) -> Outcomes:
    return {
        **_of_gains(drawn, rest),
        **_of_headlines(drawn.prior, rest.prior),
        "P(better)": _share_covers(drawn.improvement, rest.improvement),
        "failures": _share_covers(drawn.prior.failures, rest.prior.failures),
    }


def _of_gains(drawn: Versus, rest: Versus) -> Outcomes:
    truth, reaching, ends = rest.unwidened("lost"), drawn.reaching, drawn.gain.ends
    ends_of = {
        "gain": ends,
        "gain, lost run": _down_to(drawn.gain_with_lost_run, ends),
        "gain, t": drawn.unwidened("lost").ends,
        "gain, rliable's": _percentiles(drawn.resampled_gain.means, (1 - CONFIDENCE) / 2),
    }
    found = {kind: _total_covers(drawn.gain, ends, truth) for kind, ends in ends_of.items()}
    return {**found, "reaching": _total_covers(reaching, reaching.ends, rest.unwidened("lost_in_reaching"))}


def _of_headlines(drawn: Groups, rest: Groups) -> Outcomes:
    means, ends = drawn.resampled_headline.means, drawn.headline_ends
    ends_of = {
        "headline": ends,
        "headline, lost run": _down_to(drawn.headline_with_lost_run, ends),
        "headline, rliable's": _percentiles(means, (1 - CONFIDENCE) / 2),
        "headline, expanded": _percentiles(means, expanded_tail(drawn.runs)),
        "headline, t": drawn.headline.ends,
    }
    return {kind: _total_covers(drawn.headline, ends, rest.headline) for kind, ends in ends_of.items()}


def _down_to(lowest: Floats, ends: Floats) -> Floats:
    return np.stack([np.fmin(ends[0], lowest), ends[1]])


def _percentiles(means: Floats, tail: float) -> Floats:
    """So much of the resamples, `[resamples, draws]`, lies under the lower end and over the upper one: `[2, draws]`."""
    return np.asarray(np.percentile(means, [100 * tail, 100 - 100 * tail], axis=0))


def _total_covers(drawn: Totals, ends: Floats, truth: Totals) -> Bools:
    return covers(drawn.value, ends, truth.value, np.sqrt(truth.variance))


def _share_covers(drawn: Shares, truth: Shares) -> Bools:
    low, high = truth.ends
    return covers(drawn.value, drawn.ends, truth.value, (high - low) / (2 * Z))


def power(population: Population, gain: float, runs: int, draws: int, *, held: bool) -> Frequencies:
    """How often a planted gain is found: groups of the plain arm, one of them so many times as fast.

    Args:
        population: its plain arm is drawn from.
        gain: by how much time is compressed.
        runs: of each group.
        draws: how often.
        held: compare until the budget, the last value held; else until the fast runs' curves end.
    """

    def planted(prior: Arm, plain: Arm) -> tuple[Arm, Arm]:
        fast = plain.compressed(gain)
        return (fast, plain) if held else (fast.within(plain.budget / gain), plain.within(plain.budget / gain))

    pairs = _drawn(population, 2, runs, draws, planted)
    return _frequencies(_found(Versus(fast, slow)) for fast, slow in pairs)


def _found(pair: Versus) -> Outcomes:
    gain, reaching = found(pair.gain) > 0, found(pair.reaching) > 0
    return {
        "gain": gain,
        "gain, t": found(pair.unwidened("lost")) > 0,
        "reaching": reaching,
        "either": gain | reaching,
        "sentence": gain & (pair.gain_with_lost_run > 0),
    }


def false_claims(population: Population, runs: int, draws: int) -> Frequencies:
    """How often a board of equal priors, all of them the plain arm, claims any difference: in a sentence, or in a rank."""
    boards = _drawn(population, EQUALS + 1, runs, draws, lambda prior, plain: (plain,) * (EQUALS + 1))
    return _frequencies(_claims(plain, priors) for plain, *priors in boards)


def _claims(plain: Groups, priors: list[Groups]) -> Outcomes:
    gains, tasks = [Versus(prior, plain) for prior in priors], range(len(plain.arms))
    if len(tasks) > 1:
        gains += [Versus(prior.on(task), plain.on(task)) for prior in priors for task in tasks]
    p_values = np.stack([of.gain.p_values for of in gains], axis=1)
    rejected = _rejected(p_values)
    sentence = (rejected & np.stack([_stays(of) for of in gains], axis=1)).any(axis=1)
    rank = _rejected(_of_ranks([plain, *priors])).any(axis=1)
    return {
        "uncorrected": p_values.min(axis=1) < 1 - CONFIDENCE,
        "Holm": rejected.any(axis=1),
        "sentence": sentence,
        "rank": rank,
        "any": sentence | rank,
    }


def _of_ranks(contenders: list[Groups]) -> Floats:
    """The p-values of all pairs, `[draws, pairs]`."""
    pairs = combinations([each.headline for each in contenders], 2)
    return np.stack([rank_p_values(first, second) for first, second in pairs], axis=1)


def _rejected(p_values: Floats) -> Bools:
    """What stays after Holm's correction of each draw, `[draws, tests]`."""
    return np.array([holm(of_draw) for of_draw in p_values.tolist()]) < CLAIM_LEVEL


def _stays(of: Versus) -> Bools:
    """Whether a claim stands with one more lost run of the better arm."""
    return np.where(of.gain.value > 0, of.gain_with_lost_run > 0, of.gain_with_lost_plain_run < 0)


def _drawn(
    population: Population,
    groups: int,
    runs: int,
    draws: int,
    arms_of: Callable[[Arm, Arm], tuple[Arm, ...]],
) -> Iterator[list[Groups]]:
    """Disjoint groups of the plain arm's runs on each task, as groups of the arms that `arms_of` makes of it."""
    arms = [arms_of(prior, plain) for prior, plain in population.pairs]
    streams = [
        disjoint_groups(f"{population.name} {task}", len(plain.efficiency), groups, runs, draws)
        for task, (_, plain) in enumerate(population.pairs)
    ]
    for of_tasks in zip(*streams, strict=True):
        yield [
            Groups(
                tuple(of_task[place] for of_task in arms),
                tuple(drawn[:, place] for drawn, _ in of_tasks),
                population.weights,
            )
            for place in range(groups)
        ]


def _with_rest(
    name: str, arms: list[Arm], weights: tuple[float, ...], runs: int, draws: int
) -> Iterator[tuple[Groups, Groups]]:
    """Groups of runs on each task, and others."""
    streams = [disjoint_groups(f"{name} {task}", len(arm.efficiency), 1, runs, draws) for task, arm in enumerate(arms)]
    for of_tasks in zip(*streams, strict=True):
        drawn = tuple(groups[:, 0] for groups, _ in of_tasks)
        rest = tuple(others for _, others in of_tasks)
        yield Groups(tuple(arms), drawn, weights), Groups(tuple(arms), rest, weights)


def _frequencies(blocks: Iterable[Outcomes]) -> Frequencies:
    found = list(blocks)
    return {kind: float(np.mean(np.concatenate([of[kind] for of in found]))) for kind in found[0]}
