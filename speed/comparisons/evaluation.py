"""Evaluation: acting in it against acting in training, and its share of what published suites took."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from speed.comparison import Comparison, at_least, timed
from speed.comparisons.learners import Setting, Work, prepared
from symprior.agents.learners.learner import stacking_learner
from symprior.leaderboard.records.published import read_published
from symprior.tasks import get_task

ROLLOUTS, REPEATS = 60, 5
ACTING = ("start", "choose")
"""What the kernel acts by in training: random numbers for a rollout, and the actions of a step."""


def acting(task_id: str, agent_name: str, seeds: int, settings: tuple[Setting, ...]) -> Comparison:
    """The kernel in evaluations against the kernel in training, in rows a CPU second."""
    agent, rollout = prepared(Work(task_id, agent_name, stacking_learner(), seeds, ROLLOUTS, settings, "fused"))
    env = get_task(task_id).make_vector(seeds * agent.num_envs)
    spent: dict[str, float] = defaultdict(float)
    for name in ACTING:
        setattr(agent.population, name, timed(getattr(agent.population, name), name, spent))
    agent.act = timed(agent.act, "evaluation", spent)
    ratios = []
    for _ in range(REPEATS + 1):  # the first warms up
        spent.clear()
        agent.learn(env, ROLLOUTS * rollout)
        observations, _ = env.reset(seed=np.arange(seeds * agent.num_envs))
        agent.seed_policy(np.arange(len(observations)))
        for _ in range(ROLLOUTS * rollout // agent.num_envs):
            agent.act(observations)
        ratios.append(sum(spent[name] for name in ACTING) / spent["evaluation"])
    title = f"{task_id}: {agent_name}, {seeds} seeds, rows a second in evaluations / in training, fused kernel"
    return at_least(title, float(np.median(ratios[1:])), 1)


def shares() -> dict[str, float]:
    """Evaluation's part of the recorded time of every published suite."""
    spent: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for record in read_published():
        of_suite = spent[record.suite_id]
        of_suite[0] += record.effort.evaluation_seconds
        of_suite[1] += record.effort.training_seconds
    return {suite: evaluation / (evaluation + training) for suite, (evaluation, training) in sorted(spent.items())}
