"""Own tasks whose state is not whole, or whose steps are random, are seen as what they are."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import gymnasium
import numpy as np
import pytest

from symprior.symmetry.groups import cyclic
from symprior.symmetry.representations import permutation, signs
from symprior.tasks import Exactness, Symmetry, SympriorError, Task, custom_task
from symprior.tasks.certificates import Certificate, certify

NUMBERS = count()


def mirror(exactness: Exactness = Exactness.EXACT) -> Symmetry:
    group = cyclic(2)
    moves = permutation(group, [[0, 1], [1, 0]])
    return Symmetry(signs(group, [[1], [-1]]), moves, True, exactness, reset=Exactness.IN_DISTRIBUTION)


class Walk(gymnasium.Env[Any, Any]):
    """A walk on a line, to and fro by one and by what blows; over beyond ±4."""

    observation_space = gymnasium.spaces.Box(-20, 20, (1,), np.float32)
    action_space = gymnasium.spaces.Discrete(2)

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self.clock, self.wind = 0, 0.0
        self.begin()
        return self.set_state(self.np_random.normal(0, 1, 1)), {}

    def begin(self) -> None:
        """What else is drawn at reset."""

    def get_state(self) -> Any:
        return self.place.copy()

    def set_state(self, state: Any) -> Any:
        self.place = np.array(state, dtype=np.float64)
        return self.place.astype(np.float32)

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        self.place = self.place + (0.5 if action == 1 else -0.5) + self.blow()
        self.clock += 1
        return self.place.astype(np.float32), 1.0, bool(abs(self.place[0]) > 4), False, {}

    def blow(self) -> float:
        return 0.0


class Gusts(Walk):
    def blow(self) -> float:
        return 0.4 * (self.np_random.random() < 0.2)


class RareGusts(Walk):
    def blow(self) -> float:
        return 0.4 * (self.np_random.random() < 0.02)


class WindOfTheDay(Walk):
    def begin(self) -> None:
        self.wind = 0.3 * (self.np_random.random() < 0.3)

    def blow(self) -> float:
        return self.wind


class WindThatASetStateCalms(WindOfTheDay):
    """So no seed of a reset before it shows; only what an episode gave does."""

    def set_state(self, state: Any) -> Any:
        self.wind = self.wind if self.clock == 0 and not hasattr(self, "begun") else 0.0
        return super().set_state(state)

    def begin(self) -> None:
        super().begin()
        self.begun = True

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        observation, info = super().reset(seed=seed)
        self.wind = 0.3 * (self.np_random.random() < 0.3)
        return observation, info


class LateWind(Walk):
    def blow(self) -> float:
        return 0.3 * (self.clock >= 20)


class Noise(Walk):
    def blow(self) -> float:
        return float(self.np_random.normal(0, 0.3))


def task_of(environment: type[Walk], exactness: Exactness = Exactness.EXACT) -> Task:
    made: Callable[[Any], Task] = custom_task(
        id=f"{environment.__name__.lower()}-{next(NUMBERS)}-v1",
        symmetry=lambda: mirror(exactness),
        description="Walk.",
        time_limit=40,
    )
    return made(environment)


def measured(environment: type[Walk], exactness: Exactness = Exactness.EXACT, **given: Any) -> Certificate:
    return certify(task_of(environment, exactness), **{"samples": 30, "resets": 2000, "episodes": 1000, **given})


def test_a_walk_without_anything_hidden_is_exact() -> None:
    certificate = measured(Walk)
    assert certificate.agrees and certificate.dynamics == Exactness.EXACT and not certificate.randomness


@pytest.mark.parametrize("environment", [Gusts, RareGusts])
def test_a_gust_inside_step_is_named_as_random_and_never_exact(environment: type[Walk]) -> None:
    certificate = measured(environment)
    assert certificate.dynamics != Exactness.EXACT and not certificate.agrees
    assert "differ" in dict(certificate.lines())["randomness"]


def test_a_gust_to_one_side_is_broken_in_roll_outs() -> None:
    assert measured(Gusts).dynamics == measured(Gusts, Exactness.IN_DISTRIBUTION).dynamics == Exactness.BROKEN


def test_what_is_drawn_at_reset_and_not_in_the_state_is_named() -> None:
    with pytest.raises(SympriorError, match=r"drawn at reset is hidden from get_state\. .* differ: wind, place\. Add"):
        measured(WindOfTheDay)


@pytest.mark.parametrize(("environment", "missing"), [(LateWind, "clock"), (WindThatASetStateCalms, "wind")])
def test_a_state_that_forgets_is_found_by_stepping_again_from_the_middle_of_episodes(
    environment: type[Walk], missing: str
) -> None:
    with pytest.raises(SympriorError, match=rf"After \d+ steps .* get_state misses .* differ: .*{missing}.* Add it to"):
        measured(environment)


def test_symmetric_noise_is_no_asymmetry_and_says_what_to_declare() -> None:
    certificate = measured(Noise, samples=10)
    assert certificate.dynamics == Exactness.IN_DISTRIBUTION
    assert not certificate.agrees and not certificate.contradicts, "declared exact, which roll-outs cannot show"
    assert 'declare exactness="in distribution"' in dict(certificate.lines())["verdict"]
    assert measured(Noise, Exactness.IN_DISTRIBUTION).agrees
