"""Controls that are told a wrong group: the same networks and settings, and a policy that is equivariant under it alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symprior.agents import get_agent
from symprior.benchmark.run.equivariance import closed_under, equivariance_error
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks import SympriorError, get_task
from symprior.tasks.references.frozen_states import frozen_observations
from symprior.tasks.references.wrong_groups import wrong_symmetry

TASKS = ("cartpole-v1", "grid-catch-vector-v1", "grid-catch-v1", "room-vector-v1")


def error_under(symmetry: Symmetry, agent: Any, task_id: str) -> float:
    rows = closed_under(symmetry, frozen_observations(get_task(task_id)))
    return equivariance_error(agent.action_probabilities(rows), symmetry).raw_maximum


def fresh(name: str, task_id: str) -> Any:
    """The agent before training, its policy sharpened so that it is far from uniform."""
    task, shipped = get_task(task_id), get_agent(name)
    settings = shipped.settings(task.family)
    agent: Any = shipped.build(shipped.problem(task, settings), [3], [settings])
    for parameter in agent.network.policy.parameters():
        parameter.data *= 300
    return agent


@pytest.mark.parametrize("task_id", TASKS)
def test_the_wrong_network_is_as_large_and_equivariant_under_the_wrong_group_alone(task_id: str) -> None:
    wrong, right = fresh("ppo+wrong-group", task_id), fresh("ppo+homomorphic", task_id)
    assert wrong.parameters == right.parameters
    task = get_task(task_id)
    own, other = task.symmetry(), wrong_symmetry(task)
    for agent, holds, fails in ((wrong, other, own), (right, own, other)):
        assert error_under(holds, agent, task_id) < 1e-4
        assert error_under(fails, agent, task_id) > 1e-2


@pytest.mark.parametrize("prior", ["augment", "relaxed"])
def test_other_priors_take_the_wrong_group_too(prior: str) -> None:
    task = get_task("grid-catch-vector-v1")
    shipped = get_agent(f"dqn+wrong-group-{prior}")
    problem = shipped.problem(task)
    assert problem.symmetry.group.name == "wrong C4"
    assert np.array_equal(problem.symmetry.action.matrix(1), wrong_symmetry(task).action.matrix(1))
    assert get_agent(f"dqn+{prior}").problem(task).symmetry.group.name == "C4"


def test_a_task_without_a_frozen_one_is_refused_with_the_command(tmp_path: Path) -> None:
    bare = replace(get_task("cartpole-v1"), data=tmp_path)
    with pytest.raises(SympriorError, match="`symprior wrong-group cartpole-v1` draws one"):
        get_agent("ppo+wrong-group").problem(bare)


def test_an_untuned_prior_is_switched_on_at_the_plain_agents_settings() -> None:
    for family in ("grid-catch-vector", "cartpole"):
        plain = get_agent("ppo").settings(family).model_dump()
        untuned = get_agent("ppo+augment-one").settings(family).model_dump()
        assert untuned == plain
    assert get_agent("ppo+homomorphic").settings("cartpole").learning_rate != plain["learning_rate"]  # type: ignore[attr-defined]


def test_a_dial_takes_the_settings_of_the_task_that_it_breaks() -> None:
    for name in ("ppo", "ppo+homomorphic", "ppo+relaxed"):
        agent = get_agent(name)
        assert agent.settings("cartpole-wind") == agent.settings("cartpole")
        assert agent.settings("grid-catch-drift") == agent.settings("grid-catch-vector")
        assert agent.settings("pendulum-observed-torque") == agent.settings("pendulum") != agent.settings("none")
