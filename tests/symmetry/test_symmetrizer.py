"""The symmetrizer's bases: as large as the characters say, exactly equivariant, and controls that are not."""

from itertools import product as every_combination

import numpy as np
import pytest

from symprior.symmetry.errors import SympriorError
from symprior.symmetry.groups import Group, cyclic, dihedral, product, projections, symmetric
from symprior.symmetry.representations import (
    ImageTransform,
    Matrices,
    SignedPermutation,
    as_signed_permutation,
    direct_sum,
    generated,
    permutation,
    pulled_back,
    regular,
    rotations_of_the_plane,
    signs,
    tensor_product,
    things,
    trivial_representation,
)
from symprior.symmetry.symmetrizer import (
    OrbitBasis,
    equivariant_basis,
    nullspace_basis,
    orbit_basis,
    projector_basis,
    random_basis,
    turned_basis,
)


def _conjugated(representation, seed, orthogonal):
    """The same representation in another basis of the space: no signed permutation any more."""
    change = np.random.default_rng(seed).standard_normal((representation.size,) * 2)
    change = np.linalg.qr(change)[0] if orthogonal else change
    matrices = [change @ representation.matrix(g) @ np.linalg.inv(change) for g in range(len(representation.group))]
    return Matrices(representation.group, matrices)


def _turns(group, angle):
    """Rotations of the plane by a multiple of an angle; s mirrors left and right."""
    images = {1: [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]}
    if group.name.startswith("D"):
        images[len(group) // 2] = [[-1, 0], [0, 1]]
    return generated(group, images)


def _standard_of_s3():
    """The two-dimensional irreducible representation of S3, by rotations and reflections of a triangle."""
    group = symmetric(3)
    corners = np.array([[np.cos(a), np.sin(a)] for a in 2 * np.pi * np.arange(3) / 3])
    images = [[int(name[i]) for i in range(3)] for name in group.elements]
    return Matrices(group, [2 / 3 * corners[image].T @ corners for image in images])


def _quaternions(units, name):
    """A group of unit quaternions [|G|, 4], identity first, and what multiplication from the left does to ℝ⁴."""
    matrices = np.array(
        [[[a, -b, -c, -d], [b, a, -d, c], [c, d, a, -b], [d, -c, b, a]] for a, b, c, d in units], dtype=np.float64
    )
    products = matrices @ np.asarray(units, dtype=np.float64).T  # [|G|, 4, |G|]
    apart = np.abs(products.transpose(0, 2, 1)[:, :, None] - np.asarray(units)).max(axis=-1)
    group = Group(name, tuple(str(i) for i in range(len(units))), apart.argmin(axis=-1))
    return Matrices(group, matrices)


def _q8():
    """±1, ±i, ±j, ±k: signed permutations of the four coordinates."""
    return _quaternions([sign * unit for sign in (1, -1) for unit in np.eye(4)], "Q8")


def _binary_tetrahedral():
    """Q8 and the sixteen (±1 ± i ± j ± k) / 2: rotations of the tetrahedron as quaternions."""
    units = [sign * unit for sign in (1, -1) for unit in np.eye(4)]
    return _quaternions([*units, *(np.array(signs) / 2 for signs in every_combination((1, -1), repeat=4))], "2T")


def _things_in_the_plane(count, angle):
    """S_k × D_n on the places of k things in the plane, by matrices where 360°/n is no multiple of 90°."""
    to_things, to_plane = projections(symmetric(count), dihedral(round(360 / angle)))
    plane = _turns(to_plane.target, np.radians(angle))
    group = to_things.source
    mixed, turned = pulled_back(things(count), to_things), pulled_back(plane, to_plane)
    return Matrices(group, [np.kron(mixed.matrix(g), turned.matrix(g)) for g in range(len(group))])


CASES = {
    "C2 signs to regular": (signs(cyclic(2), [[1, 1], [-1, -1]]), regular(cyclic(2))),
    "C4 plane to regular": (rotations_of_the_plane(cyclic(4)), regular(cyclic(4))),
    "D4 plane to regular": (rotations_of_the_plane(dihedral(4)), regular(dihedral(4))),
    "D4 plane to itself": (rotations_of_the_plane(dihedral(4)), rotations_of_the_plane(dihedral(4))),
    "D4 regular to regular": (regular(dihedral(4)), regular(dihedral(4))),
    "D4 image to regular": (ImageTransform(rotations_of_the_plane(dihedral(4)), 1, 5), regular(dihedral(4))),
    "S3 permutation to regular": (
        permutation(symmetric(3), [[int(c) for c in name] for name in symmetric(3).elements]),
        regular(symmetric(3)),
    ),
    "S3 standard (matrices) to regular": (_standard_of_s3(), regular(symmetric(3))),
    "C8 rotations by 45° to regular": (
        generated(cyclic(8), {1: [[np.cos(np.pi / 4), -np.sin(np.pi / 4)], [np.sin(np.pi / 4), np.cos(np.pi / 4)]]}),
        regular(cyclic(8)),
    ),
    "C2×S3 sum": (
        direct_sum(regular(product(cyclic(2), symmetric(3))), trivial_representation(product(cyclic(2), symmetric(3)))),
        regular(product(cyclic(2), symmetric(3))),
    ),
    "Q8 on quaternions": (as_signed_permutation(_q8()), regular(_q8().group)),
    "Q8 on quaternions, to itself": (as_signed_permutation(_q8()), as_signed_permutation(_q8())),
    "S3×D4 places to regular": (
        as_signed_permutation(_things_in_the_plane(3, 90)),
        regular(product(symmetric(3), dihedral(4))),
    ),
    "C4 patch": (
        tensor_product(regular(cyclic(4)), ImageTransform(rotations_of_the_plane(cyclic(4)), 1, 3)),
        regular(cyclic(4)),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_rank_is_what_the_character_formula_says(name):
    source, target = CASES[name]
    expected = np.mean(target.character * source.character[source.group.inverse])
    assert equivariant_basis(source, target).rank == round(expected)


@pytest.mark.parametrize("name", CASES)
def test_every_basis_vector_commutes_with_the_group_and_the_basis_is_orthonormal(name):
    source, target = CASES[name]
    basis = equivariant_basis(source, target)
    for vector in basis.vectors.T:
        matrix = vector.reshape(target.size, source.size)
        for g in range(len(source.group)):
            np.testing.assert_allclose(target.matrix(g) @ matrix, matrix @ source.matrix(g), atol=1e-9)
    np.testing.assert_allclose(basis.vectors.T @ basis.vectors, np.eye(basis.rank), atol=1e-9)


def test_orbits_span_what_averaging_random_matrices_spans():
    """The published way: S(W) = 1/|G| Σ_g K_g⁻¹ W L_g, then a singular value decomposition."""
    source, target = CASES["D4 plane to regular"]
    group, rng = source.group, np.random.default_rng(0)
    samples = []
    for _ in range(40):
        matrix = rng.standard_normal((target.size, source.size))
        averaged = [np.linalg.inv(target.matrix(g)) @ matrix @ source.matrix(g) for g in range(len(group))]
        samples.append(np.mean(averaged, axis=0).ravel())
    basis = equivariant_basis(source, target).vectors
    samples = np.array(samples)
    np.testing.assert_allclose(samples @ basis @ basis.T, samples, atol=1e-9)
    assert np.linalg.matrix_rank(samples, tol=1e-8) == basis.shape[1]


GENERAL = {
    "D4 plane, turned": (_conjugated(rotations_of_the_plane(dihedral(4)), 0, True), regular(dihedral(4))),
    "D4 plane, slanted": (_conjugated(rotations_of_the_plane(dihedral(4)), 1, False), regular(dihedral(4))),
    "D4 slanted to slanted": (
        _conjugated(regular(dihedral(4)), 2, False),
        _conjugated(rotations_of_the_plane(dihedral(4)), 3, False),
    ),
    "S3 standard to itself": (_standard_of_s3(), _standard_of_s3()),
    "S3 standard, slanted": (_conjugated(_standard_of_s3(), 4, False), regular(symmetric(3))),
    "S3 regular, turned": (_conjugated(regular(symmetric(3)), 5, True), regular(symmetric(3))),
    "C8 by 45°": (_turns(cyclic(8), np.pi / 4), regular(cyclic(8))),
    "C8 by 45° to 135°": (_turns(cyclic(8), np.pi / 4), _turns(cyclic(8), 3 * np.pi / 4)),
    "D8 by 45°": (_turns(dihedral(8), np.pi / 4), _turns(dihedral(8), np.pi / 4)),
    "D8 by 45° to regular": (_turns(dihedral(8), np.pi / 4), regular(dihedral(8))),
    "Q8 on quaternions, slanted": (_conjugated(_q8(), 6, False), regular(_q8().group)),
    "2T on quaternions": (_binary_tetrahedral(), _binary_tetrahedral()),
    "2T on quaternions to regular": (_binary_tetrahedral(), regular(_binary_tetrahedral().group)),
    "2T on quaternions, turned": (_conjugated(_binary_tetrahedral(), 7, True), _binary_tetrahedral()),
    "S2×D8 places": (_things_in_the_plane(2, 45), _things_in_the_plane(2, 45)),
    "S3×D8 places to things": (
        _things_in_the_plane(3, 45),
        pulled_back(things(3), projections(symmetric(3), dihedral(8))[0]),
    ),
    "S3×D4 places, slanted": (
        _conjugated(_things_in_the_plane(3, 90), 8, False),
        regular(product(symmetric(3), dihedral(4))),
    ),
}


@pytest.mark.parametrize("name", GENERAL)
def test_general_matrices_have_the_rank_of_the_character_formula_and_commute(name):
    source, target = GENERAL[name]
    basis = equivariant_basis(source, target)
    assert not isinstance(basis, OrbitBasis)
    assert basis.rank == round(np.mean(target.character * source.character[source.group.inverse]))
    for vector in basis.vectors.T:
        matrix = vector.reshape(target.size, source.size)
        for g in range(len(source.group)):
            np.testing.assert_allclose(target.matrix(g) @ matrix, matrix @ source.matrix(g), atol=1e-9)
    np.testing.assert_allclose(basis.vectors.T @ basis.vectors, np.eye(basis.rank), atol=1e-9)


def test_what_commutes_with_quaternions_from_the_left_are_quaternions_from_the_right():
    """The commutant of a representation of quaternionic type: of dimension 4, where a real irreducible one has 1."""
    for rho in (_q8(), _binary_tetrahedral()):
        basis = projector_basis(rho, rho)
        assert basis.rank == 4
        a, b, c, d = 0.3, -0.5, 0.2, 0.8
        from_the_right = np.array([[a, -b, -c, -d], [b, a, d, -c], [c, -d, a, b], [d, c, -b, a]]).ravel()
        np.testing.assert_allclose(basis.vectors @ (basis.vectors.T @ from_the_right), from_the_right, atol=1e-9)


@pytest.mark.parametrize("name", [name for name, (source, _) in CASES.items() if not isinstance(source, Matrices)])
def test_both_ways_span_the_same_space(name):
    source, target = CASES[name]
    orbits, projected = orbit_basis(source, target).vectors, projector_basis(source, target).vectors
    assert orbits.shape == projected.shape
    np.testing.assert_allclose(orbits @ (orbits.T @ projected), projected, atol=1e-9)


def test_matrices_that_are_too_inaccurate_are_refused():
    """A turn by 45.1°: its singular values lie neither at 0 nor at 1, and no rank is certain."""
    source = _turns(cyclic(8), np.pi / 4)
    source.matrices = np.stack(
        [_turns(cyclic(2), np.pi).matrix(0), *(_rotation(k * np.radians(45.1)) for k in range(1, 8))]
    )
    with pytest.raises(SympriorError, match="C8 are too inaccurate"):
        projector_basis(source, regular(cyclic(8)))


def _rotation(angle):
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def test_orbits_of_a_whole_wide_layer_are_found_at_once():
    """256 entries of hidden features from 105: 13,440 vectors that would take 3 GB if written out."""
    group = cyclic(2)
    source = SignedPermutation(group, [range(105), range(104, -1, -1)], [[1] * 105, [-1] * 105])
    target = direct_sum(*[regular(group)] * 128)
    basis = orbit_basis(source, target)
    assert basis.rank == round(np.mean(target.character * source.character)) == 13_440
    assert np.bincount(basis.orbit).tolist() == [2] * 13_440
    matrix = (basis.weight * np.random.default_rng(0).standard_normal(basis.rank)[basis.orbit]).reshape(256, 105)
    np.testing.assert_allclose(target(1, matrix.T).T, source(1, matrix), atol=1e-12)


@pytest.mark.parametrize("name", CASES)
def test_a_turned_basis_spans_the_same_maps_by_vectors_that_share_entries(name):
    source, target = CASES[name]
    equivariant, turned = equivariant_basis(source, target), turned_basis(source, target, np.random.default_rng(0))
    rank = equivariant.rank
    np.testing.assert_allclose(turned.vectors.T @ turned.vectors, np.eye(rank), atol=1e-12)
    overlap = equivariant.vectors.T @ turned.vectors
    np.testing.assert_allclose(overlap @ overlap.T, np.eye(rank), atol=1e-12)
    if rank > 1:
        assert ((np.abs(turned.vectors) > 1e-9).sum(axis=1) > 1).any()
    drawn = np.random.default_rng(1).standard_normal((rank, 3, 2))
    weights = [np.tensordot(basis.vectors, basis.start(drawn), axes=1) for basis in (equivariant, turned)]
    np.testing.assert_allclose(*weights, atol=1e-12)


@pytest.mark.parametrize("rule", [random_basis, nullspace_basis])
def test_controls_have_the_equivariant_rank_and_do_not_commute(rule):
    source, target = CASES["D4 regular to regular"]
    equivariant = equivariant_basis(source, target)
    control = rule(source, target, np.random.default_rng(0))
    assert control.rank == equivariant.rank
    overlap = np.linalg.norm(equivariant.vectors.T @ control.vectors)
    assert overlap < 1e-9 if rule is nullspace_basis else overlap > 0.1
    matrix = control.vectors[:, 0].reshape(target.size, source.size)
    assert np.abs(target.matrix(1) @ matrix - matrix @ source.matrix(1)).max() > 0.01
