"""Groups: the axioms hold, wrong tables are refused, subgroups are all found."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symprior.symmetry.errors import SympriorError
from symprior.symmetry.groups import Group, cyclic, dihedral, product, symmetric, trivial

GROUPS = [trivial(), cyclic(2), cyclic(4), dihedral(4), symmetric(3), product(cyclic(2), dihedral(4))]


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
def test_axioms_hold(group: Group) -> None:
    everything = range(len(group))
    for g in everything:
        assert group.table[g, 0] == group.table[0, g] == g
        assert group.table[g, group.inverse[g]] == group.table[group.inverse[g], g] == 0
        assert len(group) % group.order_of(g) == 0
        for h in everything:
            for k in everything:
                assert group.table[group.table[g, h], k] == group.table[g, group.table[h, k]]
    assert group.generated_by(group.generators) == tuple(everything)


@pytest.mark.parametrize(
    ("group", "subgroups", "abelian"),
    [
        (trivial(), 1, True),
        (cyclic(2), 2, True),
        (cyclic(4), 3, True),
        (cyclic(6), 4, True),
        (dihedral(3), 6, False),
        (dihedral(4), 10, False),
        (symmetric(3), 6, False),
        (symmetric(4), 30, False),
        (product(cyclic(2), cyclic(2)), 5, True),
        (product(cyclic(2), cyclic(4)), 8, True),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_structure_is_the_known_one(group: Group, subgroups: int, abelian: bool) -> None:
    assert len(group.subgroups) == subgroups
    assert np.array_equal(group.table, group.table.T) == abelian
    assert all(len(group) % len(subgroup) == 0 for subgroup in group.subgroups)


def test_dihedral_relations() -> None:
    group = dihedral(4)
    r, s = group.elements.index("r"), group.elements.index("s")
    assert (group.order_of(r), group.order_of(s)) == (4, 2)
    assert group.table[s, r] == group.table[group.inverse[r], s]


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ([[0, 1], [1, 2]], "not closed"),
        ([[1, 0], [0, 1]], "not the identity"),
        ([[0, 1], [1, 1]], "no inverse"),
        ([[0, 1, 2], [1, 2, 0]], "product table"),
        ([[0.0, 1.0], [1.0, 0.5]], "whole numbers"),
        (
            # a loop with two-sided identity that is not associative
            [[0, 1, 2, 3, 4], [1, 0, 3, 4, 2], [2, 4, 0, 1, 3], [3, 2, 4, 0, 1], [4, 3, 1, 2, 0]],
            "not associative",
        ),
    ],
)
def test_wrong_tables_are_refused(table: list[list[int]], complaint: str) -> None:
    with pytest.raises(SympriorError, match=complaint):
        Group("G", tuple("eabcd"[: len(table[0])]), np.array(table))


@given(st.data())
def test_no_changed_entry_of_a_table_passes(data: st.DataObject) -> None:
    group = data.draw(st.sampled_from([cyclic(4), dihedral(3), symmetric(3), product(cyclic(2), cyclic(3))]))
    g, h = data.draw(st.tuples(*[st.integers(0, len(group) - 1)] * 2))
    value = data.draw(st.integers(-1, len(group)).filter(lambda value: value != group.table[g, h]))
    table = group.table.copy()
    table[g, h] = value
    with pytest.raises(SympriorError):
        Group(group.name, group.elements, table)


def test_a_subgroup_keeps_names_and_products() -> None:
    group = dihedral(4)
    for elements in group.subgroups:
        part = group.subgroup(elements)
        assert part.elements == tuple(group.elements[g] for g in elements)
        for i, g in enumerate(elements):
            for j, h in enumerate(elements):
                assert elements[part.table[i, j]] == group.table[g, h]
    with pytest.raises(SympriorError, match="form no subgroup"):
        group.subgroup([0, 1])
    with pytest.raises(SympriorError, match=r"numbers from 0 to 7, not \[0, 9\]"):
        group.subgroup([0, 9])


@pytest.mark.parametrize("order", [0, -1, True, 2.0])
@pytest.mark.parametrize("make", [cyclic, dihedral, symmetric])
def test_the_order_of_a_group_is_a_whole_number(make: Any, order: Any) -> None:
    with pytest.raises(SympriorError, match="The order of a group is a whole number ≥ 1"):
        make(order)


def test_a_table_may_be_given_as_lists() -> None:
    given: Any = ["e", "r"], [[0, 1], [1, 0]]
    assert Group("C2", *given) == cyclic(2)


def test_groups_are_values() -> None:
    assert cyclic(4) == cyclic(4) and hash(cyclic(4)) == hash(cyclic(4))
    assert cyclic(4) != cyclic(2) and symmetric(3) != dihedral(3)
    with pytest.raises(ValueError, match="read-only"):
        cyclic(2).table[0, 0] = 1
