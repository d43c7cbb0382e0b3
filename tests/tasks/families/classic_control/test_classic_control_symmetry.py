"""Classic control's mirrors hold, wrong ones do not, and dials break theirs by degrees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from symprior.symmetry.groups import cyclic
from symprior.symmetry.representations import Matrices, SignedPermutation, permutation, signs, trivial_representation
from symprior.symmetry.symmetry import APPROXIMATE_BORDER
from symprior.tasks import DIALS, Exactness, Symmetry, get_task
from symprior.tasks.certificates import certify
from symprior.tasks.certificates.evidence.dynamics import BATCHES, DynamicsEvidence, measure_dynamics
from symprior.tasks.environments.probes.probe import Probe
from symprior.tasks.families.classic_control import (
    acrobot,
    cartpole_positions,
    cartpole_wind,
    mountain_car,
    pendulum,
    pendulum_torque,
)

C2 = cyclic(2)
HISTORY = 2 * cartpole_positions.HISTORY
DIALED = ["cartpole-wind-v1", "pendulum-torque-v1"]
TWINS = ["cartpole-observed-wind-v1", "pendulum-observed-torque-v1"]


def quick(name: str, symmetry: Symmetry | None = None, **arguments: Any) -> Any:
    return certify(get_task(name), symmetry=symmetry, **{"samples": 24, "resets": 2000, **arguments})


@pytest.mark.parametrize("name", ["acrobot-v1", "pendulum-v1", "cartpole-positions-v1"])
def test_mirrors_are_exact(name: str) -> None:
    certificate = quick(name)
    assert certificate.agrees and certificate.dynamics == Exactness.EXACT
    assert certificate.reset == Exactness.IN_DISTRIBUTION
    assert certificate.dynamics_evidence.total_variation == certificate.dynamics_evidence.never_moved == 0


def changed(symmetry: Symmetry, *signs_of_observation: int) -> Symmetry:
    ones = [1] * len(signs_of_observation)
    return replace(symmetry, observation=signs(C2, [ones, list(signs_of_observation)]))


def newest_first() -> SignedPermutation:
    """The mirror and a history read backwards."""
    order = np.arange(HISTORY).reshape(-1, 2)[::-1].ravel()
    return SignedPermutation(C2, [np.arange(HISTORY), order], [[1] * HISTORY, [-1] * HISTORY])


def swapped_links() -> Matrices:
    """The mirror and an exchange of the two links."""
    matrix = np.zeros((6, 6))
    matrix[[0, 2, 1, 3, 4, 5], [2, 0, 3, 1, 5, 4]] = [1, 1, -1, -1, -1, -1]
    return Matrices(C2, [np.eye(6), matrix])


WRONG: dict[str, tuple[str, Callable[[], Symmetry]]] = {
    "acrobot: torques do not swap": (
        "acrobot-v1",
        lambda: replace(acrobot.mirror(), action=trivial_representation(C2, 3)),
    ),
    "acrobot: torques swap the wrong way": (
        "acrobot-v1",
        lambda: replace(acrobot.mirror(), action=permutation(C2, [[0, 1, 2], [1, 0, 2]])),
    ),
    "acrobot: the second link keeps its side": (
        "acrobot-v1",
        lambda: changed(acrobot.mirror(), 1, -1, 1, 1, -1, -1),
    ),
    "acrobot: the first velocity keeps its sign": (
        "acrobot-v1",
        lambda: changed(acrobot.mirror(), 1, -1, 1, -1, 1, -1),
    ),
    "acrobot: up and down, not left and right": (
        "acrobot-v1",
        lambda: changed(acrobot.mirror(), -1, 1, -1, 1, -1, -1),
    ),
    "acrobot: the links swap": ("acrobot-v1", lambda: replace(acrobot.mirror(), observation=swapped_links())),
    "pendulum: the torque keeps its sign": (
        "pendulum-v1",
        lambda: replace(pendulum.mirror(), action=trivial_representation(C2)),
    ),
    "pendulum: the velocity keeps its sign": ("pendulum-v1", lambda: changed(pendulum.mirror(), 1, -1, 1)),
    "pendulum: up and down, not left and right": ("pendulum-v1", lambda: changed(pendulum.mirror(), -1, 1, -1)),
    "pendulum: half a turn": ("pendulum-v1", lambda: changed(pendulum.mirror(), -1, -1, 1)),
    "positions: the pushes do not swap": (
        "cartpole-positions-v1",
        lambda: replace(cartpole_positions.mirror(), action=trivial_representation(C2, 2)),
    ),
    "positions: the newest observation alone": (
        "cartpole-positions-v1",
        lambda: changed(cartpole_positions.mirror(), *[1] * (HISTORY - 2), -1, -1),
    ),
    "positions: angles keep their sign": (
        "cartpole-positions-v1",
        lambda: changed(cartpole_positions.mirror(), *[-1, 1] * (HISTORY // 2)),
    ),
    "positions: the history backwards": (
        "cartpole-positions-v1",
        lambda: replace(cartpole_positions.mirror(), observation=newest_first()),
    ),
    "seen wind: the wind keeps its sign": (
        "cartpole-observed-wind-v1@eps=0.25",
        lambda: changed(cartpole_wind.mirror_with_wind(0.1), -1, -1, -1, -1, 1),
    ),
    "seen wind: the pushes do not swap": (
        "cartpole-observed-wind-v1@eps=0.25",
        lambda: replace(cartpole_wind.mirror_with_wind(0.1), action=trivial_representation(C2, 2)),
    ),
    "seen wind: the angle keeps its sign": (
        "cartpole-observed-wind-v1@eps=0.25",
        lambda: changed(cartpole_wind.mirror_with_wind(0.1), -1, -1, 1, -1, -1),
    ),
    "seen torque: the steady one keeps its sign": (
        "pendulum-observed-torque-v1@eps=0.4",
        lambda: changed(pendulum_torque.mirror_with_torque(0.1), 1, -1, -1, 1),
    ),
    "seen torque: the agent's keeps its sign": (
        "pendulum-observed-torque-v1@eps=0.4",
        lambda: replace(pendulum_torque.mirror_with_torque(0.1), action=trivial_representation(C2)),
    ),
    "seen torque: the cosine changes its sign": (
        "pendulum-observed-torque-v1@eps=0.4",
        lambda: changed(pendulum_torque.mirror_with_torque(0.1), -1, -1, -1, -1),
    ),
    "mountain car: the force keeps its sign": (
        "mountain-car-continuous-v1",
        lambda: replace(mountain_car.tempting_mirror(), action=trivial_representation(C2)),
    ),
    "mountain car: the velocity keeps its sign": (
        "mountain-car-continuous-v1",
        lambda: changed(mountain_car.tempting_mirror(), -1, 1),
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_wrong_mirrors_are_broken(what: str) -> None:
    name, symmetry = WRONG[what]
    certificate = quick(name, symmetry(), resets=200)
    assert certificate.dynamics == Exactness.BROKEN or (
        certificate.dynamics == Exactness.NOT_SHOWN and certificate.contradicts
    )
    assert certificate.dynamics_evidence.at_most > APPROXIMATE_BORDER, "at the border it may be not shown which of both"
    assert certificate.dynamics_evidence.worst.relative > 3 * APPROXIMATE_BORDER


# --- the control ---


def test_the_mountain_cars_mirror_is_measured_broken_as_assumed() -> None:
    certificate = quick("mountain-car-continuous-v1")
    assert certificate.agrees and certificate.declared_dynamics == certificate.declared_reset == Exactness.NONE
    assert certificate.dynamics == certificate.reset == Exactness.BROKEN


def test_random_play_alone_would_have_believed_in_it() -> None:
    """Between wall and goal the mirror is exact; the boundary's steps alone say that it is none."""
    probe, rng = mountain_car.MountainCarProbe(), np.random.default_rng(0)
    actions = [np.array([force], dtype=np.float32) for force in (-1, -0.3, 1)]
    naive, at_walls = (
        measured(probe, mountain_car.tempting_mirror(), states, actions)
        for states in (probe.rollout_states(None, rng, 300), probe.boundary_states(rng, 100))
    )
    assert naive.grade() == Exactness.EXACT and naive.comparisons > 500
    assert at_walls.grade() == Exactness.BROKEN
    assert at_walls.epsilon_dynamics > 1 and at_walls.epsilon_reward > 1, "the wall stops, and one side has the goal"


def measured(probe: Probe, symmetry: Symmetry, states: Any, actions: Any) -> DynamicsEvidence:
    return measure_dynamics(probe, symmetry, states, actions, np.arange(len(states)) % BATCHES)


# --- dials ---


@pytest.mark.parametrize("dial", DIALED)
def test_a_dial_breaks_its_symmetry_more_the_further_it_is_turned(dial: str) -> None:
    values = DIALS[dial].values
    assert len(values) == 5 and values[0] == 0 and list(values) == sorted(values)
    found = [quick(f"{dial}@eps={eps:g}") for eps in values]
    residuals = [certificate.dynamics_evidence.epsilon_dynamics for certificate in found]
    assert residuals[0] == 0 and all(a < b for a, b in pairwise(residuals))
    assert all(certificate.agrees for certificate in found)
    grades = [certificate.dynamics for certificate in found]
    assert grades[0] == Exactness.EXACT and Exactness.APPROXIMATE in grades and grades[-1] == Exactness.BROKEN
    assert all(certificate.dynamics_evidence.epsilon_reward < 1e-6 for certificate in found)


@pytest.mark.parametrize("twin", TWINS)
def test_a_twin_stays_symmetric_however_far_it_is_turned(twin: str) -> None:
    for eps in DIALS[twin].values[::2]:
        certificate = quick(f"{twin}@eps={eps:g}")
        assert certificate.agrees and certificate.dynamics == Exactness.EXACT


def test_dials_and_twins_stand_at_the_same_values() -> None:
    for dial, twin in zip(DIALED, TWINS, strict=True):
        assert DIALS[dial].twin == twin
        assert (DIALS[dial].values, DIALS[dial].high) == (DIALS[twin].values, DIALS[twin].high)
