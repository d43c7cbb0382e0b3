"""What an evaluation measured, as plain numbers by name: a row for a frame, a file or a plot."""

from __future__ import annotations

from math import nan

import numpy as np

from symprior.leaderboard.records.record import Checkpoint
from symprior.tasks.task import References

MEASURED = ("step", "episodes", "return", "score", "equivariance_error")
"""The names, in this order."""


def measurements(point: Checkpoint, references: References | None) -> dict[str, float]:
    """The numbers of one evaluation point.

    `step` counts environment steps, `return` is the mean of the undiscounted returns of `episodes` episodes, `score` puts
    that between the task's references 0 and 1 and is not clipped, `equivariance_error` is the policy's relative one. What
    was not measured is not a number.

    Args:
        point: the evaluation.
        references: the task's; None where it has none.
    """
    reached = float(np.mean(point.returns))
    error = point.equivariance.mean if point.equivariance is not None else None
    return {
        "step": point.step,
        "episodes": len(point.returns),
        "return": reached,
        "score": nan if references is None else references.normalise(reached),
        "equivariance_error": nan if error is None else error,
    }
