"""A dial's tasks have names that work wherever a task's name does, and wrong values are refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from symprior.tasks import DIALS, SympriorError, get_task, task_names
from symprior.tasks.task.dials import Dial, dial_of, register_dial

CARTPOLE = get_task("cartpole-v1")


@pytest.fixture
def tilt() -> Iterator[Dial]:
    """A dial beside the shipped ones; the tasks at its values are CartPole under another name."""
    dial = Dial(
        id="tilt-v1",
        parameter="eps",
        meaning="the slope",
        values=(0.0, 0.1, 0.25, 0.5, 1.0),
        high=2.0,
        make=lambda value: replace(CARTPOLE, family="tilt", card=replace(CARTPOLE.card, description=f"{value}")),
        breaks="cartpole-v1",
        twin="cartpole-v1",
        card=CARTPOLE.card,
    )
    register_dial(dial)
    yield dial
    del DIALS._entries["tilt-v1"], DIALS._origins["tilt-v1"]


def test_a_name_with_a_value_is_a_task(tilt: Dial) -> None:
    task = get_task("tilt-v1@eps=0.25")
    assert (task.id, task.track, task.family, task.card.description) == ("tilt-v1@eps=0.25", "dial", "tilt", "0.25")
    assert get_task("tilt-v1@eps=.250") is task, "one value, one task"
    assert get_task("tilt-v1@eps=0").id == "tilt-v1@eps=0"
    assert tilt.names == [f"tilt-v1@eps={text}" for text in ("0", "0.1", "0.25", "0.5", "1")]
    assert set(tilt.names) <= set(task_names())


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("tilt-v1", "is a dial: the slope.*tilt-v1@eps=0.25"),
        ("tilt-v1@eps=3", "is 3; it is a number from 0 to 2"),
        ("tilt-v1@eps=-0.1", "from 0 to 2"),
        ("tilt-v1@eps=nan", "from 0 to 2"),
        ("tilt-v1@eps=much", "'eps=much' sets nothing.*such as tilt-v1@eps=0.25"),
        ("tilt-v1@slope=1", "'slope=1' sets nothing"),
        ("tilt-v1@", "sets nothing"),
        ("tlt-v1", "Did you mean 'tilt-v1'"),
    ],
)
def test_a_wrong_setting_is_answered_with_what_is_allowed(tilt: Dial, name: str, complaint: str) -> None:
    with pytest.raises(SympriorError, match=complaint):
        get_task(name)


def test_a_whole_number_stays_whole(tilt: Dial) -> None:
    whole = replace(tilt, whole=True, values=(0, 1, 2, 3, 4), high=6)
    assert whole.task(3).id == "tilt-v1@eps=3"
    with pytest.raises(SympriorError, match=r"is 2\.5; it is a whole number"):
        whole.task(2.5)


@pytest.mark.parametrize("name", [name for dial in DIALS for name in DIALS[dial].names])
def test_a_dial_has_the_budget_of_the_task_that_it_breaks(name: str) -> None:
    task = get_task(name)
    dial = dial_of(task)
    assert dial is not None
    broken = get_task(dial.breaks).references
    assert task.budget == broken.budget
    assert task.references.budget_source == f"that of {dial.breaks}, which the dial breaks: {broken.budget_source}"


def test_a_task_of_its_own_is_no_value_of_a_dial() -> None:
    assert dial_of(CARTPOLE) is None
