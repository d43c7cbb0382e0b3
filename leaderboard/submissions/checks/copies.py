"""Curves that are copies: of another seed, of a published run, of another submission, shuffled or moved in time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from symprior.leaderboard.records.checks import path_of_record
from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.submissions.checks.against import Against, OfARun
from symprior.leaderboard.submissions.submission import Submission

LEAST_VALUES = 4
"""Different returns in an evaluation under which it says nothing: a policy that always fails, or never, is nobody's own."""

LEAST_POINTS, SHARE = 3, 0.5
"""Evaluations that have to agree, and of those that say something: fewer can be two agents that begin alike."""

Place = tuple[object, ...]
"""What two evaluations share that are equal."""

Kind = Callable[[RunRecord], list[Place]]


def problems(submission: Submission, against: Against) -> Iterator[OfARun]:
    """Each run of which another is a copy, once."""
    runs = [record for record in submission.records if record.status == "finished"]
    here = [*runs, *_of_others(submission, against)]
    for kind, of_published in ((_as_they_are, _index_as_they_are), (_shuffled, _index_shuffled)):
        indices = _index(here, kind), against.published.once(of_published)
        for run in runs:
            if other := _copied(run, kind(run), indices):
                yield OfARun.of(
                    run,
                    f"its evaluations are those of {path_of_record(other)}; two runs do not give the same returns, "
                    "episode by episode",
                )


def _of_others(submission: Submission, against: Against) -> Iterator[RunRecord]:
    """The runs of all others but of the one whose place this takes, which may be the same ones."""
    for other in against.others:
        if submission.statement.supersedes != other.name:
            yield from other.records


def _as_they_are(run: RunRecord) -> list[Place]:
    """Returns in their order, at whatever point."""
    return [(run.task, *point.returns) for point in run.curve if _says_something(point.returns)]


def _shuffled(run: RunRecord) -> list[Place]:
    """Returns in any order, at the same point."""
    return [
        (run.task, number, *sorted(point.returns))
        for number, point in enumerate(run.curve)
        if _says_something(point.returns)
    ]


def _says_something(returns: Sequence[float]) -> bool:
    return len(set(returns)) >= LEAST_VALUES


Index = Mapping[Place, Sequence[RunRecord]]


def _index(runs: Iterable[RunRecord], kind: Kind) -> Index:
    found: dict[Place, list[RunRecord]] = defaultdict(list)
    for run in runs:
        for place in set(kind(run)):
            found[place].append(run)
    return found


def _index_as_they_are(runs: Iterable[RunRecord]) -> Index:
    return _index(runs, _as_they_are)


def _index_shuffled(runs: Iterable[RunRecord]) -> Index:
    return _index(runs, _shuffled)


def _copied(run: RunRecord, places: Sequence[Place], indices: Iterable[Index]) -> RunRecord | None:
    """The run that agrees with this one most, where that is no chance."""
    agreeing = [other for index in indices for place in places for other in index.get(place, ()) if other is not run]
    if not agreeing:
        return None
    [(key, count)] = Counter(other.key for other in agreeing).most_common(1)
    if count < max(LEAST_POINTS, SHARE * len(places)):
        return None
    return next(other for other in agreeing if other.key == key)
