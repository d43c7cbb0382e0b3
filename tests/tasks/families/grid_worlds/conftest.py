"""What tests of a world whose symmetry has parts ask of its certificates."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from symprior.tasks import Exactness, Symmetry, Task
from symprior.tasks.certificates import certify

Parts = Sequence[Sequence[int]]


@pytest.fixture(scope="session")
def assert_exact_in_parts() -> Callable[[Task, Parts, tuple[int, int]], None]:
    """The declared symmetry is exact, and so is what its subgroups declare; samples of the whole and of a part."""

    def check(task: Task, parts: Parts, samples: tuple[int, int]) -> None:
        certificate = certify(task, samples=samples[0])
        assert certificate.agrees, certificate.lines()
        assert (certificate.dynamics, certificate.reset) == (Exactness.EXACT, Exactness.EXACT)
        assert certificate.dynamics_evidence.never_moved == 0 and certificate.reset_evidence.total_variation == 0
        for part in parts:
            assert certify(task, samples=samples[1], symmetry=task.symmetry().restrict(part)).agrees

    return check


@pytest.fixture(scope="session")
def assert_broken() -> Callable[[Task, Symmetry, int], None]:
    """A symmetry that is declared exact and does not hold is found out, by so many samples."""

    def check(task: Task, symmetry: Symmetry, samples: int) -> None:
        certificate = certify(task, samples=samples, symmetry=symmetry)
        assert certificate.dynamics == Exactness.BROKEN and not certificate.agrees

    return check
