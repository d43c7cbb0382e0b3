"""Frozen states: always the same, from both kinds of play, each once."""

from __future__ import annotations

import numpy as np
import pytest

from symprior.symmetry.errors import SympriorError
from symprior.tasks import TASKS, get_task
from symprior.tasks.references.frozen_states import frozen_observations

NAMES = [*(name for name in TASKS if get_task(name).simulator is not None), "reacher-v1", "lunar-lander-v1"]
"""Every task in array code, and two that are gymnasium environments alone."""


@pytest.mark.parametrize("name", NAMES)
def test_they_are_the_same_every_time_and_lie_in_the_space(name: str) -> None:
    task = get_task(name)
    observations = frozen_observations(task)
    np.testing.assert_array_equal(observations, frozen_observations(task))
    space = task.observation_space
    assert observations.dtype == space.dtype and all(space.contains(observation) for observation in observations)


@pytest.mark.parametrize("name", NAMES)
def test_no_state_comes_twice(name: str) -> None:
    observations = frozen_observations(get_task(name))
    assert len(np.unique(observations, axis=0)) == len(observations)
    if name.startswith("grid-catch"):
        assert len(observations) == 48, "all that can be seen"
    else:
        assert 150 <= len(observations) <= 256, "where states are few, some are met twice"


def test_half_come_from_each_policy() -> None:
    """The controller keeps the pole within a degree; random play lets it fall."""
    angles = np.abs(frozen_observations(get_task("cartpole-v1"))[:, 2])
    assert np.median(angles[:128]) > 3 * np.median(angles[128:])


@pytest.mark.parametrize("count", [2, 9, 100])
def test_as_many_as_asked_for(count: int) -> None:
    assert len(frozen_observations(get_task("cartpole-v1"), count)) == count


def test_one_state_has_no_halves() -> None:
    with pytest.raises(SympriorError, match="at least 2, not 1"):
        frozen_observations(get_task("cartpole-v1"), 1)
