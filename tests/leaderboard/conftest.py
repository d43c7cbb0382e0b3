"""Records as a suite would write them: saturating curves, noise over seeds, references by hand."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from typing import Any

import numpy as np
import pytest

from symprior.leaderboard.records.record import (
    AgentCard,
    Checkpoint,
    Effort,
    EquivarianceError,
    Provenance,
    RunRecord,
)
from symprior.tasks.task import Card, Reference, References, Task

BUDGET = 20_000
EPISODES = 20
SHARES = (0, 0.01, 0.02, 0.03, 0.05, *(0.05 * k for k in range(2, 21)))

LOW = {"cartpole-v1": 22.0, "grid-catch-vector-v1": -8.0}
HIGH = {"cartpole-v1": 500.0, "grid-catch-vector-v1": 0.5}
THRESHOLD = {"cartpole-v1": 475.0, "grid-catch-vector-v1": -0.2}


def hand_made_task(name: str, family: str, track: str = "headline") -> Task:
    """A task with what the leaderboard reads of it; nothing here plays it."""
    unused: Any = None
    task = Task(
        id=name,
        family=family,
        gym_id=name,
        simulator=unused,
        symmetry=lambda: unused,
        probe=unused,
        reference_policy=unused,
        card=Card(
            description=f"The task {name}.",
            group_in_words="C2: all observations change sign, the actions swap.",
            source="MDP Homomorphic Networks",
            licence="MIT",
            bibtex="@inproceedings{vanderpol2020mdp,\n  title = {MDP Homomorphic Networks}\n}",
        ),
        declared_track=track,  # type: ignore[arg-type]
        evaluation_episodes=EPISODES,
    )
    low, high = LOW.get(name, 0.0), HIGH.get(name, 1.0)
    policies = {"random": Reference(low, 0.1, "1000 episodes"), "optimal": Reference(high, 0.0, "exact")}
    threshold = THRESHOLD.get(name, 0.9)
    # The references are a cached property that reads the task's frozen file; here they are given instead.
    task.__dict__["references"] = References(policies, "random", "optimal", threshold, "by hand", BUDGET, "by hand")
    return task


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium without a window, of the system's packages, as playwright drives it."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium is installed; .ci/browser installs it where it can")
    with playwright.sync_playwright() as started:
        found = started.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()


@pytest.fixture
def tasks() -> dict[str, Task]:
    return {
        "cartpole-v1": hand_made_task("cartpole-v1", "cartpole"),
        "grid-catch-vector-v1": hand_made_task("grid-catch-vector-v1", "grid-catch"),
    }


def run_record(
    *,
    agent: str = "ppo",
    seed: int = 0,
    task: str = "cartpole-v1",
    speed: float = 4.0,
    prior: str | None = None,
    learner: str = "stable-baselines3",
    scores: Sequence[float] | None = None,
    **changes: Any,
) -> RunRecord:
    """A run whose normalised score grows as 1 − exp(−speed · share · luck), or is `scores` at its points.

    The luck is drawn by the run's names, so that one run is the same in every test.
    """
    generator = np.random.default_rng(list(sha256(f"{task} {agent} {learner} {seed}".encode()).digest()))
    shares = np.array(SHARES) if scores is None else np.linspace(0, 1, len(scores))
    luck = np.exp(0.35 * generator.standard_normal())
    curve = 1 - np.exp(-speed * shares * luck) if scores is None else np.array(scores, dtype=float)
    raw = LOW.get(task, 0.0) + curve * (HIGH.get(task, 1.0) - LOW.get(task, 0.0))
    noise = 0.0 if scores is not None else 0.02 * (HIGH.get(task, 1.0) - LOW.get(task, 0.0))
    name = prior or (agent.partition("+")[2] or "plain")
    error = 0.0 if name == "homomorphic" else 0.3 + 0.1 * generator.random()
    points = [
        Checkpoint(
            step=round(share * BUDGET),
            returns=[float(mean + noise * jitter) for jitter in generator.standard_normal(EPISODES)],
            equivariance=EquivarianceError(mean=error, maximum=2 * error, raw_maximum=error),
        )
        for share, mean in zip(shares, raw, strict=True)
    ]
    fields: dict[str, Any] = {
        "suite": "core",
        "suite_version": "v1",
        "task": task,
        "agent": AgentCard(
            id=agent,
            algorithm=agent.partition("+")[0],
            prior=name,
            description=f"The agent {agent}.",
            learner=learner,
            parameters=9027 if name == "plain" else 8770,
            symmetry_used="none" if name == "plain" else "C2",
            bibtex="@article{schulman2017ppo,\n  title = {Proximal Policy Optimization Algorithms}\n}",
            control=name in ("nullspace", "wrong-group-augment"),
        ),
        "seed": seed,
        "status": "finished",
        "budget": BUDGET,
        "steps_used": BUDGET,
        "evaluate_every": None if scores is None else BUDGET // (len(scores) - 1),
        "curve": points,
        "hyperparameters": {"learning_rate": 0.001, "n_steps": 5},
        "effort": Effort(
            gradient_steps=4000, samples_per_update=20, training_seconds=30.0 + seed, evaluation_seconds=3.5
        ),
        "provenance": Provenance(
            symprior="0.1.0",
            commit="0123456789abcdef",
            dirty=False,
            python="3.11.9",
            packages={"numpy": "2.4.6", "torch": "2.13.0"},
            platform="Linux",
            processor="x86_64",
            threads=1,
            started=f"2026-01-02T03:04:{seed:02d}Z",
        ),
    }
    return RunRecord(**(fields | changes))


def failed_record(**arguments: Any) -> RunRecord:
    """A run that crashed before its first evaluation."""
    return run_record(**arguments, status="failed", error="Traceback …", curve=[], steps_used=0)


@pytest.fixture
def make_run() -> Callable[..., RunRecord]:
    return run_record


@pytest.fixture
def make_failure() -> Callable[..., RunRecord]:
    return failed_record


@pytest.fixture
def make_task() -> Callable[..., Task]:
    return hand_made_task


SPEEDS = {"ppo": 5.0, "ppo+wide": 6.0, "ppo+augment": 9.0, "ppo+homomorphic": 16.0}


@pytest.fixture
def suite_runs() -> Callable[..., list[RunRecord]]:
    """Every agent of `speeds` on both tasks, `seeds` runs each."""

    def runs(seeds: int = 10, speeds: dict[str, float] | None = None, **changes: Any) -> list[RunRecord]:
        return [
            run_record(agent=agent, seed=seed, task=task, speed=speed, **changes)
            for agent, speed in (speeds or SPEEDS).items()
            for task in ("cartpole-v1", "grid-catch-vector-v1")
            for seed in range(seeds)
        ]

    return runs
