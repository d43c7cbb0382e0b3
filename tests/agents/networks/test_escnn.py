"""The filters of group convolutions are those of escnn, where it is installed: it reaches them by another way."""

import numpy as np
import pytest

from speed.studies.steerable import Steerable, load_escnn
from symprior.symmetry.groups import cyclic, dihedral

try:
    load_escnn()
except ImportError:
    pytest.skip("escnn is not installed; docs/networks.md says how to compare with it.", allow_module_level=True)

CASES = [(group, from_image) for group in (cyclic(2), cyclic(4), dihedral(4)) for from_image in (False, True)]
NAMES = [f"{group.name} {'image' if from_image else 'regular'} to regular" for group, from_image in CASES]


def outside(filters, basis):
    """How much of the filters is not in the span of the basis, relative to the largest entry."""
    return np.abs(filters - filters @ basis @ basis.T).max() / np.abs(filters).max()


@pytest.mark.parametrize(("group", "from_image"), CASES, ids=NAMES)
def test_linear_layers_are_the_same(group, from_image):
    steerable = Steerable.of(group)
    filters, basis = steerable.filters(from_image, 1), steerable.basis(from_image, 1)
    assert np.linalg.matrix_rank(filters) == basis.shape[1] == steerable.convolution(from_image, 1).weights.numel()
    assert outside(filters, basis) < 1e-6


@pytest.mark.parametrize("kernel", [3, 4, 5, 7])
@pytest.mark.parametrize(("group", "from_image"), CASES, ids=NAMES)
def test_its_filters_are_some_of_ours(group, from_image, kernel):
    """As it comes it leaves out high frequencies, which turns by 90° do not ask for."""
    steerable = Steerable.of(group)
    filters, basis = steerable.filters(from_image, kernel), steerable.basis(from_image, kernel)
    assert outside(filters, basis) < 1e-6
    assert np.linalg.matrix_rank(filters, tol=1e-4 * np.linalg.norm(filters, 2)) < basis.shape[1]


@pytest.mark.parametrize("kernel", [3, 5])
@pytest.mark.parametrize(("group", "from_image"), CASES, ids=NAMES)
def test_without_its_limit_of_frequencies_they_are_all_of_ours(group, from_image, kernel):
    steerable = Steerable.of(group)
    filters, basis = steerable.filters(from_image, kernel, complete=True), steerable.basis(from_image, kernel)
    assert outside(filters, basis) < 2e-3
    assert np.linalg.matrix_rank(filters, tol=4e-3 * np.linalg.norm(filters, 2)) == basis.shape[1]
