"""The colour world is catch whatever the colours are, and colours are all that may be permuted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from symprior.symmetry.description import describe
from symprior.symmetry.groups import symmetric
from symprior.symmetry.representations import (
    ImageTransform,
    SignedPermutation,
    direct_sum,
    permutation,
    signs,
    trivial_representation,
)
from symprior.tasks import Exactness, Symmetry, get_task
from symprior.tasks.certificates import certify
from symprior.tasks.families.grid_worlds.colour_world import (
    ColourWorld,
    ColourWorldImage,
    colours,
    colours_of_images,
    colours_of_vectors,
)
from symprior.tasks.families.grid_worlds.grid_catch import GridCatch, GridCatchImage

S3 = symmetric(3)
ODD = [S3.order_of(g) == 2 for g in range(6)]  # two colours swap


def test_colours_change_nothing_but_the_picture() -> None:
    world, catch = ColourWorld(), GridCatch()
    states = world.all_states()
    assert len(states) == 48 * 9
    for action in range(5):
        for uniform in (0.01, 0.06, 0.09, 0.14, 0.9):
            draws, actions = np.full((len(states), 1), uniform), np.full(len(states), action)
            following, rewards, caught = world.step(states, actions, draws)
            plain, *expected = catch.step(states[:, :2], actions, draws)
            np.testing.assert_array_equal(following, np.concatenate([plain, states[:, 2:]], axis=1))
            np.testing.assert_array_equal([rewards, caught], expected)


def test_each_thing_is_drawn_in_the_channel_of_its_colour() -> None:
    for state in ColourWorld().all_states()[::7]:
        picture = ColourWorldImage().observe(state[None])[0]
        plain = GridCatchImage().observe(state[None, :2])[0, 0]
        centre = np.zeros((21, 21), dtype=bool)
        centre[9:12, 9:12] = True
        agent, prey = np.zeros((3, 21, 21)), np.zeros((3, 21, 21))
        agent[state[2]], prey[state[3]] = plain * centre, plain * ~centre
        np.testing.assert_array_equal(picture, np.maximum(agent, prey))


def test_the_vector_names_both_colours() -> None:
    seen = ColourWorld().observe(np.array([[3, -3, 0, 2]]))[0]
    np.testing.assert_array_equal(seen, [1, -1, 1, 0, 0, 0, 0, 1])


def test_permuted_colours_are_other_colours_of_the_same_state() -> None:
    """Element p turns colour i into p(i), in pictures and in vectors, and no action into another."""
    state = np.array([[2, -1, 0, 2]])
    for g, image in enumerate(permutations(range(3))):
        recoloured = np.array([[2, -1, image[0], image[2]]])
        for world, symmetry in ((ColourWorld(), colours_of_vectors()), (ColourWorldImage(), colours_of_images())):
            np.testing.assert_array_equal(symmetry.observation(g, world.observe(state)), world.observe(recoloured))
            assert symmetry.act_on_actions(g, np.arange(5)).tolist() == list(range(5))


def test_an_invariance_is_described_as_one() -> None:
    task = get_task("colour-world-v1")
    words = describe(task.symmetry(), task.called)
    assert {element.action for element in words} == {"unchanged"}
    assert words[0].observation == "the picture is unchanged"
    assert words[1].observation == "green ↔ blue change places. All else stays"


def mirrored_when_odd() -> Symmetry:
    """Where two colours swap, the picture is also mirrored."""
    planar = SignedPermutation(S3, [[0, 1]] * 6, [[-1 if odd else 1, 1] for odd in ODD])
    return replace(colours_of_images(), observation=ImageTransform(planar, colours(), 21))


def with_permuted_moves() -> Symmetry:
    """Right, up and left are permuted as the colours are."""
    images = [[0, *(1 + i for i in p), 4] for p in permutations(range(3))]
    return replace(colours_of_vectors(), action=permutation(S3, images))


def with_a_sign() -> Symmetry:
    """Where two colours swap, x changes its sign."""
    position = signs(S3, [[-1 if odd else 1, 1] for odd in ODD])
    return replace(colours_of_vectors(), observation=direct_sum(position, colours(), colours()))


def in_half_the_picture() -> Symmetry:
    """The channels are permuted in the left half of the picture only."""
    whole = colours_of_images().observation
    assert isinstance(whole, SignedPermutation)
    stays = np.broadcast_to(np.arange(21) > 10, (3, 21, 21)).ravel()
    source = np.where(stays, np.arange(whole.size), whole.source)
    return replace(colours_of_images(), observation=SignedPermutation(S3, source, shape=whole.shape))


def colours_for_places() -> Symmetry:
    """The place's first coordinate counts as a colour."""
    order = np.arange(8)
    images = np.stack([np.concatenate([[0], 1 + np.array(p), order[4:]]) for p in permutations(range(3))])
    return replace(colours_of_vectors(), observation=permutation(S3, images))


WRONG: dict[str, tuple[str, Callable[[], Symmetry]]] = {
    "the picture is mirrored too": ("colour-world-v1", mirrored_when_odd),
    "moves are permuted as colours": ("colour-world-vector-v1", with_permuted_moves),
    "a coordinate changes sign": ("colour-world-vector-v1", with_a_sign),
    "half of the picture keeps its colours": ("colour-world-v1", in_half_the_picture),
    "a coordinate is taken for a colour": ("colour-world-vector-v1", colours_for_places),
}


@pytest.mark.parametrize("what", WRONG)
def test_wrong_declarations_are_broken(what: str) -> None:
    name, symmetry = WRONG[what]
    found = certify(get_task(name), samples=25, symmetry=symmetry())
    assert found.dynamics == Exactness.BROKEN and not found.agrees


def test_the_colours_of_agent_and_prey_may_be_permuted_apart() -> None:
    """More holds than is declared: who swaps the agent's colours alone is not wrong, as nothing depends on colours."""
    seen = direct_sum(trivial_representation(S3, 2), colours(), trivial_representation(S3, 3))
    assert certify(
        get_task("colour-world-vector-v1"), samples=25, symmetry=replace(colours_of_vectors(), observation=seen)
    ).agrees
