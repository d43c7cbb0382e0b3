"""Agents that know a task before their first step, as foreign weights let them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from symprior.leaderboard.records.record import RunRecord
from symprior.tasks.lookup import known_references

MOST_AT_FIRST = 0.5
"""Normalised mean score of an agent's runs at step 0; no published one comes near it."""


def known_beforehand(records: Iterable[RunRecord]) -> list[str]:
    """A sentence for each agent and task whose runs score over half before any training."""
    first: dict[tuple[str, str], list[float]] = defaultdict(list)
    for record in records:
        if record.curve:
            first[record.agent.id, record.task].append(float(np.mean(record.curve[0].returns)))
    scores = {(agent, task): _score(task, float(np.mean(returns))) for (agent, task), returns in first.items()}
    return [
        f"{agent} knows {task} before its first step: its runs score {score:.2f} there."
        for (agent, task), score in sorted(scores.items())
        if score > MOST_AT_FIRST
    ]


def _score(task: str, reached: float) -> float:
    references = known_references(task)
    return 0.0 if references is None else references.normalise(reached)
