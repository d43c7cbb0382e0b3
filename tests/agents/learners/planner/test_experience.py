"""Given transitions by number: nothing is lost, equal observations are one, and priors turn numbers as pictures."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch

from symprior.agents.learners.planner.experience import Experience, Numbering
from symprior.agents.learners.planner.prototypes import prototypes_of
from symprior.agents.networks.orbits import Orbit
from symprior.agents.priors.batch import Replayed
from symprior.agents.priors.prior import PRIORS
from symprior.tasks import get_task
from symprior.tasks.task.transitions import Transitions

TASK = get_task("plan-room-c4-v1")
SYMMETRY = TASK.symmetry().half()
CELLS = 49


@cache
def given(episodes: int = 10) -> Transitions:
    assert TASK.given is not None
    return TASK.given.transitions(TASK.id, 0, episodes)


@cache
def experience(episodes: int = 10) -> Experience:
    return Experience(given(episodes), SYMMETRY)


def test_transitions_come_back_as_they_were_given() -> None:
    everything, index = experience().everything(), np.arange(len(given()))
    seen = experience().observations
    np.testing.assert_array_equal(seen[everything.observations], given().observations(index))
    np.testing.assert_array_equal(seen[everything.next_observations], given().next_observations(index))
    np.testing.assert_array_equal(everything.actions, given().actions)
    np.testing.assert_allclose(everything.rewards, given().rewards, rtol=1e-6)
    assert len(np.unique(seen.numpy(), axis=0)) == len(seen) <= CELLS


def test_others_are_of_the_same_episode() -> None:
    index = torch.arange(len(given()))
    near = torch.rand(len(index), 5, generator=torch.Generator().manual_seed(0))
    batch = experience().batch(index, near, torch.full((len(index), 1), 0.999))
    assert (batch.others[:, 5] == batch.next_observations[-1]).all(), "the last are of any episode"
    ends, episodes = experience().everything().next_observations, torch.as_tensor(given().episodes)
    for i in index.tolist():
        assert set(batch.others[i, :5].tolist()) <= set(ends[episodes == episodes[i]].tolist())


@pytest.mark.parametrize("prior", ["augment", "augment-one", "plain"])
def test_a_prior_turns_numbers_as_it_turns_observations(prior: str) -> None:
    seen, everything = experience().observations, experience().everything()
    drawn = torch.rand(len(given()), generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    numbered = PRIORS[prior].minibatch(everything, experience().orbit, lambda count: drawn[:count])
    columns = {name: column for name, column in vars(everything).items() if name != "others"}
    shown = {name: seen[columns[name]] for name in ("observations", "next_observations")}
    turned = PRIORS[prior].minibatch(Replayed(**{**columns, **shown}), Orbit(SYMMETRY), lambda count: drawn[:count])
    assert torch.equal(seen[numbered.observations], turned.observations)
    assert torch.equal(seen[numbered.next_observations], turned.next_observations)
    assert torch.equal(numbered.actions, turned.actions)
    assert torch.equal(numbered.rewards, turned.rewards)


def test_numbers_of_floats_take_negative_zero_for_zero() -> None:
    known = Numbering(np.empty((0, 2), dtype=np.float32))
    assert known(np.array([[0.0, 1.0], [-0.0, 1.0], [0.0, 2.0]], dtype=np.float32)).tolist() == [0, 0, 1]
    assert len(known) == 2


def test_prototypes_are_what_the_prior_shows_the_model() -> None:
    few = Experience(given(1), SYMMETRY)
    seen = few.everything()
    met = torch.cat([seen.observations, seen.next_observations]).unique()
    plain, augmented, strict = (
        prototypes_of(few, PRIORS[name], 1024, 0) for name in ("plain", "augment", "homomorphic")
    )
    assert torch.equal(plain, few.observations[met])
    assert torch.equal(augmented, strict)
    assert len(strict) > len(plain)


def test_prototypes_of_a_strict_prior_are_whole_orbits_however_few() -> None:
    chosen = prototypes_of(experience(), PRIORS["homomorphic"], 30, 0)
    assert 20 < len(chosen) <= 30
    pictures = {row.numpy().tobytes() for row in chosen}
    images = Orbit(SYMMETRY).observations(chosen).flatten(0, 1)
    assert {row.numpy().tobytes() for row in images} == pictures
    assert len(prototypes_of(experience(), PRIORS["plain"], 30, 0)) == 30


def test_episodes_of_one_step_give_themselves_as_others() -> None:
    single = replace(given(), states=given().states[:, :2], taken=given().taken[:, :1], earned=given().earned[:, :1])
    alone = Experience(single, SYMMETRY)
    batch = alone.batch(torch.arange(len(single)), torch.full((len(single), 2), 0.999), torch.empty(len(single), 0))
    assert torch.equal(batch.others, batch.next_observations.unsqueeze(1).expand(-1, 2))
