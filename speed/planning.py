"""Planning in latent models: value iteration on prototypes, and training at the size of the paper's data."""

from __future__ import annotations

import time
from typing import Any

import torch
from torch import Tensor

from speed.comparison import Comparison, at_most, seconds
from symprior.agents import get_agent
from symprior.agents.learners.planner.experience import Experience
from symprior.agents.planning.planner import Planner, PlanSettings
from symprior.tasks import get_task

STATES, SWEEPS, SECONDS = 1024, 500, 0.3
EPISODES, EPOCHS, MINUTES, BATCH = 1000, 100, 10, 1024
MEASURED = 100
"""Gradient steps that are timed."""


def sweeps() -> Comparison:
    """500 sweeps over 1,024 prototypes and 4 actions on one thread: seconds of a plan over the target's .3."""
    line = torch.arange(STATES, dtype=torch.float64).unsqueeze(1)  # so long that no sweep is the last
    planner = Planner(line, _walk, PlanSettings(sweeps=SWEEPS))
    goal = line[-1:]
    planner.plan(goal)
    spent = min(seconds(lambda: planner.plan(goal), time.process_time) for _ in range(5))
    return at_most(f"{SWEEPS} sweeps over {STATES:,} prototypes: CPU seconds / {SECONDS}", spent / SECONDS, 1.0)


def _walk(codes: Tensor) -> Tensor:
    """Four moves along a line: on, back, and two that stay."""
    moves = torch.tensor([[1.0], [-1.0], [0.0], [0.0]], dtype=codes.dtype)
    return (codes.unsqueeze(1) + moves).clamp(0, STATES - 1)


def key_room(name: str) -> Comparison:
    """1,000 episodes and 100 epochs of the key room by minibatches of 1,024: minutes over the target's 10, by some steps."""
    task, shipped = get_task("plan-key-room-v1"), get_agent(name)
    assert task.given is not None
    transitions = task.given.transitions(task.id, 0, EPISODES)
    settings = shipped.settings(task.family, {"gradient_steps": MEASURED, "batch_size": BATCH})
    agent: Any = shipped.build(shipped.problem(task, settings), [0], [settings])
    agent.fit(transitions)  # warms up
    numbering = seconds(lambda: Experience(transitions, agent.world), time.process_time)
    whole = seconds(lambda: agent.train(Experience(transitions, agent.world)), time.process_time)
    steps = EPOCHS * len(transitions) // BATCH
    minutes = (numbering + (whole - numbering) * steps / MEASURED) / 60
    title = f"{name}: the key room, {EPISODES:,} episodes, {EPOCHS} epochs: CPU minutes / {MINUTES}"
    return at_most(title, minutes / MINUTES, 1)
