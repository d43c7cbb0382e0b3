"""Which runs a verifier trains again: drawn behind the submission, by a text that the submitter could not know.

Each run has a ticket, the SHA-256 of the text, of the records' digest and of the run's name. The lowest ticket of every task
of every agent is drawn first, then the lowest second tickets of all others, until there are enough. Anybody who knows the
text draws the same runs; who knows it beforehand could choose records by it, so it has to come from elsewhere.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import sha256
from math import ceil, comb, prod

from symprior.leaderboard.records.record import RunRecord
from symprior.symmetry.errors import SympriorError

CELLS = 22
"""That are drawn where nobody says another number: they find 10 % of forged ones with 90 % power or more."""

FORGED = 0.1
"""The share of forged runs that the stated power is of."""


def digest_of(records: Iterable[RunRecord]) -> str:
    """A digest of what the records say, however they lie in files; 16 characters."""
    lines = sorted(json.dumps(record.model_dump(mode="json"), sort_keys=True) for record in records)
    return sha256("\n".join(lines).encode()).hexdigest()[:16]


def drawn(records: Sequence[RunRecord], cells: int, text: str) -> list[RunRecord]:
    """The runs to be trained again, in the order of their keys; at least one of each agent on each task.

    Args:
        records: all that was submitted.
        cells: how many runs.
        text: which the submitter could not know.

    Raises:
        SympriorError: fewer cells than there are tasks and agents, or no text.
    """
    strata = {stratum(record) for record in records}
    if not text.strip():
        raise SympriorError("The draw needs a text: give --seed-from something that the submitter could not know.")
    if cells < len(strata):
        raise SympriorError(
            f"{cells} cells are fewer than {len(strata)}, one for each agent and task. Draw more of them."
        )
    digest, first = digest_of(records), dict[tuple[str, ...], RunRecord]()
    for record in _by_tickets(records, text, digest, "first"):
        first.setdefault(stratum(record), record)
    taken = {record.key for record in first.values()}
    others = [record for record in _by_tickets(records, text, digest, "second") if record.key not in taken]
    return sorted([*first.values(), *others[: cells - len(first)]], key=lambda record: record.key)


def sampled(records: Sequence[RunRecord], runs: int, text: str) -> list[RunRecord]:
    """So many runs, wherever they are, in the order of their keys."""
    chosen = _by_tickets(records, text, digest_of(records), "sample")[:runs]
    return sorted(chosen, key=lambda record: record.key)


def stratum(record: RunRecord) -> tuple[str, ...]:
    """Learner, agent and task, of which at least one run is drawn."""
    return record.agent.learner, record.agent.id, record.task


def power(sizes: Iterable[int], cells: int, forged: float = FORGED) -> float:
    """The least probability that a draw holds a forged run, wherever the forger put them.

    With n_t runs on task t and f_t of them forged, T tasks, N runs and F forged ones in all, k cells miss them with the
    probability Π (1 − f_t/n_t) · C(N − T − F, k − T) / C(N − T, k − T). The logarithm of the product is concave in each f_t:
    giving them one by one to where it falls least makes it as large as it can be.

    Args:
        sizes: runs of each agent on each task.
        cells: drawn.
        forged: the share of forged runs, of which there is at least one.
    """
    of_tasks = list(sizes)
    runs, tasks = sum(of_tasks), len(of_tasks)
    number, kept = max(1, ceil(forged * runs)), list(of_tasks)
    for _ in range(number):
        best = max(range(tasks), key=lambda i: (kept[i] - 1) / kept[i] if kept[i] else -1.0)
        kept[best] -= 1
    missed = prod(left / size for left, size in zip(kept, of_tasks, strict=True))
    rest, more = runs - tasks, min(cells, runs) - tasks
    return 1 - missed * comb(max(rest - number, 0), more) / comb(rest, more)


def power_of(records: Iterable[RunRecord], cells: int) -> float:
    """The power of a draw from these records."""
    return power(Counter(map(stratum, records)).values(), cells)


def _by_tickets(records: Sequence[RunRecord], text: str, digest: str, purpose: str) -> list[RunRecord]:
    """The records in the order of their tickets; another purpose gives another order."""

    def ticket(record: RunRecord) -> str:
        return sha256("\n".join([text, digest, purpose, *map(str, record.key)]).encode()).hexdigest()

    return sorted(records, key=ticket)
