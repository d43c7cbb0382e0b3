"""The equivariance error at its edges."""

import numpy as np

from symprior.benchmark.run.equivariance import EquivarianceErrors, equivariance_error, value_equivariance_error
from symprior.tasks import get_task


def test_under_the_trivial_group_everything_is_equivariant() -> None:
    trivial = get_task("cartpole-v1").symmetry().restrict([0], "C1")
    outputs = np.random.default_rng(0).random((50, 2))
    nothing = EquivarianceErrors(0.0, 0.0, 0.0)
    assert equivariance_error(outputs / outputs.sum(axis=1, keepdims=True), trivial) == nothing
    assert value_equivariance_error(outputs, trivial) == nothing
