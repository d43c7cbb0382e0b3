"""Records on disk: what is damaged, foreign or contradictory is refused with a sentence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from symprior.leaderboard.records.record import RunRecord, read_record, read_records, write_record
from symprior.symmetry.errors import SympriorError

Make = Callable[..., RunRecord]


def test_a_record_comes_back_as_it_was(tmp_path: Path, make_run: Make, make_failure: Make) -> None:
    records = [make_run(seed=0), make_run(seed=1), make_failure(seed=2)]
    paths = [write_record(tmp_path, record) for record in records]
    assert [read_record(path) for path in paths] == records
    assert read_records(tmp_path) == records


def test_damaged_records_are_refused(tmp_path: Path, make_run: Make) -> None:
    path = write_record(tmp_path, make_run())
    whole = path.read_text()
    for text, message in (
        (whole[:500], "may be truncated"),
        (
            whole.replace('"schema_version": 1', '"schema_version": 7'),
            "schema version is 7, this symprior reads version 1",
        ),
        (whole.replace('"seed": 0', '"seed": -1'), "seed"),
        (whole.replace('"step": 20000', '"step": 19999'), "the curve ends at step 19999, but the run used 20000"),
        (whole.replace('"suite": "core"', '"suite": "core", "extra": 1'), "extra"),
    ):
        assert text != whole
        path.write_text(text)
        with pytest.raises(SympriorError, match=message) as caught:
            read_records(tmp_path)
        assert str(path) in str(caught.value)


def test_two_differing_records_of_one_run_are_refused(tmp_path: Path, make_run: Make) -> None:
    write_record(tmp_path / "a", make_run())
    write_record(tmp_path / "b", make_run())
    assert len(read_records(tmp_path)) == 1
    write_record(tmp_path / "b", make_run(speed=9))
    with pytest.raises(SympriorError, match="two different records of one run"):
        read_records(tmp_path)


def test_an_empty_or_absent_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(SympriorError, match="holds no records"):
        read_records(tmp_path)
    with pytest.raises(SympriorError, match="no records folder"):
        read_records(tmp_path / "absent")


def test_clocks_may_differ_by_an_hour(make_run: Make) -> None:
    origin = make_run().provenance.model_copy(update={"started": "2026-12-01T10:00:00+00:00"})
    made = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
    assert not origin.began_before(made + timedelta(minutes=59)) and origin.began_before(made + timedelta(minutes=61))
    assert not origin.model_copy(update={"started": "at noon"}).began_before(made), "no time is before nothing"
