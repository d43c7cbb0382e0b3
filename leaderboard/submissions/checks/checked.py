"""All checks of a submission at once, and what they found."""

from __future__ import annotations

import re
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
OF_A_RUN = re.compile(r"(?P<task>[^ ,:]+), seed (?P<seed>\d+): (?P<said>.*)", re.DOTALL)
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
        _together(all_seen(said) for find in kind for said in find(submission, against)) for kind in (PROBLEMS, REMARKS)
    )
    return Checked(submission, problems, remarks)


def _together(said: Iterable[str]) -> tuple[str, ...]:
    """Each sentence once; what is said of several runs of a task, once with all their seeds."""
    seeds: dict[tuple[str, str], list[str]] = {}
    for sentence in said:
        run = OF_A_RUN.fullmatch(sentence)
        seeds.setdefault((run["task"], run["said"]) if run else ("", sentence), []).extend([run["seed"]] if run else [])
    return tuple(f"{task}, {_listed(found)}: {rest}" if found else rest for (task, rest), found in seeds.items())


def _listed(seeds: Sequence[str]) -> str:
    if len(seeds) > MOST_SEEDS:
        return f"seeds {', '.join(seeds[:MOST_SEEDS])} and {len(seeds) - MOST_SEEDS} more"
    return f"seed{'s' if len(seeds) > 1 else ''} {', '.join(seeds)}"
