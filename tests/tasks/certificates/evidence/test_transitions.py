"""Environments that can only be played: symmetric ones pass in distribution, others are told apart, little says nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import gymnasium
import numpy as np
import pytest

from symprior.symmetry.errors import SympriorError
from symprior.symmetry.groups import cyclic
from symprior.symmetry.representations import signs, trivial_representation
from symprior.tasks import Exactness, Symmetry, get_task
from symprior.tasks.certificates import Certificate, certify
from symprior.tasks.certificates.evidence.transitions import TransitionEvidence
from symprior.tasks.environments.probes.rollout_probe import RolloutProbe, Transitions
from symprior.tasks.task import Task

C2 = cyclic(2)


class Drift(gymnasium.Env[Any, Any]):
    """A ball on a line under noise and a push [1]; 1 for each step near the middle; over beyond ±3."""

    observation_space = gymnasium.spaces.Box(-9, 9, (2,), np.float32)
    action_space = gymnasium.spaces.Box(-1, 1, (1,), np.float32)

    def __init__(self, wind: float = 0.0, right_end: float = 3.0, start: float = 0.0) -> None:
        self.wind, self.right_end, self.start = wind, right_end, start

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self.place, self.speed = self.np_random.normal(self.start, 0.5), 0.0
        return self._seen(), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        self.speed = 0.8 * self.speed + 0.3 * float(action[0]) + self.wind + self.np_random.normal(0, 0.2)
        self.place += self.speed
        return self._seen(), float(abs(self.place) < 1), not -3 <= self.place <= self.right_end, False, {}

    def _seen(self) -> Any:
        return np.array([self.place, self.speed], dtype=np.float32)


def mirror(observation: Any = (-1, -1), action: int = -1) -> Symmetry:
    return Symmetry(
        signs(C2, [[1, 1], observation]),
        signs(C2, [[1], [action]]),
        discrete=False,
        exactness=Exactness.IN_DISTRIBUTION,
        reset=Exactness.IN_DISTRIBUTION,
    )


def drift(probe: Callable[[gymnasium.Env[Any, Any]], RolloutProbe] = RolloutProbe, **settings: float) -> Task:
    limited = lambda: gymnasium.wrappers.TimeLimit(Drift(**settings), 40)  # noqa: E731
    return replace(
        get_task("cartpole-v1"),
        id="drift-test",
        names=None,
        simulator=None,
        reference_policy=lambda seen: -seen[:, :1].clip(-1, 1),
        symmetry=mirror,
        probe=lambda: probe(limited()),
    )


def measure(task: Task, **arguments: Any) -> tuple[Certificate, TransitionEvidence]:
    certificate = certify(task, **{"resets": 2000, "episodes": 2000, **arguments})
    assert isinstance(certificate.dynamics_evidence, TransitionEvidence)
    return certificate, certificate.dynamics_evidence


def test_a_symmetric_environment_passes_in_distribution_and_says_what_was_not_checked() -> None:
    certificate, evidence = measure(drift())
    assert certificate.agrees and certificate.dynamics == certificate.reset == Exactness.IN_DISTRIBUTION
    assert not evidence.told_apart and evidence.detectable_auc < 0.55
    said = dict(certificate.lines())
    assert "single steps from chosen states" in said["not checked"]
    assert set(evidence.transitions) == {"steps that go on", "last steps"} and not evidence.unseen
    assert set(certificate.states) == {"from random play", "from the reference policy, with random actions"}
    assert certificate.violating_mass_below is None


@pytest.mark.parametrize(
    ("settings", "symmetry"),
    [
        ({"wind": 0.1}, mirror()),
        ({"right_end": 2.0}, mirror()),
        ({}, mirror((-1, 1))),
        ({}, mirror((1, -1))),
        ({}, mirror(action=1)),
        ({}, replace(mirror(), observation=trivial_representation(C2, 2))),
    ],
    ids=[
        "wind",
        "one end is nearer",
        "speed keeps its sign",
        "place keeps its sign",
        "push keeps its sign",
        "push alone",
    ],
)
def test_what_is_not_symmetric_is_told_apart(settings: dict[str, float], symmetry: Symmetry) -> None:
    """With few episodes: what is broken is seen, not just missing the evidence of the contrary."""
    certificate, evidence = measure(drift(**settings), symmetry=symmetry, episodes=200)
    assert certificate.dynamics == Exactness.BROKEN and not certificate.agrees
    assert evidence.told_apart
    assert "told apart" in dict(certificate.lines())[f"AUC {evidence.told_apart[0]}"]


def test_starts_to_one_side_break_the_reset() -> None:
    assert measure(drift(start=0.2), episodes=10)[0].reset == Exactness.BROKEN


def test_few_episodes_are_no_evidence() -> None:
    for episodes in (1, 8, 60):
        certificate, evidence = measure(drift(), episodes=episodes)
        assert certificate.dynamics == Exactness.NOT_SHOWN and not evidence.told_apart
        assert not certificate.agrees and not certificate.contradicts
        assert "NOT SHOWN" in dict(certificate.lines())["verdict"]
        assert "too few episodes" in dict(certificate.lines())["AUC under r, steps that go on"]
    with pytest.raises(SympriorError, match="1 episode, not 512, 4000 and 0"):
        certify(drift(), episodes=0)


def test_a_reward_that_is_no_number_leads_to_a_sentence() -> None:
    def unpaid(env: gymnasium.Env[Any, Any]) -> RolloutProbe:
        return RolloutProbe(gymnasium.wrappers.TransformReward(env, lambda reward: float("nan") * reward))

    with pytest.raises(SympriorError, match=r"The reward of Drift after action .* in the state .* is not finite"):
        certify(drift(unpaid), episodes=10)


class WithKinds(RolloutProbe):
    def kinds(self, transitions: Transitions) -> dict[str, Any]:
        return {**super().kinds(transitions), "steps beyond the world": np.abs(transitions.before[:, 0]) > 8}


def test_a_kind_that_was_never_met_is_named() -> None:
    certificate, evidence = measure(drift(WithKinds), episodes=20)
    assert evidence.unseen == ("steps beyond the world",)
    assert "steps beyond the world: none were met" in dict(certificate.lines())["not checked"]


def test_the_same_seed_gives_the_same_certificate() -> None:
    assert measure(drift(), episodes=30)[0] == measure(drift(), episodes=30)[0]
    assert measure(drift(), episodes=30)[0] != measure(drift(), episodes=30, seed=1)[0]


def test_a_reference_policy_that_is_not_symmetric_breaks_nothing() -> None:
    """It is seen through a random element in every episode, so that the behaviour is symmetric whatever it does."""
    lopsided = replace(drift(), reference_policy=lambda seen: np.ones((len(seen), 1), dtype=np.float32))
    assert measure(lopsided)[0].agrees
