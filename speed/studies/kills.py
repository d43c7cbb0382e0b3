"""Kill sweeps at random moments and hold what they leave against sweeps that nobody disturbed.

`python -m speed.studies.kills --kills 100` kills so many times over all kinds of run, carries each sweep on by the same
command, and says what differs: nothing may, but the times that records tell.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from symprior.agents.learners.learner import reference_learner, stacking_learner
from symprior.leaderboard import RunRecord, read_records

SNAPSHOT_EVERY = "0.5"
LONGEST = 30.0
"""Seconds that a sweep has before it is killed, at most."""

OWN_AGENT = '''
import numpy as np


class Climber:
    """Keeps the best of random directions."""

    num_envs = 4

    def __init__(self, problem, seed):
        self.rng, self.best, self.score = np.random.default_rng(seed), np.zeros(problem.observation_space.shape), -np.inf

    def learn(self, env, budget):
        seen, _ = env.reset()
        while True:
            tried, gains = self.best + self.rng.normal(size=self.best.shape), 0.0
            for _ in range(50):
                seen, rewards, _, _, _ = env.step((seen @ tried > 0).astype(int))
                gains += float(rewards.sum()) - 10 * float(np.abs(seen).sum())
            if gains > self.score:
                self.best, self.score = tried, gains

    def act(self, observations):
        return (observations @ self.best > 0).astype(int)
'''


@dataclass(frozen=True)
class Kind:
    """A kind of run, as it is typed.

    Attributes:
        task, agent: who learns what.
        budget: environment steps, so that it takes some seconds.
        learner: what trains.
        seeds: how many.
    """

    task: str
    agent: str
    budget: int
    learner: str = reference_learner()
    seeds: int = 1

    def arguments(self, records: Path) -> list[str]:
        """The command that runs it."""
        learner = [] if ".py" in self.agent else ["--learner", self.learner]
        return [
            *(str(Path(sys.executable).parent / "symprior"), "run", "--task", self.task, "--agent", self.agent),
            *("--seeds", f"0-{self.seeds - 1}", "--budget", str(self.budget), *learner, "--workers", "1", "--quiet"),
            *("--evaluate-every", str(self.budget // 4), "--snapshot-every", SNAPSHOT_EVERY, "--records", str(records)),
        ]


KINDS = {
    "PPO": Kind("cartpole-v1", "ppo", 20_000),
    "PPO, batched": Kind("cartpole-v1", "ppo+homomorphic", 40_000, stacking_learner(), 4),
    "DQN, batched": Kind("cartpole-v1", "dqn", 20_000, stacking_learner(), 2),
    "DQN": Kind("cartpole-v1", "dqn", 10_000),
    "SAC": Kind("pendulum-v1", "sac", 1_500),
    "MuJoCo": Kind("inverted-pendulum-v1", "ppo", 20_000, stacking_learner(), 2),
    "Pong": Kind("pong-objects-v1", "a2c", 4_000, stacking_learner()),
    "images": Kind("grid-catch-v1", "a2c", 6_000, stacking_learner(), 2),
    "own agent": Kind("cartpole-v1", "climber.py:Climber", 60_000),
}


def killed(kind: Kind, folder: Path, kills: int, rng: random.Random) -> tuple[int, list[str]]:
    """Run a kind twice, once killed so many times; how often it really was, and what differs.

    Args:
        kind: what is run.
        folder: for records.
        kills: at most; a sweep that finishes before is not killed any more.
        rng: chooses the moments.
    """
    (folder / "climber.py").write_text(OWN_AGENT)
    took = _run(kind, folder / "undisturbed", folder)
    done = 0
    while done < kills:
        process = subprocess.Popen(kind.arguments(folder / "killed"), cwd=folder, start_new_session=True)
        try:
            process.wait(rng.uniform(0.2, min(took, LONGEST)))
            break
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            done += 1
    _run(kind, folder / "killed", folder)
    return done, differences(read_records(folder / "undisturbed"), read_records(folder / "killed"))


def differences(undisturbed: list[RunRecord], others: list[RunRecord]) -> list[str]:
    """What is lost, twice, or told otherwise, in words."""
    found = [] if [each.key for each in undisturbed] == [each.key for each in others] else ["other runs"]
    pairs = zip(undisturbed, others, strict=False)
    return found + [
        f"{mine.task}, {mine.agent.id}, seed {mine.seed}" for mine, other in pairs if _told(mine) != _told(other)
    ]


def _told(record: RunRecord) -> object:
    """All but what the clock decides."""
    return record.model_dump(exclude={"provenance", "effort"}), record.effort.gradient_steps


def _run(kind: Kind, records: Path, folder: Path) -> float:
    """Seconds that the command took."""
    began = time.monotonic()
    subprocess.run(kind.arguments(records), cwd=folder, check=True)
    return time.monotonic() - began


def main() -> None:
    """Kill, and say what came of it; the exit code is 1 where anything differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100, help="in all, over all kinds")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=KINDS, help="one kind")
    asked = parser.parse_args()
    rng, total, wrong = random.Random(asked.seed), 0, 0
    kinds = {name: kind for name, kind in KINDS.items() if asked.only in (None, name)}
    for name, kind in kinds.items():
        with tempfile.TemporaryDirectory() as folder:
            done, found = killed(kind, Path(folder), -(-asked.kills // len(kinds)), rng)
        total, wrong = total + done, wrong + len(found)
        print(f"{name:14} killed {done} times: {'; '.join(found) or 'nothing differs'}", flush=True)
    print(f"{total} kills, {wrong} differences")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
