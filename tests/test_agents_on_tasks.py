"""The table of agents × tasks: each agent learns each task for a while, within its budget, the same again under its seed.

`make test` runs the cells that hold every agent and every task, each twice. Those marked `covering` add every prior on every
family of tasks: `.ci/run` runs them too, once. `--whole-table` (in `make test-all`) is every agent on every task, twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pytest

from symprior.agents import Problem, ShippedAgent, agent_names, get_agent
from symprior.agents.agent.source import BudgetExhausted
from symprior.agents.learners.learner import LEARNERS
from symprior.benchmark.run.equivariance import (
    EquivarianceErrors,
    closed_under,
    equivariance_error,
    log_std_equivariance_error,
    mean_equivariance_error,
    value_equivariance_error,
)
from symprior.benchmark.run.sources.given_transitions import GivenTransitions
from symprior.benchmark.run.sources.metering import MeteredVectorEnv
from symprior.symmetry.errors import SympriorError
from symprior.tasks import TASKS, Task
from symprior.tasks.environments.simulators import training_seeds
from symprior.tasks.references.frozen_states import frozen_observations

pytestmark = pytest.mark.slow

BUDGET, COPIES, SEED = 35, 2, 5
"""Environment steps: not a whole number of vector steps, so that the last one cannot be taken."""
SMALL: dict[str, Any] = {
    "num_envs": COPIES,
    "learning_rate": 3e-3,
    "steps": 8,
    "minibatches": 2,
    "epochs": 2,
    "buffer_size": 64,
    "learning_starts": 16,
    "train_frequency": 2,
    "gradient_steps": 2,
    "batch_size": 8,
    "target_update_interval": 16,
    "initial_value": 1.0,
}
"""Settings for a few updates; an agent takes those that it has."""
TOLERANCE = 1e-5
EQUIVARIANCE: dict[str, Callable[[Any, Problem], EquivarianceErrors]] = {
    "action_values": lambda values, problem: value_equivariance_error(values, problem.symmetry),
    "action_probabilities": lambda policy, problem: equivariance_error(policy, problem.symmetry),
    "action_means": lambda means, problem: mean_equivariance_error(means, problem.symmetry, problem.action_space),
}
LOG_STDS = "action_log_stds"


@dataclass(frozen=True)
class Cell:
    """One agent on one task, and what carries it out."""

    agent: str
    task: str
    learner: str

    def __str__(self) -> str:
        return f"{self.agent} on {self.task}, {self.learner}"


def is_strict(shipped: ShippedAgent) -> bool:
    """Whether its policy is equivariant by construction."""
    return shipped.prior is not None and shipped.prior.strict


@cache
def kind(task: Task) -> str:
    """What an agent must be able to see and do."""
    symmetry = task.symmetry()
    seen = "images" if len(symmetry.observation.shape) == 3 else "vectors"
    return f"{seen}, {'discrete' if symmetry.discrete else 'continuous'}"


def settings_of(shipped: ShippedAgent, task: Task) -> Any:
    """Small ones."""
    sizes: dict[str, Any] = {"widths": (8, 8), "channels": (6, 6)}
    if kind(task).startswith("images"):
        sizes = {"widths": (6, 8, 24), "channels": (4, 6, 16), "learning_rate": 3e-4}
    known = shipped.settings_type.model_fields
    overrides = {name: value for name, value in {**SMALL, **sizes}.items() if name in known}
    return shipped.settings(task.family, overrides)


def learners_of(shipped: ShippedAgent, task: Task) -> list[str]:
    """What carries it out on this task; empty where its algorithm or its prior refuses the task."""
    if shipped.algorithm.task_refusal(task):
        return []
    try:
        if shipped.prior is not None:
            shipped.prior.symmetry(task, settings_of(shipped, task))
    except SympriorError:  # such as of a control that needs a proper subgroup
        return []
    return sorted(name for name in LEARNERS if shipped.algorithm.name in LEARNERS[name].algorithms)


@cache
def whole_table() -> tuple[Cell, ...]:
    """Every agent on every installed task that it takes; from cell to cell the learners take turns."""
    cells = []
    for row, name in enumerate(agent_names()):
        for column, task in enumerate(TASKS[each] for each in TASKS):
            learners = learners_of(get_agent(name), task) if task.is_installed else []
            if learners:
                cells.append(Cell(name, task.id, learners[(row + column) % len(learners)]))
    return tuple(cells)


@dataclass(frozen=True)
class Covered:
    """What cells cover: agents, tasks, and pairs of a prior and a family of tasks."""

    agents: frozenset[str]
    tasks: frozenset[str]
    pairs: frozenset[tuple[str, str]]


@cache
def pair_of(cell: Cell) -> tuple[str, str]:
    """The agent's prior, empty for the plain one, and the task's family."""
    return cell.agent.partition("+")[2], TASKS[cell.task].family


def covered(cells: Iterable[Cell]) -> Covered:
    """What is met at least once."""
    cells = tuple(cells)
    return Covered(
        frozenset(cell.agent for cell in cells),
        frozenset(cell.task for cell in cells),
        frozenset(pair_of(cell) for cell in cells),
    )


@cache
def cost_of(task: Task) -> tuple[bool, int]:
    """Orders tasks from cheap to slow: simulators of arrays first, then by the entries of an observation's orbit."""
    symmetry = task.symmetry()
    return task.simulator is None, symmetry.observation.size * len(symmetry.group)


@cache
def once_each() -> tuple[Cell, ...]:
    """Every agent and every task: always a cell that is new in most of agent, task and pair, the cheapest of these."""
    chosen: list[Cell] = []
    agents, tasks, pairs = set[str](), set[str](), set[tuple[str, str]]()
    left = sorted(whole_table(), key=lambda cell: cost_of(TASKS[cell.task]))

    def rank(cell: Cell) -> tuple[int, bool]:
        return (cell.agent in agents) + (cell.task in tasks), pair_of(cell) in pairs

    while left := [cell for cell in left if cell.agent not in agents or cell.task not in tasks]:
        best = min(left, key=rank)
        chosen.append(best)
        agents.add(best.agent)
        tasks.add(best.task)
        pairs.add(pair_of(best))
    return tuple(chosen)


@cache
def published_part() -> tuple[Cell, ...]:
    """Every agent, every task, every prior on every family of tasks, where its agents take turns on the cheapest task."""
    chosen, uses = list(once_each()), Counter(cell.agent for cell in once_each())
    fitting: dict[tuple[str, str], list[Cell]] = {}
    for cell in whole_table():
        fitting.setdefault(pair_of(cell), []).append(cell)
    for pair in sorted(fitting.keys() - covered(chosen).pairs):
        best = min(fitting[pair], key=lambda cell: (cost_of(TASKS[cell.task]), uses[cell.agent]))
        chosen.append(best)
        uses[best.agent] += 1
    return tuple(chosen)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make a test of each cell that was asked for; one process has all of a task, whose environments it then makes once."""
    if "cell" in metafunc.fixturenames:
        whole = metafunc.config.getoption("--whole-table")
        extra, always = [] if whole else [pytest.mark.covering], set(once_each())
        cells = [
            pytest.param(
                cell,
                id=str(cell),
                marks=[pytest.mark.xdist_group(cell.task), *([] if cell in always else extra)],
            )
            for cell in (whole_table() if whole else published_part())
        ]
        metafunc.parametrize("cell", cells)


@cache
def environments(task: Task) -> Any:
    """Copies of the task's environment, which serve every cell of the table: a reset with seeds makes them new."""
    return task.make_vector(COPIES)


@cache
def frozen(task: Task) -> Any:
    """Observations on which policies are compared."""
    return frozen_observations(task, 64)


@dataclass
class Trained:
    """An agent behind its training, what it was told, and what it said at the frozen states, closed under that group."""

    agent: Any
    problem: Problem
    used: int
    budget: int
    at_frozen_states: dict[str, Any]

    @property
    def weights(self) -> list[Any]:
        """All that was trained."""
        return [np.array(values) for values in self.agent.policy_arrays(0).values()]


def source_of(shipped: ShippedAgent, task: Task) -> tuple[Any, int]:
    """What the agent learns from, and how much of that: environment steps, or the smallest part of the given transitions."""
    if shipped.algorithm.learns_from_given:
        assert task.given is not None
        budget = task.given.portions[0]
        return GivenTransitions(task, SEED, budget, []), budget
    seeds = np.asarray(training_seeds(task.id, SEED, COPIES))
    return MeteredVectorEnv(environments(task), 1, BUDGET, [], seeds, lambda point: None), BUDGET


def trained(cell: Cell) -> Trained:
    """Train the agent for the budget, from its seed."""
    shipped, task = get_agent(cell.agent), TASKS[cell.task]
    settings = settings_of(shipped, task)
    problem = shipped.problem(task, settings)
    agent: Any = shipped.build(problem, [SEED], [settings], cell.learner)
    source, budget = source_of(shipped, task)
    with suppress(BudgetExhausted):
        agent.learn(source, budget)
    met = agent.policy_arrays(0).get("observations", frozen(task)[:0])  # a table says nothing of others
    states = closed_under(problem.symmetry, np.concatenate([frozen(task), met]))
    said = {
        name: np.asarray(getattr(agent, name)(states)) for name in (*EQUIVARIANCE, LOG_STDS) if hasattr(agent, name)
    }
    return Trained(agent, problem, source.used, budget, said)


def test_a_cell_of_the_table(cell: Cell, request: pytest.FixtureRequest) -> None:
    """It learns without error, uses its budget to the step, and does the same again; if strict, it stays equivariant."""
    found, shipped = trained(cell), get_agent(cell.agent)
    assert found.used == found.budget - found.budget % COPIES
    assert found.at_frozen_states, "it says how it would act"
    assert all(np.isfinite(said).all() for said in found.at_frozen_states.values())
    if shipped.prior is not None:
        assert found.agent.gradient_steps > 0
    if is_strict(shipped):
        assert_equivariant(found.at_frozen_states, found.problem)
    if request.node.get_closest_marker("covering") is None:
        assert_same(found, trained(cell))


def assert_same(one: Trained, other: Trained) -> None:
    """To the bit: what they say at the frozen states, and all that was trained."""
    for name, said in one.at_frozen_states.items():
        np.testing.assert_array_equal(said, other.at_frozen_states[name])
    for mine, its in zip(one.weights, other.weights, strict=True):
        np.testing.assert_array_equal(mine, its)
    assert getattr(one.agent, "gradient_steps", None) == getattr(other.agent, "gradient_steps", None)


def assert_equivariant(at_frozen_states: dict[str, Any], problem: Problem) -> None:
    """Within the tolerance under every element, and by far nearer than states are to each other."""
    name, error_of = next((name, of) for name, of in EQUIVARIANCE.items() if name in at_frozen_states)
    said = at_frozen_states[name]
    error = error_of(said, problem).raw_maximum
    unit = said.std() if name == "action_values" else 1
    assert error < TOLERANCE * max(1, np.abs(said).max() / unit), "the round-off of action values goes with their size"
    assert error < 0.01 * np.ptp(said, axis=0).max() / unit, "a constant policy would be equivariant for nothing"
    if LOG_STDS in at_frozen_states:
        assert log_std_equivariance_error(at_frozen_states[LOG_STDS], problem.symmetry) < TOLERANCE


def test_the_published_part_holds_every_agent_every_task_and_every_prior_on_every_family() -> None:
    everything = covered(whole_table())
    assert everything.agents == set(agent_names())
    assert everything.tasks == {name for name in TASKS if TASKS[name].is_installed}
    assert covered(published_part()) == everything
    assert len(set(published_part())) == len(published_part()) < 1.2 * len(everything.pairs)


def test_make_test_holds_every_agent_and_every_task() -> None:
    assert set(once_each()) <= set(published_part())
    everything, once = covered(whole_table()), covered(once_each())
    assert (once.agents, once.tasks) == (everything.agents, everything.tasks)
    assert len(once_each()) == max(len(everything.agents), len(everything.tasks))


def test_a_slow_task_appears_only_where_no_cheaper_one_of_its_family_takes_the_prior() -> None:
    cheapest: dict[tuple[str, str], Any] = {}
    for cell in whole_table():
        cost = cost_of(TASKS[cell.task])
        cheapest[pair_of(cell)] = min(cost, cheapest.get(pair_of(cell), cost))
    for cell in set(published_part()) - set(once_each()):
        assert cost_of(TASKS[cell.task]) == cheapest[pair_of(cell)], cell
