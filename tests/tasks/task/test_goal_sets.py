"""Sets of starts in turn: as many episodes of each, whatever the random numbers are."""

from __future__ import annotations

from typing import Any

import numpy as np

from symprior.tasks import get_task
from symprior.tasks.task.goal_sets import SetsInTurn

ROOM = get_task("plan-room-v1")


def test_every_run_has_as_many_starts_of_each_set() -> None:
    simulator: Any = ROOM.simulator and ROOM.simulator()
    in_turn = SetsInTurn(simulator, 2, 10)
    for u in (0.0, 0.5, 1 - 2**-53):
        goals = in_turn.initial(np.full((30, 1), u))[:, -1].reshape(3, 2, 5)
        assert (goals[:, 0] < simulator.seen).all() and (goals[:, 1] >= simulator.seen).all()


def test_within_a_set_starts_are_uniform() -> None:
    simulator: Any = ROOM.simulator and ROOM.simulator()
    draws = (np.arange(48 * 4)[:, None].repeat(2, axis=1).reshape(-1, 1) + 0.5) / (48 * 4)
    starts = SetsInTurn(simulator, 2, 2).initial(draws)[::2]
    assert len(np.unique(starts, axis=0)) == 48 * 4


def test_a_task_without_goals_is_played_as_ever() -> None:
    cartpole = get_task("cartpole-v1")
    assert cartpole.by_goal_set([1.0, 2.0]) == {}
    ours, plain = cartpole.make_evaluation(2), cartpole.make_vector(40)
    np.testing.assert_array_equal(ours.reset(seed=3)[0], plain.reset(seed=3)[0])


def test_returns_are_cut_as_they_were_played() -> None:
    returns = [*[1.0] * 20, *[0.0] * 20]
    assert ROOM.by_goal_set(returns) == {"seen": [1.0] * 20, "unseen": [0.0] * 20}
