"""Where records are of one suite, or of one cell: the runs of one agent, by one learner, on one task of a suite."""

from __future__ import annotations

from collections.abc import Iterable

from symprior.leaderboard.records.record import RunRecord

Place = tuple[str, str, str, str]
"""Where a cell is: suite with its version, task, learner, agent."""


def place_of(record: RunRecord) -> Place:
    """The cell that a record is of."""
    return record.suite_id, record.task, record.agent.learner, record.agent.id


def by_suite(records: Iterable[RunRecord]) -> dict[str, list[RunRecord]]:
    """The records of each suite, by its name with its version, in the order of the names."""
    of_suites: dict[str, list[RunRecord]] = {}
    for record in records:
        of_suites.setdefault(record.suite_id, []).append(record)
    return dict(sorted(of_suites.items()))


def by_version(suite: str) -> tuple[str, int, str]:
    """A key that orders suites by their names and versions, 2 before 10."""
    name, _, version = suite.rpartition("-")
    return name, len(version), version


def newest(suites: Iterable[str]) -> dict[str, str]:
    """By its name the newest version of each suite: `quick-3` where there are `quick-2` and `quick-3`."""
    return {suite.rpartition("-")[0]: suite for suite in sorted(suites, key=by_version)}


def by_place(records: Iterable[RunRecord]) -> dict[Place, list[RunRecord]]:
    """The records of each cell."""
    of_places: dict[Place, list[RunRecord]] = {}
    for record in records:
        of_places.setdefault(place_of(record), []).append(record)
    return of_places
