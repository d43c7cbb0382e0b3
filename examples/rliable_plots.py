"""rliable's own functions and plots on published records.

python examples/rliable_plots.py priors aggregates.svg
"""

from __future__ import annotations

import sys

import numpy as np
from rliable import library, metrics, plot_utils

from symprior.leaderboard import PUBLISHED_RESULTS, read_published, rliable_scores


def main(suite: str = "quick", picture: str | None = None) -> None:
    """The interquartile mean and mean of every agent of a published suite; a picture if one is named."""
    scores = rliable_scores(read_published(PUBLISHED_RESULTS, suite))
    points, intervals = library.get_interval_estimates(
        scores, lambda x: np.array([metrics.aggregate_iqm(x), metrics.aggregate_mean(x)]), reps=2_000
    )
    for agent, (iqm, mean) in points.items():
        print(f"{agent:20} IQM {iqm:.3f}, mean {mean:.3f}")
    if picture is None:
        return
    figure, _ = plot_utils.plot_interval_estimates(
        points, intervals, metric_names=["IQM", "Mean"], algorithms=list(scores), xlabel="data efficiency"
    )
    figure.savefig(picture, bbox_inches="tight")


if __name__ == "__main__":
    main(*sys.argv[1:])
