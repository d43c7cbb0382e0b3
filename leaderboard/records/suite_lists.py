"""What each shipped suite says should be there: its tasks, its seeds, and the plain arms that were better on tuning seeds.

One file for each version, `suites/quick-2.json`, written by `symprior suites --write` when a version is frozen. With
it a reader of records knows what is missing, and what is no part of the suite, without the code that ran it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from symprior.symmetry.errors import SympriorError
from symprior.tasks.files.atomic import write_text_atomically

FOLDER = Path(__file__).parent / "suites"


class SuiteList(BaseModel):
    """The frozen list of one version of a suite.

    Attributes:
        tasks: an agent must have them all; records of others are no part of the suite.
        seeds: of every agent on every task.
        baseline: for `algorithm/family` the plain agent that was better on tuning seeds.
        crossing: a raw return; the board tells where the median over seeds crosses it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    tasks: tuple[str, ...]
    seeds: tuple[int, ...]
    baseline: dict[str, str] = {}
    crossing: float | None = None


def suite_list(suite: str, folder: Path = FOLDER) -> SuiteList | None:
    """The list of a suite, `quick-2`; None where it is none of the shipped ones.

    Raises:
        SympriorError: its file is damaged.
    """
    file = folder / f"{suite}.json"
    if Path(suite).name != suite or not file.is_file():
        return None
    try:
        return SuiteList.model_validate_json(file.read_bytes())
    except ValidationError as error:
        raise SympriorError(
            f"{file} holds no valid list of a suite: {error.errors()[0]['msg']}. Restore it."
        ) from error


def baselines(suite: str, given: Mapping[str, str] | None) -> Mapping[str, str]:
    """For `algorithm` or `algorithm/family` the plain agent to compare with: as given, else as the suite's list says."""
    if given is not None:
        return given
    listed = suite_list(suite)
    return listed.baseline if listed else {}


def successor(suite: str, folder: Path = FOLDER) -> str | None:
    """The newest version that took the place of a suite, `quick-3` of `quick-2`; None where it is the newest itself."""
    name, _, version = suite.rpartition("-")
    versions = [path.stem.rpartition("-")[2] for path in folder.glob(f"{name}-*.json")]
    newest = max((int(each) for each in versions if each.isdigit()), default=0)
    return f"{name}-{newest}" if version.isdigit() and newest > int(version) else None


def write_suite_list(suite: str, of: SuiteList, folder: Path = FOLDER) -> Path:
    """Write the list of a version that is frozen, and return its path.

    Raises:
        SympriorError: this version has another list already, or the folder cannot be written.
    """
    kept = suite_list(suite, folder)
    if kept not in (None, of):
        raise SympriorError(f"{suite} is frozen with another list. Give the suite a new version.")
    path = folder / f"{suite}.json"
    write_text_atomically(path, of.model_dump_json() + "\n")
    return path
