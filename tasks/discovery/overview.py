"""What a search finds on many tasks beside what they declare, which is read when the search is over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from symprior.symmetry.errors import SympriorError
from symprior.symmetry.representations import as_signed_permutation
from symprior.symmetry.symmetry import Exactness, Symmetry
from symprior.tasks.discovery.discover import Discovery, discover_subject
from symprior.tasks.discovery.proposal import Proposal
from symprior.tasks.discovery.subject import subject_of
from symprior.tasks.lookup import get_task

HEAD = (
    "| task | declared | found | dynamics | starts | the declared one | beside it | seconds |\n"
    "| --- | --- | --- | --- | --- | --- | --- | ---: |"
)


@dataclass(frozen=True)
class Row:
    """One task.

    Attributes:
        task: its id.
        declared: the declared group, in words.
        found: what was proposed, or why nothing was.
        dynamics, starts: what the certificate says of the proposal.
        verdict: whether what is declared was found.
        beside: groups that the reward or the starts break.
        seconds: of processor time.
    """

    task: str
    declared: str
    found: str
    dynamics: str
    starts: str
    verdict: str
    beside: str
    seconds: float

    def in_markdown(self) -> str:
        """The row in Markdown."""
        cells = (self.task, self.declared, self.found, self.dynamics, self.starts, self.verdict, self.beside)
        return f"| {' | '.join(cells)} | {self.seconds:.0f} |"


def elements(symmetry: Symmetry, still: Sequence[int] = ()) -> set[bytes] | None:
    """Every element by what it does to observations and actions; None where these are no signed permutations.

    Args:
        symmetry: whose elements are wanted.
        still: observation entries that never moved, which are left out: nothing can be told of them.
    """
    seen, done = as_signed_permutation(symmetry.observation), as_signed_permutation(symmetry.action)
    if seen is None or done is None:
        return None
    parts = [np.delete(each, list(still), axis=1) for each in (seen.source, seen.sign)]
    rows = zip(*parts, done.source, done.sign, strict=True)
    return {np.concatenate(row).astype(np.int64).tobytes() for row in rows}


def row_of(name: str, seed: int = 0) -> Row:
    """Search a task, then read what it declares."""
    try:
        found = discover_subject(subject_of(name), seed)
    except SympriorError as error:
        declared = get_task(name).symmetry()
        return Row(name, _declared(declared), f"not searched: {error}", "", "", "not found", "", 0.0)
    declared = get_task(name).symmetry()
    measured = found.proposal.certificate if found.proposal is not None else None
    return Row(
        task=name,
        declared=_declared(declared),
        found=_found(found),
        dynamics=str(measured.dynamics) if measured is not None else "",
        starts=str(measured.reset) if measured is not None else "",
        verdict=_verdict(declared, found),
        beside=_beside(found),
        seconds=found.seconds,
    )


def table(rows: Iterable[Row]) -> str:
    """The rows in Markdown."""
    return "\n".join([HEAD, *(row.in_markdown() for row in rows)])


def _declared(symmetry: Symmetry) -> str:
    if symmetry.exactness == Exactness.NONE:
        return "none"
    return f"{symmetry.group.name}, {symmetry.exactness}"


def _found(found: Discovery) -> str:
    if found.proposal is not None:
        return found.proposal.found.group.name
    return "none" if found.refused is None else f"{found.refused.found.group.name}, refused by the certificate"


def _verdict(declared: Symmetry, found: Discovery) -> str:
    if declared.exactness == Exactness.NONE:
        return "none, as declared" if found.proposal is None else "NOT DECLARED"
    wanted = elements(declared, found.still)
    if wanted is None:
        return "not found: no signed permutation"
    if _holds(found.proposal, wanted, found.still):
        return "found"
    if _holds(found.larger, wanted, found.still):
        return "found; starts break it"
    is_part = found.proposal is not None and not found.proposal.found.is_whole
    return "not found: of too large a group another part is proposed" if is_part else "not found"


def _holds(proposal: Proposal | None, wanted: set[bytes], still: Sequence[int]) -> bool:
    """Whether a proposal has all of these elements."""
    has = None if proposal is None else elements(proposal.symmetry, still)
    return has is not None and wanted <= has


def _beside(found: Discovery) -> str:
    """The larger groups, as far as they are told."""
    said = [f"{found.larger.found.group.name}: starts break it"] if found.larger is not None else []
    of_dynamics = dict(found.lines).get("dynamics")
    return "; ".join([*said, *([of_dynamics] if of_dynamics else [])])
