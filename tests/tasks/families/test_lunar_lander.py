"""The lander's mirror: seen in distribution, exact in flight under mirrored noise, and gone when told wrongly."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from textwrap import dedent
from typing import Any

import gymnasium
import numpy as np
import pytest
from numpy.typing import NDArray

from symprior.symmetry.groups import cyclic
from symprior.symmetry.representations import SignedPermutation, permutation, signs, trivial_representation
from symprior.tasks import Exactness, Symmetry, get_task
from symprior.tasks.certificates import certify
from symprior.tasks.certificates.evidence.transitions import TransitionEvidence
from symprior.tasks.families.lunar_lander import LunarLanderProbe, mirror, mirrored_observation
from symprior.tasks.references.frozen_states import frozen_observations
from symprior.tasks.references.reference_scores import episode_returns

pytest.importorskip("Box2D")
NAMES = ["lunar-lander-v1", "lunar-lander-continuous-v1"]
C2 = cyclic(2)
FEW = 80


# --- wrong declarations ---


def with_signs(*observation: int, legs_swap: bool = True) -> Callable[[bool], Symmetry]:
    source = [[*range(8)], [*range(6), *((7, 6) if legs_swap else (6, 7))]]
    rho = SignedPermutation(C2, source, [[1] * 8, observation])
    return lambda continuous: replace(mirror(continuous), observation=rho)


def with_actions(discrete: list[int], continuous: list[int]) -> Callable[[bool], Symmetry]:
    def made(is_continuous: bool) -> Symmetry:
        action = signs(C2, [[1, 1], continuous]) if is_continuous else permutation(C2, [[*range(4)], discrete])
        return replace(mirror(is_continuous), action=action)

    return made


WRONG = {
    "the legs do not swap": with_signs(-1, 1, -1, 1, -1, -1, 1, 1, legs_swap=False),
    "the angle keeps its sign": with_signs(-1, 1, -1, 1, 1, -1, 1, 1),
    "the angle's velocity keeps its sign": with_signs(-1, 1, -1, 1, -1, 1, 1, 1),
    "the position keeps its sign": with_signs(1, 1, -1, 1, -1, -1, 1, 1),
    "up and down swap too": with_signs(-1, -1, -1, -1, -1, -1, 1, 1),
    "the side engines do not swap": with_actions([0, 1, 2, 3], [1, 1]),
    "main and left engine swap": with_actions([0, 2, 1, 3], [-1, 1]),
}


@pytest.mark.parametrize(
    ("what", "name"),
    [
        *((what, NAMES[0]) for what in WRONG),
        *((what, NAMES[1]) for what in WRONG if "side engines" in what or "legs" in what),
    ],
)
@pytest.mark.cells(test=3)
def test_wrong_mirrors_are_told_apart(what: str, name: str) -> None:
    """With a twentieth of the episodes: they are recognised, not just short of evidence."""
    symmetry = WRONG[what]("continuous" in name)
    certificate = certify(get_task(name), symmetry=symmetry, episodes=FEW, resets=100)
    assert certificate.dynamics == Exactness.BROKEN
    assert isinstance(certificate.dynamics_evidence, TransitionEvidence) and certificate.dynamics_evidence.told_apart
    if what == "the legs do not swap":
        assert all("one leg" in where or "last" in where for where in certificate.dynamics_evidence.told_apart)


def test_the_right_mirror_is_not_told_apart_by_as_few() -> None:
    """That it is shown to hold takes a thousand: the kept certificates are measured again elsewhere."""
    certificate = certify(get_task(NAMES[0]), episodes=FEW, resets=100)
    evidence = certificate.dynamics_evidence
    assert isinstance(evidence, TransitionEvidence)
    assert not evidence.told_apart and not evidence.unseen and evidence.never_moved == 0
    assert set(evidence.transitions) == {"steps in flight or on both legs", "steps on one leg", "last steps"}
    assert "box2d" in certificate.versions and certificate.dynamics == Exactness.NOT_SHOWN, "little is no evidence"


def test_a_mirror_of_nothing_but_the_observation_is_told_apart() -> None:
    alone = replace(mirror(False), observation=trivial_representation(C2, 8))
    certificate = certify(get_task(NAMES[0]), symmetry=alone, episodes=FEW, resets=100)
    assert certificate.dynamics == Exactness.BROKEN


# --- the same mirror, with the noise coupled ---


class MirroredDraws:
    """The lander's random numbers as its mirror image draws them: terrain, first push, thrust to the side."""

    def __init__(self, seed: int, is_mirrored: bool) -> None:
        self._rng, self._is_mirrored, self._drawn = np.random.default_rng(seed), is_mirrored, 0

    def uniform(self, low: float, high: float, size: tuple[int] | None = None) -> Any:
        drawn = self._rng.uniform(low, high, size)
        if size is not None:
            heights: NDArray[np.float64] = drawn
            self._drawn = 0
            return np.append(heights[-2::-1], heights[-1]) if self._is_mirrored else heights
        self._drawn += 1
        # pushes to the side and up, then thrust along and across, again and again
        is_sideways = self._drawn == 1 or (self._drawn > 2 and self._drawn % 2 == 0)
        return -drawn if self._is_mirrored and is_sideways else drawn


@pytest.mark.parametrize("name", NAMES)
def test_with_mirrored_noise_flight_is_exact_and_contact_nearly(name: str) -> None:
    """From the reset on, without setting a state: what the distributions say is true of each single roll-out."""
    task = get_task(name)
    symmetry, in_flight, rng = task.symmetry(), [], np.random.default_rng(0)
    same_ends = 0
    for seed in range(12):
        pair = [task.make().unwrapped for _ in range(2)]
        for env, is_mirrored in zip(pair, (False, True), strict=True):
            env.reset(seed=0)
            env._np_random = MirroredDraws(seed, is_mirrored)  # type: ignore[assignment]
        starts = [env.reset()[0] for env in pair]
        in_flight.append(residual(symmetry, *starts))
        ends = [False, False]
        touched = False
        while not any(ends):
            action = np.asarray(uniform(pair[0].action_space, rng))
            image = symmetry.act_on_actions(1, action[None])[0]
            (one, reward, *_), (other, image_reward, *_) = steps = [pair[0].step(action[()]), pair[1].step(image)]
            ends = [step[2] for step in steps]
            touched |= bool(one[6:].any() or other[6:].any())
            if not touched and not any(ends):
                in_flight.append(residual(symmetry, one, other))
                assert abs(reward - image_reward) < 0.1
        same_ends += ends[0] == ends[1]
    assert len(in_flight) > 500
    assert np.max(in_flight) < 0.02, "of a state whose entries are about 1"
    assert np.median(in_flight) < 1e-4
    assert same_ends >= 10, "contacts are solved one leg after the other, which the mirror cannot swap"


def uniform(space: gymnasium.Space[Any], rng: np.random.Generator) -> Any:
    if isinstance(space, gymnasium.spaces.Discrete):
        return rng.integers(int(space.n))
    assert isinstance(space, gymnasium.spaces.Box)
    return rng.uniform(space.low, space.high).astype(np.float32)


def residual(symmetry: Symmetry, one: NDArray[Any], other: NDArray[Any]) -> float:
    return float(np.abs(symmetry.observation(1, one[None])[0] - other).max())


# --- the task ---


@pytest.mark.parametrize("name", NAMES)
def test_the_reference_lands_and_is_symmetric(name: str) -> None:
    task = get_task(name)
    assert task.reference_policy is not None and task.simulator is None
    assert episode_returns(task, task.reference_policy, "test", episodes=20).mean() > 200
    seen = frozen_observations(task, 60)
    assert seen.dtype == np.float32
    symmetry = task.symmetry()
    moved = task.reference_policy(symmetry.observation(1, seen))
    np.testing.assert_allclose(moved, symmetry.act_on_actions(1, task.reference_policy(seen)), atol=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_the_reference_is_gymnasiums_heuristic(name: str) -> None:
    from gymnasium.envs.box2d.lunar_lander import heuristic

    task = get_task(name)
    assert task.reference_policy is not None
    env, seen = task.make(), frozen_observations(task, 60)
    theirs = np.array([heuristic(env, list(observation)) for observation in seen.astype(np.float64)])
    np.testing.assert_allclose(task.reference_policy(seen), theirs, atol=1e-6)


def test_the_mirror_in_numbers() -> None:
    seen = np.arange(1.0, 9.0)
    np.testing.assert_array_equal(mirrored_observation(C2)(1, seen), [-1, 2, -3, 4, -5, -6, 8, 7])
    np.testing.assert_array_equal(mirror(False).act_on_actions(1, np.arange(4)), [0, 3, 2, 1])
    np.testing.assert_array_equal(mirror(True).act_on_actions(1, np.array([[0.5, 0.25]])), [[0.5, -0.25]])
    assert get_task(NAMES[0]).make().spec.kwargs == {}  # type: ignore[union-attr]  # no wind


# --- without Box2D ---

BLOCKED = """
import sys, warnings
warnings.simplefilter("error")

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "Box2D":
            raise ModuleNotFoundError("No module named 'Box2D'", name="Box2D")

sys.meta_path.insert(0, Blocker())
"""


def without_box2d(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", BLOCKED + dedent(code)], capture_output=True, text=True)


def test_without_box2d_the_lander_is_listed_and_says_how_to_install_it_when_used() -> None:
    done = without_box2d(
        """
        from symprior.tasks import SympriorError, TASKS, get_task
        from symprior.tasks.certificates import certify
        assert {"lunar-lander-v1", "lunar-lander-continuous-v1", "cartpole-v1"} <= set(TASKS)
        lander, pole = get_task("lunar-lander-v1"), get_task("cartpole-v1")
        assert lander.symmetry().group.name == "C2"
        assert not lander.is_installed and pole.is_installed
        for use in (lander.make, lander.probe, lambda: lander.make_vector(2), lambda: lander.observation_space,
                    lambda: certify(lander)):
            try:
                use()
            except SympriorError as error:
                print(error)
        pole.make().reset()
        """
    )
    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    assert len(said) == 5 and len(set(said)) == 1
    assert "lunar-lander-v1 needs the extra 'box2d'" in said[0] and "`pip install 'symprior[box2d]'`" in said[0]


def test_without_box2d_every_command_works_for_every_other_task() -> None:
    done = without_box2d(
        """
        from symprior.benchmark.cli import main
        warnings.simplefilter("default")
        for line in ("tasks", "tasks show lunar-lander-v1", "check lunar-lander-v1", "check pendulum-v1 --samples 10"):
            sys.argv = ["symprior", *line.split()]
            sys.stderr = sys.stdout
            try:
                main()
            except SystemExit as end:
                print(f"ends with {end.code}", flush=True)
            print("----", flush=True)
        """
    )
    assert done.returncode == 0 and "Traceback" not in done.stdout, done.stdout + done.stderr
    listed, shown, refused, checked = done.stdout.split("----")[:4]
    install = "pip install 'symprior[box2d]'"
    assert f"Not installed: the simulator of lunar-lander-continuous-v1, lunar-lander-v1. {install}" in listed
    assert "cartpole-v1" in listed and "ends with 0" in listed
    assert install in shown and "C2: mirror left and right" in shown and "ends with 0" in shown
    assert (
        f"Error: lunar-lander-v1 needs the extra 'box2d', which is not installed. Install it with `{install}`"
        in refused
    )
    assert "ends with 2" in refused
    assert "agrees with the declaration" in checked and "ends with 0" in checked


def test_the_lander_is_drawn_where_it_is_observed() -> None:
    task = get_task("lunar-lander-v1")
    probe = task.probe()
    assert isinstance(probe, LunarLanderProbe)
    observed = np.array([0.3, 0.8, 0, 0, 0.4, 0, 0, 0], dtype=np.float32)
    centres, slopes = [], []
    for g in range(2):
        picture = probe.render(task.symmetry().observation(g, observed[None])[0])
        assert picture is not None
        rows, columns = np.nonzero((picture[..., 2] > 150) & (picture[..., 0] < 200))  # the lander is violet
        assert len(rows) > 100
        centres.append((columns.mean() / picture.shape[1] - 0.5, rows.mean() / picture.shape[0]))
        slopes.append(np.polyfit(columns, rows, 1)[0])
    probe.env.close()
    np.testing.assert_allclose(centres[0], (0.15, 0.33), atol=0.03)
    np.testing.assert_allclose(centres[1], (-0.15, 0.33), atol=0.03)
    assert slopes[0] * slopes[1] < 0, "one leans to the left, the other to the right"
