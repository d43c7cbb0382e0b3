"""Every single entry of every shipped declaration, with the wrong sign or swapped with its neighbour, is seen or named.

Steps are sampled once, under the declared symmetry; what it makes of them is mutated, and held against what was found by the
certificate's own rules. Rows of ρ(g) are mutated for each generator g, of observations and of actions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from symprior.symmetry.representations import ImageTransform, SignedPermutation, signs
from symprior.symmetry.symmetry import APPROXIMATE_BORDER, Symmetry
from symprior.tasks import DIALS, TASKS, Exactness, get_task
from symprior.tasks.certificates.evidence.distributions import Scales, differences, round_off
from symprior.tasks.certificates.evidence.dynamics import act_on_outcomes
from symprior.tasks.certificates.evidence.shares import BEFORE, FEWEST_STATES, lower_bound, measure_shares
from symprior.tasks.certificates.evidence.transitions import Mistake, halves, play, separation_under, wrong_sign
from symprior.tasks.environments.probes.probe import Outcome, Probe
from symprior.tasks.environments.probes.rollout_probe import RolloutProbe
from symprior.tasks.families.pong import mirror_pixels

STATES, ACTIONS = 60, 3
FIRST = ("cartpole-v1", "grid-catch-v1", "ant-v1", "two-agents-v1", "reacher-turned-8-v1")
"""One of a kind: a vector, pictures, a robot with hidden parts, several objects, matrices."""

TWINS = sorted({dial.names[2] for dial in (DIALS[name] for name in DIALS) if dial.twin == dial.id})
"""What dials declare is what the tasks declare that they break; their twins' observations show more."""

JUDGED = [
    name
    for name in [*TASKS, *TWINS]
    if get_task(name).symmetry().exactness in (Exactness.EXACT, Exactness.APPROXIMATE)
    and not get_task(name).symmetry().shares
]
"""All but controls, which declare no symmetry, and those stated by shares or seen in roll-outs alone, which come below."""

EACH = [name if name in FIRST else pytest.param(name, marks=pytest.mark.exhaustive) for name in JUDGED]

Outcomes = list[list[Outcome]]


@dataclass(frozen=True)
class Sampled:
    """States and their images under g, and what is seen there without and with a step."""

    probe: Probe
    symmetry: Symmetry
    g: int
    states: NDArray[Any]
    images: NDArray[Any]

    def observed(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Without a step, of the states and of their images."""
        both = (np.array(self.probe.many_observations(each), dtype=np.float64) for each in (self.states, self.images))
        before, seen = both
        return before, seen

    def moved(self, action: Any) -> Any:
        return np.asarray(self.symmetry.act_on_actions(self.g, np.expand_dims(action, 0))[0])[()]

    def actions(self) -> list[Any]:
        space = self.probe.env.action_space
        space.seed(0)
        return [np.asarray(space.sample())[()] for _ in range(ACTIONS)]


def sampled(name: str, count: int) -> Iterator[Sampled]:
    """For each generator."""
    task = get_task(name)
    symmetry, probe = task.symmetry(), task.probe()
    assert isinstance(probe, Probe)
    for g in symmetry.group.generators:
        rng = np.random.default_rng(0)
        draws = [draw(rng, count) for draw in probe.samplers().values()]
        states = np.concatenate([probe.rollout_states(None, rng, count), *draws])
        states = states[rng.permutation(len(states))[: 8 * count]]
        yield Sampled(probe, symmetry, g, states, probe.act_on_states(symmetry, g, states))


def scales_of(before: NDArray[np.float64], after: Outcomes, probe: Probe) -> Scales:
    stepped = np.array([outcomes[0].observation for outcomes in after], dtype=np.float64).reshape(len(after), -1)
    before = before.reshape(len(before), -1)
    step = np.sqrt(((stepped - before) ** 2).mean(axis=0))
    return Scales(
        entry=np.maximum(np.abs(stepped), np.abs(before)).max(axis=0),
        step=np.where(step > 0, step, np.sqrt((step**2).mean())),
        reward=float(np.sqrt(np.mean([outcomes[0].reward ** 2 for outcomes in after]))),
        round_off=round_off(probe.env.observation_space),
    )


# --- observations ---


def pairs(found: Sampled) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """What g makes of what is seen from s, and what is seen from g·s [pairs, entries]; how far entries move."""
    probe, symmetry, g = found.probe, found.symmetry, found.g
    before, seen = found.observed()
    originals, images, change = [before], [seen], []
    for action in found.actions():
        stepped = probe.many_outcomes(found.states, action)
        image = probe.many_outcomes(found.images, found.moved(action))
        after = np.array([outcomes[0].observation for outcomes in stepped], dtype=np.float64)
        change.append(np.abs(after - before).mean(axis=0).ravel())
        if all(len(outcomes) == 1 for outcomes in [*stepped, *image]):
            originals.append(after)
            images.append(np.array([outcomes[0].observation for outcomes in image], dtype=np.float64))
    before, seen = np.concatenate(originals), np.concatenate(images)
    claimed = symmetry.observation(g, before).reshape(len(before), -1)
    return claimed, seen.reshape(len(seen), -1), np.mean(change, axis=0)


@pytest.mark.parametrize("name", EACH)
def test_every_entry_of_an_observation_that_is_mutated_is_seen_or_named(name: str) -> None:
    is_approximate = get_task(name).symmetry().exactness == Exactness.APPROXIMATE
    for found in sampled(name, STATES):
        claimed, seen, change = pairs(found)
        every = np.concatenate([claimed, seen])
        still = (every == every[0]).all(axis=0)
        scale = np.where(change > 0, change, change.mean())
        equal = round_off(found.probe.env.observation_space) * np.maximum(np.abs(every).max(axis=0), 1e-12)

        def is_refused(
            mutated: NDArray[np.float64],
            seen: NDArray[np.float64] = seen,
            scale: NDArray[np.float64] = scale,
            equal: NDArray[np.float64] = equal,
        ) -> NDArray[np.bool_]:
            off = np.abs(mutated - seen)
            if is_approximate:
                return np.asarray(off.mean(axis=0) / scale > APPROXIMATE_BORDER)
            return np.asarray((off > equal).any(axis=0))

        assert not is_refused(claimed).any(), "what is declared passes"
        assert (is_refused(-claimed) | still).all()
        swapped = is_refused(np.roll(claimed, 1, axis=1)) | np.roll(is_refused(np.roll(claimed, -1, axis=1)), 1)
        always_equal = (claimed == np.roll(claimed, 1, axis=1)).all(axis=0)  # so that to swap them changes nothing
        assert (swapped | always_equal | (still & np.roll(still, 1))).all()


# --- actions ---


def mutated_actions(symmetry: Symmetry, image: Any) -> Iterator[Any]:
    """The image of an action by a map with one entry's sign, or two neighbours, wrong."""
    if symmetry.discrete:
        count = symmetry.action.size
        yield from (np.int64(other) for other in (image - 1, image + 1) if 0 <= other < count)
        return
    for entry in range(symmetry.action.size):
        turned = image.copy()
        turned[entry] *= -1
        yield turned
        if entry:
            swapped = image.copy()
            swapped[[entry - 1, entry]] = image[[entry, entry - 1]]
            yield swapped


@pytest.mark.parametrize("name", EACH)
def test_every_entry_of_an_action_that_is_mutated_is_seen(name: str) -> None:
    """Of discrete actions each one's image is exchanged with its neighbours'."""
    is_approximate = get_task(name).symmetry().exactness == Exactness.APPROXIMATE
    for found in sampled(name, STATES // 6):
        probe, symmetry = found.probe, found.symmetry
        actions = [np.int64(a) for a in range(symmetry.action.size)] if symmetry.discrete else found.actions()[:1]
        before, _ = found.observed()
        for action in actions:
            stepped = probe.many_outcomes(found.states, action)
            claims = act_on_outcomes(symmetry.observation, found.g, stepped)
            scales, image = scales_of(before, stepped, probe), found.moved(action)

            def off(taken: Any, claims: Outcomes = claims, scales: Scales = scales, found: Sampled = found) -> float:
                """The largest residual, or of what is approximate the mean one, in steps."""
                outcomes = found.probe.many_outcomes(found.images, taken)
                apart = differences(list(zip(outcomes, claims, strict=True)), scales)
                if is_approximate:
                    return float((np.mean([each.entries for each in apart], axis=0) / scales.step).max())
                return max(each.total_variation for each in apart)

            most = APPROXIMATE_BORDER if is_approximate else 1e-9
            assert off(image) <= most, "what is declared passes"
            assert all(off(wrong) > most for wrong in mutated_actions(symmetry, image)), (name, action)


# --- by shares, and in roll-outs ---


def test_every_entry_of_pong_from_objects_that_is_mutated_is_never_confirmed() -> None:
    task, rng = get_task("pong-objects-v1"), np.random.default_rng(0)
    symmetry, probe = task.symmetry(), task.probe()
    assert isinstance(probe, Probe) and task.reference_policy is not None
    states = probe.rollout_states(task.reference_policy, rng, FEWEST_STATES)
    images = probe.act_on_states(symmetry, 1, states)
    before, after = [], []
    for action in range(3):
        moved = np.int64(symmetry.act_on_actions(1, np.array([action]))[0])
        before += [outcomes[0].observation for outcomes in probe.many_outcomes(states, np.int64(action))]
        after += [outcomes[0].observation for outcomes in probe.many_outcomes(images, moved)]
    claimed, seen = symmetry.observation(1, np.array(before)), [probe.readings(each) for each in after]

    def is_confirmed(mutated: NDArray[Any]) -> bool:
        read = [probe.readings(each) for each in mutated]
        for share in symmetry.shares:
            if share.quantity in seen[0]:
                off = [np.abs(a[share.quantity] - b[share.quantity]).max() for a, b in zip(read, seen, strict=True)]
                found = float((np.array(off) <= share.tolerance + 1e-6).mean())
                if lower_bound(found, len(states)) < share.share:
                    return False
        return True

    assert is_confirmed(claimed)
    for entry in range(claimed.shape[1]):
        turned = claimed.copy()
        turned[:, entry] *= -1
        assert not is_confirmed(turned), entry
        if entry:
            swapped = claimed.copy()
            swapped[:, [entry - 1, entry]] = claimed[:, [entry, entry - 1]]
            assert not is_confirmed(swapped), entry


def pictures_of_pong(size: int = 40) -> dict[str, Symmetry]:
    """A picture's map is declared by the signs of x and y, and by its channels."""
    symmetry = get_task("pong-small-v1").symmetry()
    group, index = symmetry.group, np.arange(4 * size * size).reshape(4, size, size)
    found = {
        f"x by {x}, y by {y}": replace(symmetry, observation=ImageTransform(signs(group, [[1, 1], [x, y]]), 4, size))
        for x, y in ((1, 1), (-1, 1), (-1, -1))
    }
    for frame in range(1, 4):
        order = [*range(4)]
        order[frame - 1], order[frame] = order[frame], order[frame - 1]
        moved = index[order, ::-1].ravel()
        found[f"frames {frame - 1} and {frame}"] = replace(
            symmetry, observation=SignedPermutation(group, [index.ravel(), moved], shape=index.shape)
        )
    return found


def test_every_map_of_pong_from_pixels_that_is_mutated_is_never_confirmed() -> None:
    task, rng = get_task("pong-small-v1"), np.random.default_rng(0)
    probe = task.probe()
    assert isinstance(probe, Probe)
    states = {"from the reference policy": probe.rollout_states(task.reference_policy, rng, 40)}
    actions: Sequence[Any] = [np.int64(action) for action in range(3)]
    for what, symmetry in pictures_of_pong().items():
        evidence = measure_shares(probe, symmetry, states, actions)
        assert evidence.grade() == Exactness.BROKEN, what


@pytest.mark.parametrize("name", ["pong-small-v1", pytest.param("pong-v1", marks=pytest.mark.exhaustive)])
def test_every_pixel_of_pong_that_is_mutated_is_seen_or_named(name: str) -> None:
    """Swapped with its neighbour, in all four frames: what is seen before a step must agree in every pixel."""
    task, rng = get_task(name), np.random.default_rng(0)
    symmetry, probe = task.symmetry(), task.probe()
    assert isinstance(probe, Probe)
    sampled = [probe.rollout_states(policy, rng, FEWEST_STATES) for policy in (None, task.reference_policy)]
    states = np.concatenate(sampled)
    seen = np.array(probe.many_observations(probe.act_on_states(symmetry, 1, states))).reshape(len(states), -1)
    claimed = symmetry.observation(1, np.array(probe.many_observations(states))).reshape(len(states), -1)
    assert (claimed == seen).all(), "what is declared passes"
    still = (np.concatenate([claimed, seen]) == claimed[0]).all(axis=0)
    neighbour = np.roll(claimed, 1, axis=1)
    is_seen = (neighbour != seen).any(axis=0) | np.roll((np.roll(claimed, -1, axis=1) != seen).any(axis=0), 1)
    always_equal = (claimed == neighbour).all(axis=0)
    assert (is_seen | always_equal)[~still].all(), "a pixel that held one value throughout is named by the certificate"
    assert is_seen[~still].mean() > 0.5


def test_one_pixel_of_pong_that_is_mutated_breaks_the_certificate() -> None:
    task, rng = get_task("pong-small-v1"), np.random.default_rng(0)
    right, probe = mirror_pixels(40), task.probe()
    assert isinstance(probe, Probe)
    index = np.arange(4 * 40 * 40).reshape(4, 40, 40)
    moved = index[:, ::-1].copy()
    for row in (19, 20):  # the edge of the player's paddle, in the newest frame
        moved[3, row, [34, 35]] = moved[3, row, [35, 34]]
    wrong = replace(
        right, observation=SignedPermutation(right.group, [index.ravel(), moved.ravel()], shape=index.shape)
    )
    states = {"from the reference policy": probe.rollout_states(task.reference_policy, rng, FEWEST_STATES)}
    found = {
        name: {
            each.quantity for each in measure_shares(probe, symmetry, states, [np.int64(0)]).found if each.is_refuted
        }
        for name, symmetry in (("right", right), ("wrong", wrong))
    }
    assert found["right"] == set() and BEFORE in found["wrong"]


@pytest.mark.parametrize(
    "name", ["lunar-lander-v1", pytest.param("lunar-lander-continuous-v1", marks=pytest.mark.exhaustive)]
)
def test_every_entry_of_the_lunar_lander_that_is_mutated_is_seen_in_rollouts(name: str) -> None:
    """The certificate plants wrong signs itself; here neighbours are swapped, too."""
    task, rng = get_task(name), np.random.default_rng(0)
    if not task.is_installed:
        pytest.skip(f"needs the extra {task.extra}")
    symmetry, probe = task.symmetry(), task.probe()
    assert isinstance(probe, RolloutProbe)
    _, transitions = play(probe, symmetry, task.reference_policy, rng, episodes=300)

    def swapped(entry: int) -> Mistake:
        order = np.arange(symmetry.observation.size)
        order[[entry - 1, entry]] = order[[entry, entry - 1]]
        return lambda observations: observations[:, order]

    entries = range(symmetry.observation.size)
    mistakes = {f"sign of [{entry}]": wrong_sign(entry) for entry in entries}
    mistakes |= {f"[{entry - 1}] and [{entry}]": swapped(entry) for entry in entries if entry}
    unseen = set(mistakes)
    for mask in probe.kinds(transitions).values():
        originals, others = halves(transitions[mask], rng)
        for what in sorted(unseen):
            if separation_under(symmetry, 1, originals, others, rng, mistake=mistakes[what]).is_clear:
                unseen.remove(what)
    assert not unseen
