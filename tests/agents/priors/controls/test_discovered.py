"""Agents that are told what a search found, instead of what a task declares."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import symprior
from symprior.agents import get_agent
from symprior.benchmark.jobs.job import Job, Stack
from symprior.benchmark.run.execution import Execution
from symprior.tasks import SympriorError, get_task
from symprior.tasks.references.discovered import discovered_symmetry

EQUAL = ("cartpole-v1", "pendulum-v1")
"""Tasks whose search finds the declared group and no larger one."""


@pytest.mark.parametrize("name", EQUAL)
def test_what_is_kept_is_what_a_search_finds(name: str) -> None:
    found, kept = symprior.discover(name).proposal, discovered_symmetry(get_task(name))
    assert found is not None
    for own, other in ((found.symmetry.observation, kept.observation), (found.symmetry.action, kept.action)):
        assert np.array_equal(own.source, other.source) and np.array_equal(own.sign, other.sign)  # type: ignore[attr-defined]
    assert (found.symmetry.exactness, found.symmetry.reset) == (kept.exactness, kept.reset)


@pytest.mark.parametrize(("name", "budget"), [("cartpole-v1", 2048), ("pendulum-v1", 4096)])
def test_where_the_declared_group_was_found_training_is_the_same_to_the_bit(name: str, budget: int) -> None:
    def curve(agent: str) -> Any:
        [record] = Execution(
            Stack(tuple(Job("custom", "1", name, agent, (3,), budget, evaluate_every=budget).runs))
        ).run()
        assert record.status == "finished" and record.agent.id == agent, record.error
        return [point.returns for point in record.curve], record.hyperparameters

    found = curve("ppo+discovered")
    assert found == curve("ppo+homomorphic")
    assert found != curve("ppo")


def test_a_larger_group_than_the_declared_one_is_told() -> None:
    task = get_task("grid-catch-vector-v1")
    found, declared = (get_agent(f"dqn+{prior}").problem(task) for prior in ("discovered", "homomorphic"))
    assert (found.symmetry.group.name, declared.symmetry.group.name) == ("D4", "C4")


def test_its_settings_are_those_of_the_homomorphic_agent() -> None:
    for family in ("cartpole", "grid-catch-vector"):
        for algorithm in ("ppo", "dqn"):
            found, declared = (get_agent(f"{algorithm}+{prior}") for prior in ("discovered", "homomorphic"))
            assert found.settings(family) == declared.settings(family)
            assert found.ledger(family) == declared.ledger(family)


def test_a_task_for_which_nothing_is_kept_is_refused_with_the_command(tmp_path: Path) -> None:
    bare = replace(get_task("cartpole-v1"), data=tmp_path)
    with pytest.raises(SympriorError, match="`symprior discover cartpole-v1 --write` searches"):
        get_agent("ppo+discovered").problem(bare)
