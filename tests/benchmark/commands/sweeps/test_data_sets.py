"""Data sets in Minari's format: what a run is given, to the bit; others' and outdated ones are refused in a sentence."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symprior.benchmark.artifacts import data_sets
from symprior.benchmark.artifacts.data_sets import check_data_set, read_data_set, write_data_set
from symprior.benchmark.run.protocol import evaluation_points
from symprior.benchmark.run.sources.given_transitions import GivenTransitions
from symprior.symmetry.errors import SympriorError
from symprior.symmetry.groups import cyclic
from symprior.symmetry.representations import rotations_of_the_plane
from symprior.tasks import get_task
from symprior.tasks.families.planning.room import of_both_pictures

minari = pytest.importorskip("minari")
h5py = pytest.importorskip("h5py")
ROOM = get_task("plan-room-v1")


@pytest.fixture
def room(tmp_path: Path) -> Path:
    return write_data_set(ROOM, 3, 10, tmp_path)


def test_a_set_holds_what_the_run_is_given(room: Path) -> None:
    given = GivenTransitions(ROOM, 3, 200, evaluation_points(200, None, ROOM.portions)).more()
    about, read = read_data_set(room)
    assert (about.task, about.seed, about.episodes, about.group) == ("plan-room-v1", 3, 10, "D4")
    index = np.arange(len(given))
    for part in ("actions", "rewards", "episodes", "ends"):
        np.testing.assert_array_equal(getattr(read, part), getattr(given, part))
    for seen in ("observations", "next_observations"):
        ours, theirs = getattr(read, seen)(index), getattr(given, seen)(index)
        np.testing.assert_array_equal(ours, theirs)
        assert ours.dtype == theirs.dtype
    assert check_data_set(room) == about


def test_minari_finds_and_reads_it_by_its_id(room: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINARI_DATASETS_PATH", str(tmp_path))
    found = minari.load_dataset("symprior/plan-room-v1/seed-3-episodes-10-v0")
    assert (found.total_episodes, found.total_steps) == (10, 200)
    [first, *_] = list(found.iterate_episodes())
    assert first.observations.shape == (21, 2, 15, 15) and first.observations.dtype == np.uint8
    assert first.truncations.tolist() == [False] * 19 + [True] and not first.terminations.any()


def test_the_same_command_writes_the_same_transitions(room: Path, tmp_path: Path) -> None:
    again = write_data_set(ROOM, 3, 10, tmp_path / "again")
    np.testing.assert_array_equal(read_data_set(again)[1].states, read_data_set(room)[1].states)
    other = write_data_set(ROOM, 4, 10, tmp_path / "again")
    assert (read_data_set(other)[1].states != read_data_set(room)[1].states).any()


def test_a_set_is_not_written_over_and_nothing_half_is_left(room: Path, tmp_path: Path) -> None:
    with pytest.raises(SympriorError, match=r"There is a data set in .* already"):
        write_data_set(ROOM, 3, 10, tmp_path)
    assert [path.name for path in room.parent.iterdir()] == ["seed-3-episodes-10-v0"]


def change_metadata(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    file = path / "data" / "metadata.json"
    said = json.loads(file.read_text())
    change(said)
    file.write_text(json.dumps(said))


@pytest.mark.parametrize(
    ("entry", "value"),
    [("certificate", "0123456789ab"), ("group", "C4"), ("observation", "0123456789ab"), ("action", "0123456789ab")],
)
def test_a_set_of_another_certificate_or_symmetry_is_refused(room: Path, entry: str, value: str) -> None:
    change_metadata(room, lambda said: said["symprior"].update({entry: value}))
    with pytest.raises(SympriorError, match=f"another {entry} than plan-room-v1 has now. Write it again with"):
        check_data_set(room)


def test_another_representation_of_the_same_group_is_another(room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the elements in another order, or fewer of them, the digest is another one."""
    smaller = replace(ROOM, symmetry=lambda: of_both_pictures(rotations_of_the_plane(cyclic(4)), 2, 15))
    monkeypatch.setattr(data_sets, "get_task", lambda name: smaller)
    with pytest.raises(SympriorError, match="another group and observation and action than"):
        check_data_set(room)


def test_a_set_that_says_another_task_or_seed_is_found_out(room: Path) -> None:
    change_metadata(room, lambda said: said["symprior"].update(seed=4))
    with pytest.raises(SympriorError, match="gives with seed 4: its actions and observations differ"):
        check_data_set(room)
    change_metadata(room, lambda said: said["symprior"].update(seed=3, task="plan-room-c4-v1"))
    with pytest.raises(SympriorError, match="another certificate and group and observation and action than"):
        check_data_set(room)


def test_one_changed_pixel_is_found(room: Path) -> None:
    with h5py.File(room / "data" / "main_data.hdf5", "a") as file:
        file["episode_7"]["observations"][5, 0, 2, 2] = 77
    with pytest.raises(SympriorError, match="its observations differ"):
        check_data_set(room)


def test_strange_and_damaged_folders_are_refused(room: Path, tmp_path: Path) -> None:
    with pytest.raises(SympriorError, match=r"There is no data set in .*metadata\.json"):
        check_data_set(tmp_path)
    change_metadata(room, lambda said: said["symprior"].update(episodes=11))
    with pytest.raises(SympriorError, match="is damaged"):
        check_data_set(room)
    change_metadata(room, lambda said: said["symprior"].update(episodes="many"))
    with pytest.raises(SympriorError, match="is damaged: episodes"):
        check_data_set(room)
    change_metadata(room, lambda said: said.pop("symprior"))
    with pytest.raises(SympriorError, match="somebody else's"):
        check_data_set(room)
    (room / "data" / "main_data.hdf5").write_bytes(b"no numbers")
    with pytest.raises(SympriorError, match=r"is damaged|somebody else's"):
        check_data_set(room)


def test_a_task_without_data_and_a_machine_without_minari_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SympriorError, match="room-v1 gives no transitions; tasks of the track planning do"):
        write_data_set(get_task("room-v1"), 0, 10, tmp_path)
    monkeypatch.setitem(sys.modules, "minari.dataset.minari_storage", None)
    with pytest.raises(SympriorError, match=r"Install it with `pip install 'symprior\[planning\]'`"):
        write_data_set(ROOM, 0, 10, tmp_path)
    assert not (tmp_path / "symprior" / "plan-room-v1" / "seed-0-episodes-10-v0").exists()
