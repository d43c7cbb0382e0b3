"""Representations: homomorphisms only, one action in every array library, images that really turn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symprior.symmetry.errors import SympriorError
from symprior.symmetry.groups import cyclic, dihedral, symmetric, trivial
from symprior.symmetry.representations import (
    ImageTransform,
    Matrices,
    Representation,
    SignedPermutation,
    as_signed_permutation,
    direct_sum,
    generated,
    halved,
    permutation,
    regular,
    rotations_of_the_plane,
    signs,
    tensor_product,
    trivial_representation,
)
from symprior.symmetry.symmetry import Symmetry

torch = pytest.importorskip("torch")

PLANE = rotations_of_the_plane(dihedral(4))
TURN = np.array([[np.cos(2 * np.pi / 3), -np.sin(2 * np.pi / 3)], [np.sin(2 * np.pi / 3), np.cos(2 * np.pi / 3)]])
TRIANGLE = generated(dihedral(3), {1: TURN, 3: np.array([[-1.0, 0.0], [0.0, 1.0]])})

REPRESENTATIONS: dict[str, Representation] = {
    "trivial": trivial_representation(dihedral(4), 3),
    "signs": signs(cyclic(2), [[1, 1, 1, 1], [-1, -1, 1, -1]]),
    "regular C4": regular(cyclic(4)),
    "regular D4": regular(dihedral(4)),
    "regular S3": regular(symmetric(3)),
    "S3 on three things": permutation(symmetric(3), [[int(i) for i in name] for name in symmetric(3).elements]),
    "plane": PLANE,
    "triangle": TRIANGLE,
    "image": ImageTransform(PLANE, channels=2, size=5),
    "sum": direct_sum(PLANE, regular(dihedral(4)), trivial_representation(dihedral(4))),
    "sum of matrices": direct_sum(TRIANGLE, regular(dihedral(3))),
    "product": tensor_product(PLANE, regular(dihedral(4))),
}
each_representation = pytest.mark.parametrize("rho", REPRESENTATIONS.values(), ids=REPRESENTATIONS)


def batch(rho: Representation, seed: int = 0, leading: tuple[int, ...] = (3,)) -> Any:
    return np.random.default_rng(seed).standard_normal((*leading, *rho.shape))


@each_representation
def test_acting_is_a_homomorphism(rho: Representation) -> None:
    x = batch(rho)
    for g in range(len(rho.group)):
        for h in range(len(rho.group)):
            np.testing.assert_allclose(rho(g, rho(h, x)), rho(int(rho.group.table[g, h]), x), atol=1e-12)
    np.testing.assert_array_equal(rho(0, x), x)


@each_representation
def test_acting_is_the_matrix(rho: Representation) -> None:
    x = batch(rho)
    for g in range(len(rho.group)):
        by_matrix = (x.reshape(3, -1) @ rho.matrix(g).T).reshape(x.shape)
        np.testing.assert_allclose(rho(g, x), by_matrix, atol=1e-12)
    np.testing.assert_allclose(rho.character, [np.trace(rho.matrix(g)) for g in range(len(rho.group))])


@each_representation
@pytest.mark.parametrize("leading", [(), (4,), (2, 3)], ids=str)
def test_numpy_and_torch_act_alike(rho: Representation, leading: tuple[int, ...]) -> None:
    x = batch(rho, leading=leading).astype(np.float32)
    for g in range(len(rho.group)):
        moved = rho(g, torch.from_numpy(x))
        assert moved.dtype == torch.float32 and moved.shape == x.shape
        np.testing.assert_allclose(moved.numpy(), rho(g, x), atol=1e-6)


@each_representation
def test_restriction_acts_as_before(rho: Representation) -> None:
    for elements in rho.group.subgroups:
        part = rho.restrict(elements, rho.group.subgroup(elements))
        for i, g in enumerate(elements):
            np.testing.assert_array_equal(part(i, batch(rho)), rho(g, batch(rho)))


@pytest.mark.parametrize("size", [4, 5])
@pytest.mark.parametrize("group", [cyclic(4), cyclic(2), trivial(), dihedral(4)], ids=lambda group: group.name)
def test_images_turn_anticlockwise_and_mirror_left_and_right(group: Any, size: int) -> None:
    image = np.random.default_rng(1).integers(0, 256, (6, 3, size, size), dtype=np.uint8)
    rho = ImageTransform(rotations_of_the_plane(group), channels=3, size=size)
    turns = {"C4": 1, "C2": 2, "C1": 0, "D4": 1}[group.name]
    for g in range(len(group)):
        rotation, mirrored = g % 4, g >= 4
        expected = image[..., ::-1] if mirrored else image
        expected = np.rot90(expected, rotation * turns, axes=(2, 3))
        moved = rho(g, image)
        assert moved.dtype == np.uint8
        np.testing.assert_array_equal(moved, expected)


def test_an_image_turns_as_the_plane_does() -> None:
    """A bright pixel at the position p moves to M(g) p."""
    size, rho = 7, ImageTransform(PLANE, channels=1, size=7)
    for g in range(8):
        for x, y in [(3, 0), (1, 2), (-2, 3)]:
            image = np.zeros((1, size, size))
            image[0, 3 - y, 3 + x] = 1
            there_x, there_y = PLANE(g, np.array([x, y]))
            assert rho(g, image)[0, 3 - there_y, 3 + there_x] == 1


def test_the_image_of_an_action_is_where_its_probability_goes() -> None:
    images = [[0, 1, 2, 3], [1, 2, 3, 0], [2, 3, 0, 1], [3, 0, 1, 2]]
    rho = permutation(cyclic(4), images)
    for g in range(4):
        np.testing.assert_array_equal(rho.move_index(g, np.arange(4)), images[g])
        np.testing.assert_array_equal(rho.move_index(g, torch.arange(4)).numpy(), images[g])
        for action in range(4):
            assert rho(g, np.eye(4)[action])[images[g][action]] == 1


def test_a_direct_sum_acts_on_each_part() -> None:
    parts = [PLANE, regular(dihedral(4))]
    rho = direct_sum(*parts)
    assert isinstance(rho, SignedPermutation) and isinstance(direct_sum(TRIANGLE, TRIANGLE), Matrices)
    x = batch(rho)
    for g in range(8):
        by_parts = np.concatenate([parts[0](g, x[:, :2]), parts[1](g, x[:, 2:])], axis=1)
        np.testing.assert_array_equal(rho(g, x), by_parts)
    with pytest.raises(SympriorError, match="one group"):
        direct_sum(PLANE, regular(cyclic(4)))


def test_matrices_that_are_signed_permutations_are_recognised() -> None:
    found = as_signed_permutation(Matrices(PLANE.group, [PLANE.matrix(g) for g in range(8)]))
    assert found is not None
    np.testing.assert_array_equal(found.source, PLANE.source)
    np.testing.assert_array_equal(found.sign, PLANE.sign)
    assert as_signed_permutation(TRIANGLE) is None


@pytest.mark.parametrize(
    ("make", "complaint"),
    [
        (lambda: signs(cyclic(2), [[-1, 1], [1, 1]]), "no representation of C2"),
        (lambda: signs(cyclic(4), [[1], [-1], [1], [1]]), "ρ"),
        (lambda: signs(cyclic(2), [[1, 1], [1, 2]]), "signs"),
        (lambda: permutation(cyclic(4), [[0, 1], [1, 0], [1, 0], [0, 1]]), "no representation of C4"),
        (lambda: SignedPermutation(cyclic(2), [[0, 1], [0, 0]]), "once"),
        (lambda: SignedPermutation(cyclic(2), [[0, 1], [1.5, 0]]), "name each of 0 … n − 1 once"),
        (lambda: permutation(cyclic(2), [[0, 1], [0, 0]]), "once. Row 1 does not"),
        (lambda: permutation(cyclic(2), [[0, 1], [7, 3]]), "once. Row 1 does not"),
        (lambda: permutation(cyclic(2), [[0, 1], [1.2, 0.9]]), "once"),
        (lambda: permutation(cyclic(2), [[0, 1], [np.nan, 0]]), "once"),
        (lambda: permutation(cyclic(2), [[0, 1], [1]]), "once"),
        (lambda: signs(cyclic(2), [[1.9], [-1.7]]), r"\+1 or −1"),
        (lambda: signs(cyclic(2), np.array([[1], [3]], dtype=np.uint8)), r"\+1 or −1"),
        (lambda: signs(cyclic(2), [[1], [-1, 1]]), r"\+1 or −1"),
        (lambda: SignedPermutation(cyclic(2), [[0, 1]]), "shape"),
        (lambda: Matrices(cyclic(2), [np.eye(2), 2 * np.eye(2)]), "no representation"),
        (lambda: Matrices(cyclic(2), [-np.eye(2), np.eye(2)]), "identity"),
        (lambda: Matrices(cyclic(2), [np.eye(2)]), "2 elements"),
        (lambda: Matrices(cyclic(2), np.eye(2)), r"\(\|G\|, n, n\)"),
        (lambda: generated(dihedral(4), {1: PLANE.matrix(1)}), "do not generate"),
        (lambda: generated(cyclic(2), {}), "at least one"),
        (direct_sum, "at least one"),
        (lambda: generated(cyclic(3), {1: PLANE.matrix(1)}), "no representation"),
        (lambda: rotations_of_the_plane(cyclic(3)), "does not act on square images"),
        (lambda: ImageTransform(regular(cyclic(4)), 1, 5), "of size 2"),
        (lambda: ImageTransform(PLANE, regular(cyclic(4)), 5), "one group on the plane and on its channels"),
        (lambda: tensor_product(PLANE, regular(cyclic(4))), "one group"),
        (lambda: Symmetry(PLANE, regular(cyclic(4)), discrete=True), "one group"),
        (lambda: Symmetry(PLANE, PLANE, discrete=True), "without signs"),
        (lambda: Symmetry(PLANE, PLANE, discrete=False, exactness="exactly"), "one of 'exact', 'in distribution'"),
        (lambda: Symmetry(PLANE, PLANE, discrete=False, reset="not shown"), "'broken', 'none', not 'not shown'"),
    ],
)
def test_wrong_ones_are_refused(make: Any, complaint: str) -> None:
    with pytest.raises(SympriorError, match=complaint):
        make()


def test_colours_permute_as_channels_and_may_turn_with_the_picture() -> None:
    """ρ(g) of a channel is ρ_channels(g) of the turned channels, and a subgroup acts as it did in the group."""
    colours = permutation(dihedral(3), [[0, 1, 2], [1, 2, 0], [2, 0, 1], [0, 2, 1], [1, 0, 2], [2, 1, 0]])
    still = ImageTransform(trivial_representation(dihedral(3), 2), colours, 4)
    picture = np.random.default_rng(0).integers(0, 256, (2, 3, 4, 4), dtype=np.uint8)
    for g in range(6):
        np.testing.assert_array_equal(still(g, picture)[:, colours.move_index(g, np.arange(3))], picture)
    assert still.fibre is colours and ImageTransform(PLANE, 3, 4).fibre.size == 1
    both = ImageTransform(PLANE, signs(dihedral(4), [[1, 1]] * 4 + [[1, -1]] * 4), 4)
    image = np.random.default_rng(1).standard_normal((2, 4, 4))
    np.testing.assert_array_equal(both(4, image), np.stack([image[0, :, ::-1], -image[1, :, ::-1]]))
    some = still.restrict([0, 3], cyclic(2))
    assert some.shape == (3, 4, 4)
    np.testing.assert_array_equal(some(1, picture), still(3, picture))


@given(st.data())
def test_any_permutation_of_finite_order_represents_its_cyclic_group(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 6))
    image = np.array(data.draw(st.permutations(range(size))))
    powers = [np.arange(size)]
    while not np.array_equal(image[powers[-1]], np.arange(size)):
        powers.append(image[powers[-1]])
    group = cyclic(len(powers))
    rho = permutation(group, powers)
    x = np.array(data.draw(st.lists(st.integers(-9, 9), min_size=size, max_size=size)))
    for g in range(len(group)):
        np.testing.assert_array_equal(rho(g, x)[powers[g]], x)
        np.testing.assert_array_equal(rho(int(group.inverse[g]), rho(g, x)), x)


@pytest.mark.parametrize(
    "half",
    [
        rotations_of_the_plane(dihedral(4)),
        generated(cyclic(3), {1: [[-0.5, -(0.75**0.5)], [0.75**0.5, -0.5]]}),
        regular(cyclic(4)),
    ],
)
def test_one_of_two_alike_is_acted_on_as_both_are(half: Representation) -> None:
    found = halved(direct_sum(half, half))
    assert found.shape == half.shape
    for g in range(len(half.group)):
        np.testing.assert_allclose(found.matrix(g), half.matrix(g), atol=1e-12)


def test_half_of_a_stack_of_pictures_is_a_picture() -> None:
    plane = rotations_of_the_plane(dihedral(4))
    for whole, channels in ((4, 2), (direct_sum(regular(dihedral(4)), regular(dihedral(4))), 8)):
        found = halved(ImageTransform(plane, whole, size=5))
        assert isinstance(found, ImageTransform) and found.shape == (channels, 5, 5)
    half = halved(ImageTransform(plane, 2, size=5))
    picture = np.random.default_rng(0).normal(size=(1, 5, 5))
    for g in range(8):
        both = ImageTransform(plane, 2, size=5)(g, np.concatenate([picture, picture]))
        np.testing.assert_array_equal(both[:1], half(g, picture))


@pytest.mark.parametrize(
    "whole",
    [
        direct_sum(rotations_of_the_plane(cyclic(4)), trivial_representation(cyclic(4), 2)),
        regular(cyclic(2)),
        trivial_representation(cyclic(2), 3),
        generated(cyclic(2), {1: [[0.6, 0.8], [0.8, -0.6]]}),
        direct_sum(generated(cyclic(2), {1: [[0.6, 0.8], [0.8, -0.6]]}), trivial_representation(cyclic(2), 2)),
    ],
)
def test_what_mixes_two_halves_or_moves_them_differently_has_no_half(whole: Representation) -> None:
    with pytest.raises(SympriorError, match="does not act alike on two halves"):
        halved(whole)
