"""Measures of latent models: exact on codes whose answer is known."""

from __future__ import annotations

import pytest
import torch

from symprior.agents.planning.measures import diagram_error, effective_rank

CODES = torch.randn(4000, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def test_the_effective_rank_is_the_number_of_directions_where_all_are_alike() -> None:
    assert effective_rank(torch.cat([torch.eye(3), -torch.eye(3)])) == pytest.approx(3)
    assert effective_rank(CODES) == pytest.approx(6, rel=0.01)
    assert effective_rank(CODES[:, :1] * torch.ones(5) + 7) == pytest.approx(1)
    assert effective_rank(torch.full((9, 4), 3.0)) == 1


def test_the_diagram_error_is_0_for_a_perfect_model_and_1_for_a_guess_and_none_for_collapsed_codes() -> None:
    assert diagram_error(CODES, CODES) == 0
    assert diagram_error(CODES.roll(1, 0), CODES) == pytest.approx(1, rel=0.05)
    assert diagram_error(3 * CODES.roll(1, 0), 3 * CODES) == pytest.approx(diagram_error(CODES.roll(1, 0), CODES))
    constant = torch.full((9, 4), 3.0)
    assert diagram_error(constant, constant) is None
