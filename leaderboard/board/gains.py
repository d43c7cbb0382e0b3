"""The symmetry gain: how many times less data an agent needs than its plain arm to reach the threshold.

A gain is a ratio of restricted mean times, plain over prior, with runs that never reached the threshold
counted at the budget. That cuts the larger of the two times shorter than it is, so each gain says on which
side the truth lies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from symprior.leaderboard.board.cells import Cell, Cells, Entry
from symprior.leaderboard.statistics.intervals import Estimate, estimate
from symprior.leaderboard.statistics.resampling import Floats
from symprior.symmetry.errors import SympriorError

PLAIN_PRIORS = ("plain", "wide")

Mark = Literal["", "≥", "≤", "unresolved"]


@dataclass(frozen=True)
class Gain:
    """The symmetry gain of an agent over its plain arm.

    Attributes:
        estimate: the ratio of restricted mean times, plain over prior; over several tasks their geometric
            mean.
        mark: `≥` where plain runs are censored, `≤` where runs of the prior are, `unresolved` where both are
            or most of either.
        plain: the id of the plain arm; where it differs from task to task, which one is meant where.
        censored: runs of the agent, and of the plain arm, that never reached the threshold.
        runs: runs of the agent, and of the plain arm.
    """

    estimate: Estimate
    mark: Mark
    plain: str
    censored: tuple[int, int]
    runs: tuple[int, int]


def plain_arm(cells: Cells, entry: Entry, family: str, baseline: Mapping[str, str]) -> Entry | None:
    """What `entry` is measured against: plain, of the same algorithm and learner; None if there is none.

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


def gain_on_task(prior: Cell, plain: Cell) -> Gain:
    """The gain on one task; the arms are resampled independently, since equal seed numbers are no pairs."""
    return gain_over_tasks([(prior, plain)])


def gain_over_tasks(pairs: Sequence[tuple[Cell, Cell]]) -> Gain:
    """The geometric mean of the gains on several tasks.

    Args:
        pairs: for each task the agent's cell and its plain arm's; every cell has a finished run.
    """
    log_ratio = np.mean([np.log(_ratio(prior, plain, resampled=False)) for prior, plain in pairs])
    log_ratios = np.mean([np.log(_ratio(prior, plain, resampled=True)) for prior, plain in pairs], axis=0)
    fewest = min(len(cell.runs) for pair in pairs for cell in pair)
    return Gain(
        estimate=estimate(float(np.exp(log_ratio)), np.exp(log_ratios), fewest, len(pairs)),
        mark=_combined([_mark(prior, plain) for prior, plain in pairs]),
        plain=_named({plain.task.id: plain.agent.id for _, plain in pairs}),
        censored=(sum(_censored(prior) for prior, _ in pairs), sum(_censored(plain) for _, plain in pairs)),
        runs=(sum(len(prior.runs) for prior, _ in pairs), sum(len(plain.runs) for _, plain in pairs)),
    )


def _named(arms: Mapping[str, str]) -> str:
    """The plain arms of tasks in words."""
    tasks = {
        arm: " and ".join(task for task in sorted(arms) if arms[task] == arm) for arm in sorted(set(arms.values()))
    }
    if len(tasks) == 1:
        return next(iter(tasks))
    return f"the better plain arm ({', '.join(f'{arm} on {where}' for arm, where in tasks.items())})"


def _ratio(prior: Cell, plain: Cell, *, resampled: bool) -> Floats:
    """Restricted mean time of plain over that of the prior: `[]`, or `[resamples]`."""
    return _mean_time(plain, resampled) / _mean_time(prior, resampled)


def _mean_time(cell: Cell, resampled: bool) -> Floats:
    # At the threshold before any training would be a time of 0; one step keeps the ratio finite.
    times = np.maximum(cell.values("time"), 1.0)
    return np.asarray(np.mean(times[cell.drawn] if resampled else times, axis=-1))


def _censored(cell: Cell) -> int:
    return sum(score.censored for score in cell.scores)


def _mark(prior: Cell, plain: Cell) -> Mark:
    of_prior, of_plain = _censored(prior), _censored(plain)
    if (of_prior and of_plain) or 2 * of_prior > len(prior.runs) or 2 * of_plain > len(plain.runs):
        return "unresolved"
    if of_plain:
        return "≥"
    return "≤" if of_prior else ""


def _combined(marks: Sequence[Mark]) -> Mark:
    found = set(marks) - {""}
    if len(found) > 1:
        return "unresolved"
    return found.pop() if found else ""
