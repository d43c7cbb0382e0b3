"""The published symmetrizer's way in the benchmark does the same work as the project's own: else times mean nothing."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from speed.comparisons.bases import PublishedLinear, sampled_basis
from symprior.agents.networks.layers.equivariant import BasisLinear
from symprior.symmetry.groups import dihedral, symmetric
from symprior.symmetry.representations import regular, rotations_of_the_plane, things
from symprior.symmetry.symmetrizer import equivariant_basis


@pytest.mark.parametrize(
    ("source", "target"),
    [(rotations_of_the_plane(dihedral(4)), regular(dihedral(4))), (things(3), regular(symmetric(3)))],
    ids=["D4", "S3"],
)
def test_samples_span_what_orbits_span(source: object, target: object) -> None:
    sampled = sampled_basis(source, target, np.random.default_rng(0)).vectors  # type: ignore[arg-type]
    orbits = equivariant_basis(source, target).vectors  # type: ignore[arg-type]
    assert sampled.shape == orbits.shape
    np.testing.assert_allclose(orbits @ (orbits.T @ sampled), sampled, atol=1e-9)


def test_the_published_layer_computes_what_ours_does() -> None:
    fibre, rng = regular(dihedral(4)), np.random.default_rng(0)
    ours = BasisLinear(fibre, fibre, 3, 5, equivariant_basis, rng)
    published = PublishedLinear(fibre, fibre, (3, 5), rng)
    to_samples = published.basis @ ours.weight.vectors  # both are orthonormal bases of one space
    with torch.no_grad():
        coefficients = ours.weight.coefficients.transpose(1, 2)
        published.coefficients.copy_(torch.einsum("uv,vcd->ucd", to_samples, coefficients))
    x = torch.randn(7, 24, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(published(x), ours(x), atol=1e-5, rtol=1e-5)
