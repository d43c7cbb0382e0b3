"""An agent from a user's file on a suite's board: unverified, and compared with the plain agent that it names."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rich.console import Console

from symprior.leaderboard.board.board import AgentRow, build
from symprior.leaderboard.pages.pages import to_html, to_markdown
from symprior.leaderboard.pages.terminal import terminal_table
from symprior.leaderboard.records.record import RunRecord
from symprior.tasks.task import Task

Runs = Callable[..., list[RunRecord]]
SHIPPED = "ppo+homomorphic"


def own(record: RunRecord, baseline: str | None) -> RunRecord:
    """The run as if an agent of a user's file had done it."""
    said = {"id": "Mine", "algorithm": "custom", "prior": "custom", "learner": "custom", "baseline": baseline}
    return record.model_copy(
        update={"agent": record.agent.model_copy(update=said), "hyperparameters": {"source": "0123456789ab"}}
    )


@pytest.fixture
def row(tasks: dict[str, Task], suite_runs: Runs) -> Callable[[str | None], tuple[AgentRow, AgentRow]]:
    """The rows of the shipped agent and of one that did the same, which names this baseline."""

    def of(baseline: str | None) -> tuple[AgentRow, AgentRow]:
        records = suite_runs()
        records += [own(record, baseline) for record in records if record.agent.id == SHIPPED]
        rows = {each.agent: each for each in build(records, tasks=tasks).rows}
        return rows[SHIPPED], rows["Mine"]

    return of


def test_its_gain_is_against_the_plain_agent_that_it_names(
    row: Callable[[str | None], tuple[AgentRow, AgentRow]],
) -> None:
    shipped, mine = row("ppo")
    assert shipped.gain is not None and shipped.gain.estimate is not None
    assert mine.gain is not None and mine.gain.estimate is not None
    assert mine.gain.estimate.value == shipped.gain.estimate.value and mine.gain.plain == "ppo"
    assert (shipped.verified, mine.verified, mine.learner) == (True, False, "custom")


def test_it_stays_unverified_where_none_of_its_runs_finished(tasks: dict[str, Task], suite_runs: Runs) -> None:
    records = suite_runs()
    mine = [own(record, "ppo") for record in records if record.agent.id == SHIPPED]
    failed = [record.model_copy(update={"status": "failed", "error": "out of luck", "curve": []}) for record in mine]
    [row] = [each for each in build(records + failed, tasks=tasks).rows if each.agent == "Mine"]
    assert not row.verified


@pytest.mark.parametrize("baseline", [None, SHIPPED, "nobody"])
def test_without_a_plain_agent_of_that_name_there_is_no_gain(
    row: Callable[[str | None], tuple[AgentRow, AgentRow]], baseline: str | None
) -> None:
    assert row(baseline)[1].gain is None


def test_every_page_says_that_nobody_has_looked_at_its_code(tasks: dict[str, Task], suite_runs: Runs) -> None:
    shipped = suite_runs()
    mine = [own(record, "ppo") for record in shipped if record.agent.id == SHIPPED]
    for records, is_said in ((shipped, False), (shipped + mine, True)):
        board = build(records, tasks=tasks)
        console = Console(width=120, record=True)
        console.print(terminal_table(board))
        for page in (to_markdown(board), to_html(board), console.export_text()):
            assert ("unverified" in page) == is_said
        for page in (to_markdown(board), to_html(board)):
            assert ("its gain over the plain agent that it names is also that of its training" in page) == is_said


def test_its_gain_alone_is_compared_over_learners(tasks: dict[str, Task], suite_runs: Runs) -> None:
    shipped = suite_runs()
    alone, entered = (
        build(records, tasks=tasks)
        for records in (shipped, shipped + [own(record, "ppo") for record in shipped if record.agent.id == SHIPPED])
    )
    ranks = {row.agent: row.rank for row in alone.rows}
    assert {row.agent: row.rank for row in entered.rows if row.learner != "custom"} == ranks
    (mine,) = entered.rows_of("custom")
    assert mine.rank is None or (mine.rank.best, mine.rank.worst) == (1, 1), "it is the only one of its kind"


def test_a_card_without_a_baseline_is_written_as_it_always_was(suite_runs: Runs) -> None:
    record = suite_runs()[0]
    assert not any(f'"{name}"' in record.model_dump_json() for name in ("baseline", "isolation"))
    assert '"baseline":"ppo"' in own(record, "ppo").model_dump_json()


def test_entrants_change_nothing_that_is_said_of_others(tasks: dict[str, Task], suite_runs: Runs) -> None:
    shipped = suite_runs(seeds=20)
    mine = [own(record, "ppo") for record in shipped if record.agent.id == SHIPPED]
    crowd = [
        record.model_copy(update={"agent": record.agent.model_copy(update={"id": f"Other{number}"})})
        for number in range(5)
        for record in mine
    ]
    alone, entered, crowded = (
        build(records, tasks=tasks) for records in (shipped, shipped + mine, shipped + mine + crowd)
    )
    for table in alone.tasks:
        for row in table.rows:
            claims = [board.claims.about(row.learner, row.agent, table.task) for board in (alone, entered, crowded)]
            assert claims[0] == claims[1] == claims[2]
    own_claims = [board.claims.about("custom", "Mine") for board in (entered, crowded)]
    assert own_claims[0] is not None and own_claims[0].differs and own_claims[0] == own_claims[1]
    shipped_claim = alone.claims.about("stable-baselines3", SHIPPED)
    assert shipped_claim is not None and own_claims[0].confidence > shipped_claim.confidence
