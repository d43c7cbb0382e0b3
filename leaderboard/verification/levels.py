"""What a row was shown to be, by the verifications that are kept of it: no level is ever set by hand.

A level rests on verifications that somebody else than the authors signed, of the records as they are. One that contradicts
the records counts whoever signed it, and stands on the row beside whatever else was shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Literal

from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.verification.agreement import Verdict
from symprior.leaderboard.verification.drawing import drawn, power_of, stratum
from symprior.leaderboard.verification.record import Replay, Verification

MOST_INFLATION = 1.4
"""That fresh seeds may leave unseen with 80 % power, if they are to count."""

Name = Literal["claimed", "replayed", "re-run"]
Entry = tuple[str, str]
"""What a row is: learner and agent."""


@dataclass(frozen=True)
class Level:
    """What was shown of a row.

    Attributes:
        runs: of the row.
        replayed: how many of them were trained again, equal to the bit.
        not_comparable: of the drawn ones, how many had other bits on another kind of machine.
        power: the least probability that the draws hold one of 10 % of forged runs, by draws whose every run had equal bits.
        detectable: the inflation that fresh seeds would have found with 80 % power; None where there were none.
        contradictions: the verifications that say otherwise.
    """

    runs: int
    replayed: int = 0
    not_comparable: int = 0
    power: float = 0.0
    detectable: float | None = None
    contradictions: tuple[Verification, ...] = ()

    @property
    def name(self) -> Name:
        """The highest level that was reached."""
        if self.detectable is not None and self.detectable <= MOST_INFLATION:
            return "re-run"
        return "replayed" if self.power else "claimed"

    @property
    def is_challenged(self) -> bool:
        """Whether somebody's verification contradicts the row."""
        return bool(self.contradictions)

    @property
    def in_words(self) -> str:
        """The level with what it rests on, as it stands on a row."""
        parts = [self.name if self.name != "replayed" else self._of_replays]
        if self.name != "replayed" and self.replayed:
            parts.append(self._of_replays)
        if self.not_comparable:
            parts.append(f"{self.not_comparable} not comparable")
        if self.detectable is not None:
            parts.append(
                f"fresh seeds not told apart, {self.detectable:.2f}× inflation would have been found (80 % power)"
            )
        parts += [
            f"challenged by {each.by or 'somebody unnamed'}, {each.machine.started[:10]}"
            for each in self.contradictions
        ]
        return "; ".join(parts)

    @property
    def _of_replays(self) -> str:
        found = f" (10 % of forged runs found with {self.power:.0%})" if self.power else ""
        return f"replayed {self.replayed}/{self.runs}{found}"


def levels(
    records: Sequence[RunRecord], verifications: Iterable[Verification], authors: Collection[str] = ()
) -> dict[Entry, Level]:
    """The level of each learner and agent.

    Args:
        records: of one suite, all that were verified together.
        verifications: those that are kept.
        authors: who submitted the records, as they sign.
    """
    of_these = [each for each in verifications if each.is_of(records)]
    entries = sorted({(record.agent.learner, record.agent.id) for record in records})
    return {entry: _level(entry, records, of_these, authors) for entry in entries}


def _level(
    entry: Entry, records: Sequence[RunRecord], verifications: Sequence[Verification], authors: Collection[str]
) -> Level:
    own = {name.casefold().strip() for name in authors}
    counted = [each for each in verifications if each.by is not None and each.by.casefold().strip() not in own]
    own_parts = [(each, each.about(*entry)) for each in counted]
    of_replays = [
        (each.replay, part.replay.runs) for each, part in own_parts if each.replay and part.replay and part.replay.runs
    ]
    verdicts = [(run.verdict, (run.task, run.seed)) for _, runs in of_replays for run in runs]
    equal = {run for verdict, run in verdicts if verdict == Verdict.EQUAL}
    other = {run for verdict, run in verdicts if verdict == Verdict.NOT_COMPARABLE} - equal
    powers = [_power(records, replay) for replay, _ in of_replays]
    fresh = [of.detectable for _, part in own_parts for of in part.fresh if not of.told_apart]
    return Level(
        runs=sum((record.agent.learner, record.agent.id) == entry for record in records),
        replayed=len(equal),
        not_comparable=len(other),
        power=1 - prod(1 - each for each in powers),
        detectable=min(fresh, default=None),
        contradictions=tuple(each for each in verifications if each.about(*entry).contradicts),
    )


def _power(records: Sequence[RunRecord], replay: Replay) -> float:
    """That of a draw which followed the rule, and whose every run had equal bits; else 0.

    Who chose the runs could have left the forged ones out, and a forger chooses which ones cannot be compared.
    """
    equal = {(run.learner, run.agent, run.task, run.seed) for run in replay.runs if run.verdict == Verdict.EQUAL}
    if replay.cells < len(set(map(stratum, records))):
        return 0.0
    by_the_rule = drawn(records, replay.cells, replay.seed_from)
    is_whole = equal == {(*stratum(record), record.seed) for record in by_the_rule}
    return power_of(records, replay.cells) if is_whole else 0.0
