"""Tables are read alike in numpy and in torch."""

from __future__ import annotations

import numpy as np
import pytest

from symprior.tasks.families.grid_worlds.layout.tables import Table


def test_rows_are_those_asked_for_in_the_namespace_that_asks() -> None:
    torch = pytest.importorskip("torch")
    values = np.arange(12, dtype=np.float32).reshape(4, 3)
    table, rows = Table(values), np.array([3, 0, 3])
    np.testing.assert_array_equal(table(rows), values[rows])
    found = table(torch.from_numpy(rows))
    assert isinstance(found, torch.Tensor) and found.dtype == torch.float32
    np.testing.assert_array_equal(found.numpy(), values[rows])
    assert table(rows).dtype == np.float32
