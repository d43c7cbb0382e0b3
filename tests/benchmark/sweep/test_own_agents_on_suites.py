"""An agent of one's own under a frozen suite's rules: its tasks, seeds, budgets and evaluations, in a folder of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from symprior.benchmark.sweep.suite import get_suite
from symprior.leaderboard.records.record import read_records
from symprior.tasks import get_task

FAST = """
import numpy as np

class Fast:
    '''Holds still, a thousand times side by side.'''
    baseline, num_envs = "ppo", 1000
    def __init__(self, problem, seed): pass
    def learn(self, env, budget):
        env.reset()
        while True: env.step(np.zeros(env.num_envs, dtype=int))
    def act(self, observations): return np.zeros(len(observations), dtype=int)
"""
Answer = Callable[..., CompletedProcess[str]]


@pytest.mark.slow
def test_an_own_agent_runs_by_the_rules_of_a_suite(
    answer: Answer, agent_file: Callable[[str], Path], tmp_path: Path
) -> None:
    agent_file(FAST)
    result = answer("run", "--suite", "quick", "--agent", "./mine.py:Fast", "--seeds", "3")
    assert result.returncode == 0, result.stderr
    suite, records = get_suite("quick"), read_records(tmp_path / "runs")
    assert [record.task for record in records] == suite.tasks
    for record in records:
        assert (record.suite, record.suite_version, record.seed) == ("quick", suite.version, 3)
        assert record.budget == record.steps_used == get_task(record.task).budget
        assert (record.agent.learner, record.agent.baseline) == ("custom", "ppo")
        assert (
            tmp_path / "runs" / f"quick-{suite.version}" / "custom" / record.task / "Fast" / "seed-0003.json"
        ).is_file()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--agent", "ppo"], "or an --agent path/to/file.py:Name of your own"),
        (["--agent", "./mine.py:Fast", "--budget", "100"], "A suite fixes its tasks, agents, budgets"),
        (["--agent", "./mine.py:Fast", "--seeds", "77"], "The suite has no seeds 77"),
    ],
)
def test_what_a_suite_fixes_stays_fixed(
    answer: Answer, agent_file: Callable[[str], Path], arguments: list[str], said: str
) -> None:
    agent_file(FAST)
    result = answer("run", "--suite", "quick", *arguments)
    assert result.returncode == 2 and said in " ".join(result.stderr.split())
