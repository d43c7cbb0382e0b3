"""Whole runs on given transitions: an evaluation at each portion, both sets of goals, records that can be checked."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from symprior.agents.agent import Agent, Problem
from symprior.agents.agent.source import GivesTransitions
from symprior.benchmark.jobs import contestants
from symprior.benchmark.jobs.contestant import Contestant
from symprior.benchmark.jobs.job import Job, Stack
from symprior.benchmark.jobs.resolved import Resolved
from symprior.benchmark.run.evaluation import evaluate
from symprior.benchmark.run.execution import Execution
from symprior.benchmark.run.protocol import EvaluationPoint, episode_seeds, evaluation_points
from symprior.leaderboard.records.checks import impossible
from symprior.leaderboard.records.record import AgentCard, RunRecord
from symprior.tasks import get_task

ROOM = get_task("plan-room-v1")


class Remembering:
    """Remembers which picture followed which, and walks the shortest remembered way; where it knows none, to the right."""

    def __init__(self, stops_after: int = 9) -> None:
        self._after: dict[bytes, dict[int, bytes]] = {}
        self._stops_after = stops_after

    def learn(self, source: GivesTransitions, budget: int) -> None:
        for _ in range(self._stops_after):
            data = source.more()
            index = np.arange(len(data))
            seen, following = data.observations(index), data.next_observations(index)
            self._after = {}
            for now, action, then in zip(seen, data.actions.tolist(), following, strict=True):
                self._after.setdefault(now.tobytes(), {})[action] = then.tobytes()

    def act(self, observations: np.ndarray) -> np.ndarray:
        return np.array([self._first_move(*np.split(each, 2)) for each in observations])

    def _first_move(self, present: np.ndarray, goal: np.ndarray) -> int:
        start, end = present.tobytes(), goal.tobytes()
        queue, first = deque([start]), {start: 0}
        while queue:
            place = queue.popleft()
            for action, then in self._after.get(place, {}).items():
                if then not in first:
                    first[then] = action if place == start else first[place]
                    queue.append(then)
        return first.get(end, 0)


class Memory(Contestant):
    """That agent as a contestant."""

    id, mode, learns_from_given, bibtex = "remembering", "greedy", True, ""

    def __init__(self, **arguments: Any) -> None:
        self._arguments = arguments

    def learner(self, asked: str) -> str:
        return asked

    def resolve(self, job: Job, task: Any) -> Resolved:
        return Resolved(job, task, Problem.of(task), {})

    def build(self, runs: Sequence[Resolved], seeds: Sequence[int], confines: Any = None) -> Agent:
        return Remembering(**self._arguments)  # type: ignore[return-value]

    def check(self, resolved: Resolved) -> None: ...

    def card(self, agent: Agent | None, group: str, learner: str) -> AgentCard:
        return AgentCard(id=self.id, algorithm="memory", prior="none", description="", learner=learner)


@pytest.fixture
def run_on_room(monkeypatch: pytest.MonkeyPatch) -> Any:
    def run(budget: int = 2000, seed: int = 0, **arguments: Any) -> RunRecord:
        monkeypatch.setattr(contestants, "find", lambda name: Memory(**arguments))
        job = Job("custom", "1", ROOM.id, "remembering", (seed,), budget)
        [record] = Execution(Stack(tuple(job.runs))).run()
        return record

    return run


def test_each_portion_is_evaluated_with_both_sets_of_goals(run_on_room: Any) -> None:
    record = run_on_room()
    assert record.error is None and record.status == "finished"
    assert [point.step for point in record.curve] == [0, 200, 600, 2000] and record.steps_used == 2000
    assert all(len(point.returns) == 40 == len(point.lengths or []) for point in record.curve)
    for point in record.curve:  # a reached goal pays one, less what each step costs
        gained, steps = np.array(point.returns), np.array(point.lengths)
        np.testing.assert_allclose(gained, np.where(gained > -1, 1 - 0.02 * steps, -1))
    assert impossible(record, ROOM) == ""
    assert run_on_room().curve == record.curve
    assert run_on_room(seed=1).curve != record.curve


def test_who_remembers_everything_plans_optimally(run_on_room: Any) -> None:
    """Two thousand steps show every passage, so that goals never aimed at are reached as well as corners."""
    for returns in ROOM.by_goal_set(run_on_room().curve[-1].returns).values():
        assert np.mean(returns) > 0.8
    first = ROOM.by_goal_set(run_on_room().curve[0].returns)
    assert max(np.mean(returns) for returns in first.values()) < 0


def test_who_stops_early_keeps_the_policy_that_it_has(run_on_room: Any) -> None:
    record = run_on_room(budget=6000, stops_after=1)
    assert [point.step for point in record.curve] == [0, 200, 600, 2000, 6000] and record.steps_used == 200
    assert impossible(record, ROOM) == ""


def test_a_budget_between_portions_is_an_error_in_a_sentence(run_on_room: Any) -> None:
    record = run_on_room(budget=2500)
    assert record.status == "failed" and "gives 200, 600, 2,000, 6,000, 20,000 transitions, not 2,500" in record.error


def test_an_agent_that_plays_itself_has_the_same_points() -> None:
    assert [point.step for point in evaluation_points(20_000, None, ROOM.portions)] == [0, *ROOM.portions]
    job = Job("custom", "1", ROOM.id, "random", (0,), 600)
    [record] = Execution(Stack(tuple(job.runs))).run()
    assert [point.step for point in record.curve] == [0, 208, 592]  # sixteen copies step at once
    assert impossible(record, ROOM) == ""


class Noting:
    """Goes right, and notes which goals it is shown first."""

    def __init__(self) -> None:
        self.first: np.ndarray | None = None

    def act(self, observations: np.ndarray) -> np.ndarray:
        self.first = observations if self.first is None else self.first
        return np.zeros(len(observations), dtype=np.int64)


def test_sets_of_goals_come_in_turn_for_every_run() -> None:
    agent, point = Noting(), EvaluationPoint(0, 0)
    returns = evaluate(agent, ROOM, (3, 4), point)  # type: ignore[arg-type]
    assert [len(each) for each in returns] == [40, 40] and agent.first is not None
    simulator: Any = ROOM.simulator and ROOM.simulator()
    goals = simulator.recognise(agent.first)[:, -1].reshape(2, 2, 20)
    assert (goals[:, 0] < simulator.seen).all() and (goals[:, 1] >= simulator.seen).all()
    assert len(np.unique(episode_seeds(ROOM.id, 3, point, 40))) == 40
