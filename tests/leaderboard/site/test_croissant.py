"""The metadata of the data: valid by the format's own checker, which reads every row by it."""

from __future__ import annotations

import csv
import json
import logging
from pathlib import Path

import pytest

mlcroissant = pytest.importorskip("mlcroissant", reason="mlcroissant is not installed")

pytestmark = pytest.mark.xdist_group("site")


@pytest.mark.parametrize("table", ["board", "runs"])
def test_the_formats_own_checker_reads_every_row(site: Path, table: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        dataset = mlcroissant.Dataset(jsonld=site / "data" / "croissant.json")
    assert not dataset.metadata.issues.errors and not dataset.metadata.issues.warnings
    assert "not standard" not in caplog.text
    read = list(dataset.records(table))
    with (site / "data" / f"{table}.csv").open(newline="", encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    assert len(read) == len(lines) > 0
    for row, line in zip(read, lines, strict=True):
        assert [name.partition("/")[2] for name in row] == list(line)
        assert row[f"{table}/agent"].decode() == line["agent"]
        assert row[f"{table}/data_efficiency"] == pytest.approx(float(line["data_efficiency"]))
        assert row[f"{table}/control"] == (line["control"] == "True")


def test_the_licence_is_stated_and_every_column_explained(site: Path) -> None:
    tree = json.loads((site / "data" / "croissant.json").read_text(encoding="utf-8"))
    assert tree["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert tree["citeAs"].startswith("@software{symprior,")
    fields = [field for records in tree["recordSet"] for field in records["field"]]
    assert all(len(field["description"]) > 3 for field in fields)
    kinds = {field["@id"]: field["dataType"] for field in fields}
    assert kinds["board/control"] == "sc:Boolean" and kinds["runs/seed"] == "sc:Integer"
    assert kinds["board/symmetry_gain"] == "sc:Float" and kinds["board/task"] == "sc:Text"
