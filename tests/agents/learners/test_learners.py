"""What every learner keeps, whichever algorithms it carries out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symprior.agents import get_agent
from symprior.agents.algorithms.algorithm import ALGORITHMS, Actions
from symprior.agents.learners.learner import (
    LEARNERS,
    Training,
    learner_names,
    learner_of,
    reference_learner,
    stacking_learner,
)
from symprior.leaderboard.records import learners
from symprior.symmetry.errors import SympriorError
from symprior.tasks import get_task

CARRIED = [(learner, algorithm) for learner in LEARNERS for algorithm in LEARNERS[learner].algorithms]
TASKS = {Actions.DISCRETE: "cartpole-v1", Actions.VECTORS: "pendulum-v1"}
Make = Callable[..., Any]


@pytest.mark.parametrize(("learner", "algorithm"), CARRIED)
def test_a_recipe_takes_the_actions_that_its_algorithm_takes(learner: str, algorithm: str) -> None:
    made = LEARNERS[learner].recipe(algorithm)
    takes = {
        kind for kind, make in ((Actions.DISCRETE, made.discrete), (Actions.VECTORS, made.vectors)) if make is not None
    }
    assert takes == ALGORITHMS[algorithm].actions


@pytest.mark.parametrize(("learner", "algorithm"), CARRIED)
def test_an_agent_acts_in_the_spaces_of_its_task(learner: str, algorithm: str) -> None:
    shipped = get_agent(algorithm)
    for kind in sorted(shipped.algorithm.actions):
        task = get_task(TASKS[kind])
        settings = shipped.settings(task.family)
        agent = shipped.build(shipped.problem(task, settings), [3], [settings], learner)
        actions = agent.act(np.zeros((2, *task.observation_space.shape), dtype=np.float32))  # type: ignore[misc]
        assert all(task.action_space.contains(action) for action in actions)


@pytest.mark.parametrize("learner", list(LEARNERS))
def test_only_a_learner_that_says_so_trains_many_seeds(learner: str) -> None:
    task, shipped = get_task("cartpole-v1"), get_agent("ppo")
    if "ppo" not in LEARNERS[learner].algorithms:
        pytest.skip("it trains nothing")
    settings = shipped.settings(task.family)
    training = Training(shipped.problem(task), (0, 1), shipped.algorithm, shipped.prior, (settings, settings))
    if LEARNERS[learner].trains_many:
        assert LEARNERS[learner].build(training) is not None
    else:
        with pytest.raises(SympriorError, match="one seed at a time"):
            LEARNERS[learner].build(training)


def test_what_a_learner_does_not_carry_out_is_refused_by_name() -> None:
    absent = [(learner, name) for learner in learner_names() for name in ALGORITHMS if (learner, name) not in CARRIED]
    for learner, name in absent:
        if (unasked := learner_of(ALGORITHMS[name], learner)) != learner:
            assert unasked not in learner_names(), "nobody chooses it"
            continue
        task = get_task(TASKS[min(ALGORITHMS[name].actions)])
        settings = get_agent(name).settings(task.family)
        with pytest.raises(SympriorError, match=f"{name} runs on the learner .* only, not on {learner}"):
            get_agent(name).build(get_agent(name).problem(task), [0], [settings], learner)


def test_one_learner_is_the_reference_and_one_stacks_seeds() -> None:
    assert [name for name in LEARNERS if LEARNERS[name].is_reference] == [reference_learner()]
    assert [name for name in learner_names() if LEARNERS[name].trains_many] == [stacking_learner()]
    assert learner_names()[0] == reference_learner()
    assert (stacking_learner(), reference_learner()) == (learners.BATCHED, learners.REFERENCE)  # as records name them


def test_no_learner_is_named_outside_its_room() -> None:
    root = Path(__file__).resolve().parents[3]
    rooms = {name: Path(str(LEARNERS[name].__class__.__module__).replace(".", "/")).name for name in learner_names()}
    apart = {
        root / "benchmark/run/provenance.py",
        root / "leaderboard/records/learners.py",
    }  # packages; names in records
    for floor in ("symmetry", "tasks", "agents", "leaderboard", "benchmark", "speed"):
        for path in (root / floor).rglob("*.py"):
            for name, room in rooms.items():
                if room not in path.parts and path not in apart:
                    assert f'"{name}"' not in path.read_text(encoding="utf-8"), path
