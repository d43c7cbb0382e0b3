"""Generators close to a group, and the group has its name, however its elements are numbered."""

from __future__ import annotations

import numpy as np
import pytest

from symprior.symmetry.errors import SympriorError
from symprior.symmetry.generated.closing import close, end_to_end, named, signed_map, table_of, unchanged
from symprior.symmetry.generated.turned import TurnedSignedPermutation
from symprior.symmetry.groups import Group, cyclic, dihedral, product, symmetric, trivial

NAMED = [
    *(trivial(), cyclic(2), cyclic(4), cyclic(6), dihedral(4), dihedral(5), symmetric(3), symmetric(4)),
    *(product(cyclic(2), cyclic(2)), product(cyclic(2), dihedral(4)), product(symmetric(3), dihedral(4))),
    product(product(cyclic(2), cyclic(2)), cyclic(2)),
]


@pytest.mark.parametrize("group", NAMED, ids=lambda group: group.name)
def test_a_shuffled_table_gets_its_name_back(group: Group) -> None:
    shuffled = np.concatenate([[0], 1 + np.random.default_rng(0).permutation(len(group) - 1)])
    table = np.argsort(shuffled)[group.table[shuffled][:, shuffled]]
    found, rows = named(table)
    assert found.name == group.name
    assert np.array_equal(np.array(rows)[found.table], table[np.array(rows)[:, None], rows])


def test_a_group_without_a_name_is_called_by_its_order() -> None:
    i, j = signed_map([1, 0, 3, 2], [-1, 1, -1, 1]), signed_map([2, 3, 0, 1], [-1, 1, 1, -1])
    elements = close([i, j], 4)  # the quaternions' units
    found, _ = named(table_of(elements))
    assert (len(elements), found.name) == (8, "order 8")


def test_quarter_turns_close_to_a_cyclic_group() -> None:
    turn = signed_map([0, 1], [1, 1], [1, 0])
    mirror = signed_map([0, 1], [-1, -1])
    assert [len(close(maps, 2)) for maps in ([turn], [turn, mirror])] == [4, 8]
    assert named(table_of(close([turn, mirror], 2)))[0].name == "D4"


def test_maps_are_applied_and_composed_alike() -> None:
    rng = np.random.default_rng(0)
    one, two = (signed_map(rng.permutation(5), rng.choice([-1, 1], 5)) for _ in range(2))
    x = rng.standard_normal((3, 5))
    assert np.allclose(one.after(two)(x), one(two(x)))
    assert np.allclose(end_to_end(one, two)(np.tile(x, 2))[:, 5:], two(x))
    assert unchanged(5).is_identity and not one.is_identity


def test_a_group_that_grows_too_large_is_refused() -> None:
    with pytest.raises(SympriorError, match="more than 10 elements"):
        close([signed_map([1, 2, 3, 0]), signed_map([1, 0, 2, 3])], 4, largest=10)


def test_turns_that_do_not_multiply_as_the_group_are_refused() -> None:
    still = [[0], [0]]
    TurnedSignedPermutation(cyclic(2), still, [[1], [1]], [[0], [2]])
    with pytest.raises(SympriorError, match="no representation"):
        TurnedSignedPermutation(cyclic(2), still, [[1], [1]], [[0], [1]])
