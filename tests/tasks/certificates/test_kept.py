"""Every task's kept certificate is measured again, and still holds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from speed.comparisons.certificates import RESETS, STATES
from symprior.tasks import DIALS, Exactness, SympriorError, get_task, task_names
from symprior.tasks.certificates import certify
from symprior.tasks.certificates.kept import keep, kept
from symprior.tasks.task import DATA

TWINS = {"lunar-lander-continuous-v1": "lunar-lander-v1", "pong-v1": "pong-small-v1"}
"""Slow tasks, each with another on the same simulator whose certificate is measured in their place."""

INNER_VALUES = {DIALS[name].task(value).id for name in DIALS for value in DIALS[name].values[1:-1]}
"""Dials between where the symmetry holds and where it is broken most."""


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.exhaustive] * (name in {*TWINS, *INNER_VALUES})) for name in task_names()],
)
@pytest.mark.cells(test=4, ci=12)
def test_the_kept_certificate_holds(name: str) -> None:
    """Fails when a declared grade no longer holds, for example under another version of a simulator."""
    task = get_task(name)
    held = kept(task)
    assert held is not None, f"symprior check {name} --write"
    measured = certify(task, samples=1000 if "obstacles" in name else STATES, resets=RESETS)
    assert measured.agrees and held.agrees
    assert (measured.dynamics, measured.reset) == (held.dynamics, held.reset)


def test_every_certificate_belongs_to_a_task() -> None:
    assert {path.stem for path in (DATA / "certificates").glob("*.json")} == set(task_names())


def test_a_certificate_survives_being_kept(tmp_path: Path) -> None:
    task = replace(get_task("grid-catch-vector-v1"), data=tmp_path)
    certificate = certify(task, samples=10)
    assert keep(task, certificate) == tmp_path / "certificates" / f"{task.id}.json"
    held = kept(task)
    assert held is not None and held.lines == certificate.lines() and held.versions == certificate.versions
    assert (held.dynamics, held.reset, held.agrees) == (Exactness.EXACT, Exactness.EXACT, True)


def test_a_damaged_certificate_is_named(tmp_path: Path) -> None:
    task = replace(get_task("grid-catch-vector-v1"), data=tmp_path)
    path = tmp_path / "certificates" / f"{task.id}.json"
    path.parent.mkdir()
    for text in ("", "[]", "{}", '{"dynamics": "perfect"}'):
        path.write_text(text)
        with pytest.raises(SympriorError, match=f"{path} is damaged: .* `symprior check {task.id} --write`"):
            kept(task)
