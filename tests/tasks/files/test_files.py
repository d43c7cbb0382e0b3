"""Files are written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from symprior.symmetry.errors import SympriorError
from symprior.tasks.files.atomic import write_text_atomically


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
