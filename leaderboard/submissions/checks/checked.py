"""All checks of a submission at once, and what they found."""

from __future__ import annotations

from collections.abc import Callable, Iterable
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
from symprior.leaderboard.submissions.checks.against import Against
from symprior.leaderboard.submissions.submission import Submission
from symprior.leaderboard.submissions.texts import all_seen
from symprior.symmetry.errors import SympriorError

Found = Callable[[Submission, Against], Iterable[str]]

PROBLEMS: tuple[Found, ...] = (
    completeness.problems,
    cards.problems,
    code.problems,
    provenance.problems,
    returns.problems,
    copies.problems,
    history.problems,
)
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
        tuple(dict.fromkeys(all_seen(said) for find in kind for said in find(submission, against)))
        for kind in (PROBLEMS, REMARKS)
    )
    return Checked(submission, problems, remarks)
