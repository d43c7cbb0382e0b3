"""Kill sweeps at random moments and hold what they leave against sweeps that nobody disturbed.

A third of the moments lie anywhere, also while a command starts. The others lie behind a new snapshot, so that there is
something to go on from.

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
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from symprior.agents.learners.learner import reference_learner, stacking_learner
from symprior.benchmark.run.snapshots import FOLDER
from symprior.leaderboard import RunRecord, read_records

SNAPSHOT_EVERY = "0.2"
ANYWHERE = 1 / 3
"""Of the kills; the others wait for a snapshot."""
POLL_SECONDS = 0.01

OWN_AGENT = '''
import pickle

import numpy as np


class Climber:
    """Keeps the best of random directions."""

    num_envs = 4

    def __init__(self, problem, seed):
        self.rng, self.best, self.score = np.random.default_rng(seed), np.zeros(problem.observation_space.shape), -np.inf

    def learn(self, env, budget):
        seen, _ = env.reset()
        while True:
            env.may_rest()
            tried, gains = self.best + self.rng.normal(size=self.best.shape), 0.0
            for _ in range(50):
                seen, rewards, _, _, _ = env.step((seen @ tried > 0).astype(int))
                gains += float(rewards.sum()) - 10 * float(np.abs(seen).sum())
            if gains > self.score:
                self.best, self.score = tried, gains

    def act(self, observations):
        return (observations @ self.best > 0).astype(int)

    def save(self):
        return pickle.dumps((self.rng, self.best, self.score))

    def load(self, saved):
        self.rng, self.best, self.score = pickle.loads(saved)
'''


@dataclass(frozen=True)
class Kind:
    """A kind of run, as it is typed.

    Attributes:
        task, agent: who learns what.
        budget: environment steps, so that it takes some seconds.
        learner: what trains.
        seeds: how many.
        evaluations: behind the first.
    """

    task: str
    agent: str
    budget: int
    learner: str = reference_learner()
    seeds: int = 1
    evaluations: int = 2

    def arguments(self, records: Path) -> list[str]:
        """The command that runs it."""
        learner = [] if ".py" in self.agent else ["--learner", self.learner]
        return [
            *(str(Path(sys.executable).parent / "symprior"), "run", "--task", self.task, "--agent", self.agent),
            *("--seeds", f"0-{self.seeds - 1}", "--budget", str(self.budget), *learner, "--workers", "1", "--quiet"),
            *(
                "--evaluate-every",
                str(self.budget // self.evaluations),
                "--snapshot-every",
                SNAPSHOT_EVERY,
                "--records",
                str(records),
            ),
        ]


KINDS = {
    "PPO": Kind("cartpole-v1", "ppo", 16_384),
    "PPO, batched": Kind("cartpole-v1", "ppo+homomorphic", 10_240, stacking_learner(), 4),
    "DQN, batched": Kind("cartpole-v1", "dqn", 6_000, stacking_learner(), 2),
    "DQN": Kind("cartpole-v1", "dqn", 8_000),
    "SAC": Kind("pendulum-v1", "sac", 240),
    "MuJoCo": Kind("inverted-pendulum-v1", "ppo", 4_096, stacking_learner(), 2),
    "Pong": Kind("pong-objects-v1", "a2c", 1_200, stacking_learner(), evaluations=1),
    "images": Kind("grid-catch-v1", "a2c", 4_000, stacking_learner(), 2),
    "own agent": Kind("cartpole-v1", "climber.py:Climber", 8_000),
}


@dataclass
class Tally:
    """What came of a kind of run.

    Attributes:
        kills: that landed; a command that ended before its kill does not count.
        put_down: kills behind which there was a snapshot to go on from.
        sweeps: that were killed, each until it ended by itself or had its share.
        differences: what is lost, twice, or told otherwise, in words.
    """

    kills: int = 0
    put_down: int = 0
    sweeps: int = 0
    differences: list[str] = field(default_factory=list)


def killed(kind: Kind, folder: Path, kills: int, rng: random.Random) -> Tally:
    """Run a kind undisturbed, then again and again until so many kills have landed.

    Args:
        kind: what is run.
        folder: for records.
        kills: that are to land.
        rng: chooses the moments.
    """
    (folder / "climber.py").write_text(OWN_AGENT)
    took, tally = _run(kind, folder / "undisturbed", folder), Tally()
    undisturbed = read_records(folder / "undisturbed")
    while tally.kills < kills:
        records, is_over = folder / f"killed-{tally.sweeps}", False
        tally.sweeps += 1
        while tally.kills < kills and not is_over:
            is_over = not _is_killed(kind, records, _Moment.drawn(rng, took))
            tally.kills += not is_over
            tally.put_down += not is_over and any((records / FOLDER).glob("*.npz"))
        if not is_over:
            _run(kind, records, folder)
        tally.differences += differences(undisturbed, read_records(records))
    return tally


@dataclass(frozen=True)
class _Moment:
    """When a command is killed: so many seconds behind its start, or behind the first snapshot that it writes."""

    seconds: float
    behind_a_snapshot: bool

    @classmethod
    def drawn(cls, rng: random.Random, took: float) -> _Moment:
        """One of a command that takes so long undisturbed."""
        if rng.random() < ANYWHERE:
            return cls(rng.uniform(0.2, took), behind_a_snapshot=False)
        return cls(rng.uniform(0.0, took / 10), behind_a_snapshot=True)


def _is_killed(kind: Kind, records: Path, moment: _Moment) -> bool:
    """Run a command until then, and kill it with all its processes; False where it ended before."""
    before = _snapshots(records)
    process = subprocess.Popen(kind.arguments(records), cwd=records.parent, start_new_session=True)
    while moment.behind_a_snapshot and process.poll() is None and _snapshots(records) <= before:
        time.sleep(POLL_SECONDS)
    try:
        if process.wait(moment.seconds):
            raise subprocess.CalledProcessError(process.returncode, process.args)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True
    return False


def _snapshots(records: Path) -> set[tuple[str, int]]:
    """Those that are there, with when they were written."""
    found = set()
    for path in (records / FOLDER).glob("*.npz"):
        with suppress(FileNotFoundError):  # a new one takes its place
            found.add((path.name, path.stat().st_mtime_ns))
    return found


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
    rng, every = random.Random(asked.seed), list[Tally]()
    kinds = {name: kind for name, kind in KINDS.items() if asked.only in (None, name)}
    print("| kind of run | killed | with a snapshot | sweeps | what differs |\n| --- | --: | --: | --: | --- |")
    for number, (name, kind) in enumerate(kinds.items()):
        share = asked.kills * (number + 1) // len(kinds) - asked.kills * number // len(kinds)
        with tempfile.TemporaryDirectory() as folder:
            tally = killed(kind, Path(folder), share, rng)
        every.append(tally)
        counts = f"{tally.kills} | {tally.put_down} | {tally.sweeps}"
        print(f"| {name} | {counts} | {'; '.join(tally.differences) or 'nothing'} |", flush=True)
    wrong = sum(len(tally.differences) for tally in every)
    print(f"\n{sum(tally.kills for tally in every)} kills, {wrong} differences")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
