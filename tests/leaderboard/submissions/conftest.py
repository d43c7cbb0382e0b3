"""What submissions are held against: published runs of two suites, read once."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from symprior.leaderboard import PUBLISHED_RESULTS
from symprior.leaderboard.submissions.checks.against import Against, against
from symprior.leaderboard.submissions.git import Repository
from symprior.leaderboard.submissions.submission import Submission

ROOT = Path(__file__).resolve().parents[3]
_KNOWN: list[Against] = []


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the published results of the suite, and of another one on one of its tasks."""
    folder = tmp_path_factory.mktemp("published")
    for part in ("quick-2", "priors-2/cartpole-v1"):
        shutil.copytree(PUBLISHED_RESULTS / part, folder / part)
    return folder


@pytest.fixture
def known(published: Path) -> Callable[..., Against]:
    """What a submission to `quick-2` is held against in this checkout; keywords say it otherwise."""

    def of(submission: Submission, **otherwise: Any) -> Against:
        if not _KNOWN:
            ledgers = ["cartpole/ppo"]
            _KNOWN.append(against(submission, repository=Repository.around(ROOT), ledgers=ledgers, published=published))
        return replace(_KNOWN[0], **otherwise)

    return of
