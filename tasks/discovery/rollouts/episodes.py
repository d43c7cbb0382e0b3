"""Episodes of random play, and what differs between groups of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm
from scipy.stats import t as student

from symprior.symmetry.arrays import NumpyArray
from symprior.tasks.environments.gymnasium_types import Environment
from symprior.tasks.environments.probes.rollout_probe import Transitions
from symprior.tasks.environments.uniform_actions import uniform_actions

Numbers = NDArray[np.float64]
Step = tuple[int, NumpyArray, NumpyArray, float, NumpyArray, bool]

EPISODES = 600
LONGEST = 200
"""Steps of an episode that are looked at."""

PARTS = 30
"""Groups of episodes between which the standard errors are taken."""

RARE = 1e-6
"""How far out in their distribution errors are compared with."""


def play_randomly(env: Environment, seed: int, kept: int = LONGEST) -> Transitions:
    """The steps of `EPISODES` episodes of uniformly random actions; ends are those that no time limit made.

    Args:
        env: what is played.
        seed: decides resets and actions.
        kept: of an episode at most so many steps, drawn at random, and its last.
    """
    steps = [step for number in range(EPISODES) for step in _some(list(_episode(env, number, seed)), kept, seed)]
    return Transitions(*map(np.array, zip(*steps, strict=True)))


def _some(steps: list[Step], kept: int, seed: int) -> list[Step]:
    if len(steps) <= kept:
        return steps
    chosen = np.random.default_rng([seed, 9, steps[0][0]]).choice(len(steps) - 1, kept - 1, replace=False)
    return [steps[number] for number in (*sorted(chosen.tolist()), len(steps) - 1)]


def _episode(env: Environment, number: int, seed: int) -> Iterator[Step]:
    rng = np.random.default_rng([seed, 6, number])
    observation, _ = env.reset(seed=int(rng.integers(1 << 31)))
    for action in uniform_actions(env.action_space, rng, LONGEST):
        following, reward, terminated, truncated, _ = env.step(action)
        yield number, np.array(observation), action, float(reward), np.array(following), bool(terminated)
        if terminated or truncated:
            return
        observation = following


def mean_and_error(parts: Numbers) -> tuple[Numbers, Numbers]:
    """The mean over groups of episodes [parts, …], and its standard error, enlarged as few parts ask for."""
    few = student.isf(RARE, len(parts) - 1) / norm.isf(RARE)  # errors from few parts are uncertain themselves
    return parts.mean(axis=0), few * parts.std(axis=0, ddof=1) / np.sqrt(len(parts))
