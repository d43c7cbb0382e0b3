"""Uniformly random actions: the floor that every learner should leave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symprior.agents.acting.random_agent import RandomChoice, RandomVector
from symprior.agents.agent import Agent, Problem
from symprior.agents.algorithms.algorithm import Algorithm, register


@register
class Random(Algorithm):
    """No learning at all."""

    name = "random"
    title = "random"
    description = "Uniformly random actions; it uses its budget and learns nothing."
    takes_prior = False

    def agent(
        self,
        problem: Problem,
        seeds: Sequence[int],
        prior: Any,
        settings: Sequence[Any],
        learner: str,
        device: str,
        kernel: str = "torch",
    ) -> Agent:
        """The same on every learner."""
        kind = RandomChoice if problem.symmetry.discrete else RandomVector
        return kind(problem, seeds, settings[0])
