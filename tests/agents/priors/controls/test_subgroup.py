"""A homomorphic network under a part of the group: the largest proper subgroup, or the one that is asked for."""

from __future__ import annotations

from typing import Any

import pytest

from symprior.agents import get_agent
from symprior.benchmark.run.equivariance import closed_under, equivariance_error
from symprior.tasks import SympriorError, get_task
from symprior.tasks.references.frozen_states import frozen_observations


def agent_of(task_id: str, **overrides: Any) -> Any:
    task, shipped = get_task(task_id), get_agent("ppo+subgroup")
    settings = shipped.settings(task.family, overrides)
    agent: Any = shipped.build(shipped.problem(task, settings), [3], [settings])
    for parameter in agent.network.policy.parameters():
        parameter.data *= 300  # far from uniform
    return agent


@pytest.mark.parametrize(
    ("task_id", "asked", "name", "order"),
    [
        ("grid-catch-vector-v1", None, "⟨r2⟩⊂C4", 2),
        ("room-vector-v1", None, "⟨r⟩⊂D4", 4),
        ("room-vector-v1", ("s",), "⟨s⟩⊂D4", 2),
        ("room-vector-v1", ("r2", "s"), "⟨r2,s⟩⊂D4", 4),
        ("grid-catch-v1", ("r2",), "⟨r2⟩⊂C4", 2),
    ],
)
def test_it_is_equivariant_under_the_subgroup_and_no_more(
    task_id: str, asked: tuple[str, ...] | None, name: str, order: int
) -> None:
    agent, task = agent_of(task_id, subgroup=asked), get_task(task_id)
    used = agent.problem.symmetry
    assert (used.group.name, len(used.group)) == (name, order)
    errors = []
    for symmetry in (used, task.symmetry()):
        policy = agent.action_probabilities(closed_under(symmetry, frozen_observations(task)))
        errors.append(equivariance_error(policy, symmetry).raw_maximum)
    assert errors[0] < 1e-4
    assert errors[1] > 1e-2


def test_it_is_as_large_as_the_plain_network() -> None:
    plain = get_agent("ppo")
    task = get_task("room-vector-v1")
    settings = plain.settings(task.family)
    size: Any = plain.build(plain.problem(task), [1], [settings])
    assert abs(agent_of("room-vector-v1").parameters / size.parameters - 1) < 0.05


def test_a_group_of_two_has_none() -> None:
    with pytest.raises(SympriorError, match="its only proper subgroup is trivial: that is the plain agent"):
        agent_of("cartpole-v1")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("r",), "generates the whole group of C4"),
        (("e",), "the trivial one"),
        (("s",), "no element of C4: e, r, r2, r3"),
    ],
)
def test_what_generates_no_proper_subgroup_is_refused(asked: tuple[str, ...], message: str) -> None:
    with pytest.raises(SympriorError, match=message):
        agent_of("grid-catch-vector-v1", subgroup=asked)
