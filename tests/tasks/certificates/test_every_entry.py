"""Every single entry of every shipped declaration, with the wrong sign or swapped with its neighbour, is seen or named."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from symprior.symmetry.representations import SignedPermutation
from symprior.symmetry.symmetry import APPROXIMATE_BORDER
from symprior.tasks import TASKS, Exactness, get_task
from symprior.tasks.certificates.entries import entries_in_words
from symprior.tasks.environments.probes.probe import Probe

STATES, ACTIONS = 60, 3
FIRST = ("cartpole-v1", "grid-catch-v1", "ant-v1", "two-agents-v1")
"""One of a kind: a vector, pictures, a robot with hidden parts, several objects."""

JUDGED = [
    name
    for name in TASKS
    if get_task(name).symmetry().exactness in (Exactness.EXACT, Exactness.APPROXIMATE)
    and isinstance(get_task(name).symmetry().observation, SignedPermutation)
    and not get_task(name).symmetry().shares
]
"""Those stated by shares, and those seen in roll-outs alone, have tests of their own."""


def pairs(name: str) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """What g makes of what is seen from s, and what is seen from g·s [pairs, entries]; how far entries move; which do not.

    With and without a step. g is the last element: all mutations are of its row.
    """
    task, rng = get_task(name), np.random.default_rng(0)
    symmetry, probe = task.symmetry(), task.probe()
    assert isinstance(probe, Probe)
    g = len(symmetry.group) - 1
    states = np.concatenate(
        [probe.rollout_states(None, rng, STATES), *(d(rng, STATES) for d in probe.samplers().values())]
    )
    images = probe.act_on_states(symmetry, g, states)
    before, seen = (np.array(probe.many_observations(each), dtype=np.float64) for each in (states, images))
    probe.env.action_space.seed(0)
    originals, found, change = [before], [seen], []
    for action in (np.asarray(probe.env.action_space.sample())[()] for _ in range(ACTIONS)):
        moved = np.asarray(symmetry.act_on_actions(g, np.expand_dims(action, 0))[0])[()]
        stepped, image = probe.many_outcomes(states, action), probe.many_outcomes(images, moved)
        after = np.array([outcomes[0].observation for outcomes in stepped], dtype=np.float64)
        change.append(np.abs(after - before).mean(axis=0).ravel())
        if all(len(outcomes) == 1 for outcomes in [*stepped, *image]):
            originals.append(after)
            found.append(np.array([outcomes[0].observation for outcomes in image], dtype=np.float64))
    before, seen = np.concatenate(originals), np.concatenate(found)
    claimed = symmetry.observation(g, before).reshape(len(before), -1)
    seen = seen.reshape(len(seen), -1)
    every = np.concatenate([claimed, seen])
    return claimed, seen, np.mean(change, axis=0), (every == every[0]).all(axis=0)


@pytest.mark.parametrize(
    "name", [name if name in FIRST else pytest.param(name, marks=pytest.mark.exhaustive) for name in JUDGED]
)
def test_every_entry_that_is_mutated_is_seen_or_named(name: str) -> None:
    claimed, seen, change, still = pairs(name)
    scale = np.where(change > 0, change, change.mean())
    right = (np.abs(claimed - seen).mean(axis=0) / scale).max()
    assert right <= APPROXIMATE_BORDER
    named = entries_in_words(np.flatnonzero(still).tolist(), get_task(name).symmetry().observation.shape)
    least = np.maximum(np.abs(seen).max(axis=0), 1e-12)
    is_approximate = get_task(name).symmetry().exactness == Exactness.APPROXIMATE

    def is_refused(mutated: NDArray[np.float64]) -> NDArray[np.bool_]:
        off = np.abs(mutated - seen)
        if is_approximate:
            return np.asarray(off.mean(axis=0) / scale > APPROXIMATE_BORDER)
        return np.asarray(off.max(axis=0) > 1e-5 * least)

    assert (is_refused(-claimed) | still).all()
    swapped = is_refused(np.roll(claimed, 1, axis=1)) | np.roll(is_refused(np.roll(claimed, -1, axis=1)), 1)
    always_equal = (claimed == np.roll(claimed, 1, axis=1)).all(axis=0)  # so that to swap them changes nothing
    assert (swapped | always_equal | (still & np.roll(still, 1))).all()
    assert bool(named) == bool(still.any())
