"""Files are written whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from symprior.symmetry.errors import SympriorError
from symprior.tasks.files.atomic import halves_of, remove_abandoned_halves, write_text_atomically


def test_a_file_and_its_folders_are_made(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b.json"
    write_text_atomically(path, "ρ\n")
    assert path.read_text(encoding="utf-8") == "ρ\n" and [entry.name for entry in path.parent.iterdir()] == ["b.json"]


def test_what_fails_leaves_the_old_file_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    write_text_atomically(path, "old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SympriorError, match="No space left on device"):
        write_text_atomically(path, "new")
    assert path.read_text() == "old" and [entry.name for entry in tmp_path.iterdir()] == ["a.json"]


def test_a_file_in_place_of_a_folder_leads_to_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("")
    with pytest.raises(SympriorError, match="Cannot write"):
        write_text_atomically(tmp_path / "a" / "b.json", "")


WRITES = """
import sys, time
from pathlib import Path
from symprior.tasks.files.atomic import writing_atomically
with writing_atomically(Path(sys.argv[1])) as file:
    file.write(b"half")
    file.flush()
    print("writing", flush=True)
    time.sleep(600)
"""


def test_halves_of_killed_writers_are_removed_and_those_of_others_stay(tmp_path: Path) -> None:
    def begun(name: str) -> tuple[subprocess.Popen[str], Path]:
        command = [sys.executable, "-c", WRITES, str(tmp_path / name)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None and process.stdout.readline() == "writing\n"
        (half,) = halves_of(tmp_path / name)
        os.utime(half, (0, 0))
        return process, half

    (killed, abandoned), (busy, held) = begun("killed.json"), begun("busy.json")
    fresh = tmp_path / ".fresh.json.x.partial"
    fresh.touch()
    try:
        killed.kill()
        killed.wait()
        assert abandoned.exists(), "who is killed cleans up nothing"
        remove_abandoned_halves(tmp_path)
        assert not abandoned.exists() and held.exists() and fresh.exists()
        assert fresh.stat().st_size == 0, "its writer may be about to begin"
    finally:
        busy.kill()
        busy.wait()
    remove_abandoned_halves(tmp_path / "nowhere")
