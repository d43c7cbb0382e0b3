"""All checks of a submission at once, and what they found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from symprior.leaderboard.submissions.checks import (
    cards,
    code,
    completeness,
    copies,
    effort,
    history,
    provenance,
    returns,
)
from symprior.leaderboard.submissions.checks.against import Against, OfARun, Said
from symprior.leaderboard.submissions.submission import Submission
from symprior.leaderboard.submissions.texts import all_seen
from symprior.symmetry.errors import SympriorError

Found = Callable[[Submission, Against], Iterable[Said]]

PROBLEMS: tuple[Found, ...] = (
    completeness.problems,
    cards.problems,
    code.problems,
    provenance.problems,
    returns.problems,
    copies.problems,
    history.problems,
)
MOST_SEEDS = 5
"""That are named of many of which the same is said."""

REMARKS: tuple[Found, ...] = (completeness.remarks, code.remarks, provenance.remarks, returns.remarks, effort.remarks)


@dataclass(frozen=True)
class Checked:
    """What the checks of one submission found.

    Attributes:
        problems: why it is refused; empty where it is not.
        remarks: what a reviewer looks at.
    """

    submission: Submission
    problems: tuple[str, ...]
    remarks: tuple[str, ...]

    def raise_problems(self) -> None:
        """Refuse the submission where there is a reason.

        Raises:
            SympriorError: names every problem.
        """
        if self.problems:
            listed = "\n  ".join(self.problems)
            count = f"{len(self.problems)} problem{'s' if len(self.problems) > 1 else ''}"
            raise SympriorError(f"{self.submission.name} cannot be taken: {count}.\n  {listed}")


def check(submission: Submission, against: Against) -> Checked:
    """Look for everything that is wrong with a submission, or to be looked at."""
    problems, remarks = (
        _together(said for find in kind for said in find(submission, against)) for kind in (PROBLEMS, REMARKS)
    )
    return Checked(submission, problems, remarks)


def _together(said: Iterable[Said]) -> tuple[str, ...]:
    """Each sentence once; what is said of several runs of a task, once with all their seeds."""
    seeds: dict[tuple[str, str], list[int]] = {}
    for each in said:
        if isinstance(each, OfARun):
            seeds.setdefault((each.task, each.said), []).append(each.seed)
        else:
            seeds.setdefault(("", each), [])
    return tuple(
        all_seen(f"{task}, {_listed(found)}: {rest}" if found else rest) for (task, rest), found in seeds.items()
    )


def _listed(seeds: Sequence[int]) -> str:
    named = ", ".join(map(str, seeds[:MOST_SEEDS]))
    if len(seeds) > MOST_SEEDS:
        return f"seeds {named} and {len(seeds) - MOST_SEEDS} more"
    return f"seed{'s' if len(seeds) > 1 else ''} {named}"
