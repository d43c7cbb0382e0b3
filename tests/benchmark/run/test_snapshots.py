"""Runs that were put down go on with the same bits: everything that is recorded, and the policy."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symprior.benchmark.jobs.job import Job, Stack
from symprior.benchmark.run.execution import Execution
from symprior.benchmark.run.snapshots import Snapshots, put_down
from symprior.leaderboard import RunRecord

Jobs = Callable[..., Job]

NORMALISED = (("normalise_observations", True),)
SMALL = (("learning_starts", 100),)
SHORT = {"budget": 256, "evaluate_every": 128}
BATCHED: dict[str, dict[str, Any]] = {
    "PPO": {"agent": "ppo", "seeds": (0, 1, 2)},
    "PPO of one seed": {"agent": "ppo+homomorphic"},
    "PPO on turned episodes": {"agent": "ppo+augment-episode", "seeds": (0, 1)},
    "PPO with the mirror loss": {"agent": "ppo+mirror", "seeds": (3, 4)},
    "PPO with statistics of observations": {"agent": "ppo", "settings": NORMALISED, "seeds": (0, 1)},
    "A2C on images": {"agent": "a2c", "task": "grid-catch-v1", "budget": 480},
    "DQN": {"agent": "dqn", "seeds": (0, 1), "settings": SMALL},
    "DQN with statistics of observations": {"agent": "dqn", "settings": (*SMALL, *NORMALISED)},
    "PPO on a robot": {"agent": "ppo", "task": "inverted-pendulum-v1", "settings": (("steps", 8),)},
}
FUSED: dict[str, dict[str, Any]] = {
    "PPO": {"agent": "ppo+augment", "seeds": (0, 1, 2)},
    "PPO of one seed": {"agent": "ppo+homomorphic"},
    "PPO with statistics of observations": {"agent": "ppo", "settings": NORMALISED, "seeds": (0, 1)},
    "PPO on action vectors": {"agent": "ppo+mirror", "task": "pendulum-v1", "settings": (("steps", 8),)},
    "DQN": {"agent": "dqn", "seeds": (0, 1), "settings": SMALL},
    "DQN with statistics of observations": {"agent": "dqn+homomorphic", "settings": (*SMALL, *NORMALISED)},
}
REFERENCE: dict[str, dict[str, Any]] = {
    "PPO": {"agent": "ppo"},
    "PPO on turned episodes": {"agent": "ppo+augment-episode"},
    "PPO with statistics of observations": {"agent": "ppo", "settings": NORMALISED},
    "A2C on images": {"agent": "a2c+homomorphic", "task": "grid-catch-v1", **SHORT},
    "DQN": {"agent": "dqn+augment-one", "settings": SMALL, "budget": 2560},
    "SAC": {"agent": "sac", "task": "pendulum-v1", **SHORT},
    "TD3 with the mirror loss": {"agent": "td3+mirror", "task": "pendulum-v1", **SHORT},
}
TABULAR: dict[str, dict[str, Any]] = {
    "Q-learning": {"agent": "q-learning", "task": "grid-catch-vector-v1", "seeds": (0, 1), **SHORT},
    "SARSA on orbits": {"agent": "sarsa+fold", "task": "grid-catch-vector-v1", **SHORT},
}
CASES = (
    {
        f"{name} by {learner}": {"learner": learner, "evaluate_every": 256, **case}
        for learner, cases in (("batched", BATCHED), ("stable-baselines3", REFERENCE))
        for name, case in cases.items()
    }
    | {
        f"{name} by the fused kernel": {"learner": "batched", "kernel": "fused", "evaluate_every": 128, **case}
        for name, case in FUSED.items()
    }
    | {f"{name} in a table": case for name, case in TABULAR.items()}
)


class Killed(BaseException):
    """Ends a run as a signal would: nobody catches it."""


class Deadly(Snapshots):
    """Kills its run some places behind a snapshot, so that what came since is lost."""

    def __init__(self, records: Path, stack: Stack, place: int, more: int = 2) -> None:
        super().__init__(records, stack)
        self.places, self.place, self.last = 0, place, place + more

    @property
    def is_due(self) -> bool:
        self.places += 1
        if self.places >= self.last:
            raise Killed
        return self.places == self.place


def carried_out(stack: Stack, snapshots: Snapshots | None) -> tuple[list[RunRecord], Any]:
    execution = Execution(stack, snapshots=snapshots)
    records = execution.run()
    assert not [record.error for record in records if record.error]
    agent: Any = execution.agent
    return records, [agent.policy_arrays(number) for number in range(len(records))]


def facts(record: RunRecord) -> object:
    """All that does not depend on the clock."""
    told = record.model_dump(exclude={"provenance"})
    effort = record.effort
    return {**told, "effort": (effort.gradient_steps, effort.samples_per_update)}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.cells(test=7, ci=13)
def test_a_killed_run_goes_on_with_the_same_bits(name: str, small_job: Jobs, tmp_path: Path) -> None:
    stack = Stack(tuple(small_job(**CASES[name]).runs))
    undisturbed, policies = carried_out(stack, None)
    used = [killed(stack, tmp_path, place) for place in (3, 2)]
    assert used == sorted(set(used)), "each time it went on from where it was"
    assert begins_at(stack, tmp_path) > 0
    records, found = carried_out(stack, Snapshots(tmp_path, stack))
    assert [facts(record) for record in records] == [facts(record) for record in undisturbed]
    for mine, same in zip(found, policies, strict=True):
        assert mine.keys() == same.keys()
        for array in mine:
            np.testing.assert_array_equal(mine[array], same[array])


def killed(stack: Stack, records: Path, place: int = 3) -> int:
    """Environment steps behind which it was killed."""
    execution = Execution(stack, snapshots=Deadly(records, stack, place))
    with pytest.raises(Killed):
        execution.run()
    assert execution.source is not None
    return execution.source.used


def begins_at(stack: Stack, records: Path) -> int:
    """Environment steps that a run has used when it first comes to rest, having read what it finds."""
    told: list[int] = []
    execution = Execution(stack, told.append, snapshots=Snapshots(records, stack))
    execution._begin([])
    assert execution.source is not None
    return execution.source.used


def test_a_snapshot_is_of_its_question_alone(small_job: Jobs, tmp_path: Path) -> None:
    job = small_job(learner="batched", seeds=(0, 1))
    stack = Stack(tuple(job.runs))
    used = killed(stack, tmp_path)
    assert 0 < begins_at(stack, tmp_path) < used
    others = [{"seeds": (0, 2)}, {"budget": 2048}, {"agent": "a2c"}, {"settings": (("learning_rate", 0.5),)}]
    for other in others:
        asked = small_job(**{"learner": "batched", "seeds": (0, 1), **other})
        assert begins_at(Stack(tuple(asked.runs)), tmp_path) == 0


def test_stacks_that_were_put_down_are_found_as_they_were(small_job: Jobs, tmp_path: Path) -> None:
    every = small_job(learner="batched", seeds=range(6)).runs
    first, last = Stack(tuple(every[:2])), Stack(tuple(every[4:]))
    killed(first, tmp_path)
    killed(last, tmp_path)
    assert {stack.seeds for stack in put_down(tmp_path, every)} == {(0, 1), (4, 5)}
    assert put_down(tmp_path, every[1:]) == [last], "not where one of its runs is finished"
    Snapshots(tmp_path, first).forget()
    assert put_down(tmp_path, every) == [last]


def test_a_kill_in_the_middle_of_writing_leaves_nothing_behind_a_finished_run(small_job: Jobs, tmp_path: Path) -> None:
    stack = Stack(tuple(small_job(learner="batched").runs))
    dies = "import os; from pathlib import Path; from symprior.tasks.files.atomic import writing_atomically\n"
    dies += "with writing_atomically(Path({!r})) as file: file.write(b'half'); os._exit(1)"
    killed(stack, tmp_path)
    (path,) = tmp_path.rglob("*.npz")
    subprocess.run([sys.executable, "-c", dies.format(str(path))], check=False)
    assert len(list(path.parent.iterdir())) == 2
    Snapshots(tmp_path, stack).forget()
    assert not path.parent.exists()


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04", None])
def test_a_damaged_snapshot_costs_the_snapshot_and_not_the_run(
    damage: bytes | None, small_job: Jobs, tmp_path: Path
) -> None:
    stack = Stack(tuple(small_job(learner="batched").runs))
    killed(stack, tmp_path)
    (path,) = tmp_path.rglob("*.npz")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    assert begins_at(stack, tmp_path) == 0
    assert put_down(tmp_path, stack.runs) == []


def test_progress_is_told_between_evaluations(small_job: Jobs) -> None:
    told: list[int] = []
    Execution(Stack(tuple(small_job(learner="batched", evaluate_every=1024).runs)), told.append).run()
    assert sum(told) == 1024 and len([steps for steps in told if steps]) == 8, "once a rollout"


def test_a_disk_without_room_costs_the_snapshot_and_not_the_run(small_job: Jobs) -> None:
    stack = Stack(tuple(small_job(learner="batched").runs))
    carried_out(stack, Snapshots(Path("/dev/full"), stack, every=0.001))
