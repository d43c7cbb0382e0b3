"""Budgets by the protocol's rule: from the plain agent's ledger on the very task."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from symprior.agents.ledgers.ledger import LEDGERS, Ledger, Trial, load, write
from symprior.benchmark.sweep.engines.local import LocalEngine
from symprior.benchmark.sweep.store import RecordStore
from symprior.benchmark.sweep.sweep import Sweep
from symprior.benchmark.tuning import budgets
from symprior.benchmark.tuning.budgets import LEAST_SEEDS, budget_by_rule, keep, ledger_on
from symprior.symmetry.errors import SympriorError
from symprior.tasks import TASKS, get_task
from symprior.tasks.task import BY_HAND

BY_RULE = [
    name for name in TASKS if get_task(name).given is None and BY_HAND not in get_task(name).references.budget_source
]


def ledger(task: str, times: list[float], **other: object) -> Ledger:
    trial = Trial(
        settings={"learning_rate": 0.01}, data_efficiency=[0.5] * len(times), steps_to_threshold=times, censored=0
    )
    fields = {"agent": "ppo", "scope": "a", "learner": "batched", "budget": 1000, "seeds": list(range(len(times)))}
    return Ledger.model_validate({**fields, "task": task, "trials": [trial], "chosen": {"learning_rate": 0.01}} | other)


@pytest.mark.parametrize(
    ("times", "budget"), [([400.0, 600.0], 1000), ([150.0, 170.0], 500), ([150.0], 200), ([370.0], 1000), ([60.0], 100)]
)
def test_it_is_twice_the_mean_time_rounded_to_1_2_5(times: list[float], budget: int) -> None:
    found, source = budget_by_rule(ledger("b", times), "b")
    assert found == budget
    assert "tuned on" not in source
    assert "ppo on batched, tuned on c," in budget_by_rule(ledger("b", times), "c")[1]


@pytest.mark.parametrize("name", BY_RULE)
def test_every_budget_by_the_rule_follows_from_a_kept_ledger(name: str) -> None:
    task = get_task(name)
    own = LEDGERS / task.family / task.id / "ppo.json"
    family = load(task.family, "ppo")
    kept = load(task.id, "ppo", own.parent.parent) if own.is_file() else family
    assert kept.chosen == family.chosen, "a budget is of the settings that runs have"
    assert kept.best.runs >= LEAST_SEEDS
    assert (task.budget, task.references.budget_source) == budget_by_rule(kept, family.task)


@pytest.mark.covering
def test_on_another_task_or_for_more_steps_the_choice_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tuned = ledger("room-v1", [400.0, 600.0], scope="room", seeds=[10000, 10001], budget=128)
    write(tuned, tmp_path)
    monkeypatch.setattr(budgets, "LEDGERS", tmp_path)
    monkeypatch.setattr(budgets, "load", lambda scope, agent, folder=tmp_path: load(scope, agent, folder))
    records = tmp_path / "records"

    def on(task: str, within: int | None = None) -> Ledger:
        return ledger_on(get_task(task), "ppo", Sweep(RecordStore(records), LocalEngine(1)), within)

    assert on("room-v1") == tuned
    found = on("room-c4-v1")
    seeds = [10000, 10001, 10002, 10003, 10004]
    assert (found.task, found.scope, found.seeds, found.budget) == ("room-c4-v1", "room-c4-v1", seeds, 128)
    assert found.chosen == tuned.chosen
    assert len(found.best.steps_to_threshold) == 5
    assert len(list(records.rglob("*.json"))) == 5
    assert keep(tuned, get_task("room-v1")) is None
    assert keep(found, get_task("room-c4-v1")) == tmp_path / "room" / "room-c4-v1" / "ppo.json"
    shutil.rmtree(records)
    assert on("room-c4-v1") == found, "what was kept is not run again"
    assert not records.exists()
    assert on("room-c4-v1", within=256).budget == 256
    assert on("room-v1", within=128) == tuned
    longer = on("room-v1", within=256)
    assert (longer.task, longer.scope, longer.seeds, longer.budget) == ("room-v1", "room-v1", seeds, 256)
    assert keep(longer, get_task("room-v1")) == tmp_path / "room" / "room-v1" / "ppo.json"
    assert on("room-v1") == longer, "what is known of more steps is what counts"
    searched = {"trials": [longer.best, longer.best.model_copy(update={"settings": {"learning_rate": 0.02}})]}
    write(longer.model_copy(update=searched), tmp_path / "room")
    assert on("room-v1", within=512).budget == 512, "it decided nothing"
    write(tuned.model_copy(update={"decided_by": "room/room-v1/ppo"}), tmp_path)
    with pytest.raises(
        SympriorError, match="room/room-v1/ppo is a search over 256 steps that chose the settings of ppo"
    ):
        on("room-v1", within=512)
    write(tuned.model_copy(update={"chosen": {"learning_rate": 0.02}}), tmp_path)
    assert on("room-v1").chosen == {"learning_rate": 0.02}, "what was kept of another choice is not used"
