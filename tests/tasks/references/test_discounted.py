"""Planning in enumerated tasks: both ways agree, orbits give the same values, and what has no symmetry is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from symprior.symmetry.errors import SympriorError
from symprior.tasks import get_task
from symprior.tasks.references.discounted import policy_iteration, reduced, value_iteration
from symprior.tasks.references.dynamic_programming import TabularMDP, tabulate
from symprior.tasks.references.price_of_symmetry.ties import Ties, find_ties

TASKS = ("room-vector-v1", "room-c4-v1", "grid-catch-vector-v1", "colour-world-vector-v1")


def enumerated(task_id: str) -> tuple[TabularMDP, Ties]:
    task = get_task(task_id)
    simulator: Any = task.simulator()  # type: ignore[misc]
    return tabulate(simulator), find_ties(simulator, task.symmetry())


@pytest.mark.parametrize("task_id", TASKS)
def test_both_ways_agree_in_the_task_and_in_its_orbits(task_id: str) -> None:
    mdp, ties = enumerated(task_id)
    by_sweeps, by_policies = value_iteration(mdp, 0.9), policy_iteration(mdp, 0.9)
    np.testing.assert_allclose(by_sweeps.values, by_policies.values, atol=1e-9)
    np.testing.assert_array_equal(by_sweeps.actions, by_policies.actions)
    orbits = reduced(mdp, ties)
    assert len(orbits.start) < len(mdp.start) / 2
    assert orbits.start.sum() == pytest.approx(1)
    for solution in (value_iteration(orbits, 0.9), policy_iteration(orbits, 0.9)):
        lifted = solution.lifted(ties)
        np.testing.assert_allclose(lifted.values, by_sweeps.values, atol=1e-9)
        worth = mdp.rewards + 0.9 * mdp.expected(by_sweeps.values)
        np.testing.assert_allclose(
            worth[lifted.actions, np.arange(len(mdp.start))],
            by_sweeps.values,
            atol=1e-8,
            err_msg="the actions are best",
        )


def test_values_are_those_of_a_task_solved_by_hand() -> None:
    from scipy.sparse import csr_array

    stay, go = csr_array(np.eye(2)), csr_array(np.array([[0.0, 1.0], [0.0, 0.0]]))
    mdp = TabularMDP((stay, go), np.array([[0.0, 0.0], [0.0, 1.0]]), np.array([1.0, 0.0]))
    for solution in (value_iteration(mdp, 0.5), policy_iteration(mdp, 0.5)):
        np.testing.assert_allclose(solution.values, [0.5, 1.0])
        np.testing.assert_array_equal(solution.actions, [1, 1])
    assert policy_iteration(mdp, 0.5).rounds == 3, "the end is found first, then the way there"


def test_what_is_not_invariant_has_no_orbits() -> None:
    mdp, ties = enumerated("grid-catch-vector-v1")
    rewards = mdp.rewards.copy()
    rewards[0, 0] += 0.1
    with pytest.raises(SympriorError, match="not invariant"):
        reduced(replace(mdp, rewards=rewards), ties)
    start = np.eye(len(mdp.start))[0]
    with pytest.raises(SympriorError, match="not invariant"):
        reduced(replace(mdp, start=start), ties)


@pytest.mark.parametrize("gamma", [1.0, -0.1, float("nan")])
def test_a_discount_is_less_than_1(gamma: float) -> None:
    mdp, _ = enumerated("grid-catch-vector-v1")
    for plan in (value_iteration, policy_iteration):
        with pytest.raises(SympriorError, match="less than 1"):
            plan(mdp, gamma)
    with pytest.raises(SympriorError, match="positive"):
        value_iteration(mdp, 0.5, 0.0)
