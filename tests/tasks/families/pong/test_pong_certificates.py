"""How symmetric Pong is: its declarations are confirmed by counting, and plausible wrong ones are refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("ale_py")

from symprior.symmetry.groups import cyclic
from symprior.symmetry.representations import ImageTransform, SignedPermutation, signs, trivial_representation
from symprior.tasks import Exactness, Symmetry, SympriorError, get_task
from symprior.tasks.certificates import certify
from symprior.tasks.certificates.evidence.shares import FEWEST_STATES, SharesEvidence, measure_shares
from symprior.tasks.environments.probes.probe import Probe
from symprior.tasks.families.pong import ENTRIES, TURNED_OVER, mirror_objects, mirror_pixels

C2 = cyclic(2)
ACTIONS = [np.int64(action) for action in range(3)]
STATES = 40

Sampled = tuple[Probe, dict[str, NDArray[np.uint8]]]


def sample(name: str) -> Sampled:
    task, rng = get_task(name), np.random.default_rng(0)
    probe = task.probe()
    return probe, {
        "from random play": probe.rollout_states(None, rng, STATES),
        "from the reference policy": probe.rollout_states(task.reference_policy, rng, STATES),
    }


@pytest.fixture(scope="module")
def objects() -> Sampled:
    return sample("pong-objects-v1")


@pytest.fixture(scope="module")
def pixels() -> Sampled:
    return sample("pong-small-v1")


@pytest.fixture(scope="module")
def full_pixels() -> Sampled:
    probe, sampled = sample("pong-v1")
    return probe, {"from random play": sampled["from random play"]}


def failing(sampled: Sampled, symmetry: Symmetry) -> set[str]:
    """The quantities that agree in fewer steps than is stated, without any allowance for chance."""
    return failures(measure_shares(sampled[0], symmetry, sampled[1], ACTIONS))


def failures(evidence: SharesEvidence) -> set[str]:
    return {found.quantity for found in evidence.found if found.is_refuted}


def test_objects_are_as_symmetric_as_is_stated() -> None:
    certificate = certify(get_task("pong-objects-v1"), samples=FEWEST_STATES)
    assert (certificate.dynamics, certificate.reset, certificate.agrees) == (
        Exactness.APPROXIMATE,
        Exactness.BROKEN,
        True,
    )
    assert certificate.versions["ale-py"]
    evidence = certificate.dynamics_evidence
    assert isinstance(evidence, SharesEvidence) and evidence.never_moved == 0 and evidence.at_time_limit > 0
    within = {(found.behaviour, found.quantity): found.within for found in evidence.found}
    for behaviour in certificate.states:
        said = dict(certificate.lines())
        assert all(f"{quantity} {behaviour}" in said for quantity in ("ball", "player", "opponent", "reward", "end"))
        assert within[behaviour, "ball"][0] > 0.9 and within[behaviour, "player"][2] > 0.9
        assert 0.05 < within[behaviour, "opponent"][2] < 0.55, "it aims with the top edge of its paddle"
        assert within[behaviour, "reward"][0] > 0.99


def test_the_same_seed_gives_the_same_evidence(objects: Sampled) -> None:
    again = sample("pong-objects-v1")
    found = [measure_shares(probe, mirror_objects(), states, ACTIONS) for probe, states in (objects, again)]
    assert found[0] == found[1]
    for behaviour, states in objects[1].items():
        np.testing.assert_array_equal(states, again[1][behaviour])


def test_the_right_declarations_keep_what_they_state(objects: Sampled, pixels: Sampled, full_pixels: Sampled) -> None:
    assert failing(objects, mirror_objects()) == set()
    assert failing(pixels, mirror_pixels(40)) == set()
    assert failing(full_pixels, mirror_pixels(80)) == set()


def of_objects(*turned: str) -> SignedPermutation:
    return signs(C2, [[1] * len(ENTRIES), [-1 if name in turned else 1 for name in ENTRIES]])


STILL = trivial_representation(C2, 3)
WRONG_OBJECTS: dict[str, tuple[Callable[[], Symmetry], str]] = {
    "velocities keep their signs": (
        lambda: replace(mirror_objects(), observation=of_objects("ball y", "player y", "opponent y")),
        "ball velocity",
    ),
    "the player's velocity keeps its sign": (
        lambda: replace(mirror_objects(), observation=of_objects(*(n for n in TURNED_OVER if n != "player velocity"))),
        "player velocity",
    ),
    "the ball's velocity keeps its sign": (
        lambda: replace(mirror_objects(), observation=of_objects(*(n for n in TURNED_OVER if n != "ball velocity y"))),
        "ball velocity",
    ),
    "the opponent is not mirrored": (
        lambda: replace(mirror_objects(), observation=of_objects(*(n for n in TURNED_OVER if "opponent" not in n))),
        "opponent",
    ),
    "left and right for top and bottom": (
        lambda: replace(mirror_objects(), observation=of_objects("ball x", "ball velocity x")),
        "ball",
    ),
    "up and down do not swap": (lambda: replace(mirror_objects(), action=STILL), "player"),
}


@pytest.mark.parametrize("what", WRONG_OBJECTS)
def test_wrong_declarations_of_objects_are_broken(what: str, objects: Sampled) -> None:
    symmetry, quantity = WRONG_OBJECTS[what]
    evidence = measure_shares(objects[0], symmetry(), objects[1], ACTIONS)
    assert quantity in failures(evidence) and evidence.grade() == Exactness.BROKEN


def about(rows: NDArray[np.int64], frames: tuple[int, ...] = (0, 1, 2, 3)) -> Symmetry:
    """Row r comes from `rows[r]`, frame f from `frames[f]`."""
    size = len(rows)
    index = np.arange(4 * size * size).reshape(4, size, size)
    moved = index[list(frames)][:, rows]
    return replace(
        mirror_pixels(size), observation=SignedPermutation(C2, [index.ravel(), moved.ravel()], shape=(4, size, size))
    )


WRONG_PIXELS: dict[str, tuple[Callable[[], Symmetry], set[str]]] = {
    "left and right for top and bottom": (
        lambda: replace(mirror_pixels(40), observation=ImageTransform(signs(C2, [[1, 1], [-1, 1]]), 4, 40)),
        {"ball", "player", "opponent"},
    ),
    "up and down do not swap": (lambda: replace(mirror_pixels(40), action=STILL), {"player"}),
    "only the actions swap": (lambda: about(np.arange(40)), {"ball", "player", "opponent"}),
    "about the middle of the whole screen": (  # row r of 210 to 209 − r: 18 rows of the screen too high
        lambda: about(np.roll(np.arange(40)[::-1], -4)),
        {"ball", "player", "opponent"},
    ),
    "the frames turn round too": (lambda: about(np.arange(40)[::-1], (3, 2, 1, 0)), {"ball"}),
}


@pytest.mark.parametrize("what", WRONG_PIXELS)
def test_wrong_declarations_of_pixels_are_broken(what: str, pixels: Sampled) -> None:
    symmetry, quantities = WRONG_PIXELS[what]
    evidence = measure_shares(pixels[0], symmetry(), pixels[1], ACTIONS)
    assert quantities <= failures(evidence) and evidence.grade() == Exactness.BROKEN


def test_an_axis_one_pixel_off_is_broken(full_pixels: Sampled) -> None:
    assert "ball" in failing(full_pixels, about(np.roll(np.arange(80)[::-1], 1)))


def test_judged_by_its_largest_residual_the_mirror_image_is_broken() -> None:
    """So the shares say more than the maximum does, and nothing is hidden by them."""
    plain = replace(mirror_objects(), shares=())
    certificate = certify(get_task("pong-objects-v1"), samples=15, symmetry=plain)
    assert certificate.dynamics == Exactness.BROKEN and sum(certificate.states.values()) == 45


def test_another_group_leads_to_a_sentence(objects: Sampled) -> None:
    group = cyclic(4)
    turns = replace(
        mirror_objects(),
        observation=trivial_representation(group, len(ENTRIES)),
        action=trivial_representation(group, 3),
    )
    with pytest.raises(SympriorError, match="does not know how C4 acts on states"):
        measure_shares(objects[0], turns, objects[1], ACTIONS)


@pytest.mark.parametrize("first", [8, 18, 30])
def test_four_columns_that_are_not_mirrored_are_broken(first: int, played: Sampled) -> None:
    index = np.arange(4 * 40 * 40).reshape(4, 40, 40)
    moved = index[:, ::-1].copy()
    moved[:, :, first : first + 4] = index[:, :, first : first + 4]
    acts = SignedPermutation(C2, [index.ravel(), moved.ravel()], shape=(4, 40, 40))
    evidence = measure_shares(played[0], replace(mirror_pixels(40), observation=acts), played[1], ACTIONS)
    assert "elsewhere" in {found.quantity for found in evidence.found if found.is_refuted}
    assert evidence.grade() == Exactness.BROKEN


@pytest.fixture(scope="module")
def played() -> Sampled:
    """By the reference policy for longer, so that the ball crosses every column."""
    task = get_task("pong-small-v1")
    probe = task.probe()
    return probe, {
        "from the reference policy": probe.rollout_states(task.reference_policy, np.random.default_rng(1), 120)
    }


@pytest.mark.parametrize("seed", range(3))
def test_an_opponents_velocity_that_keeps_its_sign_is_never_confirmed(seed: int) -> None:
    task, rng = get_task("pong-objects-v1"), np.random.default_rng(seed)
    probe = task.probe()
    states = {"from the reference policy": probe.rollout_states(task.reference_policy, rng, FEWEST_STATES)}
    wrong = replace(mirror_objects(), observation=of_objects(*(n for n in TURNED_OVER if n != "opponent velocity")))
    for symmetry, is_right in ((mirror_objects(), True), (wrong, False)):
        found = {each.quantity: each for each in measure_shares(probe, symmetry, states, ACTIONS).found}
        assert found["opponent velocity"].is_confirmed == is_right and found["opponent"].is_confirmed
