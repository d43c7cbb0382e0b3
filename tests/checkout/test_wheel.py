"""What a user installs: a wheel with the five folders and the root's two files, which reads results without torch."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
ROOTS_OWN = {Path("__init__.py"), Path("py.typed"), Path("RULES.md")}
FLOORS = ("symmetry", "tasks", "agents", "leaderboard", "benchmark")
TRAINING = ("torch", "stable_baselines3")

# One worker has them all: the environment is made once.
pytestmark = [pytest.mark.slow, pytest.mark.covering, pytest.mark.xdist_group("wheel")]


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command and return what it printed; its whole output is the message when it fails."""
    result = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True)
    assert result.returncode == 0, f"{command}\n{result.stdout}\n{result.stderr}"
    return result.stdout


def source_files() -> list[Path]:
    """Every file that git tracks or would track, relative to the checkout: no build left-overs, no caches."""
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT).split("\0")
    return sorted({Path(name) for name in listed if name and (ROOT / name).is_file()})


def carried() -> set[str]:
    """What a wheel holds: every file of the floors, the documents, and of the root what makes it a package."""
    documents = {path for path in source_files() if path.parts[0] == "docs" and path.suffix == ".md"}
    files = {path for path in source_files() if path.parts[0] in FLOORS} | documents | ROOTS_OWN
    return {f"symprior/{path.as_posix()}" for path in files}


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    checkout = tmp_path_factory.mktemp("clean") / "checkout"
    for path in source_files():
        (checkout / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, checkout / path)
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", checkout, cwd=checkout)
    (built,) = (checkout / "dist").glob("*.whl")
    return built


def needed(requirements: list[str], found: set[str]) -> set[str]:
    """What they ask for, without extras, and what that asks for; added to what is found already."""
    for requirement in map(Requirement, requirements):
        name = normalised(requirement.name)
        if name not in found and (requirement.marker is None or requirement.marker.evaluate({"extra": ""})):
            found.add(name)
            needed(metadata.requires(name) or [], found)
    return found


def link_what_is_declared(wheel: Path, folder: Path) -> None:
    """The wheel is installed, and beside it lie links to what this environment holds of what it asks for."""
    venv.create(folder / "venv")
    (place,) = (folder / "venv").glob("lib/python*/site-packages")
    pip = (sys.executable, "-m", "pip", "--python", folder / "venv" / "bin" / "python", "install", "--quiet")
    run(*pip, "--disable-pip-version-check", "--no-index", "--no-deps", wheel, cwd=folder)
    (installed,) = metadata.distributions(path=[str(place)])
    for name in needed(installed.requires or [], set()):
        held = metadata.distribution(name)
        for top in {path.parts[0] for path in held.files or ()} - {"..", "__pycache__"}:
            (place / top).symlink_to(str(held.locate_file(top)))


def install_what_is_declared(wheel: Path, folder: Path) -> None:
    """As a user does: the wheel at locked versions, from the package index."""
    locked = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    training = {normalised(name) for name in TRAINING}
    kept = [line for line in locked if normalised(line.partition("==")[0]) not in training]
    (folder / "constraints.txt").write_text("\n".join(kept) + "\n", encoding="utf-8")
    venv.create(folder / "venv", with_pip=True)
    pip = (folder / "venv" / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    run(*pip, "--no-compile", "--constraint", "constraints.txt", wheel, cwd=folder)


@pytest.fixture(
    scope="module",
    params=[link_what_is_declared, pytest.param(install_what_is_declared, marks=pytest.mark.exhaustive)],
    ids=["linked", "installed"],
)
def light(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Iterator[Path]:
    """The scripts of a fresh environment: the wheel and what it declares, without the extra `train`."""
    folder = tmp_path_factory.mktemp("light")
    request.param(wheel, folder)
    yield folder / "venv" / "bin"
    shutil.rmtree(folder)


def test_the_wheel_holds_every_file_of_the_five_folders(wheel: Path) -> None:
    packed = set(zipfile.ZipFile(wheel).namelist())
    assert carried() - packed == set(), "add their ending to ENDINGS in setup.py"
    assert {f"symprior/{floor}/py.typed" for floor in FLOORS} <= packed


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert packed == carried()


def test_the_wheel_carries_licence_and_entry_point(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (entry_points,) = (name for name in archive.namelist() if name.endswith("entry_points.txt"))
    assert "symprior = symprior.benchmark.cli:main" in archive.read(entry_points).decode()
    assert any(name.endswith("LICENSE") for name in archive.namelist())


@pytest.mark.parametrize("module", TRAINING)
def test_the_light_install_has_no_training_stack(light: Path, module: str, tmp_path: Path) -> None:
    code = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({module!r}) is not None)"
    run(light / "python", "-c", code, cwd=tmp_path)


def test_help_without_torch(light: Path, tmp_path: Path) -> None:
    assert "leaderboard" in run(light / "symprior", "--help", cwd=tmp_path)


def test_the_library_works_without_torch(light: Path, tmp_path: Path) -> None:
    code = (
        "import symprior; frame = symprior.results('quick'); env = symprior.make('cartpole-v1'); "
        "print(len(frame) > 0, env.reset(seed=0)[0].shape, symprior.__version__)"
    )
    assert run(light / "python", "-c", code, cwd=tmp_path).startswith("True (4,) 0.")


def test_tasks_are_listed_without_torch(light: Path, tmp_path: Path) -> None:
    assert "cartpole-v1" in run(light / "symprior", "tasks", cwd=tmp_path)


def test_the_site_is_built_without_torch(light: Path, tmp_path: Path) -> None:
    run(light / "symprior", "site", "--suite", "quick", cwd=tmp_path)
    assert {"index.html", "board.html", "rules.html", "papers.html"} <= {path.name for path in tmp_path.rglob("*.html")}


def test_the_published_board_is_built_without_torch(light: Path, tmp_path: Path) -> None:
    run(light / "symprior", "leaderboard", "--published", cwd=tmp_path)
    assert list(tmp_path.rglob("*.html")), "the board's page lies below the folder that the command ran in"
