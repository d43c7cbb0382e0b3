"""Performance profiles: for each score the share of runs that reach more, in the mean over tasks, with its band.

Source: Agarwal et al., Deep Reinforcement Learning at the Edge of the Statistical Precipice, NeurIPS 2021, section 4.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import seaborn
from matplotlib.axes import Axes

from symprior.leaderboard.pages.figure import line
from symprior.leaderboard.pages.styles import COLOURS, Style
from symprior.leaderboard.statistics.intervals import CONFIDENCE
from symprior.leaderboard.statistics.resamples.resampling import Floats, counted, resample_indices

POINTS = 101
RESAMPLES = 2_000


@dataclass(frozen=True)
class Profile:
    """Shares of runs over each of `scores`, and the ends of their pointwise 95 % percentile intervals; all `[points]`."""

    scores: Floats
    share: Floats
    low: Floats
    high: Floats


def profile(agent: str, of_runs: Floats, scores: Floats) -> Profile:
    """An agent's profile; whole runs are resampled, task by task.

    Args:
        agent: its name, which decides the resamples.
        of_runs: its scores, `[runs, tasks]`.
        scores: where shares are taken, `[points]`.
    """
    runs, tasks = of_runs.shape
    over = of_runs[:, :, None] > scores
    drawn = (
        sum(
            counted(resample_indices(("profile", agent, str(task)), runs, RESAMPLES), runs) @ over[:, task] / runs
            for task in range(tasks)
        )
        / tasks
    )
    tail = 100 * (1 - CONFIDENCE) / 2
    low, high = np.percentile(drawn, [tail, 100 - tail], axis=0)
    return Profile(scores, np.mean(over, axis=(0, 1)), low, high)


def draw_profiles(axes: Axes, of_agents: Mapping[str, Floats], drawn_as: Mapping[str, Style], width: float) -> None:
    """The profiles of agents, from the least to the greatest score of any of them.

    Args:
        axes: where they are drawn.
        of_agents: the data efficiencies of each, `[runs, tasks]`.
        drawn_as: the style of each.
        width: of lines, in points.
    """
    ends = [end(scores) for scores in of_agents.values() for end in (np.min, np.max)]
    scores = np.linspace(min(ends), max(ends), POINTS)
    for agent, style in drawn_as.items():
        if agent in of_agents:
            found = profile(agent, of_agents[agent], scores)
            axes.plot(found.scores, found.share, label=agent, **line(style, width))
            axes.fill_between(found.scores, found.low, found.high, color=COLOURS[style.colour], alpha=0.15, linewidth=0)
    axes.set(xlabel="data efficiency", ylabel="share of runs with more", ylim=(-0.02, 1.02))
    seaborn.despine(ax=axes)
