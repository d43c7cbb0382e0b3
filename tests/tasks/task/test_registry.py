"""The registry: found without a list, helpful when a name is unknown, strict when two are the same."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest

from symprior.symmetry.errors import SympriorError
from symprior.tasks import TASKS, get_task
from symprior.tasks.task import register
from symprior.tasks.task.registry import Registry


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty package `found_things` whose modules register with `from found_things import THINGS`."""
    folder = tmp_path / "found_things"
    folder.mkdir()
    (folder / "__init__.py").write_text(
        dedent(
            """
            from symprior.tasks.task.registry import Registry
            THINGS = Registry("thing", "found_things")
            """
        )
    )
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    for name in [name for name in sys.modules if name.split(".")[0] == "found_things"]:
        del sys.modules[name]


def add(package: Path, module: str, *lines: str) -> None:
    text = "\n".join(["from found_things import THINGS", *lines])
    (package / f"{module}.py").write_text(text)


def things() -> Registry[int]:
    import found_things  # type: ignore[import-not-found]

    found: Registry[int] = found_things.THINGS
    return found


def test_an_unknown_task_is_answered_with_the_nearest_and_the_list() -> None:
    with pytest.raises(SympriorError, match=r"no task 'cartpol-v1'\. Did you mean 'cartpole-v1'\?") as caught:
        get_task("cartpol-v1")
    assert all(name in str(caught.value) for name in TASKS)
    with pytest.raises(SympriorError, match=r"no task 'zzz'\. Known"):
        get_task("zzz")


def test_one_file_is_enough_for_an_entry(package: Path) -> None:
    add(package, "first", "THINGS.register('one', 1, __name__)")
    add(package, "second", "THINGS.register('two', 2, __name__)")
    assert list(things()) == ["one", "two"]
    assert (things()["two"], things().origin("two")) == (2, "found_things.second")
    assert "one" in things() and "three" not in things()


def test_a_folder_of_entries_is_found_too(package: Path) -> None:
    (package / "folder" / "deeper").mkdir(parents=True)
    for folder in (package / "folder", package / "folder" / "deeper"):
        (folder / "__init__.py").write_text("")
    add(package / "folder", "first", "THINGS.register('one', 1, __name__)")
    add(package / "folder" / "deeper", "second", "THINGS.register('two', 2, __name__)")
    add(package / "folder", "broken", "import a_package_that_is_not_installed")
    with pytest.warns(UserWarning, match=r"folder\.broken is left out"):
        assert list(things()) == ["one", "two"]
    assert things().origin("two") == "found_things.folder.deeper.second"


def test_two_entries_of_one_name_raise(package: Path) -> None:
    add(package, "first", "THINGS.register('one', 1, __name__)")
    add(package, "second", "THINGS.register('one', 2, __name__)")
    with pytest.raises(SympriorError, match=r"Two things are called 'one': one in found_things\.first, one in"):
        list(things())


def test_two_entries_of_one_name_in_one_file_raise(package: Path) -> None:
    add(package, "first", "THINGS.register('one', 1, __name__)", "THINGS.register('one', 2, __name__)")
    for _ in range(2):
        with pytest.raises(SympriorError, match="Two things are called 'one'"):
            list(things())


def test_two_tasks_of_one_id_raise() -> None:
    origin = r"symprior\.tasks\.families\.classic_control\.cartpole"
    with pytest.raises(SympriorError, match=rf"'cartpole-v1': one in {origin}, one in"):
        register(replace(get_task("cartpole-v1"), family="another"))
    assert get_task("cartpole-v1").family == "cartpole"


def test_a_missing_optional_dependency_warns_and_leaves_the_rest(package: Path) -> None:
    add(package, "broken", "THINGS.register('one', 1, __name__)", "import a_package_that_is_not_installed")
    add(package, "whole", "THINGS.register('two', 2, __name__)")
    with pytest.warns(UserWarning, match="broken is left out.*a_package_that_is_not_installed"):
        assert list(things()) == ["two"]


def test_a_mistake_in_our_own_module_is_no_missing_dependency(package: Path) -> None:
    add(package, "broken", "import symprior.tasks.no_such_module")
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        list(things())


def test_any_other_error_is_raised(package: Path) -> None:
    add(package, "broken", "1 / 0")
    with pytest.raises(ZeroDivisionError):
        list(things())
