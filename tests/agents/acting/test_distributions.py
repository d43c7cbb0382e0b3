"""Distributions over actions: what they draw, what they say of it, and their gradients in closed form."""

from __future__ import annotations

from math import log
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.distributions import Categorical as TorchCategorical
from torch.distributions import Independent, Normal

from symprior.agents.acting.distributions import Categorical, DiagonalGaussian, Distribution, standard_normals
from symprior.tasks.environments.streams import Streams

KINDS = [Categorical, DiagonalGaussian]


def by_torch(kind: type[Distribution], outputs: Tensor) -> Any:
    if kind is Categorical:
        return TorchCategorical(logits=outputs)
    means, log_stds = outputs.chunk(2, -1)
    return Independent(Normal(means, log_stds.exp()), 1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seeds", [(), (3,)])
def test_densities_and_entropies_are_those_of_torch(kind: type[Distribution], seeds: tuple[int, ...]) -> None:
    outputs = torch.randn(*seeds, 7, 4)
    expected = by_torch(kind, outputs)
    actions = expected.sample()
    found = kind(outputs)
    torch.testing.assert_close(found.log_probability(actions), expected.log_prob(actions))
    torch.testing.assert_close(found.entropy(), expected.entropy())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seeds", [(), (3,)])
def test_gradients_in_closed_form_are_those_of_the_graph(kind: type[Distribution], seeds: tuple[int, ...]) -> None:
    outputs = torch.randn(*seeds, 7, 4, requires_grad=True)
    expected = by_torch(kind, outputs)
    actions, pull, weight = expected.sample(), torch.randn(*seeds, 7), torch.rand(*seeds, 1)
    loss = (pull * expected.log_prob(actions)).sum() - (weight * expected.entropy()).sum()
    (gradient,) = torch.autograd.grad(loss, outputs)
    torch.testing.assert_close(kind(outputs).gradient(actions, pull, weight), gradient, atol=1e-5, rtol=1e-5)


def test_samples_follow_the_policy() -> None:
    uniforms = Streams(torch.arange(20_000)).draw(2)
    logits = torch.log(torch.tensor([0.5, 0.2, 0.3])).expand(20_000, 3)
    counts = torch.bincount(Categorical(logits).sample(uniforms[:, :1])) / 20_000
    torch.testing.assert_close(counts, torch.tensor([0.5, 0.2, 0.3]), atol=0.02, rtol=0)
    outputs = torch.tensor([1.0, -2.0, log(0.5), log(3.0)]).expand(20_000, 4)
    actions = DiagonalGaussian(outputs).sample(uniforms)
    torch.testing.assert_close(actions.mean(0), torch.tensor([1.0, -2.0]), atol=0.05, rtol=0)
    torch.testing.assert_close(actions.T.cov(), torch.diag(torch.tensor([0.25, 9.0])), atol=0.2, rtol=0)


def test_normals_are_the_same_on_numpy_and_torch_and_always_finite() -> None:
    seeds = np.arange(1000)
    host, device = Streams(seeds).draw(3), Streams(torch.as_tensor(seeds)).draw(3)
    np.testing.assert_array_equal(standard_normals(host), standard_normals(device).numpy())
    extremes = standard_normals(np.array([0.0, 0.5, 1 - 2.0**-53]))
    assert np.isfinite(extremes).all()
    assert extremes[0] < -8
    assert extremes[1] == 0
    assert extremes[2] > 8
