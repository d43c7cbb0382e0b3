"""Published results: one file per agent and task; what its runs share once, then a line for each seed.

Years of results load in seconds, and a seed that changes is one line of a diff.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import reduce
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from symprior.leaderboard.records.places import newest
from symprior.leaderboard.records.reading import many_records, parsed, read_bytes
from symprior.leaderboard.records.record import SCHEMA_VERSION, RunRecord
from symprior.symmetry.errors import SympriorError
from symprior.tasks.files.atomic import write_text_atomically
from symprior.tasks.files.json_files import first_problem

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+_=@-]*")
OF_A_RUN = ("seed", "status", "error", "steps_used", "curve", "other_mode", "effort")
"""What always stands on the run's own line, so that a second run moves nothing."""

PUBLISHED_RESULTS = Path(__file__).parents[1] / "results"

VERIFICATIONS = "verifications"
"""A folder beside records that holds none: what was found when they were trained again."""

Tree = dict[str, JsonValue]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    schema_version: int
    shared: Tree
    runs: list[Tree]


def published_path(folder: Path, record: RunRecord) -> Path:
    """Where a run is published below `folder`: `suite-version/task/agent.json`.

    Raises:
        SympriorError: a name in the record is no plain file name.
    """
    for name in (record.suite, record.suite_version, record.task, record.agent.id):
        if not NAME.fullmatch(name):
            raise SympriorError(f"{name!r} cannot be published: a name has letters, digits and . + _ = @ - only.")
    return folder / record.suite_id / record.task / f"{record.agent.id}.json"


def publish(records: Iterable[RunRecord], folder: Path) -> list[Path]:
    """Add runs to the published results and return their files; a run published before stays as it is.

    Everything is checked before anything is written.

    Raises:
        SympriorError: a run is published already with another result, or the folder cannot be written.
    """
    by_path: dict[Path, list[RunRecord]] = {}
    for record in records:
        by_path.setdefault(published_path(folder, record), []).append(record)
    texts = {path: to_text(_merged(path, added)) for path, added in sorted(by_path.items())}
    for path, text in texts.items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            write_text_atomically(path, text)
    return list(texts)


def read_published(folder: Path = PUBLISHED_RESULTS, suite: str | None = None) -> list[RunRecord]:
    """All published runs below `folder`, or those of one suite, in the order of their keys.

    A suite is named with its version, `quick-1`; `quick` is the newest that is there.

    Raises:
        SympriorError: no such folder, nothing in it, or a file that is truncated, of another schema version
            or misplaced.
    """
    if not folder.is_dir():
        raise SympriorError(f"There is no results folder {folder}. Publish results first or name another folder.")
    wanted = (
        None if suite is None else newest(path.name for path in folder.iterdir() if path.is_dir()).get(suite, suite)
    )
    records: list[RunRecord] = []
    problems: list[str] = []
    with many_records():
        for path in sorted(folder.rglob("*.json")):
            of_suite = path.relative_to(folder).parts[0]
            if of_suite == VERIFICATIONS or wanted not in (None, of_suite):
                continue
            try:
                records.extend(_in_place(folder, path))
            except SympriorError as error:
                problems.append(str(error))
    if problems:
        raise SympriorError("\n".join(problems))
    if not records:
        raise SympriorError(
            f"The folder {folder} holds no published results{f' of the suite {suite!r}' if suite else ''}. "
            "Publish results first, or name another folder or suite."
        )
    return sorted(records, key=lambda record: record.key)


@many_records()
def read_published_on(task: str, folder: Path = PUBLISHED_RESULTS) -> list[RunRecord]:
    """The published runs on one task, in the order of their keys, without reading the others; none where there are none.

    Raises:
        SympriorError: one of the files is truncated, of another schema version or misplaced.
    """
    files = (_in_place(folder, path) for path in folder.glob(f"*/{task}/*.json"))
    return sorted((record for of_file in files for record in of_file), key=lambda record: record.key)


@many_records()
def read_published_cell(suite: str, task: str, agent: str, folder: Path = PUBLISHED_RESULTS) -> list[RunRecord]:
    """The published runs of an agent on a task, in all versions of a suite, without reading any others; there may be none.

    Raises:
        SympriorError: one of the files is truncated, of another schema version or misplaced.
    """
    versions = sorted(path for path in folder.glob("*-*") if path.name.rpartition("-")[0] == suite)
    files = [path for version in versions if (path := version / task / f"{agent}.json").is_file()]
    return [record for path in files for record in _in_place(folder, path)]


def _in_place(folder: Path, path: Path) -> list[RunRecord]:
    """The runs of one file, all of which belong there."""
    of_file = read_file(path)
    for record in of_file:
        if published_path(folder, record) != path:
            raise SympriorError(f"{path} holds a run that belongs in {published_path(folder, record)}. Move it there.")
    return of_file


def read_file(path: Path) -> list[RunRecord]:
    """The runs of one file.

    Raises:
        SympriorError: it is truncated, of another schema version, or holds what is no record.
    """
    try:
        return _from_text(read_bytes(path).decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise SympriorError(f"{path} holds no valid results: {_first_problem(error)}") from error


def to_text(records: Iterable[RunRecord]) -> str:
    """The text of a file: a head of what all runs share, then a line for each run.

    Raises:
        SympriorError: a record holds what JSON cannot (an infinite hyperparameter), so that it would not come
            back the same.
    """
    ordered = sorted(records, key=lambda record: record.key)
    trees = [_without_nothing(json.loads(record.model_dump_json())) for record in ordered]
    shared = reduce(_common, trees)
    shared = {key: value for key, value in shared.items() if key not in OF_A_RUN}
    head = json.dumps(shared, indent=1, ensure_ascii=False, sort_keys=True).replace("\n", "\n ")
    lines = ",\n".join("  " + _line(_difference(tree, shared)) for tree in trees)
    text = f'{{\n "schema_version": {SCHEMA_VERSION},\n "shared": {head},\n "runs": [\n{lines}\n ]\n}}\n'
    if _from_text(text) != ordered:
        raise SympriorError(
            f"A record of {ordered[0].agent.id} on {ordered[0].task} holds something that JSON cannot say, "
            f"such as an infinite "
            "hyperparameter. Write it as text and run it again."
        )
    return text


def _without_nothing(tree: dict[str, Any]) -> dict[str, Any]:
    """A record whose evaluations do not say what was not measured there."""
    curve = [{key: value for key, value in point.items() if value is not None} for point in tree["curve"]]
    return {**tree, "curve": curve}


def _from_text(text: str) -> list[RunRecord]:
    file = _File.model_validate_json(text)
    parsed(text)
    if file.schema_version != SCHEMA_VERSION:
        raise ValueError(
            f"its schema version is {file.schema_version}, this symprior reads version {SCHEMA_VERSION}. "
            "Read it with the version of symprior that wrote it."
        )
    # Records are read strictly as JSON, as they are from their own files.
    return [RunRecord.model_validate_json(json.dumps(_overlay(file.shared, run))) for run in file.runs]


def _merged(path: Path, added: Iterable[RunRecord]) -> list[RunRecord]:
    runs = {record.key: record for record in (read_file(path) if path.is_file() else ())}
    for record in added:
        if runs.setdefault(record.key, record) != record:
            raise SympriorError(
                f"Seed {record.seed} of {record.agent.id} on {record.task} is published already in {path} "
                f"with another result. "
                "Nothing was changed. Remove that line first if it is wrong, and say why in the changelog."
            )
    return list(runs.values())


def _common(first: Tree, second: Tree) -> Tree:
    """What two trees both say."""
    common: Tree = {}
    for key in first.keys() & second.keys():
        one, other = first[key], second[key]
        if isinstance(one, dict) and isinstance(other, dict):
            common[key] = _common(one, other)
        elif _same(one, other):
            common[key] = one
    return common


def _difference(tree: Tree, shared: Tree) -> Tree:
    """What `tree` says beyond `shared`."""
    rest: Tree = {}
    for key, value in tree.items():
        if isinstance(value, dict) and isinstance(beneath := shared.get(key), dict):
            inner = _difference(value, beneath)
            rest |= {key: inner} if inner else {}
        elif key not in shared:
            rest[key] = value
    return rest


def _overlay(shared: Tree, run: Tree) -> Tree:
    """`shared` with what `run` says beyond it."""
    merged = dict(shared)
    for key, value in run.items():
        inner = merged.get(key)
        merged[key] = _overlay(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
    return merged


def _same(first: object, second: object) -> bool:
    return json.dumps(first, sort_keys=True) == json.dumps(second, sort_keys=True)  # 1, 1.0 and true differ in a file


def _line(tree: Tree) -> str:
    ordered = {"seed": tree["seed"]} | dict(sorted(tree.items()))
    return json.dumps(ordered, ensure_ascii=False, separators=(",", ":"))


def _first_problem(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    is_cut = error.errors()[0]["type"] == "json_invalid"
    return f"{first_problem(error)}. {'The file may be truncated: restore it.' if is_cut else 'Restore the file.'}"
