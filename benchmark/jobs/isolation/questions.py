"""What a run asks an agent at observations, and what one row of each answer is."""

from __future__ import annotations

import numpy as np

from symprior.agents.agent import Problem
from symprior.agents.agent.given import checked_actions, checked_outputs
from symprior.benchmark.jobs.isolation.shared_arrays import Row, row_of
from symprior.symmetry.arrays import NumpyArray

ACTING = ("act", "act_greedily", "act_exploring", "act_sampling")
"""Methods that give actions."""
SAYING = ("action_values", "action_probabilities", "action_means", "action_log_stds")
"""Methods that give numbers, one for each action or entry of an action."""
SEEDING, GIVING, TAKING = "seed_policy", "policy_arrays", "take_policy"
SAVING, LOADING = "save", "load"
"""Methods that are called with something else than observations."""


def answer_of(method: str, problem: Problem) -> Row:
    """Shape and type of one row's answer."""
    return row_of(problem.action_space) if method in ACTING else ((problem.symmetry.action.size,), np.float64)


def checked(given: object, method: str, problem: Problem, agent: str, rows: int) -> NumpyArray:
    """An answer, if it is one.

    Raises:
        SympriorError: it is of another shape or type, or no actions or probabilities.
    """
    if method in ACTING:
        return checked_actions(given, problem.action_space, rows)
    return checked_outputs(given, method, agent, rows, problem.symmetry.action.size)
