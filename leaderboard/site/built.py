"""What the pages are pictures of: boards of every suite, their rows in one list, dials, and where each page lies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import get_args

from symprior.leaderboard.board.board import Board, build
from symprior.leaderboard.board.citations import bibliography, entries
from symprior.leaderboard.board.dial_curves import DialCurves, dial_curves, has_dials
from symprior.leaderboard.comparison.learner_tests import SUITE as LEARNER_TESTS
from symprior.leaderboard.comparison.learner_tests import LearnerTest, learner_tests
from symprior.leaderboard.pages.learner_pages import PAGE as LEARNERS_PAGE
from symprior.leaderboard.pages.pages import html_values
from symprior.leaderboard.pages.styles import Style, styles
from symprior.leaderboard.pages.tracks.dial_pages import name_of
from symprior.leaderboard.records.places import by_suite, newest
from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.site.addresses import file_name
from symprior.leaderboard.site.content import Content
from symprior.leaderboard.site.entries import Entry, entries_of
from symprior.leaderboard.submissions.standing import entered, level_of
from symprior.leaderboard.submissions.submission import records_on_boards
from symprior.leaderboard.verification.levels import Level
from symprior.leaderboard.verification.record import Verification, read_verifications
from symprior.tasks.lookup import get_task
from symprior.tasks.task import TASKS, Track


@dataclass(frozen=True)
class Shown:
    """What was shown of a submission, and the verifications that say so or otherwise."""

    level: Level
    verifications: tuple[Verification, ...]


@dataclass(frozen=True)
class Built:
    """The site before it is written.

    Attributes:
        content: what it was made of.
        records: of the results and of the submissions that are active.
        boards: by suite with its version, the newest of each; the tests of the learners have a page of their own.
        dials: every dial of every suite.
        tests: of the learners.
        shown: what was shown of active submissions by training them again, by their names.
        entries: every row of every board.
    """

    content: Content
    records: tuple[RunRecord, ...]
    boards: Mapping[str, Board]
    dials: tuple[DialCurves, ...]
    tests: tuple[LearnerTest, ...]
    shown: Mapping[str, Shown]
    entries: tuple[Entry, ...]

    @cached_property
    def drawn(self) -> dict[str, dict[str, object]]:
        """For each suite what the templates of its board take, curves among them: drawn once for several pages."""
        return {suite: html_values(board) for suite, board in self.boards.items()}

    @cached_property
    def styles(self) -> dict[str, Style]:
        """How each agent is drawn where agents of several suites stand together."""
        return styles({entry.agent: entry.of_agent.prior for entry in self.entries})

    @cached_property
    def tasks(self) -> tuple[str, ...]:
        """Tasks with a page: all shipped ones, and those of users that were run. A dial has one page for all its values."""
        run = {entry.task.task for entry in self.entries if entry.task.track != "dial"}
        return tuple(sorted({*(name for name in TASKS if TASKS[name].file is None), *run}))

    @cached_property
    def agents(self) -> tuple[str, ...]:
        """Agents with a page: all that were run."""
        return tuple(sorted({entry.agent for entry in self.entries}))

    @cached_property
    def task_addresses(self) -> dict[str, str]:
        """The page of each task; of a dial's, the dial's."""
        of_dials = {
            point.task.id: dial_address(curves, "html") for curves in reversed(self.dials) for point in curves.points
        }
        return of_dials | {task: f"tasks/{file_name(task)}.html" for task in self.tasks}

    @cached_property
    def agent_addresses(self) -> dict[str, str]:
        """The page of each agent."""
        return {agent: f"agents/{file_name(agent)}.html" for agent in self.agents}

    @cached_property
    def suite_addresses(self) -> dict[str, str]:
        """The page of each suite."""
        return {suite: f"suites/{file_name(suite)}.html" for suite in self.boards}

    @cached_property
    def document_addresses(self) -> dict[str, str]:
        """Where sources of the repository have become pages, by where they lie there."""
        results = "leaderboard/results"
        return {
            **{document.source: document.address for document in self.content.documents},
            **{f"{results}/{suite}.md": address for suite, address in self.suite_addresses.items()},
            **{f"{results}/{name_of(curves)}.md": dial_address(curves, "html") for curves in self.dials},
            **{f"{results}/{name_of(curves)}.svg": dial_address(curves, "svg") for curves in self.dials},
            **({f"{results}/{LEARNERS_PAGE}": "learners.html"} if self.tests else {}),
            "tasks/README.md": "tasks/index.html",
            "CITATION.cff": "cite.html",
        }

    @cached_property
    def citations(self) -> dict[str, str]:
        """The BibTeX of all tasks and agents, by key; the software's is first."""
        cards = [record.agent.bibtex for record in self.records]
        tasks = [get_task(name).card.bibtex for name in {entry.task.task for entry in self.entries}]
        others = bibliography(tasks, dict.fromkeys(cards))[1:]
        return dict(entries("\n\n".join((self.content.software, *others))))


def dial_address(curves: DialCurves, ending: str) -> str:
    """Where a dial's page or picture lies."""
    return f"dials/{file_name(name_of(curves))}.{ending}"


def built(content: Content) -> Built:
    """Compute everything that pages show.

    Raises:
        SympriorError: records of a suite cannot be compared.
    """
    records = (*content.records, *records_on_boards(content.submissions))
    of_suites = by_suite(records)
    chosen = {suite: of_suites[suite] for name, suite in sorted(newest(of_suites).items()) if name != LEARNER_TESTS}
    said = entered(content.submissions)
    boards = {suite: build(runs, suite, entered=said) for suite, runs in chosen.items()}
    cards = {(record.suite_id, record.agent.learner, record.agent.id): record.agent for record in records}
    shown = {
        each.name: Shown(level_of(each), tuple(read_verifications(each.verifications)))
        for each in content.submissions
        if each.is_active
    }
    of_rows = {name: each.level for name, each in shown.items()}
    return Built(
        content=content,
        records=records,
        boards=boards,
        dials=tuple(curves for suite, runs in chosen.items() for curves in _dials(suite, runs)),
        tests=tuple(learner_tests(records)),
        shown=shown,
        entries=tuple(
            sorted((entry for board in boards.values() for entry in entries_of(board, cards, of_rows)), key=_order)
        ),
    )


def _order(entry: Entry) -> int:
    """Headline tasks first; else the boards' order."""
    return get_args(Track).index(entry.task.track)


def _dials(suite: str, runs: Sequence[RunRecord]) -> list[DialCurves]:
    return dial_curves(runs, suite) if has_dials(runs) else []
