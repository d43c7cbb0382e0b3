"""An agent of one's own, run by the protocol on a small budget: random search over policies that obey the symmetry.

The same from the command line: `symprior run --task cartpole-v1 --agent examples/custom_agent.py:MirroredSearch`.
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

import symprior


class MirroredSearch:
    """Random search over linear policies that obey the task's symmetry."""

    num_envs = 8

    def __init__(self, problem, seed):
        self.symmetry, self.rng = problem.symmetry, np.random.default_rng(seed)
        self.best, self.best_return = self.draw(), -np.inf

    def draw(self):
        """Random weights, averaged over the group: W = mean of ρ(g)⁻¹ W ρ(g)."""
        actions, observations = self.symmetry.action, self.symmetry.observation
        weights = self.rng.normal(size=(actions.size, observations.size))
        elements = range(len(self.symmetry.group))
        return np.mean([actions.matrix(g).T @ weights @ observations.matrix(g) for g in elements], axis=0)

    def learn(self, env, budget):
        observations, _ = env.reset()
        while True:  # the environment ends it when the budget is used
            trial, total, running = self.draw(), 0.0, np.ones(self.num_envs, dtype=bool)
            while running.any():
                observations, rewards, terminated, truncated, _ = env.step(self.choose(trial, observations))
                total += (rewards * running).sum()
                running &= ~(terminated | truncated)
            if total > self.best_return:
                self.best, self.best_return = trial, total

    def act(self, observations):
        return self.choose(self.best, observations)

    @staticmethod
    def choose(weights, observations):
        return (observations.reshape(len(observations), -1) @ weights.T).argmax(axis=1)


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        agent = f"{Path(__file__).resolve()}:MirroredSearch"
        command = [sys.executable, "-m", "symprior.benchmark.cli", "run", "--task", "cartpole-v1", "--agent", agent]
        subprocess.run([*command, "--seeds", "0-1", "--budget", "4000", "--records", folder], check=True)
        frame = symprior.results(records=folder)
    print(frame.groupby("step")["return"].mean())
