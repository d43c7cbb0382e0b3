"""Symmetries that are stated by shares: what is promised is confirmed or refused by counting real steps."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import gymnasium
import numpy as np
import pytest

from symprior.symmetry.groups import cyclic
from symprior.symmetry.representations import trivial_representation
from symprior.symmetry.symmetry import StatedShare
from symprior.tasks import Exactness, Symmetry, SympriorError, Task, get_task
from symprior.tasks.certificates import Certificate, certify
from symprior.tasks.certificates.evidence.shares import FEWEST_STATES, SharesEvidence, lower_bound
from symprior.tasks.environments.probes.probe import Probe
from symprior.tasks.families.classic_control.cartpole import CartPoleProbe, mirror
from symprior.tasks.families.grid_worlds.grid_catch import turns_of_vectors

CARTPOLE = get_task("cartpole-v1")
KNOCK, FAST = 3.0, 0.25


class KnockedWhenFast(gymnasium.Wrapper[Any, Any, Any, Any]):
    """CartPole that shows a cart 3 further to the right, and gives nothing, where it goes fast to the right."""

    def step(self, action: Any) -> Any:
        observation, reward, *others = self.env.step(action)
        if observation[1] > FAST:
            return observation + np.array([KNOCK, 0, 0, 0], dtype=np.float32), 0.0, *others
        return observation, reward, *others


def knocked() -> Task:
    def probe() -> Probe:
        made = CartPoleProbe()
        made.env = KnockedWhenFast(made.env)
        return made

    return replace(CARTPOLE, probe=probe)


def stating(*shares: StatedShare, symmetry: Symmetry | None = None) -> Symmetry:
    return replace(symmetry or mirror(), exactness=Exactness.APPROXIMATE, shares=shares)


def measured(task: Task, *shares: StatedShare) -> tuple[Certificate, SharesEvidence]:
    certificate = certify(task, symmetry=stating(*shares), resets=2000)
    assert isinstance(certificate.dynamics_evidence, SharesEvidence)
    return certificate, certificate.dynamics_evidence


def share_of(evidence: SharesEvidence, quantity: str) -> float:
    return min(found.share for found in evidence.found if found.quantity == quantity)


@pytest.fixture(scope="module")
def disagreeing() -> float:
    """The share of steps that agree in the behaviour where fewest do."""
    return share_of(measured(knocked(), StatedShare("observation", 0, 1))[1], "observation")


def test_what_is_stated_below_what_is_measured_is_confirmed(disagreeing: float) -> None:
    assert 0.2 < disagreeing < 0.9, "some steps differ and many do not"
    promised = disagreeing - 0.1
    certificate, evidence = measured(
        knocked(), StatedShare("observation", 0, promised), StatedShare("reward", 0, promised)
    )
    assert certificate.dynamics == Exactness.APPROXIMATE and certificate.agrees
    assert share_of(evidence, "observation") == share_of(evidence, "reward") == disagreeing
    assert share_of(evidence, "end") == 1


def test_what_is_stated_above_what_is_measured_is_broken(disagreeing: float) -> None:
    promised = disagreeing + 0.02
    certificate, _ = measured(
        knocked(), StatedShare("observation", 0, promised), StatedShare("reward", 0, disagreeing - 0.1)
    )
    assert certificate.dynamics == Exactness.BROKEN and not certificate.agrees


def test_what_is_not_stated_must_agree_always(disagreeing: float) -> None:
    certificate, evidence = measured(knocked(), StatedShare("observation", 0, disagreeing - 0.1))
    assert certificate.dynamics == Exactness.BROKEN
    assert "stated to agree always" in dict(evidence.lines())["reward from random play"]


def test_a_tolerance_counts_what_differs_less_as_agreement() -> None:
    within, evidence = measured(knocked(), StatedShare("observation", KNOCK + 0.1, 1), StatedShare("reward", 1, 1))
    assert share_of(evidence, "observation") == share_of(evidence, "reward") == 1
    assert within.dynamics == Exactness.NOT_SHOWN, "no number of states confirms all of them"
    within, _ = measured(knocked(), StatedShare("observation", KNOCK + 0.1, 0.98), StatedShare("reward", 1, 0.98))
    assert within.dynamics == Exactness.APPROXIMATE


def test_a_symmetry_that_holds_is_exact_whatever_is_stated() -> None:
    certificate, evidence = measured(CARTPOLE, StatedShare("observation", 1, 0.5))
    assert certificate.dynamics == Exactness.EXACT and not certificate.agrees
    assert all(found.largest < 1e-6 for found in evidence.found)


def test_wrong_actions_are_broken() -> None:
    wrong = replace(mirror(), action=trivial_representation(cyclic(2), 2))
    shares = [StatedShare(quantity, 0.01, 0.9) for quantity in ("observation", "reward", "end")]
    assert certify(CARTPOLE, symmetry=stating(*shares, symmetry=wrong), resets=2000).dynamics == Exactness.BROKEN


def test_the_certificate_says_what_was_stated_and_what_was_found() -> None:
    certificate, evidence = measured(knocked(), StatedShare("observation", 1, 0.1), StatedShare("reward", 0, 0.1))
    said = dict(certificate.lines())
    assert said["stated by"] == "shares of single steps, in units of the observation"
    for behaviour in ("from random play", "from the reference policy"):
        words = said[f"observation {behaviour}"]
        assert "% within 0" in words and "at most 3 off; stated 10% within 1, found" in words
        assert said[f"reward {behaviour}"].startswith("stated 10% within 0, found")
    assert certificate.states == {"from random play": 512, "from the reference policy": 512}
    assert evidence.comparisons == 2 * 512 * 2 and evidence.at_time_limit == evidence.comparisons // 16
    assert json.loads(certificate.to_json())["dynamics_evidence"]["found"][1]["quantity"] == "observation"


def test_few_states_become_as_many_as_a_share_needs() -> None:
    few = certify(knocked(), samples=1, symmetry=stating(StatedShare("observation", 0, 0.1)), resets=2000)
    assert set(few.states.values()) == {FEWEST_STATES}


def test_bounds_are_those_of_clopper_and_pearson() -> None:
    assert lower_bound(1, 150) == pytest.approx(0.05 ** (1 / 150))
    assert lower_bound(0, 150) == 0
    assert lower_bound(0.9, 100) == pytest.approx(0.8363, abs=1e-4)
    assert lower_bound(0.5, 10) < lower_bound(0.5, 1000) < 0.5


@pytest.mark.parametrize("numbers", [(-1, 0.5), (0, 0), (0, 1.1), (float("nan"), 0.5)])
def test_shares_that_cannot_be_are_refused(numbers: tuple[float, float]) -> None:
    with pytest.raises(SympriorError, match="a share over 0 and up to 1; 'ball' has"):
        StatedShare("ball", *numbers)


def test_mistakes_lead_to_a_sentence() -> None:
    share = StatedShare("observation", 1, 0.5)
    with pytest.raises(SympriorError, match="approximate; this one is exact"):
        replace(mirror(), shares=(share,))
    with pytest.raises(
        SympriorError,
        match="of 'ball', which the probe does not read; it reads seen before a step, observation, reward",
    ):
        certify(CARTPOLE, symmetry=stating(StatedShare("ball", 1, 0.5)))
    with pytest.raises(SympriorError, match="steps that have one outcome, and here one has 5"):
        certify(get_task("grid-catch-vector-v1"), symmetry=stating(share, symmetry=turns_of_vectors()))
