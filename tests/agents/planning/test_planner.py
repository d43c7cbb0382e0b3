"""The planner in perfect models finds what exact planning finds, for many goals at once."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from symprior.agents.planning.planner import Planner, PlanSettings
from symprior.agents.planning.value_iteration import Arrivals, iterate_values, shared
from symprior.symmetry.errors import SympriorError
from symprior.tasks.families.planning.goals import GoalSimulator
from symprior.tasks.families.planning.room import world
from symprior.tasks.references.discounted import value_iteration
from symprior.tasks.references.dynamic_programming import tabulate

GAMMA = 0.9
ROOM = world("pinwheel")
CELLS = ROOM.maze.cells


def codes_of(cells: np.ndarray) -> Tensor:
    """A perfect code: one entry for each cell."""
    return 3 * torch.eye(CELLS)[torch.as_tensor(cells)]


def step(codes: Tensor) -> Tensor:
    """A perfect model of the room."""
    cells = codes.argmax(-1).numpy()
    each = [
        ROOM.step(cells[:, None], np.full(len(cells), action), np.empty((len(cells), 0)))[0][:, 0]
        for action in range(4)
    ]
    return torch.stack([codes_of(after).to(codes.dtype) for after in each], dim=1)


def exact_values(goal: int) -> np.ndarray:
    """γ to the power of the steps before the last one, of every cell but the goal, by exact value iteration in the task."""
    task = GoalSimulator(ROOM, np.array([[goal], [(goal + 1) % CELLS]]), 1, 50)
    mdp = tabulate(task)
    only_goal = type(mdp)(mdp.transitions, (mdp.rewards > 0).astype(np.float64), mdp.start)
    return value_iteration(only_goal, GAMMA).values[task.all_states()[:, -1] == 0]


def test_values_are_those_of_exact_value_iteration_for_every_goal() -> None:
    goals = np.array([0, 6, 24, 48])
    planner = Planner(codes_of(np.arange(CELLS)), step, PlanSettings(gamma=GAMMA))
    plan = planner.plan(codes_of(goals))
    for number, goal in enumerate(goals):
        others = np.delete(np.arange(CELLS), goal)
        values = planner.action_values(codes_of(others), plan, torch.full((len(others),), number))
        np.testing.assert_allclose(values.amax(1).numpy(), exact_values(int(goal)), atol=1e-6)


def test_a_goal_that_is_no_prototype_is_planned_for_beside_them() -> None:
    goal = 10
    planner = Planner(codes_of(np.delete(np.arange(CELLS), goal)), step, PlanSettings(gamma=GAMMA))
    plan = planner.plan(codes_of(np.array([goal])))
    assert not plan.known.any()
    others = np.delete(np.arange(CELLS), goal)
    values = planner.action_values(codes_of(others), plan, torch.zeros(len(others), dtype=torch.int64))
    np.testing.assert_allclose(values.amax(1).numpy(), exact_values(goal), atol=1e-6)


def test_goals_planned_together_are_planned_as_alone_and_one_after_another() -> None:
    planner = Planner(codes_of(np.arange(CELLS)), step)
    together = planner.plan(codes_of(np.array([3, 40])))
    apart = planner.plan(codes_of(np.array([3]))).with_goals(planner.plan(codes_of(np.array([40]))))
    torch.testing.assert_close(together.worth, apart.worth)
    torch.testing.assert_close(together.goals, apart.goals)


def test_a_goal_that_cannot_be_reached_is_worth_nothing_anywhere() -> None:
    planner = Planner(codes_of(np.arange(CELLS)), step)
    plan = planner.plan(torch.full((1, CELLS), 2.0))
    values = planner.action_values(codes_of(np.arange(CELLS)), plan, torch.zeros(CELLS, dtype=torch.int64))
    assert values.abs().max() < 1e-9


def test_sparse_and_dense_sweeps_agree() -> None:
    generator = torch.Generator().manual_seed(0)
    rows = (20 * torch.randn(400, 100, generator=generator)).softmax(-1).double()
    arrivals = Arrivals(torch.eye(100)[:, :3], torch.zeros(400, 3))
    sparse = shared(rows)
    assert sparse.layout == torch.sparse_csr
    torch.testing.assert_close(
        iterate_values(sparse, arrivals, 0.9, 500), iterate_values(rows.float(), arrivals, 0.9, 500), atol=1e-5, rtol=0
    )


def test_sweeps_end_early_where_they_would_change_nothing() -> None:
    probabilities = shared(torch.eye(5).roll(1, 0).double())
    arrivals = Arrivals(torch.eye(5)[:, :1], torch.zeros(5, 1))
    enough, more = (iterate_values(probabilities, arrivals, 0.9, sweeps) for sweeps in (5, 500))
    assert torch.equal(enough, more)
    assert not torch.equal(more, iterate_values(probabilities, arrivals, 0.9, 2))


@pytest.mark.parametrize("wrong", [{"temperature": 0.0}, {"gamma": 1.0}, {"sweeps": 0}])
def test_impossible_plans_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(SympriorError, match="a temperature over 0, a discount between 0 and 1, and at least one sweep"):
        PlanSettings(**wrong)  # type: ignore[arg-type]


def test_a_planner_without_prototypes_is_refused() -> None:
    with pytest.raises(SympriorError, match="at least one prototype"):
        Planner(torch.empty(0, 3), step)
