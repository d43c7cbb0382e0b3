"""Where a board's numbers come from, as its records say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from symprior.leaderboard.records.record import RunRecord


@dataclass(frozen=True)
class Sources:
    """Where the numbers come from: how many records say so."""

    finished: int
    failed: int
    symprior: Mapping[str, int]
    commits: Mapping[str, int]
    dirty: int
    python: Mapping[str, int]
    processors: Mapping[str, int]
    devices: Mapping[str, int]
    packages: Mapping[str, tuple[str, ...]]


def sources_of(records: Sequence[RunRecord]) -> Sources:
    """Counted over records."""
    origins = [record.provenance for record in records]
    packages = sorted({name for origin in origins for name in origin.packages})
    return Sources(
        finished=sum(record.status == "finished" for record in records),
        failed=sum(record.status == "failed" for record in records),
        symprior=_count(origin.symprior for origin in origins),
        commits=_count(origin.commit or "unknown" for origin in origins),
        dirty=sum(bool(origin.dirty) for origin in origins),
        python=_count(origin.python for origin in origins),
        processors=_count(f"{origin.processor} ({origin.platform}, threads: {origin.threads})" for origin in origins),
        devices=_count(origin.device for origin in origins),
        packages={
            name: tuple(sorted({origin.packages[name] for origin in origins if name in origin.packages}))
            for name in packages
        },
    )


def _count(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))
