"""What records say of their agent agrees with itself, with the code and with the statement."""

from __future__ import annotations

from collections.abc import Iterator

from symprior.leaderboard.comparison.gains import PLAIN_PRIORS
from symprior.leaderboard.records.record import SOURCE_DIGEST, RunRecord
from symprior.leaderboard.submissions.checks.against import Against, OfARun, Said
from symprior.leaderboard.submissions.layout import AGENT, CODE
from symprior.leaderboard.submissions.statement import STATEMENT
from symprior.leaderboard.submissions.submission import Submission
from symprior.tasks.custom.source_files import digest_of

OF_A_TASK = ("parameters", "symmetry_used")
"""What a card says of its agent on one task."""


def problems(submission: Submission, against: Against) -> Iterator[Said]:
    """Contradictions, by name."""
    yield from _names(submission, against)
    yield from _of_records(submission)
    yield from _of_statement(submission, against)


def _names(submission: Submission, against: Against) -> Iterator[str]:
    """A name that somebody has, small and large letters being the same to some file systems."""
    name = submission.name.lower()
    if any(name == record.agent.id.lower() for record in against.published.runs):
        yield f"{submission.name} is the name of a published agent; take another"
    for other in against.others:
        if name == other.name.lower():
            yield f"{submission.name} differs from the submission {other.name} in small and large letters alone"


def _of_records(submission: Submission) -> Iterator[Said]:
    """One agent, one file, the same settings in all of them."""
    first, source = submission.records[0], digest_of(submission.folder / AGENT / CODE)
    for record in submission.records:
        yield from (OfARun.of(record, said) for said in _of_record(record, first, source))


def _of_record(record: RunRecord, first: RunRecord, source: str) -> Iterator[str]:
    told = record.hyperparameters.get(SOURCE_DIGEST)
    if told != source:
        yield f"it was run with a file of digest {told}, and {AGENT}/{CODE} has {source}: run it again"
    if record.hyperparameters != first.hyperparameters:
        yield f"other settings than on {first.task}, seed {first.seed}"
    if record.agent.model_dump(exclude=set(OF_A_TASK)) != first.agent.model_dump(exclude=set(OF_A_TASK)):
        yield f"another card of its agent than on {first.task}, seed {first.seed}"
    if record.agent.control:
        yield "its card says that it is a control; only the project's own agents are"
    if record.agent.prior in PLAIN_PRIORS:
        yield f"its card says that its prior is {record.agent.prior!r}, as plain agents of the project do"
    if record.mode != "sample":
        yield f"the mode of acting is {record.mode}, and an agent of one's own has sample"


def _of_statement(submission: Submission, against: Against) -> Iterator[str]:
    """What is claimed is what was run."""
    statement, card = submission.statement, submission.records[0].agent
    if card.baseline != statement.baseline:
        yield (
            f"{STATEMENT} says algorithm = {statement.algorithm!r}, and the class that was run says baseline = "
            f"{card.baseline!r}; they are one thing"
        )
    known = {record.agent.id for record in against.of_suite if record.agent.prior in PLAIN_PRIORS}
    if statement.baseline is not None and known and statement.baseline not in known:
        yield (
            f"algorithm = {statement.algorithm!r} is no plain agent of {submission.suite_id}, which has "
            f'{", ".join(sorted(known))}; write "none" where it adds a prior to none of them'
        )
    for ledger in statement.tuning.ledgers:
        if against.ledgers is not None and ledger not in against.ledgers:
            yield f"tuning.ledgers names {ledger!r}, which is no search of the project (symprior agents tuning)"
    yield from _of_succession(submission, against)


def _of_succession(submission: Submission, against: Against) -> Iterator[str]:
    """Who takes whose place: both say so, and somebody is an author of both."""
    statement, others = submission.statement, {other.name: other.statement for other in against.others}
    for word, name in (("supersedes", statement.supersedes), ("status.by", statement.status.by)):
        if name is not None and name not in others:
            yield f"{word} names {name!r}, which is no other submission"
    earlier = others.get(statement.supersedes or "")
    if earlier is None:
        return
    if (earlier.status.state, earlier.status.by) != ("superseded", submission.name):
        says = f'state = "superseded", by = "{submission.name}"'
        yield f"supersedes names {statement.supersedes!r}, whose {STATEMENT} does not say so yet: {says}, and a reason"
    if not set(earlier.authors) & set(statement.authors):
        yield f"supersedes names {statement.supersedes!r}, which is by others: {', '.join(earlier.authors)}"
