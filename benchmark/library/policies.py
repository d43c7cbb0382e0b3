"""Trained policies that were kept: acting by one in one's own script, and the run's last evaluation again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np

from symprior.agents.agent import Agent
from symprior.agents.agent.abilities import ActsGreedily, KeepsPolicy
from symprior.benchmark.artifacts.policies import policy_path, read_policy
from symprior.benchmark.jobs import contestants
from symprior.benchmark.jobs.job import CPU
from symprior.benchmark.jobs.recorded import job_of
from symprior.benchmark.run.evaluation import evaluate
from symprior.benchmark.run.protocol import evaluation_points
from symprior.leaderboard.records.record import RunRecord, read_record
from symprior.symmetry.arrays import A, NumpyArray
from symprior.symmetry.errors import SympriorError
from symprior.tasks.custom.source_files import digest
from symprior.tasks.lookup import get_task
from symprior.tasks.task import Task


@dataclass(frozen=True)
class Policy:
    """A trained policy.

    Attributes:
        record: of its run.
        task: what it was trained on.
        agent: what acts; it draws from random streams of its own, which start from the run's seed.
    """

    record: RunRecord
    task: Task
    agent: Agent

    def act(self, observations: A, greedy: bool = False) -> A:
        """Actions [batch, …] for observations [batch, …], or one action for one observation; numpy or torch as these are.

        Args:
            observations: as the task's environment gives them.
            greedy: by the policy's mode, where it has one, and not as in the evaluation that counts.
        """
        rows = self._rows(observations)
        choose = self.agent.act_greedily if greedy and isinstance(self.agent, ActsGreedily) else self.agent.act
        actions = choose(rows)
        if observations.ndim < rows.ndim:
            actions = actions[0]
        if isinstance(observations, np.ndarray):
            return cast(A, actions)
        import torch

        return cast(A, torch.as_tensor(actions, device=cast(torch.device, observations.device)))

    def evaluate(self) -> list[float]:
        """The undiscounted returns of the run's last evaluation, played again: those of the record, to the last bit.

        On another kind of processor the last digits of a network's outputs may differ, and so may the episodes.
        """
        record = self.record
        last = evaluation_points(record.budget, record.evaluate_every, self.task.portions)[-1]
        return evaluate(self.agent, self.task, (record.seed,), last)[0]

    def _rows(self, observations: Any) -> NumpyArray:
        """The observations as numpy's rows, in the type that agents get."""
        space = self.task.observation_space
        given = observations if isinstance(observations, np.ndarray) else observations.detach().cpu().numpy()
        shape = space.shape or ()
        if given.shape == shape:
            given = given[None]
        if given.shape[1:] != shape:
            raise SympriorError(
                f"The policy was given an array of shape {given.shape}; observations of {self.task.id} are of shape {shape}."
            )
        return np.asarray(given, dtype=space.dtype)


def load_policy(record: Path | str, *, agent: str | None = None, task: str | None = None) -> Policy:
    """The policy that `symprior run --save-policies` kept beside a record; it computes on the CPU.

    Args:
        record: the record's file, or the policy's.
        agent: `path/to/file.py:Name` of an agent from a file.
        task: the same of a task from a file.

    Raises:
        SympriorError: there is no such record, no policy beside it, or they do not belong together; or the agent's or the
            task's file is not named, or changed since.
    """
    file = Path(record).with_suffix(".json")
    of_run = read_record(file)
    arrays = read_policy(policy_path(file), of_run)
    played = _task(of_run, task)
    made = _agent(of_run, played, agent)
    if not isinstance(made, KeepsPolicy):
        raise SympriorError(f"{of_run.agent.id} has no `take_policy`, so that it cannot act by a policy that was kept.")
    made.take_policy(arrays)
    return Policy(of_run, played, made)


def _task(record: RunRecord, name: str | None) -> Task:
    source = record.provenance.task_source
    if source is not None and name is None:
        raise SympriorError(f"{record.task} is a task from a file: name it, `path/to/file.py:Name`.")
    found = get_task(record.task if name is None else name)
    if found.id != record.task:
        raise SympriorError(f"The record is of {record.task}, not of {found.id}.")
    if source is not None and source != (found.file and digest(found.file)):
        raise SympriorError(f"{name} is not as it was when the run was trained.")
    return found


def _agent(record: RunRecord, task: Task, name: str | None) -> Agent:
    """The record's agent before its training, on the CPU."""
    job = replace(job_of(record, name), device=CPU)
    contestant = contestants.find(job.agent)
    return contestant.build([contestant.resolve(job, task)], [record.seed])
