"""Reference scores: dynamic programming agrees with play, files with measurements, and nothing is typed in."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symprior.symmetry.errors import SympriorError
from symprior.tasks import Task, get_task, task_names
from symprior.tasks.families.grid_worlds.grid_catch import GridCatch, chase, sweep
from symprior.tasks.references.dynamic_programming import (
    blind_return,
    optimal_actions,
    optimal_policy,
    optimal_return,
    tabulate,
    uniform_return,
)
from symprior.tasks.references.frozen_states import uniform_play
from symprior.tasks.references.reference_scores import episode_returns, measure, write
from symprior.tasks.task import DATA

CATCH, CARTPOLE = get_task("grid-catch-vector-v1"), get_task("cartpole-v1")


def assert_near(exact: float, returns: np.ndarray) -> None:
    assert abs(returns.mean() - exact) < 4 * returns.std(ddof=1) / np.sqrt(len(returns))


def test_dynamic_programming_agrees_with_play() -> None:
    mdp, horizon = tabulate(GridCatch()), GridCatch.max_episode_steps
    assert_near(optimal_return(mdp, horizon), episode_returns(CATCH, chase, "test", 4000))
    assert_near(uniform_return(mdp, horizon), episode_returns(CATCH, uniform_play(CATCH), "test", 4000))
    steps = iter(range(horizon))
    swept = episode_returns(CATCH, lambda states: np.full(len(states), sweep(next(steps))), "test", 4000)
    assert_near(blind_return(mdp, horizon, sweep), swept)


def test_an_enumerated_task_is_complete() -> None:
    mdp = tabulate(GridCatch())
    assert mdp.start.sum() == pytest.approx(1, abs=1e-12)
    rows = np.stack([of_action.sum(axis=1) for of_action in mdp.transitions])
    assert (rows <= 1 + 1e-12).all() and (rows < 1 - 1e-3).any(), "some actions may catch, none does more"
    np.testing.assert_allclose(mdp.rewards, (1 - rows) * 1.0 + rows * -0.1, atol=1e-12)


def test_optimal_actions_attain_the_optimum_and_one_step_changes_it() -> None:
    """Within one step only the four neighbours can be caught for sure."""
    mdp = tabulate(GridCatch())
    assert optimal_return(mdp, 1) > uniform_return(mdp, 1)
    states = GridCatch().all_states()
    for state, action in zip(states, optimal_actions(mdp, 1), strict=True):
        if np.abs(state).sum() == 1:
            assert GridCatch().step(state[None], np.array([action]), np.array([[0.5]]))[2][0]


def test_an_optimal_policy_acts_on_states_and_knows_no_others() -> None:
    policy = optimal_policy(GridCatch)
    assert policy(np.array([[1, 0], [0, -1], [-1, 0]])).tolist() == [1, 4, 3]
    np.testing.assert_array_equal(policy(GridCatch().all_states()), optimal_actions(tabulate(GridCatch()), 100))
    with pytest.raises(SympriorError, match=r"\[0, 0\] is reached, but is not among the states"):
        policy(np.array([[0, 0]]))


MEASURED = [name for name in task_names() if get_task(name).is_measured]
QUICK = ["cartpole-v1", "grid-catch-v1", "grid-catch-vector-v1"]
"""Tasks whose references are measured again here; `symprior references --all` does it for all."""


@pytest.mark.parametrize("name", QUICK)
def test_the_file_holds_what_is_measured(name: str) -> None:
    task = get_task(name)
    measured, held = measure(task), task.references
    assert set(measured["policies"]) == set(held.policies)
    for policy, reference in held.policies.items():
        again = measured["policies"][policy]
        assert again["value"] == pytest.approx(reference.value, rel=1e-9, abs=reference.standard_error)
        assert again["method"] == reference.method
    assert measured["threshold"] == pytest.approx(held.threshold, rel=1e-9)
    assert measured["threshold_source"] == held.threshold_source
    assert (measured["zero"], measured["one"]) == (held.zero, held.one)


@pytest.mark.parametrize("name", MEASURED)
def test_scores_zero_and_one_are_their_policies(name: str) -> None:
    references = get_task(name).references
    assert references.normalise(references.policies[references.zero].value) == 0
    assert references.normalise(references.policies[references.one].value) == 1
    assert references.normalise(references.threshold) > 0
    assert references.normalise(references.threshold) < 1 or references.provisional
    assert references.policies["random"].value < references.policies[references.one].value


def test_cartpoles_optimum_is_the_bound_that_its_controller_attains() -> None:
    optimum = CARTPOLE.references.policies["optimal"]
    assert (optimum.value, optimum.standard_error) == (500, 0)
    assert "max_episode_steps × 1" in optimum.method and "every one of 10,000 episodes" in optimum.method
    assert (CARTPOLE.threshold, CARTPOLE.references.threshold_source) == (
        475,
        "reward_threshold of gymnasium's CartPole-v1",
    )


def test_a_bound_that_is_missed_is_no_optimum() -> None:
    random = uniform_play(CARTPOLE)
    with pytest.raises(SympriorError, match=r"reference policy attains 2\d.*10,000 episodes, which is less than 99.9%"):
        measure(replace(CARTPOLE, reference_policy=random))

    def fails_now_and_then(states: np.ndarray) -> np.ndarray:
        assert CARTPOLE.reference_policy is not None
        return np.where(np.arange(len(states)) % 50 == 0, random(states), CARTPOLE.reference_policy(states))

    with pytest.raises(SympriorError, match=r"attains 49\d"):
        measure(replace(CARTPOLE, reference_policy=fails_now_and_then))
    with pytest.raises(
        SympriorError, match=r"is 0\.9 at most, and an episode of its reference policy returned 500, more than 450"
    ):
        measure(replace(CARTPOLE, greatest_reward=0.9))
    with pytest.raises(SympriorError, match="no reference policy"):
        measure(replace(CARTPOLE, reference_policy=None))
    with pytest.raises(SympriorError, match="no threshold"):
        measure(replace(CATCH, threshold_fraction=None))


def test_a_bound_that_is_all_but_attained_says_how_far_it_is() -> None:
    found = measure(replace(CARTPOLE, greatest_reward=1.0005))["policies"]["optimal"]
    assert found["value"] == pytest.approx(500.25) and found["standard_error"] == pytest.approx(0.25)
    assert "attained by the reference policy but for 0.25, in the mean of 10,000 episodes" in found["method"]


def test_without_a_known_optimum_score_one_is_a_trained_agents_or_provisional() -> None:
    unbounded = replace(CARTPOLE, greatest_reward=None)
    found = measure(unbounded)
    assert found["one"] == "reference policy" and "until a plain agent" in found["provisional"]
    for value, better in ((321.0, "reference policy"), (501.0, "ppo after 10 steps")):
        trained = ("ppo after 10 steps", {"value": value, "standard_error": 1.0, "method": "by training"})
        found = measure(unbounded, trained)
        assert (found["one"], found["provisional"]) == (better, ""), "whichever reaches more; both were measured"
        assert trained[0] in found["policies"]
    assert measure(CARTPOLE, trained)["one"] == "optimal"
    poor = ("ppo after 10 steps", {"value": 9.0, "standard_error": 1.0, "method": "by training"})
    with pytest.raises(SympriorError, match="reaches 9, and random"):
        measure(replace(unbounded, reference_policy=None), poor)
    assert measure(replace(unbounded, reference_policy=None))["one"] == "stated threshold"
    under = measure(replace(unbounded, stated_threshold=(501.0, "more than there is")))
    assert (under["one"], under["threshold"]) == ("stated threshold", 501.0)
    with pytest.raises(SympriorError, match=r"is unknown.*--plain ppo"):
        measure(replace(unbounded, reference_policy=None, threshold_fraction=0.9))


@pytest.mark.parametrize(
    ("name", "motors"), [("reacher-v1", 2), ("reacher-turned-8-v1", 2), ("mountain-car-continuous-v1", 1)]
)
def test_score_zero_is_rest_where_random_forces_cost_more_than_they_reach(name: str, motors: int) -> None:
    task = get_task(name)
    if not task.is_installed:
        pytest.skip(f"needs the extra {task.extra}")
    references = task.references
    rest, random = references.policies["blind"], references.policies["random"]
    assert references.zero == "blind"
    assert references.normalise(random.value) < -0.3
    returns = episode_returns(task, lambda states: np.zeros((len(states), motors), np.float32), "rest", 100)
    assert returns.mean() == pytest.approx(rest.value, abs=4 * returns.std() / 10 + 1e-9)


def test_a_threshold_does_not_follow_what_was_trained() -> None:
    pendulum = get_task("pendulum-v1")
    better = ("ppo after 10 steps", {"value": -100.0, "standard_error": 1.0, "method": "by training"})
    before, after = measure(pendulum), measure(pendulum, better)
    assert (before["one"], after["one"]) == ("reference policy", better[0])
    assert before["threshold"] == after["threshold"], "budgets follow from it, and the training's length from them"


def test_new_references_keep_the_budget_unless_they_bring_one(tmp_path: Path) -> None:
    data = measure(CATCH)
    with pytest.raises(SympriorError, match="no budget yet"):
        write(CATCH, data, tmp_path)
    path = write(CATCH, {**data, "budget": 100, "budget_source": "measured"}, tmp_path)
    before = path.read_text(encoding="utf-8")
    assert write(CATCH, data, tmp_path) == path and path.read_text(encoding="utf-8") == before
    write(CATCH, {**data, "budget": 200, "budget_source": "measured again"}, tmp_path)
    held = json.loads(path.read_text(encoding="utf-8"))
    assert (held["budget"], held["budget_source"]) == (200, "measured again")
    assert held["policies"] == data["policies"]


@pytest.mark.parametrize(
    ("budget", "complaint"),
    [({"budget": 0, "budget_source": "x"}, "positive"), ({"budget": 9}, "together, not budget alone")],
)
def test_a_wrong_budget_changes_nothing(tmp_path: Path, budget: dict[str, object], complaint: str) -> None:
    data = measure(CATCH)
    path = write(CATCH, {**data, "budget": 100, "budget_source": "measured"}, tmp_path)
    before = path.read_text(encoding="utf-8")
    with pytest.raises(SympriorError, match=complaint):
        write(CATCH, {**data, **budget}, tmp_path)
    assert path.read_text(encoding="utf-8") == before


DAMAGED = {
    "": "Invalid JSON",
    "[]": "Input should be",
    "{}": "policies: Field required",
    '{"policies": 3}': "policies: Input should be",
    "NaN": "Input should be",
}


@pytest.mark.parametrize("text", DAMAGED)
def test_a_damaged_file_is_named_and_can_be_written_again(tmp_path: Path, text: str) -> None:
    task = replace(CATCH, data=tmp_path)
    path = tmp_path / f"{task.id}.json"
    path.write_text(text)
    complaint = f"{path} is damaged: {DAMAGED[text]}.*symprior references {task.id} --budget N --write"
    with pytest.raises(SympriorError, match=complaint):
        _ = task.references
    assert not task.is_measured
    with pytest.raises(SympriorError, match=r"no budget yet.*is damaged"):
        write(task, measure(task))
    write(task, {**measure(task), "budget": 100, "budget_source": "measured"})
    assert task.is_measured and task.budget == 100


def test_references_are_finite(tmp_path: Path) -> None:
    task = replace(CATCH, data=tmp_path)
    data = {**measure(task), "budget": 100, "budget_source": "measured", "threshold": float("nan")}
    with pytest.raises(SympriorError, match="cannot be kept: threshold: Input should be a finite number"):
        write(task, data)
    assert not task.is_measured
    data["threshold"] = 0.5
    write(task, data)
    path = tmp_path / f"{task.id}.json"
    path.write_text(path.read_text().replace('"threshold": 0.5', '"threshold": NaN'))
    with pytest.raises(SympriorError, match="threshold: Input should be a finite number"):
        _ = replace(task, data=tmp_path).references


class Unpaid(GridCatch):
    """Catch whose rewards are no numbers."""

    def step(self, *arguments: Any) -> Any:
        states, rewards, ended = super().step(*arguments)
        return states, rewards * np.nan, ended


def test_returns_that_are_no_numbers_are_no_references() -> None:
    unpaid = replace(CATCH, simulator=Unpaid, reference_policy=chase)
    with pytest.raises(SympriorError, match=r"The mean return of .* on grid-catch-vector-v1 is nan"):
        measure(unpaid)


def test_a_task_without_references_says_what_to_do() -> None:
    with pytest.raises(SympriorError, match="symprior references new-v1 --budget N --write"):
        _ = replace(CATCH, id="new-v1").references


def test_every_file_belongs_to_a_task() -> None:
    assert {path.stem for path in DATA.glob("*.json")} <= set(task_names())


@pytest.mark.parametrize("name", MEASURED)
def test_budgets_are_positive_and_say_where_they_come_from(name: str) -> None:
    task: Task = get_task(name)
    assert task.budget > 0 and task.references.budget_source


def test_a_dial_that_can_be_enumerated_has_its_price_of_symmetry(tmp_path: Path) -> None:
    tilted = replace(get_task("room-bias-v1@eps=0.4"), data=tmp_path)
    write(tilted, {**measure(tilted), "budget": 100, "budget_source": "measured"}, tmp_path)
    price = tilted.references.price_of_symmetry
    assert price is not None and price.least == price.most > 0.1
    assert price.in_words == f"{price.most:.4f} of the return (dynamic programming on orbits)"
    assert CATCH.references.price_of_symmetry is None


def test_no_task_is_headline_while_what_its_score_rests_on_is_provisional() -> None:
    tasks = [get_task(name) for name in task_names()]
    assert any(task.track != task.declared_track for task in tasks)
    for task in tasks:
        assert task.track == task.declared_track or (task.declared_track, task.track) == ("headline", "diagnostic")
        is_measured = not task.references.is_provisional
        assert (task.track == "headline") == (task.declared_track == "headline" and is_measured)
    for name in ("ant", "humanoid-symmetric", "lunar-lander-continuous", "reacher", "swimmer", "walker2d"):
        assert get_task(f"{name}-v1").track == "diagnostic"
    assert get_task("cartpole-v1").track == "headline"
