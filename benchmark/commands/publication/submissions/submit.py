"""`symprior submit`: pack an agent with its records, and check it as a pull request is checked."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from symprior.benchmark.command_line.console import console
from symprior.benchmark.sweep.store import RECORDS
from symprior.leaderboard.submissions import FOLDER
from symprior.symmetry.errors import SympriorError

if TYPE_CHECKING:
    from symprior.leaderboard.records.record import RunRecord
    from symprior.leaderboard.submissions.checks.against import Against
    from symprior.leaderboard.submissions.checks.checked import Checked
    from symprior.leaderboard.submissions.git import Repository
    from symprior.leaderboard.submissions.submission import Submission

CHECKOUT = Path(__file__).parents[4]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Bring an agent of your own to the board: pack it, and check it.", no_args_is_help=True)
    group.command("pack")(pack)
    group.command("check")(check)
    app.add_typer(group, name="submit")


def pack(
    agent: Annotated[Path, typer.Argument(help="The agent's folder, as `symprior new-agent` wrote it.")],
    records: Annotated[Path, typer.Option(help="The folder with the records of its runs.")] = RECORDS,
    suite: Annotated[str | None, typer.Option(help="Which suite, where it was run on several.")] = None,
    out: Annotated[Path, typer.Option(help="Where its submission is put.")] = Path(FOLDER),
) -> None:
    """Pack an agent with its records into a submission, once it passes all checks; say how it will stand on the board.

    Examples:
      symprior submit pack ./MyAgent
    """
    from symprior.leaderboard.submissions.checks.checked import check as checked
    from symprior.leaderboard.submissions.packing import pack as packed
    from symprior.leaderboard.submissions.packing import put_in_place

    source = agent.resolve()
    found = _records_of(source.name, records, suite)
    try:
        out.mkdir(parents=True, exist_ok=True)
        scratch = tempfile.TemporaryDirectory(dir=out, prefix=".packing-")
    except OSError as error:
        raise SympriorError(f"Cannot write to {out}: {error.strerror or error}. Name another --out.") from error
    with scratch as place:
        submission = packed(source, found, Path(place))
        held = _against(submission, out, _repository(out), None)
        result = checked(submission, held)
        _tell(result, held)
        result.raise_problems()
        _tell_of_the_board(submission, held)
        there = put_in_place(submission, out)
    _say(f"Packed {there}, {submission.digest}.")
    _say(
        f"Commit it on a branch of its own, and open a pull request. The same check again: symprior submit check {there}"
    )


def check(
    folder: Annotated[
        Path,
        typer.Argument(
            help="A submission, or a checkout, of which every submission that is new or changed is checked."
        ),
    ],
    base: Annotated[
        str | None, typer.Option(help="What it is to be merged into, as origin/main: nothing published may change.")
    ] = None,
) -> None:
    """Check submissions as a pull request is checked. None of their code is run.

    Examples:
      symprior submit check submissions/MyAgent --base origin/main
    """
    from symprior.leaderboard.submissions.checks import history
    from symprior.leaderboard.submissions.checks.checked import check as checked
    from symprior.leaderboard.submissions.submission import read_submission

    folder = folder.resolve()
    repository = _repository(folder)
    if base is not None and repository is None:
        raise SympriorError(f"{folder} lies in no git repository, so that there is no base {base!r}. Leave --base out.")
    since = repository.commit(base) if repository is not None and base is not None else None
    problems = history.of_published(repository, since) if repository is not None and since is not None else []
    for place in _places(folder, repository, since):
        submission = read_submission(place)
        held = _against(submission, place.parent, repository, since)
        result = checked(submission, held)
        _tell(result, held)
        problems += result.problems
        if not result.problems:
            _tell_of_the_board(submission, held)
            _say(f"{submission.name} passes, {submission.digest}.")
    if problems := list(dict.fromkeys(problems)):
        raise SympriorError(f"{folder} cannot be merged:\n  " + "\n  ".join(problems))


def _records_of(name: str, folder: Path, suite: str | None) -> list[RunRecord]:
    """The records of an agent from a file on one frozen suite."""
    from symprior.leaderboard.records.learners import OWN
    from symprior.leaderboard.records.record import CUSTOM_SUITE, read_records

    places = [place for place in sorted(folder.glob(f"*/{OWN}/*/{name}")) if place.is_dir()]
    read = [record for place in places for record in read_records(place)]
    found = [record for record in read if record.suite != CUSTOM_SUITE and record.is_of(suite)]
    if not found:
        on, example = (f"the suite {suite}", suite) if suite else ("a suite", "quick")
        raise SympriorError(
            f"{folder} holds no runs of {name} on {on}. Run it: symprior run --suite {example} --agent "
            f"PATH/{name}/agent.py:{name}, or name the folder with --records."
        )
    if len(suites := sorted({record.suite_id for record in found})) > 1:
        raise SympriorError(
            f"{name} was run on {' and '.join(suites)}. Choose one: --suite {' or --suite '.join(suites)}."
        )
    return found


def _repository(folder: Path) -> Repository | None:
    """The git repository around a folder, or that of this checkout."""
    from symprior.leaderboard.submissions.git import Repository

    return Repository.around(folder.resolve()) or Repository.around(CHECKOUT)


def _places(folder: Path, repository: Repository | None, base: str | None) -> Iterator[Path]:
    """The submissions that are to be checked."""
    from symprior.leaderboard.submissions.checks import history

    is_checkout = (folder / FOLDER).is_dir() or (repository is not None and repository.root == folder)
    if not is_checkout:
        yield folder
        return
    if repository is not None and base is not None:
        names: Sequence[str] = history.touched(repository, base)
    else:
        names = sorted(path.name for path in (folder / FOLDER).glob("*") if path.is_dir())
    if not names:
        _say("No submission is new or changed.")
    yield from (folder / FOLDER / name for name in names)


def _against(submission: Submission, folder: Path, repository: Repository | None, base: str | None) -> Against:
    """What it is held against: all that is published, and the submissions beside it."""
    from symprior.agents.ledgers.ledger import every
    from symprior.leaderboard.submissions.checks.against import against
    from symprior.leaderboard.submissions.submission import read_submissions

    ledgers = {f"{ledger.scope}/{ledger.agent}" for ledger in every()}
    return against(submission, read_submissions(folder), repository=repository, base=base, ledgers=ledgers)


def _tell(result: Checked, held: Against) -> None:
    """The effort beside the plain agent's, and what a reviewer looks at."""
    from symprior.leaderboard.submissions.checks.effort import efforts

    submission = result.submission
    baseline = submission.statement.baseline
    table = Table(title=f"Effort of {submission.name}", title_justify="left", box=None, pad_edge=False)
    for column in ("task", "mean of a run", submission.name, baseline or "no plain agent"):
        table.add_column(column, justify="left" if column in ("task", "mean of a run") else "right")
    for each in efforts(submission, held):
        numbers = ("–" if number is None else f"{number:,.4g}" for number in (each.own, each.plain))
        table.add_row(each.task, each.what, *numbers)
    console.print(table)
    for remark in result.remarks:
        _say(f"To be looked at: {remark}.")


def _tell_of_the_board(submission: Submission, held: Against) -> None:
    """Its rows and sentences."""
    from symprior.leaderboard.submissions import preview

    board = preview.board_with(submission, held)
    for over, lines in preview.rows(board, submission.name).items():
        _say(f"\n{over}, as it will stand on the board of {submission.suite_id}:")
        table = Table(box=None, show_header=False)
        for title, text in lines:
            table.add_row(title, Text(text))
        console.print(table)
    for sentence in preview.said(board, submission.name):
        _say(sentence)
    _say(f"You claim: {submission.statement.claim}")


def _say(text: str) -> None:
    console.print(text, soft_wrap=True, highlight=False, markup=False)
