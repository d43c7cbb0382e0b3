"""Transitions that no run learns from, on which latent models are measured."""

from __future__ import annotations

from dataclasses import replace

from symprior.agents.agent.abilities import HasLatentModel
from symprior.leaderboard.records.record import LatentMeasure
from symprior.tasks import Task
from symprior.tasks.environments.streams import seed_from
from symprior.tasks.task.transitions import Transitions, everywhere

EPISODES = 10


def held_out(task: Task) -> Transitions | None:
    """Episodes of a seed that no run has, anywhere in the world, whatever its data show; None: it has no data."""
    if task.given is None:
        return None
    data = replace(task.given, regions=(everywhere,))
    return data.transitions(task.id, seed_from("held out"), EPISODES)


def latent_measure(agent: object, transitions: Transitions | None) -> LatentMeasure | None:
    """What an agent's latent model makes of them; None where it has none, or none yet."""
    if transitions is None or not isinstance(agent, HasLatentModel):
        return None
    found = agent.latent_measure(transitions)
    return (
        None if found is None else LatentMeasure(diagram_error=found.diagram_error, effective_rank=found.effective_rank)
    )
