"""The draw: anybody draws the same runs, nobody can steer it, and the stated power is that of the worst forger."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from itertools import combinations, product

import numpy as np
import pytest

from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.verification.drawing import digest_of, drawn, power, stratum
from symprior.symmetry.errors import SympriorError

Runs = Callable[..., list[RunRecord]]


def test_the_draw_is_the_same_in_any_order_and_has_a_run_of_every_agent_on_every_task(suite_runs: Runs) -> None:
    records = suite_runs(10)
    first, again = drawn(records, 22, "a text"), drawn(records[::-1], 22, "a text")
    assert first == again and len({record.key for record in first}) == 22
    assert set(map(stratum, first)) == set(map(stratum, records))
    assert drawn(records, 22, "another text") != first
    assert drawn(records, 8, "a text") == sorted(drawn(records, 8, "a text"), key=lambda record: record.key)


def test_one_edited_number_gives_another_digest_and_another_draw(suite_runs: Runs) -> None:
    records = suite_runs(10)
    edited = [records[0].model_copy(update={"steps_used": 19_999}), *records[1:]]
    assert digest_of(edited) != digest_of(records)
    assert [record.key for record in drawn(edited, 22, "a")] != [record.key for record in drawn(records, 22, "a")]


def test_every_run_of_a_task_is_drawn_equally_often(suite_runs: Runs) -> None:
    records = suite_runs(8, {"ppo": 5.0})
    draws = 200
    seen = Counter(record.key for number in range(draws) for record in drawn(records, 6, f"text {number}"))
    expected = draws * 6 / len(records)
    assert sum((count - expected) ** 2 / expected for count in seen.values()) < 38  # χ² with 15: .1 %
    assert len(seen) == len(records)


@pytest.mark.parametrize(("cells", "found"), [(10, 0.65), (22, 0.90), (29, 0.95)])
def test_the_power_of_large_packs_is_that_of_the_protocol(cells: int, found: float) -> None:
    assert power([10_000], cells) == pytest.approx(found, abs=0.01)


def exact_power(sizes: tuple[int, ...], cells: int, forged: tuple[int, ...]) -> float:
    """By listing every draw: which run of each task comes first, and which of the others follow."""
    runs = [(task, number) for task, size in enumerate(sizes) for number in range(size)]
    bad = {(task, number) for task, count in enumerate(forged) for number in range(count)}
    found = []
    for first in product(*[[run for run in runs if run[0] == task] for task in range(len(sizes))]):
        others = [run for run in runs if run not in first]
        for more in combinations(others, cells - len(sizes)):
            found.append(bool(bad & {*first, *more}))
    return float(np.mean(found))


@pytest.mark.parametrize("sizes", [(6,), (4, 4), (7, 2), (5, 3, 2)])
def test_the_power_is_that_against_the_forger_who_hides_best(sizes: tuple[int, ...]) -> None:
    cells, number = len(sizes) + 1, math.ceil(0.2 * sum(sizes))
    places = [each for each in product(*(range(size + 1) for size in sizes)) if sum(each) == number]
    worst = min(exact_power(sizes, cells, each) for each in places)
    assert power(sizes, cells, 0.2) == pytest.approx(worst)


def test_fewer_runs_than_tasks_and_an_empty_text_are_refused(suite_runs: Runs) -> None:
    with pytest.raises(SympriorError, match="3 cells are fewer than 8, one for each agent and task"):
        drawn(suite_runs(2), 3, "text")
    with pytest.raises(SympriorError, match="The draw needs a text"):
        drawn(suite_runs(2), 8, "  ")
