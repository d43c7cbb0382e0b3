"""Published results: lossless, readable in a diff, never overwritten, refused when damaged."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from symprior.leaderboard.records.published import publish, read_published, read_published_on, to_text
from symprior.leaderboard.records.record import OtherMode, RunRecord
from symprior.symmetry.errors import SympriorError

Make = Callable[..., RunRecord]
Runs = Callable[..., list[RunRecord]]


def in_order(records: list[RunRecord]) -> list[RunRecord]:
    return sorted(records, key=lambda record: record.key)


def test_round_trip_loses_nothing(tmp_path: Path, suite_runs: Runs, make_run: Make, make_failure: Make) -> None:
    records = suite_runs(seeds=4)
    records += [
        make_failure(agent="ppo", seed=7),
        make_run(agent="ppo", seed=8, hyperparameters={}, other_mode=OtherMode(mode="greedy", returns=[1.0, 1 / 3])),
        make_run(agent="ppo", seed=9, hyperparameters={"n_steps": 5.0, "net": {"width": [64, 64], "bias": None}}),
        make_run(agent="ppo", seed=9, learner="batched"),
        make_run(agent="lonely", seed=0),
    ]
    publish(records, tmp_path)
    assert read_published(tmp_path) == in_order(records)
    for before, after in zip(in_order(records), read_published(tmp_path), strict=True):
        assert before.model_dump_json() == after.model_dump_json() or before.hyperparameters == after.hyperparameters


def test_one_file_per_agent_and_task_and_one_line_per_seed(tmp_path: Path, make_run: Make) -> None:
    [path] = publish([make_run(seed=seed) for seed in range(3)], tmp_path)
    assert path == tmp_path / "core-v1" / "cartpole-v1" / "ppo.json"
    before = path.read_text().splitlines()
    publish([make_run(seed=3)], tmp_path)
    after = path.read_text().splitlines()
    assert [line for line in after if line not in before][-1].strip().startswith('{"seed":3,')
    assert len(after) == len(before) + 1
    assert sum("learning_rate" in line for line in after) == 1
    assert json.loads(path.read_text())["shared"]["agent"]["id"] == "ppo"


def test_a_suites_bare_name_is_its_newest_version(tmp_path: Path, make_run: Make) -> None:
    of_versions = {
        version: make_run(seed=0).model_copy(update={"suite": "core", "suite_version": version})
        for version in ("2", "10")
    }
    twin = make_run(seed=0).model_copy(update={"suite": "core-sb3", "suite_version": "11"})
    publish([*of_versions.values(), twin], tmp_path)
    (tmp_path / "core-10.md").write_text("A page", encoding="utf-8")
    assert read_published(tmp_path, "core") == read_published(tmp_path, "core-10") == [of_versions["10"]]
    assert read_published(tmp_path, "core-2") == [of_versions["2"]]
    assert len(read_published(tmp_path)) == 3


def test_publishing_again_changes_nothing(tmp_path: Path, suite_runs: Runs) -> None:
    records = suite_runs(seeds=2)
    paths = publish(records, tmp_path)
    before = [(path.read_bytes(), path.stat().st_mtime_ns) for path in paths]
    assert publish(records[::-1], tmp_path) == paths
    assert [(path.read_bytes(), path.stat().st_mtime_ns) for path in paths] == before


def test_a_different_result_is_never_overwritten(tmp_path: Path, make_run: Make) -> None:
    [path] = publish([make_run(seed=0), make_run(seed=1)], tmp_path)
    before = path.read_bytes()
    with pytest.raises(SympriorError, match=r"Seed 1 of ppo on cartpole-v1 is published already .*ppo\.json"):
        publish([make_run(agent="aaa"), make_run(seed=1, speed=9)], tmp_path)
    assert path.read_bytes() == before
    assert not (path.parent / "aaa.json").exists()
    with pytest.raises(SympriorError, match="published already"):
        publish([make_run(agent="b", seed=1), make_run(agent="b", seed=1, speed=9)], tmp_path)


def test_published_results_are_compact(suite_runs: Runs) -> None:
    records = suite_runs(seeds=10, speeds={"ppo": 5})[:10]
    single = sum(len(record.model_dump_json(indent=1)) for record in records)
    assert len(to_text(records)) < 0.75 * single


def test_what_json_cannot_say_is_refused(tmp_path: Path, make_run: Make) -> None:
    with pytest.raises(SympriorError, match="infinite"):
        publish([make_run(hyperparameters={"clip": float("inf")})], tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../../escape", "a/b", "", ".hidden", "with space"])
def test_names_stay_inside_the_folder(tmp_path: Path, make_run: Make, name: str) -> None:
    with pytest.raises(SympriorError, match="cannot be published"):
        publish([make_run(task=name)], tmp_path)


def test_damaged_files_are_refused(tmp_path: Path, make_run: Make) -> None:
    [path] = publish([make_run(seed=seed) for seed in range(2)], tmp_path)
    whole = path.read_text()

    def refused(text: str, message: str) -> None:
        path.write_text(text)
        with pytest.raises(SympriorError, match=message) as caught:
            read_published(tmp_path)
        assert "ppo.json" in str(caught.value)

    refused(whole[: len(whole) // 2], "may be truncated")
    refused("", "may be truncated")
    refused(
        whole.replace('"schema_version": 1', '"schema_version": 2', 1),
        "schema version is 2, this symprior reads",
    )
    refused(whole.replace('"budget": 20000', '"budget": 2000'), "more than its budget")
    refused(whole.replace('"runs"', '"races"'), "no valid results")
    refused(whole.replace('"task": "cartpole-v1"', '"task": "cartpole-v2"'), "belongs in")
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SympriorError, match="no valid results"):
        read_published(tmp_path)


def test_empty_and_absent_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(SympriorError, match="holds no published results"):
        read_published(tmp_path)
    with pytest.raises(SympriorError, match="no results folder"):
        read_published(tmp_path / "absent")


def test_an_unwritable_folder_is_a_sentence(tmp_path: Path, make_run: Make) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SympriorError, match="Cannot write"):
        publish([make_run()], tmp_path / "file")


def test_runs_on_one_task_are_read_without_the_others(tmp_path: Path, suite_runs: Runs) -> None:
    records = suite_runs(seeds=3)
    publish(records, tmp_path)
    (tmp_path / "core-v1" / "cartpole-v1" / "ppo.json").write_text("{")
    task = "grid-catch-vector-v1"
    assert read_published_on(task, tmp_path) == in_order([record for record in records if record.task == task])
    assert read_published_on("hopper-v1", tmp_path) == []
    with pytest.raises(SympriorError, match="holds no valid results"):
        read_published_on("cartpole-v1", tmp_path)
