"""The dial of unequal friction: the plain walker at zero, then ever less symmetric; its twin stays symmetric."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import gymnasium
import numpy as np
import pytest

from symprior.symmetry.errors import SympriorError
from symprior.tasks import Exactness, get_task
from symprior.tasks.certificates import Certificate, certify
from symprior.tasks.families.mujoco.walker2d_friction import FRICTION, GREATEST
from symprior.tasks.task.dials import DIALS

DIAL, TWIN = DIALS["walker2d-friction-v1"], DIALS["walker2d-observed-friction-v1"]


def play(env: gymnasium.Env[Any, Any], steps: int = 60, seed: int = 0) -> np.ndarray[Any, Any]:
    env.action_space.seed(seed)
    shown = [env.reset(seed=seed)[0]]
    for _ in range(steps):
        observation, reward, terminated, *_ = env.step(env.action_space.sample())
        shown.append(np.append(observation, reward)[: len(shown[0])])
        if terminated:
            shown.append(env.reset()[0])
    return np.stack(shown)


def test_at_zero_it_is_gymnasiums_walker_bit_for_bit() -> None:
    plain = play(gymnasium.make("Walker2d-v5"))
    np.testing.assert_array_equal(play(DIAL.task(0.0).make()), plain)
    np.testing.assert_array_equal(play(get_task("walker2d-v1").make()), plain)
    assert not np.array_equal(play(DIAL.task(0.6).make()), plain)


@pytest.mark.filterwarnings("ignore:.*out of date")
def test_at_one_its_feet_are_those_of_version_four() -> None:
    feet = [
        gymnasium.make(gym_id, **arguments).unwrapped.model.geom(name).friction[0]  # type: ignore[attr-defined]
        for gym_id, arguments in (("Walker2d-v4", {}), (DIAL.task(1.0).gym_id, {"eps": 1.0}))
        for name in ("foot_geom", "foot_left_geom")
    ]
    assert feet == pytest.approx([0.9, 1.9, 0.9, 1.9])


def measured(eps: float, **arguments: Any) -> Certificate:
    """On the same states for every eps."""
    return certify(replace(DIAL.task(eps), id=DIAL.id), **{"samples": 40, "resets": 100, **arguments})


def test_the_residuals_grow_with_the_dial() -> None:
    certificates = [measured(eps) for eps in DIAL.values]
    found = [certificate.dynamics_evidence for certificate in certificates]
    for measure in ("mean_dynamics", "mean_reward"):
        residuals = [getattr(evidence, measure) for evidence in found]
        assert residuals == sorted(residuals) and residuals[1] > 100 * residuals[0], (measure, residuals)
    grades = [certificate.dynamics for certificate in certificates]
    assert grades == [Exactness.EXACT] + [Exactness.APPROXIMATE] * 4
    assert grades == [DIAL.task(eps).symmetry().exactness for eps in DIAL.values]


def test_the_twin_is_symmetric_where_the_dial_is_not() -> None:
    certificate = certify(TWIN.task(0.8), samples=25, resets=2000)
    assert (
        certificate.agrees
        and certificate.dynamics == Exactness.EXACT
        and certificate.dynamics_evidence.never_moved == 0
    )
    assert TWIN.id == DIAL.twin


def test_the_twin_draws_the_slippery_foot_by_its_seed_and_shows_it() -> None:
    env = TWIN.task(0.5).make()
    starts = [env.reset(seed=seed)[0] for seed in range(20)]
    np.testing.assert_array_equal(starts[7], env.reset(seed=7)[0])
    feet = {tuple(start[-2:].tolist()) for start in starts}
    assert feet == {(FRICTION - 0.5, FRICTION), (FRICTION, FRICTION - 0.5)}
    model = env.unwrapped.model  # type: ignore[attr-defined]
    for seed in range(4):
        shown = env.reset(seed=seed)[0]
        assert [model.geom(name).friction[0] for name in ("foot_geom", "foot_left_geom")] == shown[-2:].tolist()


def test_less_friction_than_the_floors_is_refused() -> None:
    with pytest.raises(SympriorError, match=r"from 0 to 1\.2"):
        DIAL.task(GREATEST + 0.1)
