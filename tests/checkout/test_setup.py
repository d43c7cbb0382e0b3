"""`make setup` makes the environment once, replaces one that was cut short, and says what is missing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("tasks", "agents", "leaderboard", "benchmark")

pytestmark = [pytest.mark.slow, pytest.mark.covering]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout (its path holds a space) with an empty root, four empty floors and nothing but setuptools locked."""
    folder = tmp_path / "a checkout"
    for name in ("Makefile", "pyproject.toml", "setup.py", "LICENSE", "README.md", ".ci/setup"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    (folder / "__init__.py").touch()
    for floor in FLOORS:
        (folder / floor).mkdir()
        (folder / floor / "__init__.py").touch()
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    (setuptools,) = re.findall(r"^setuptools==.*$", lock, re.MULTILINE)
    (folder / "requirements.lock").write_text(f"{setuptools}\n", encoding="utf-8")
    return folder


def make(target: str, folder: Path, *flags: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        ["make", *flags, target], cwd=folder, env=environment | variables, capture_output=True, text=True
    )


def later(path: Path, than: Path) -> None:
    """Date `path` two seconds after `than`."""
    time = than.stat().st_mtime + 2
    os.utime(path, (time, time))


def test_a_second_set_up_does_nothing(checkout: Path) -> None:
    first = make("setup", checkout)
    assert first.returncode == 0, first.stdout + first.stderr
    stamp = checkout / ".venv" / ".set-up"
    made = stamp.stat().st_mtime_ns
    code = "import symprior.tasks; print(symprior.tasks.__file__)"
    found = subprocess.run([checkout / ".venv/bin/python", "-c", code], capture_output=True, text=True)
    assert Path(found.stdout.strip()) == checkout / "tasks" / "__init__.py"
    assert (checkout / ".venv" / "source" / "symprior").resolve() == checkout.resolve()

    assert make("setup", checkout, "-q").returncode == 0
    assert "Installing" not in make("setup", checkout).stdout
    assert stamp.stat().st_mtime_ns == made

    for name in ("requirements.lock", "pyproject.toml", "setup.py"):
        later(checkout / name, stamp)
        assert make("setup", checkout, "-q").returncode == 1, f"a change to {name} goes unseen"
        os.utime(stamp, (stamp.stat().st_mtime + 4,) * 2)
        assert make("setup", checkout, "-q").returncode == 0

    moved = checkout.rename(checkout.with_name("moved"))
    assert make("setup", moved, "-q").returncode == 1
    again = make("setup", moved)
    assert again.returncode == 0, again.stdout + again.stderr
    assert (moved / ".venv/bin/symprior").read_text(encoding="utf-8").count(str(checkout)) == 0


def test_a_set_up_that_was_cut_short_is_made_anew(checkout: Path) -> None:
    lock = checkout / "requirements.lock"
    good = lock.read_text(encoding="utf-8")
    lock.write_text("./there-is-no-such-file.whl\n", encoding="utf-8")
    broken = make("setup", checkout)
    assert broken.returncode != 0
    assert "there-is-no-such-file" in broken.stderr
    assert make("setup", checkout, "-q").returncode != 0, "a half-finished set-up passes for a finished one"

    remnant = checkout / ".venv" / "remnant"
    remnant.touch()
    lock.write_text(good, encoding="utf-8")
    mended = make("setup", checkout)
    assert mended.returncode == 0, mended.stdout + mended.stderr
    assert "made anew" in mended.stdout
    assert not remnant.exists()


def test_without_a_new_enough_python_it_says_so(checkout: Path, tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir()
    for name in ("python3", "python3.11"):
        (old / name).write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
        (old / name).chmod(0o755)
    result = make("setup", checkout, PATH=f"{old}{os.pathsep}{os.environ['PATH']}")
    assert result.returncode != 0
    assert "symprior needs Python 3.11 or newer" in result.stderr
    assert not (checkout / ".venv").exists()


def test_a_bare_make_lists_the_targets(checkout: Path) -> None:
    listed = make("help", checkout).stdout
    assert all(
        f"make {name} " in listed for name in ("setup", "leaderboard", "test", "test-all", "lint", "bench", "format")
    )
    assert not (checkout / ".venv").exists()
