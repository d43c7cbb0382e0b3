"""Ten kills at random moments: what is left is what an undisturbed sweep leaves, to the bit."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from speed.studies.kills import KINDS, killed

OFTEN = ("PPO, batched", "own agent")
REST = [pytest.param(name, marks=pytest.mark.exhaustive) for name in KINDS if name not in OFTEN]


@pytest.mark.slow
@pytest.mark.covering
@pytest.mark.parametrize("name", [*OFTEN, *REST])
def test_whatever_the_moment_nothing_is_lost_or_told_otherwise(name: str, tmp_path: Path) -> None:
    tally = killed(KINDS[name], tmp_path, 5, random.Random(name))
    assert tally.differences == []
    assert tally.kills == 5
