"""A test with many cells says how many of them `make test` and `.ci/run` run; the others are left to `make test-all`."""

from __future__ import annotations

import pytest

IN_TEST, IN_CI_ALONE = {0, 4, 9}, {2, 6}


@pytest.mark.parametrize("number", range(10))
@pytest.mark.cells(test=3, ci=5)
def test_cells_are_spread_evenly(number: int, request: pytest.FixtureRequest) -> None:
    left_to = {name for name in ("covering", "exhaustive") if request.node.get_closest_marker(name)}
    assert left_to == (set() if number in IN_TEST else {"covering"} if number in IN_CI_ALONE else {"exhaustive"})


@pytest.mark.parametrize("number", range(2))
@pytest.mark.cells(test=3)
def test_where_there_are_few_all_run(number: int, request: pytest.FixtureRequest) -> None:
    assert not any(map(request.node.get_closest_marker, ("covering", "exhaustive")))
