"""How commands say what was found: a table of cells or of runs, and an exit code."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from symprior.benchmark.verification.pack import Pack
from symprior.leaderboard.records.learners import OWN
from symprior.leaderboard.records.places import by_suite
from symprior.leaderboard.records.published import VERIFICATIONS
from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.submissions.standing import level_of
from symprior.leaderboard.submissions.submission import read_submissions
from symprior.leaderboard.verification.agreement import Verdict, difference, worst
from symprior.leaderboard.verification.cells import Again
from symprior.leaderboard.verification.levels import levels
from symprior.leaderboard.verification.record import FreshSeeds, Replay, Verification, read_verifications

NOTHING = "–"
EXIT_CODES = {
    Verdict.EQUAL: 0,
    Verdict.WITHIN: 3,
    Verdict.NOT_COMPARABLE: 3,
    Verdict.NOT_RUN: 1,
    Verdict.DIFFERS: 1,
}
"""0: equal to the bit; 3: other bits that are explained; 1: not what the records say. 2 is a user's mistake."""

STYLES = {Verdict.EQUAL: "green", Verdict.WITHIN: "yellow", Verdict.NOT_COMPARABLE: "yellow"}


def table_of_cells(cells: Sequence[Again]) -> Table:
    """A line for each cell: published against trained again."""
    table = Table(box=None, pad_edge=False)
    for column in ("task", "agent", "learner"):
        table.add_column(column, overflow="fold")
    for column in ("equal runs", "published", "again", "difference", "bound"):
        table.add_column(column, justify="right")
    table.add_column("verdict")
    for cell in cells:
        _, task, learner, agent = cell.place
        published, again = cell.means or (None, None)
        table.add_row(
            *(task, agent, learner, f"{cell.equal} of {len(cell.pairs)}", number(published), number(again)),
            *(number(cell.distance, sign=True), _bound(cell.bound), coloured(cell.verdict)),
        )
    return table


def other_differences(cells: Iterable[Again]) -> list[str]:
    """What differs beside the returns where those are equal to the bit, a sentence each."""
    found = []
    for cell in cells:
        what = {said for pair in cell.pairs if pair not in cell.other and (said := difference(*pair))}
        if what:
            _, task, _, agent = cell.place
            found.append(f"{agent} on {task} has the same returns, but not {min(what)}.")
    return found


def number(value: float | None, sign: bool = False) -> str:
    """A data efficiency, or that there is none."""
    return NOTHING if value is None else f"{value:{'+' if sign else ''}.3f}"


def exit_code(found: Verification) -> int:
    """The code of a verification: 1 where it contradicts the records, else by the worst of its runs."""
    if found.contradicts:
        return 1
    return EXIT_CODES[worst(run.verdict for run in found.replay.runs)] if found.replay else 0


def findings(found: Verification) -> list[RenderableType]:
    """What a verification found: tables, and a line for whatever cannot be."""
    parts: list[RenderableType] = [Text(f"Cannot be: {sentence}", style="red") for sentence in found.impossible]
    if found.replay is not None:
        parts.append(table_of_runs(found.replay))
    return [*parts, *map(_of_fresh_seeds, found.fresh)]


def table_of_runs(replay: Replay) -> Table:
    """A line for each run that was trained again."""
    table = Table(box=None, pad_edge=False)
    for column in ("task", "agent", "learner"):
        table.add_column(column, overflow="fold")
    for column in ("seed", "difference", "bound"):
        table.add_column(column, justify="right")
    for column in ("verdict", "what differs"):
        table.add_column(column, overflow="fold")
    for run in replay.runs:
        table.add_row(
            *(run.task, run.agent, run.learner, str(run.seed), number(run.distance, sign=True), _bound(run.bound)),
            *(coloured(run.verdict), Text(run.note)),
        )
    return table


def _of_fresh_seeds(found: FreshSeeds) -> Text:
    """An agent on fresh seeds, in words."""
    said = "told apart from the records" if found.told_apart else "not told apart from the records"
    places = [each.task for each in found.tasks if each.relabelled]
    secret = f" in secret places on {', '.join(places)}" if places else ""
    of_tasks = ", ".join(f"{each.ratio:.2f}× on {each.task} ({each.fresh} seeds)" for each in found.tasks)
    return Text(
        f"{found.agent} on fresh seeds{secret}: {found.inflation:.2f}× the lost data, {said} (p = {found.p_value:.3f}). An "
        f"inflation of {found.detectable:.2f}× would have been found with 80 % power. {of_tasks}.",
        style="red" if found.told_apart else "",
    )


def conclusions(pack: Pack, found: Verification) -> list[RenderableType]:
    """What a verification found, and a line for each agent: what was shown of it by all that is kept."""
    lines = level_lines(pack.records, read_verifications(pack.verifications), pack.authors)
    return [*findings(found), *map(Text, lines)]


def level_lines(
    records: Sequence[RunRecord], verifications: Iterable[Verification], authors: Collection[str] = ()
) -> list[str]:
    """A line for each agent: what was shown of it so far."""
    of_entries = levels(records, verifications, authors)
    return [f"{agent} ({learner}): {level.in_words}" for (learner, agent), level in of_entries.items()]


def levels_in(folder: Path, records: Iterable[RunRecord], suite: str | None = None) -> list[str]:
    """The same of records in a folder, suite by suite, where verifications are kept beside them; else nothing."""
    kept = read_verifications(folder / VERIFICATIONS)
    of_suites = by_suite(record for record in records if record.is_of(suite))
    return [line for found in of_suites.values() if kept for line in level_lines(found, kept)]


def levels_of_submissions(suite: str | None = None) -> list[str]:
    """The same of active submissions, or of those to one suite."""
    chosen = (each for each in read_submissions() if each.is_active and each.is_of(suite))
    return [f"{each.name} ({OWN}): {level_of(each).in_words}" for each in chosen]


def _bound(bound: float | None) -> str:
    return NOTHING if bound is None else f"±{bound:.3f}"


def coloured(verdict: Verdict) -> Text:
    """A verdict in the colour that it has everywhere."""
    return Text(str(verdict), style=STYLES.get(verdict, "red"))
