"""Two records of one run: equal to the bit, or in what they differ; and how far chance takes two cells apart."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from symprior.leaderboard.records.record import Checkpoint, OtherMode, RunRecord
from symprior.leaderboard.verification.agreement import Verdict, difference, equal_returns, worst
from symprior.leaderboard.verification.cells import held_against, one_by_one

Run = Callable[..., RunRecord]


def with_point(record: RunRecord, number: int, **changes: object) -> RunRecord:
    curve = [point.model_copy(update=changes) if i == number else point for i, point in enumerate(record.curve)]
    return record.model_copy(update={"curve": curve})


def test_times_and_origin_do_not_count_and_every_number_does(make_run: Run) -> None:
    record = make_run()
    later = record.model_copy(
        update={
            "effort": record.effort.model_copy(update={"training_seconds": 1.0}),
            "provenance": record.provenance.model_copy(update={"started": "2027-01-01T00:00:00Z", "stack_size": 7}),
        }
    )
    assert difference(record, later) == ""
    last = record.curve[-1].returns
    ulp = [float(np.nextafter(last[0], 1e9)), *last[1:]]
    assert difference(record, with_point(record, len(record.curve) - 1, returns=ulp)) == "returns at step 20,000"
    assert difference(record, with_point(record, 3, step=601)) == "its evaluation points"
    assert difference(record, with_point(record, 3, equivariance=None)) == "the equivariance error at step 600"
    assert "parameters" in difference(
        record, record.model_copy(update={"agent": record.agent.model_copy(update={"parameters": 1})})
    )


def test_what_an_older_record_does_not_say_is_not_held_against_it(make_run: Run) -> None:
    again = make_run(
        other_mode=OtherMode(mode="greedy", returns=[1.0]), hyperparameters={"learning_rate": 0.001, "n": 1}
    )
    record = with_point(make_run(hyperparameters={"learning_rate": 0.001}), 0, equivariance=None)
    assert difference(record, again) == ""
    assert difference(again, record) != ""


def test_records_of_means_alone_are_held_against_means(make_run: Run) -> None:
    again = make_run(suite="equivalence")
    means = [Checkpoint(step=point.step, returns=[float(np.mean(point.returns))]) for point in again.curve]
    assert equal_returns(again.model_copy(update={"curve": means}), again)
    assert not equal_returns(again.model_copy(update={"curve": means}), make_run(seed=1, suite="equivalence"))


def test_of_several_verdicts_the_worst_counts() -> None:
    assert worst([Verdict.EQUAL, Verdict.WITHIN]) == Verdict.WITHIN
    assert worst([Verdict.DIFFERS, Verdict.EQUAL]) == Verdict.DIFFERS
    assert worst([]) == Verdict.NOT_RUN


def others(make_run: Run, seeds: range, speed: float) -> list[RunRecord]:
    """The same runs with other luck: those of other seeds under these seeds' names."""
    return [make_run(seed=seed + 1000, speed=speed).model_copy(update={"seed": seed}) for seed in seeds]


def test_other_bits_within_the_spread_of_seeds_are_within_bound_and_another_agent_is_not(make_run: Run) -> None:
    published = [make_run(seed=seed) for seed in range(20)]
    (same,) = held_against(published, published[:5])
    assert (same.verdict, same.equal, same.distance, same.bound) == (Verdict.EQUAL, 5, None, None)
    (luck,) = held_against(published, others(make_run, range(20), speed=4.0))
    assert luck.verdict == Verdict.WITHIN and luck.equal == 0
    (faster,) = held_against(published, others(make_run, range(20), speed=9.0))
    assert faster.verdict == Verdict.DIFFERS and faster.distance is not None and faster.bound is not None
    assert faster.distance > faster.bound > 0


def test_the_bound_holds_but_for_one_cell_in_twenty(make_run: Run) -> None:
    rng = np.random.default_rng(0)
    every = [make_run(seed=seed) for seed in range(120)]
    outside = 0
    for _ in range(150):
        drawn = rng.permutation(len(every))[:15]
        published = [every[i].model_copy(update={"seed": n}) for n, i in enumerate(drawn[:10])]
        again = [every[i].model_copy(update={"seed": n}) for n, i in enumerate(drawn[10:])]
        (cell,) = held_against(published, again)
        outside += cell.verdict == Verdict.DIFFERS
    assert 1 <= outside <= 17  # 7.5 expected, with a spread of 2.7


def test_one_run_alone_has_a_wider_bound_than_all_of_its_cell(make_run: Run) -> None:
    published = [make_run(seed=seed) for seed in range(10)]
    cells = held_against(published, others(make_run, range(4), speed=4.0))
    singles = one_by_one(cells)
    assert len(singles) == 4 and cells[0].bound is not None
    assert all(single.bound is not None and single.bound > 2 * cells[0].bound for single in singles)


@pytest.mark.parametrize("seeds", [1, 10])
def test_a_run_that_failed_now_was_not_run(make_run: Run, make_failure: Run, seeds: int) -> None:
    published = [make_run(seed=seed) for seed in range(seeds)]
    (cell,) = held_against(published, [make_failure(seed=0)])
    assert cell.verdict == Verdict.NOT_RUN
    (other_way,) = held_against([make_failure(seed=0)], published[:1])
    assert other_way.verdict == Verdict.DIFFERS
    assert difference(published[0], make_failure(seed=0)) == "whether it finished"
