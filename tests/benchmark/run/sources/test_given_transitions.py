"""Given transitions as a source: growing portions, an evaluation before each, nothing beyond the budget."""

from __future__ import annotations

import pytest

from symprior.agents.agent.source import BudgetExhausted, GivesTransitions, Source
from symprior.benchmark.run.protocol import evaluation_points
from symprior.benchmark.run.sources.given_transitions import GivenTransitions
from symprior.benchmark.run.sources.metering import EndlessLoop
from symprior.symmetry.errors import SympriorError
from symprior.tasks import get_task

ROOM = get_task("plan-room-v1")


def test_portions_grow_and_an_evaluation_comes_before_each() -> None:
    seen: list[tuple[str, int]] = []
    points = evaluation_points(2000, None, ROOM.portions)
    source = GivenTransitions(ROOM, 0, 2000, points, lambda point: seen.append(("point", point.step)))
    assert isinstance(source, Source) and isinstance(source, GivesTransitions)
    for expected in (200, 600, 2000):
        data = source.more()
        seen.append(("data", len(data)))
        assert source.used == expected == len(data)
    assert seen == [("point", 0), ("data", 200), ("point", 200), ("data", 600), ("point", 600), ("data", 2000)]
    assert source.is_exhausted
    with pytest.raises(BudgetExhausted, match="All 2,000 transitions"):
        source.more()
    assert source.used == 2000 and seen[-1] == ("data", 2000)


def test_who_never_ends_is_ended() -> None:
    source = GivenTransitions(ROOM, 0, 200, [])
    source.more()

    def ask_for_ever() -> None:
        while True:
            try:
                source.more()
            except BudgetExhausted:
                continue

    with pytest.raises(EndlessLoop, match="let BudgetExhausted pass"):
        ask_for_ever()


@pytest.mark.parametrize("budget", [199, 2001, 40_000])
def test_a_budget_that_is_no_portion_is_refused(budget: int) -> None:
    with pytest.raises(
        SympriorError, match=rf"plan-room-v1 gives 200, .* 20,000 transitions, not {budget:,}: take one"
    ):
        GivenTransitions(ROOM, 0, budget, [])


def test_a_task_without_data_is_refused() -> None:
    with pytest.raises(SympriorError, match=r"room-v1 gives no transitions: .* the track planning"):
        GivenTransitions(get_task("room-v1"), 0, 1000, [])
