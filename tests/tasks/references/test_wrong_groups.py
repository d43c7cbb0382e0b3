"""Wrong groups: frozen for tasks, measured broken, as large as the declared symmetry and drawn by their published seed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from symprior.symmetry.representations import SignedPermutation
from symprior.tasks import DIALS, TASKS, Exactness, SympriorError, Task, get_task
from symprior.tasks.certificates.certificate import certify
from symprior.tasks.references.wrong_groups import wrong_group, wrong_symmetry
from symprior.tasks.references.wrong_groups.drawing import draw_wrong_group, ranks
from symprior.tasks.references.wrong_groups.wrong_group import freeze
from symprior.tasks.task import DATA

SAMPLES = {"acrobot-v1": 600}
"""States of each kind where ten would leave the grade open: its wrong group lies near the border."""
FROZEN = sorted(path.stem for path in (DATA / "wrong_groups").glob("*.json"))
ASKED_FOR = {
    "acrobot-v1",
    "cartpole-v1",
    "cartpole-wind-v1",
    "grid-catch-v1",
    "grid-catch-vector-v1",
    "pendulum-v1",
    "room-v1",
    "room-vector-v1",
}


EACH = [name if name in ASKED_FOR else pytest.param(name, marks=pytest.mark.slow) for name in FROZEN]


def symmetric(name: str) -> Task:
    return DIALS[name].task(DIALS[name].values[0]) if name in DIALS else get_task(name)


def installed(name: str) -> Task:
    task = symmetric(name)
    if not task.is_installed:
        pytest.skip(f"needs the extra {task.extra}")
    return task


def test_the_frozen_ones_are_of_tasks_and_dials() -> None:
    assert set(FROZEN) <= {*TASKS, *DIALS}
    assert set(FROZEN) >= ASKED_FOR


@pytest.mark.parametrize("name", EACH)
@pytest.mark.cells(test=6, ci=12)
def test_a_frozen_one_is_measured_broken_and_of_equal_rank(name: str) -> None:
    task = installed(name)
    held, own = wrong_group(task), task.symmetry()
    wrong = held.symmetry(task)
    assert (wrong.group, wrong.group.name) == (own.group, f"wrong {own.group.name}")
    assert ranks(wrong) == ranks(own) == held.ranks
    certificate = certify(task, samples=SAMPLES.get(name, 10), symmetry=wrong, resets=100, episodes=60)
    assert certificate.dynamics == held.dynamics == Exactness.BROKEN
    assert certificate.spaces == "mapped onto themselves", "so it is broken by what steps do"
    for what in ("observation", "action"):
        same = np.array_equal(getattr(wrong, what).source, getattr(own, what).source)
        same &= np.array_equal(getattr(wrong, what).sign, getattr(own, what).sign)
        assert same == (what != held.changed.removesuffix("s"))


@pytest.mark.parametrize("name", FROZEN)
def test_cycle_types_are_kept_but_where_the_file_says_so(name: str) -> None:
    task = installed(name)
    held, space = wrong_group(task), wrong_group(task).changed.removesuffix("s")
    own, wrong = getattr(task.symmetry(), space), getattr(held.symmetry(task), space)
    kept = all(cycle_type(own, g) == cycle_type(wrong, g) for g in range(len(own.group)))
    assert kept == ("not kept" not in held.drawn_from)


def cycle_type(representation: SignedPermutation, g: int) -> list[tuple[int, int]]:
    """The length of each cycle of entries, and the product of the signs along it."""
    source, sign = representation.source[g], representation.sign[g]
    found, seen = [], set[int]()
    for start in range(representation.size):
        cycle, place = [], start
        while place not in seen:
            seen.add(place)
            cycle.append(place)
            place = int(source[place])
        if cycle:
            found.append((len(cycle), int(np.prod(sign[cycle]))))
    return sorted(found)


@pytest.mark.parametrize("name", ["cartpole-v1", "grid-catch-vector-v1", "room-vector-v1"])
def test_the_published_seed_draws_what_is_frozen(name: str) -> None:
    task = get_task(name)
    held, again = wrong_group(task), draw_wrong_group(task, seed=wrong_group(task).seed, samples=10)
    assert (again.draw, again.source, again.sign) == (held.draw, held.source, held.sign)
    assert again.wrong_elements == held.wrong_elements == list(task.symmetry().group.elements[1:])


def test_the_tasks_of_a_dial_share_one() -> None:
    dial = DIALS["cartpole-wind-v1"]
    found = [wrong_symmetry(dial.task(value)).observation.sign.tolist() for value in dial.values]  # type: ignore[attr-defined]
    assert all(each == found[0] for each in found)


def test_where_the_group_can_act_in_no_other_way_there_is_none() -> None:
    with pytest.raises(SympriorError, match="S3 can act there in no other way of equal ranks"):
        draw_wrong_group(get_task("colour-world-v1"))


def test_a_task_without_one_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(
        SympriorError, match=r"`symprior wrong-group cartpole-v1` draws one \(--write keeps it\), or says why not"
    ):
        wrong_symmetry(replace(get_task("cartpole-v1"), data=tmp_path))


def test_a_frozen_one_is_never_replaced(tmp_path: Path) -> None:
    task = replace(get_task("cartpole-v1"), data=tmp_path)
    first, *others = (draw_wrong_group(task, seed, samples=10) for seed in range(4))
    path = freeze(task, first)
    assert wrong_group(task) == first
    before = path.read_bytes()
    other = next(each for each in others if each.sign != first.sign)
    with pytest.raises(SympriorError, match="another wrong group already, of seed 0"):
        freeze(task, other)
    assert freeze(task, first).read_bytes() == before


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    task = replace(get_task("cartpole-v1"), data=tmp_path)
    path = tmp_path / "wrong_groups" / f"{task.id}.json"
    path.parent.mkdir()
    path.write_text('{"task": "cartpole-v1"}')
    with pytest.raises(SympriorError, match=f"{path} is damaged: group: Field required.*Remove it and draw it again"):
        wrong_group(task)
