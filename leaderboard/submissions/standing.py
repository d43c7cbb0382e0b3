"""What stands on the boards: published results, the runs of active submissions, and what is said of each submission."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from symprior.leaderboard.board.entered import Entered
from symprior.leaderboard.records.published import PUBLISHED_RESULTS, read_published
from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.submissions import SUBMISSIONS
from symprior.leaderboard.submissions.submission import Submission, read_submissions, records_on_boards
from symprior.leaderboard.verification.levels import Level, levels
from symprior.leaderboard.verification.record import read_verifications


def read_standing(
    suite: str | None = None, results: Path = PUBLISHED_RESULTS, submissions: Path = SUBMISSIONS
) -> list[RunRecord]:
    """All published runs, or those of one suite, with those of active submissions, by their keys.

    A suite is named with its version, `quick-2`; `quick` is the newest that was published.

    Raises:
        SympriorError: there are none, or a file is damaged.
    """
    found = read_published(results, suite)
    chosen = {record.suite_id for record in found}
    of_others = records_on_boards(read_submissions(submissions))
    found += [record for record in of_others if suite is None or record.suite_id in chosen]
    return sorted(found, key=lambda record: record.key)


def entered(submissions: Iterable[Submission]) -> list[Entered]:
    """What boards say of submissions, whether they stand on one or not any more."""
    return [_entered(submission) for submission in submissions]


def level_of(submission: Submission) -> Level:
    """What was shown of its row by those who trained it again.

    Raises:
        SympriorError: a file in its folder of verifications is none.
    """
    kept, authors = read_verifications(submission.verifications), submission.statement.authors
    [level] = levels(submission.records, kept, authors).values()  # of its one agent
    return level


def _entered(submission: Submission) -> Entered:
    statement = submission.statement
    return Entered(
        name=submission.name,
        suite=submission.suite_id,
        title=statement.title,
        authors=tuple(statement.authors),
        claim=statement.claim,
        source=statement.source,
        commit=statement.commit,
        state=statement.status.state,
        by=statement.status.by or "",
        reason=statement.status.reason or "",
        level=level_of(submission).in_words,
    )
