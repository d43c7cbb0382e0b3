"""Performance profiles are rliable's, and their bands hold the shares of the runs themselves."""

from __future__ import annotations

import numpy as np
import pytest
from rliable import library

from symprior.leaderboard.pages.paper.latex import in_latex
from symprior.leaderboard.pages.paper.profiles import profile


def test_profiles_are_those_of_rliable() -> None:
    scores = np.random.default_rng(3).random((12, 2)) ** np.array([1, 3])
    levels = np.linspace(0, 1, 21)
    found = profile("ppo", scores, levels)
    np.testing.assert_allclose(found.share, [library.run_score_deviation(scores, level) for level in levels])
    assert np.all(found.low <= found.share + 1e-12) and np.all(found.share <= found.high + 1e-12)
    assert np.max(found.high - found.low) > 0.1
    again = profile("ppo", scores, levels)
    np.testing.assert_array_equal(found.low, again.low)


def test_bands_cover_as_they_say() -> None:
    """Of scores that are even on [0, 1] half are over a half; a pointwise band covers that in about 95 of 100 samples."""
    generator = np.random.default_rng(5)
    bands = [profile(str(draw), generator.random((30, 2)), np.array([0.5])) for draw in range(200)]
    assert 0.89 <= np.mean([each.low[0] <= 0.5 <= each.high[0] for each in bands]) <= 0.99


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("ppo+wide_2 & 50 %", r"ppo+wide\_2 \& 50 \%"),
        ("\\input{x}$^~#", r"\textbackslash{}input\{x\}\$\textasciicircum{}\textasciitilde{}\#"),
        ("≥ 2.1× 0 – 1 †\u202e\nx", "$\\geq$ 2.1$\\times$ 0 -- 1 $^\\dagger$[U+FFFD] x"),
    ],
)
def test_text_is_text_in_latex(text: str, latex: str) -> None:
    assert in_latex(text) == latex
