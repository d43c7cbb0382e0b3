"""What a page's sentences may claim: which gains differ from 1, Holm-corrected over all that the page speaks of.

The family is every gain of the project's own agents with an interval, over all tasks and on each. An agent of somebody else
is judged in that family with its own gains beside it, so that no entrant changes what is said of another. A claim also needs
the gain to stay on its side of 1 if one more run of the arm that is said to be better had lost the whole budget: no
resampling sees a disaster that is not in the sample.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from symprior.leaderboard.board.tables.rows import AgentRow, TaskTable
from symprior.leaderboard.comparison.gains import Gain
from symprior.leaderboard.statistics.closed_forms.log_ratios import ratio_interval
from symprior.leaderboard.statistics.ranks import CLAIM_LEVEL, holm, holm_levels

ALL_TASKS = ""

Subject = tuple[str, str, str]
"""Learner, agent, and a task, or `ALL_TASKS`."""


@dataclass(frozen=True)
class Claim:
    """What may be said of one gain.

    Attributes:
        differs: whether the gain is told apart from 1.
        rejected: whether Holm's procedure alone would tell it apart; one more lost run may forbid the claim.
        confidence: of the interval: that of the step at which Holm's procedure tests it.
        interval: the gain's at that confidence.
    """

    differs: bool
    rejected: bool
    confidence: float
    interval: tuple[float, float]


@dataclass(frozen=True)
class Claims:
    """The claims of a page, by learner, agent and task."""

    of: Mapping[str, Claim]

    def about(self, learner: str, agent: str, task: str = ALL_TASKS) -> Claim | None:
        """The claim on a gain; None where it has no interval."""
        return self.of.get(_key((learner, agent, task)))


def claims_of(rows: Sequence[AgentRow], tables: Iterable[TaskTable]) -> Claims:
    """All claims of a page."""
    gains: dict[Subject, Gain] = {}
    for table in tables:
        gains |= {(row.learner, row.agent, table.task): row.gain for row in table.rows if row.gain is not None}
    single: dict[Subject, Subject] = {}
    for row in rows:
        if row.gain is not None and len(row.tasks) > 1:
            gains[row.learner, row.agent, ALL_TASKS] = row.gain
        elif row.gain is not None:  # over one task it is that task's own gain, which counts once
            single[row.learner, row.agent, ALL_TASKS] = row.learner, row.agent, row.tasks[0]
    every = {subject: gain for subject, gain in gains.items() if gain.estimate and gain.estimate.interval}
    found = _by_entrants(every, {(row.learner, row.agent) for row in rows if not row.verified})
    found |= {subject: found[same] for subject, same in single.items() if same in found}
    return Claims({_key(subject): claim for subject, claim in found.items()})


def _by_entrants(gains: Mapping[Subject, Gain], entrants: Collection[tuple[str, str]]) -> dict[Subject, Claim]:
    """The project's own gains as one family, and those of each entrant in a family with them."""
    of_entrants: dict[tuple[str, str], dict[Subject, Gain]] = {entrant: {} for entrant in sorted(entrants)}
    own: dict[Subject, Gain] = {}
    for (learner, agent, task), gain in gains.items():
        of_entrants.get((learner, agent), own)[learner, agent, task] = gain
    found = judged(own)
    for of_one in of_entrants.values():
        together = judged(own | of_one)
        found |= {subject: together[subject] for subject in of_one}
    return found


def judged(gains: Mapping[Subject, Gain]) -> dict[Subject, Claim]:
    """A claim on each gain of a family; every gain has an interval."""
    p_values = [gain.log.p_value() for gain in gains.values() if gain.log is not None]
    adjusted, levels = holm(p_values), holm_levels(p_values)
    return {
        subject: _claim(gain, p < CLAIM_LEVEL, 1 - level)
        for (subject, gain), p, level in zip(gains.items(), adjusted, levels, strict=True)
    }


def _claim(gain: Gain, rejected: bool, confidence: float) -> Claim:
    assert gain.log is not None
    interval = ratio_interval(gain.log, confidence)
    assert interval is not None
    return Claim(rejected and stays(gain), rejected, confidence, interval)


def stays(gain: Gain) -> bool:
    """Whether the gain stays on its side of 1 with one more lost run of the arm that is said to be better."""
    assert gain.estimate is not None and gain.with_lost_run is not None and gain.with_lost_plain_run is not None
    return gain.with_lost_run > 1 if gain.estimate.value > 1 else gain.with_lost_plain_run < 1


def not_told_apart(row: AgentRow, rows: Sequence[AgentRow]) -> tuple[AgentRow, ...]:
    """The other complete rows over the same tasks whose headline does not differ significantly.

    Args:
        row: of the agent.
        rows: of its learner.
    """
    return tuple(
        other
        for other in rows
        if other.complete
        and other.tasks == row.tasks
        and other.rank is not None
        and other.agent not in (row.agent, *row.told_apart)
    )


def _key(subject: Subject) -> str:
    """A mapping of the board has texts as keys, so that JSON can say it."""
    return "|".join(subject)
