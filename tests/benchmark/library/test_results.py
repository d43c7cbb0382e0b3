"""Results as a frame: what is published, and what one's own folder of records holds."""

from __future__ import annotations

from pathlib import Path

import pytest

import symprior
from symprior.leaderboard.records.published import read_published
from symprior.leaderboard.records.record import RunRecord, write_record


def first_run() -> RunRecord:
    return next(record for record in read_published(suite="quick") if record.status == "finished")


def test_there_is_one_row_for_each_run_and_evaluation_point() -> None:
    frame, records = symprior.results("quick"), read_published(suite="quick")
    assert len(frame) == sum(len(record.curve) for record in records)
    of_a_run = frame.groupby(["suite", "task", "agent", "learner", "seed"], sort=False)
    assert len(of_a_run) == len(records)
    assert (of_a_run["step"].is_monotonic_increasing).all()


def test_the_numbers_are_the_record_s() -> None:
    record, frame = first_run(), symprior.results("quick")
    rows = frame[(frame.task == record.task) & (frame.agent == record.agent.id) & (frame.seed == record.seed)]
    assert list(rows["step"]) == [point.step for point in record.curve]
    expected = [sum(point.returns) / len(point.returns) for point in record.curve]
    assert list(rows["return"]) == pytest.approx(expected)
    normalise = symprior.task(record.task).references.normalise
    assert list(rows["score"]) == pytest.approx([normalise(value) for value in expected])


def test_one_s_own_records_are_read_from_their_folder(tmp_path: Path) -> None:
    own = first_run().model_copy(update={"suite": "custom", "suite_version": "1", "task": "corridor-v1"})
    write_record(tmp_path, own)
    failed = own.model_copy(update={"seed": 99, "status": "failed", "error": "It fell.", "curve": []})
    write_record(tmp_path, failed)
    frame = symprior.results(records=tmp_path)
    assert set(frame.suite) == {"custom-1"}
    assert frame["score"].isna().all(), "corridor-v1 has no references"
    (last,) = frame[frame.seed == 99].to_dict("records")
    assert last["status"] == "failed" and last["step"] == failed.steps_used
    assert frame["return"].isna().sum() == 1
    assert len(symprior.results("custom", records=tmp_path)) == len(frame)
    assert symprior.results("quick", records=tmp_path).empty


def test_an_unknown_suite_is_refused() -> None:
    with pytest.raises(symprior.SympriorError, match="no published results of the suite 'quik'"):
        symprior.results("quik")
