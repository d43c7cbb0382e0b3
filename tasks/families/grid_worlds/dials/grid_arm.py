"""An arm of a dial on a grid world: states are recognised by what they show, and the optimal policy is computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import gymnasium

from symprior.symmetry.names import Names
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.environments.probes.probe import RecognisingProbe
from symprior.tasks.environments.simulators import TabularSimulator
from symprior.tasks.references.dynamic_programming import optimal_policy
from symprior.tasks.task import Card
from symprior.tasks.task.dials import Arm, simulated


def grid_arm(
    name: str,
    card: Card,
    gym_id: str,
    *,
    kind: Callable[[float], TabularSimulator],
    arguments: Callable[[float], dict[str, object]],
    symmetry: Callable[[float], Symmetry],
    names: Names,
    **fields: object,
) -> Arm:
    """The arm.

    Args:
        name: its id.
        card: of the family.
        gym_id: the registered environment.
        kind: the world at a value of the parameter.
        arguments: what the registered environment is made with at a value.
        symmetry: the declared symmetry at a value.
        names: of entries and actions.
        fields: further fields of `Task`.
    """
    return simulated(
        name,
        card,
        gym_id,
        arguments=arguments,
        simulator=kind,
        names=names,
        symmetry=symmetry,
        probe=lambda value: RecognisingProbe(gymnasium.make(gym_id, **cast(dict[str, Any], arguments(value)))),
        reference_policy=lambda value: optimal_policy(lambda: kind(value)),
        **fields,
    )
