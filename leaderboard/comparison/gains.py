"""The symmetry gain: how many times less data an agent loses within the budget than its plain arm.

A run's *lost data* is the mean, over levels up to the threshold, of the steps spent under each until the budget. It
lies between 0 and the budget whatever a run does, so that a gain needs no mark for runs that never arrive. Beside it
stands the gain in reaching,
the speed alone: where it is larger, runs fell back after they had arrived.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp

import numpy as np

from symprior.leaderboard.comparison.cells import Cell, Cells, Entry
from symprior.leaderboard.statistics.closed_forms.log_ratios import (
    LogRatio,
    log_ratio,
    ratio_interval,
    resampled_log_ratio,
    rise_with_lost_run,
    studentised,
)
from symprior.leaderboard.statistics.closed_forms.weighted_means import Total
from symprior.leaderboard.statistics.intervals import CONFIDENCE, Bound, Estimate, percentile_interval, with_interval
from symprior.leaderboard.statistics.resamples.aggregates import family_weights
from symprior.symmetry.errors import SympriorError

PLAIN_PRIORS = ("plain", "wide")

TOO_EASY, NOT_LEARNED = 0.05, 0.9
"""Shares of the budget: where plain loses less than the first there is nothing to gain, who loses more than the
second did not learn."""

Pair = tuple[Cell, Cell]
"""The cells of an agent and of its plain arm on one task."""


@dataclass(frozen=True)
class Gain:
    """The symmetry gain of an agent over its plain arm.

    Attributes:
        estimate: mean lost data of plain over that of the prior; over several tasks the geometric mean over the tasks of a
            family, then over families. None where no gain is given.
        why_none: in words; empty where there is one.
        reaching: the same of the lost data in reaching.
        with_lost_run: the gain if one more run of the prior had lost the whole budget, on the task where that costs most.
        with_lost_plain_run: the same of the plain arm.
        log: the gain's logarithm with its variance, which intervals and claims rest on.
        plain: the id of the plain arm; where it differs from task to task, which one is meant where.
        budget: environment steps on the one task; None over several.
        shares: of the budget that are lost on the mean over tasks, by the agent and by the plain arm.
        runs: the fewest runs of a cell, of the agent and of the plain arm.
        of_tasks: each task's own gain.
        without: the gain without each family; empty where there is but one.
        left_out: tasks without a gain, which do not count.
    """

    estimate: Estimate | None
    why_none: str
    reaching: Estimate | None
    with_lost_run: float | None
    with_lost_plain_run: float | None
    log: LogRatio | None
    plain: str
    budget: int | None
    shares: tuple[float, float]
    runs: tuple[int, int]
    of_tasks: Mapping[str, float]
    without: Mapping[str, float]
    left_out: tuple[str, ...]


def plain_arm(cells: Cells, entry: Entry, family: str, baseline: Mapping[str, str]) -> Entry | None:
    """What `entry` is measured against; None if there is none.

    It is plain, of the same algorithm and learner; or the plain agent that the card of a user's agent names, of its own
    learner or else of the one that has it.

    Args:
        cells: all cells.
        entry: the learner and agent whose plain arm is looked for.
        family: of the task.
        baseline: for an algorithm (`"ppo"`) or an algorithm in a family (`"ppo/cartpole"`) the prior or the
            agent that was better on *tuning* seeds; `"plain"` where it says nothing.

    Raises:
        SympriorError: two agents claim to be this plain arm.
    """
    learner, _ = entry
    if named_by_card := cells.cards(entry)[0].baseline:
        return _plain_agent(cells, entry, named_by_card)
    algorithm = cells.cards(entry)[0].algorithm
    arms = {
        other: cells.cards(other)[0].prior
        for other in cells.of_entries
        if other[0] == learner
        and cells.cards(other)[0].algorithm == algorithm
        and cells.cards(other)[0].prior in PLAIN_PRIORS
    }
    wanted = baseline.get(f"{algorithm}/{family}", baseline.get(algorithm, "plain"))
    named = [other for other, prior in arms.items() if wanted in (prior, other[1])] or list(arms)
    if len(named) > 1:
        raise SympriorError(
            f"{' and '.join(other[1] for other in named)} are both plain arms of {algorithm} ({learner}). "
            f"Name the one that was better on tuning seeds: baseline={{{algorithm!r}: {named[0][1]!r}}}."
        )
    return named[0] if named and named[0] != entry else None


def _plain_agent(cells: Cells, entry: Entry, name: str) -> Entry | None:
    """The plain agent of that name; None where there is none, or several learners have one."""
    named = [
        other
        for other in cells.of_entries
        if other[1] == name and other != entry and cells.cards(other)[0].prior in PLAIN_PRIORS
    ]
    own = [other for other in named if other[0] == entry[0]]
    return own[0] if own else named[0] if len(named) == 1 else None


def gain_on_task(prior: Cell, plain: Cell) -> Gain:
    """The gain on one task; the arms are independent, since equal seed numbers are no pairs."""
    return gain_over_tasks([(prior, plain)])


def gain_over_tasks(pairs: Sequence[Pair]) -> Gain:
    """The gain over several tasks.

    Tasks whose budget is too long for the plain arm do not count, whatever the prior does there.

    Args:
        pairs: for each task the agent's cell and its plain arm's, which is complete.
    """
    counted = [(prior, plain) for prior, plain in pairs if share_lost(plain) >= TOO_EASY]
    why_none = _why_none(pairs, counted)
    none = Gain(
        estimate=None,
        why_none=why_none,
        reaching=None,
        with_lost_run=None,
        with_lost_plain_run=None,
        log=None,
        plain=_named({plain.task.id: plain.agent.id for _, plain in pairs}),
        budget=pairs[0][1].budget if len(pairs) == 1 else None,
        shares=(_mean_share([prior for prior, _ in pairs]), _mean_share([plain for _, plain in pairs])),
        runs=_runs(pairs),
        of_tasks={},
        without={},
        left_out=tuple(plain.task.id for prior, plain in pairs if (prior, plain) not in counted),
    )
    return none if why_none else _with_numbers(none, counted)


def _with_numbers(none: Gain, pairs: Sequence[Pair]) -> Gain:
    families = sorted({plain.task.family for _, plain in pairs})
    estimate, logarithm = _estimate(pairs, "lost")
    return replace(
        none,
        estimate=estimate,
        reaching=_estimate(pairs, "lost_in_reaching")[0],
        with_lost_run=min(exp(logarithm.value + change) for change in _changes(pairs, of_plain=False)),
        with_lost_plain_run=max(exp(logarithm.value + change) for change in _changes(pairs, of_plain=True)),
        log=logarithm,
        of_tasks={plain.task.id: exp(_log_ratio([(prior, plain)], "lost").value) for prior, plain in pairs},
        without={
            family: exp(_log_ratio([pair for pair in pairs if pair[1].task.family != family], "lost").value)
            for family in (families if len(families) > 1 else ())
        },
    )


def _log_ratio(pairs: Sequence[Pair], quantity: str) -> Total:
    weights = _weights(pairs)
    return log_ratio((prior.losses(quantity), plain.losses(quantity), weights[plain.task.id]) for prior, plain in pairs)


def _estimate(pairs: Sequence[Pair], quantity: str) -> tuple[Estimate, LogRatio]:
    """With its interval; where runs of the prior are lost, the number is a bound."""
    weights = _weights(pairs)
    resampled = resampled_log_ratio(
        [
            (prior.resampled_losses[quantity], plain.resampled_losses[quantity], weights[plain.task.id])
            for prior, plain in pairs
        ]
    )
    logarithm = studentised(_log_ratio(pairs, quantity), resampled)
    lost = sum(len(prior.lost) for prior, _ in pairs)
    if lost:
        note = f"{lost} failed or missing run{'s' if lost > 1 else ''} counted as all of the budget lost"
        return Estimate(exp(logarithm.value), min(_runs(pairs)), None, note, "≥"), logarithm
    found = with_interval(
        exp(logarithm.value),
        ratio_interval(logarithm, CONFIDENCE),
        min(_runs(pairs)),
        len(pairs),
        percentiles=percentile_interval(np.exp(resampled.means)),
    )
    return replace(found, bound=_bound(pairs)), logarithm


def _changes(pairs: Sequence[Pair], *, of_plain: bool) -> list[float]:
    """What one more run that loses the whole budget adds to the log gain, for each task that it may be on."""
    weights, changes = _weights(pairs), []
    for pair in pairs:
        cell = pair[of_plain]
        rise = rise_with_lost_run(cell.losses("lost"), cell.budget)
        changes.append((1 if of_plain else -1) * weights[cell.task.id] * rise)
    return changes


def _weights(pairs: Sequence[Pair]) -> dict[str, float]:
    return family_weights({plain.task.id: plain.task.family for _, plain in pairs})


def _why_none(pairs: Sequence[Pair], counted: Sequence[Pair]) -> str:
    if incomplete := sorted({plain.agent.id for _, plain in pairs if not plain.complete}):
        return f"runs of {' and '.join(incomplete)} failed or are missing, which would flatter"
    if not counted:
        if all(plain.task.references.normalise(plain.task.references.threshold) <= 0 for _, plain in pairs):
            return "the threshold is not over score 0"
        if all(plain.values("time").mean() == 0 for _, plain in pairs):
            return "the threshold is met before any training"
        return f"the plain arm loses under {100 * TOO_EASY:.0f} % of the budget, which is too long to show one"
    if all(share_lost(cell) > NOT_LEARNED for pair in counted for cell in pair):
        return f"not learned: both lose over {100 * NOT_LEARNED:.0f} % of the budget"
    return ""


def _bound(pairs: Sequence[Pair]) -> Bound:
    """The plain arm hardly learned: with a longer budget it would have lost more."""
    return "≥" if any(share_lost(plain) > NOT_LEARNED >= share_lost(prior) for prior, plain in pairs) else ""


def share_lost(cell: Cell) -> float:
    """The part of the budget that is lost, the mean over runs."""
    return float(cell.values("lost").mean() / cell.budget)


def _mean_share(cells: Sequence[Cell]) -> float:
    return float(np.mean([share_lost(cell) for cell in cells]))


def _runs(pairs: Sequence[Pair]) -> tuple[int, int]:
    return min(len(prior.scores) for prior, _ in pairs), min(len(plain.scores) for _, plain in pairs)


def _named(arms: Mapping[str, str]) -> str:
    """The plain arms of tasks in words."""
    tasks = {
        arm: " and ".join(task for task in sorted(arms) if arms[task] == arm) for arm in sorted(set(arms.values()))
    }
    if len(tasks) == 1:
        return next(iter(tasks))
    return f"the better plain arm ({', '.join(f'{arm} on {where}' for arm, where in tasks.items())})"
