"""Goal tasks in the registry: what all of them have in common stands here, the rest in their families."""

from __future__ import annotations

import sys
from collections.abc import Callable

import gymnasium

from symprior.symmetry.names import Names
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.environments.probes.probe import RecognisingProbe
from symprior.tasks.families.grid_worlds.layout.uniform_starts import UniformStarts
from symprior.tasks.families.planning.goals import EPISODES, GOAL_SETS, GoalSimulator
from symprior.tasks.families.planning.regimes import Regime
from symprior.tasks.references.dynamic_programming import optimal_policy
from symprior.tasks.task import Card, Task, register
from symprior.tasks.task.transitions import GivenData


def register_goal_task(
    name: str,
    regime: Regime,
    world: Callable[[], UniformStarts],
    steps: int,
    simulator: Callable[[], GoalSimulator],
    symmetry: Callable[[], Symmetry],
    names: Names,
    return_bounds: tuple[float, float],
    card: Card,
    family: str | None = None,
    probe: type[RecognisingProbe] = RecognisingProbe,
) -> None:
    """Put a goal task into the registry, as one of the calling module.

    Args:
        name: `plan-room`; the ending of the regime and a version follow.
        regime: of the data.
        world: without a goal; the data are of it.
        steps: of an episode of the data.
        simulator: with a goal.
        symmetry: of both pictures and the moves.
        names: as in `Task`.
        return_bounds: as in `Task`.
        card: as in `Task`.
        family: the name where None.
        probe: the kind that a certificate takes.
    """
    gym_id = f"symprior/{name.title().replace('-', '')}{regime.name}-v1"
    register(
        Task(
            id=f"{name}{regime.ending}-v1",
            family=family or name,
            gym_id=gym_id,
            simulator=simulator,
            symmetry=symmetry,
            probe=lambda: probe(gymnasium.make(gym_id)),
            names=names,
            reference_policy=optimal_policy(simulator),
            return_bounds=return_bounds,
            declared_track="planning",
            goal_sets=GOAL_SETS,
            evaluation_episodes=EPISODES,
            given=GivenData(world, steps, regime.regions),
            card=card,
            origin=str(sys._getframe(1).f_globals.get("__name__")),
        )
    )
