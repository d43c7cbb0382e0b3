"""Roll-out tests that would not see what they test show nothing; of pictures they see which way an action moves."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
import pytest

from symprior.symmetry.groups import cyclic
from symprior.symmetry.representations import ImageTransform, permutation, rotations_of_the_plane
from symprior.tasks import Exactness, Symmetry, Task, custom_task
from symprior.tasks.certificates import certify
from symprior.tasks.certificates.evidence.transitions import TransitionEvidence

C4, SIZE = cyclic(4), 7


class Lights(gymnasium.Env[Any, Any]):
    """One light on a dark square, and one that stands; it goes up, left, down or right and never ends. No `set_state`."""

    observation_space = gymnasium.spaces.Box(0, 1, (1, SIZE, SIZE), np.float32)
    action_space = gymnasium.spaces.Discrete(4)

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self.place, self.other = self.np_random.integers(0, SIZE, (2, 2))
        return self.seen(), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        way = [(-1, 0), (0, -1), (1, 0), (0, 1)][int(action)]
        self.place = np.clip(self.place + way, 0, SIZE - 1)
        return self.seen(), 0.0, False, False, {}

    def seen(self) -> Any:
        picture = np.zeros((1, SIZE, SIZE), dtype=np.float32)
        picture[0, self.other[0], self.other[1]] = 0.5
        picture[0, self.place[0], self.place[1]] = 1
        return picture


def lights(way: int) -> Task:
    def turns() -> Symmetry:
        moves = permutation(C4, [[(k + way * g) % 4 for k in range(4)] for g in range(4)])
        pictures = ImageTransform(rotations_of_the_plane(C4), 1, SIZE)
        grade = Exactness.IN_DISTRIBUTION
        return Symmetry(pictures, moves, discrete=True, exactness=grade, reset=grade)

    name = f"lights-{'right' if way == 1 else 'wrong'}-v1"
    made: Task = custom_task(id=name, symmetry=turns, description="Go.", time_limit=20)(Lights)  # type: ignore[arg-type]
    return made


@pytest.mark.parametrize(("way", "grade"), [(1, Exactness.IN_DISTRIBUTION), (-1, Exactness.BROKEN)])
def test_moves_that_turn_the_wrong_way_are_told_apart_in_pictures(way: int, grade: Exactness) -> None:
    certificate = certify(lights(way), resets=2000, episodes=1500)
    evidence = certificate.dynamics_evidence
    assert isinstance(evidence, TransitionEvidence) and certificate.dynamics == grade, certificate.lines()
    if way == 1:
        assert all(evidence.planted.values()) and len(evidence.planted) == 5
        blind = TransitionEvidence(**{**vars(evidence), "planted": {**evidence.planted, "another": False}})
        assert blind.grade() == Exactness.NOT_SHOWN and "NOT SEEN" in dict(blind.lines())["planted: another"]
