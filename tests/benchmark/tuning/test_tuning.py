"""Tuning with equal effort: what is tried, how it grows, and a real search that resumes."""

from dataclasses import replace

import numpy as np
import pytest

from symprior.agents import get_agent
from symprior.agents.ledgers.ledger import Ledger, Trial, decider, keep_search, load, write
from symprior.benchmark.sweep.engines.local import LocalEngine
from symprior.benchmark.sweep.search_space import STEP, Box, Fixed, Rates
from symprior.benchmark.sweep.store import RecordStore
from symprior.benchmark.sweep.suite import Suite, get_suite
from symprior.benchmark.sweep.sweep import Sweep
from symprior.benchmark.tuning import search as tuning
from symprior.leaderboard.records.record import read_record
from symprior.symmetry.errors import SympriorError

RANGES = {"learning_rate": (3e-4, 3e-2), "entropy_coefficient": (0.0, 0.05), "gae_lambda": (0.8, 1.0)}


def _rates(space):
    return [each["learning_rate"] for each in space.configurations]


def test_learning_rates_grow_by_one_on_each_side_where_somebodys_best_lies():
    space = Rates.of([1e-3, 1e-2, 3e-3])
    low, middle, high = space.configurations
    assert _rates(space) == [1e-3, 3e-3, 1e-2]
    assert space.grown([middle, middle]) == space
    assert _rates(space.grown([low, middle])) == [3e-4, 1e-3, 3e-3, 1e-2]
    assert _rates(space.grown([low, high])) == [3e-4, 1e-3, 3e-3, 1e-2, 3e-2]
    fixed = Fixed(space.configurations)
    assert fixed.grown([low, high]) == fixed


def test_points_are_spread_evenly_over_every_range_and_always_the_same():
    box = Box.over(RANGES, 20)
    assert box == Box.over(RANGES, 20)
    assert len(box.configurations) == 20
    logarithms = np.log(_rates(box))
    shares = {
        "learning_rate": (logarithms - np.log(3e-4)) / np.log(100),
        "entropy_coefficient": np.array([each["entropy_coefficient"] for each in box.configurations]) / 0.05,
        "gae_lambda": np.array([each["gae_lambda"] - 0.8 for each in box.configurations]) / 0.2,
    }
    for name, share in shares.items():
        filled = np.bincount((share * 20).clip(0, 19.999).astype(int), minlength=20)
        assert np.count_nonzero(filled) >= 18, (
            f"one point in each twentieth of {name}, but for rounding to three digits"
        )


def test_a_box_grows_where_a_logarithmic_range_was_left_for_all():
    box = Box.over(RANGES, 20)
    by_rate = sorted(box.configurations, key=lambda each: each["learning_rate"])
    assert box.grown([by_rate[10]]) == box
    grown = box.grown([by_rate[10], by_rate[-1]])
    added = grown.configurations[20:]
    assert grown.configurations[:20] == box.configurations
    assert len(added) == 5
    assert all(3e-2 <= each["learning_rate"] <= 3e-2 * STEP * 1.001 for each in added)
    assert grown.ranges == {**RANGES, "learning_rate": (3e-4, 3e-2 * STEP)}
    lowest = {name: min(each[name] for each in box.configurations) for name in ("entropy_coefficient", "gae_lambda")}
    assert box.grown([{**by_rate[10], **lowest}]) == box, "a range from 0 on has no scale to grow on"


@pytest.mark.parametrize(
    ("ranges", "number", "message"),
    [
        ({}, 20, "1 to 3 ranges"),
        ({name: (0, 1) for name in "abcd"}, 20, "1 to 3 ranges"),
        ({"gamma": (1, 0.9)}, 20, "no range"),
        ({"gamma": (0.9, float("inf"))}, 20, "no range"),
        ({"gamma": (0.9, 1)}, 1, "at least 2 configurations"),
    ],
)
def test_what_is_no_box_is_refused(ranges, number, message):
    with pytest.raises(SympriorError, match=message):
        Box.over(ranges, number)


def test_a_suite_with_a_search_of_its_own_has_one_task():
    fields = get_suite("paper-grid").model_dump()
    with pytest.raises(ValueError, match="has one task"):
        Suite.model_validate({**fields, "tasks": ["grid-catch-vector-v1", "cartpole-v1"]})


def test_every_agent_tries_the_same_and_a_finished_trial_is_not_run_again(tmp_path):
    agents = ("ppo", "ppo+homomorphic")
    space = Fixed(Box.over(RANGES, 3).configurations)
    plan = tuning.Plan("none", "grid-catch-vector-v1", agents, (10_000, 10_001), 256, "batched", space)
    store = RecordStore(tmp_path / "records")
    ledgers = tuning.tune(plan, Sweep(store, LocalEngine(1)))
    for ledger, agent in zip(ledgers, agents, strict=True):
        assert ledger.agent == agent
        assert [trial.settings for trial in ledger.trials] == list(space.configurations)
        assert ledger.chosen == max(ledger.trials, key=lambda trial: trial.score).settings == ledger.best.settings
        assert ledger.at(ledgers[0].chosen) is not None, "the prior at the plain agent's settings"
        assert len({tuple(trial.data_efficiency) for trial in ledger.trials}) == 3, "settings reach the learner"
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "records").rglob("*.json")}
    assert len(before) == 2 * 3 * 2
    assert tuning.tune(plan, Sweep(store, LocalEngine(1))) == ledgers
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "records").rglob("*.json")} == before
    write(ledgers[1], tmp_path)
    assert load("none", "ppo+homomorphic", tmp_path) == ledgers[1]
    assert all(ledger.devices == ["cpu"] for ledger in ledgers)
    moved = read_record(next(iter(before)))
    elsewhere = moved.provenance.model_copy(update={"device": "cuda (a card)"})
    store.write(moved.model_copy(update={"provenance": elsewhere}))
    devices = {ledger.agent: ledger.devices for ledger in tuning.tune(plan, Sweep(store, LocalEngine(1)))}
    assert devices.pop(moved.agent.id) == ["cpu", "cuda (a card)"]
    assert list(devices.values()) == [["cpu"]] * len(devices)


def test_a_search_says_whose_best_lies_on_the_edge_and_what_all_try_then(tmp_path):
    """Of two rates each is an edge; of three or four one may still be."""
    told = []
    plan = tuning.Plan("none", "grid-catch-vector-v1", ("ppo",), (10_000,), 128, "batched", Rates.of([1e-3, 3e-3]))
    (ledger,) = tuning.tune(plan, Sweep(RecordStore(tmp_path), LocalEngine(1)), told.append)
    tried = [f"{trial.settings['learning_rate']:g}" for trial in ledger.trials]
    assert 1 <= len(told) <= tuning.ROUNDS
    for sentence in told[: len(tried) - 2]:
        assert sentence.startswith("The best of ppo lies on the edge of what was tried. All agents try learning rate ")
    named = [sentence.removesuffix(".").rpartition(" ")[2] for sentence in told[: len(tried) - 2]]
    assert sorted([*named, "0.001", "0.003"]) == sorted(tried)
    is_left = ledger.chosen in (ledger.trials[0].settings, ledger.trials[-1].settings)
    assert is_left == told[-1].endswith("which grows no further.")


def test_one_round_tries_what_is_given_and_nothing_more(tmp_path):
    told = []
    plan = tuning.Plan("none", "grid-catch-vector-v1", ("ppo",), (10_000,), 128, "batched", Rates.of([1e-3, 3e-3]))
    (ledger,) = tuning.tune(replace(plan, rounds=1), Sweep(RecordStore(tmp_path), LocalEngine(1)), told.append)
    assert [trial.settings["learning_rate"] for trial in ledger.trials] == [1e-3, 3e-3]
    assert told == ["The best of ppo still lies on the edge of what was tried, which grows no further."]


def _searched(agent, budget, seeds, **scores):
    """A ledger of learning rates, named by what follows the point, with one score on every seed."""
    trials = [
        Trial(
            settings={"learning_rate": float(f"0.{rate[1:]}")},
            data_efficiency=[score] * seeds,
            steps_to_threshold=[budget] * seeds,
            censored=seeds,
        )
        for rate, score in scores.items()
    ]
    best = max(trials, key=lambda trial: trial.score).settings
    fields = {"scope": "room", "task": "room-v1", "learner": "batched", "seeds": list(range(seeds))}
    return Ledger(agent=agent, budget=budget, trials=trials, chosen=best, **fields)


def test_a_larger_search_of_the_plain_agent_decides_what_it_has(tmp_path):
    """It stays, in the first search's place or its own, and the shorter one stands beside those of the priors."""
    long = _searched("ppo", 400, 5, _001=0.7, _003=0.6)
    short = [_searched(agent, 100, 2, _001=0.1, _003=0.2) for agent in ("ppo", "ppo+fold")]
    keep_search([long, _searched("ppo+fold", 400, 5, _001=0.7, _003=0.6)], tmp_path)
    assert load("room", "ppo", tmp_path) == long
    for _ in range(2):
        keep_search(short, tmp_path)
        plain = load("room", "ppo", tmp_path)
        assert plain == short[0].model_copy(update={"chosen": long.chosen, "decided_by": "room/room-v1/ppo"})
        assert load("room-v1", "ppo", tmp_path / "room") == long.model_copy(update={"scope": "room-v1"})
        assert load("room", "ppo+fold", tmp_path) == short[1], "a prior has what was searched for with equal effort"
    with pytest.raises(SympriorError, match=r"over 400 steps is kept, which chose .*0.001.* Try that here, too"):
        keep_search([short[1].model_copy(update={"chosen": {}}), _searched("ppo", 100, 2, _003=0.2)], tmp_path)
    assert load("room", "ppo+fold", tmp_path) == short[1], "nothing was written"
    keep_search([_searched("ppo", 400, 5, _001=0.6, _003=0.7)], tmp_path)
    assert load("room", "ppo", tmp_path).chosen == {"learning_rate": 0.003}, "as large, so it decides itself"


@pytest.mark.parametrize(
    "wide",
    [_searched("ppo", 100, 3, _001=0.2, _003=0.1), _searched("ppo", 100, 2, _001=0.2, _003=0.1, _009=0.1)],
    ids=["more seeds", "more configurations"],
)
def test_a_search_of_as_many_steps_is_larger_with_more_trials(wide, tmp_path):
    keep_search([wide], tmp_path)
    narrow = _searched("ppo", 100, 2, _001=0.1, _003=0.2)
    keep_search([narrow], tmp_path)
    decided = narrow.model_copy(update={"chosen": wide.chosen, "decided_by": "room/room-v1/ppo"})
    assert load("room", "ppo", tmp_path) == decided
    assert decider(decided, tmp_path) == wide.model_copy(update={"scope": "room-v1"})


@pytest.mark.parametrize(
    "other",
    [
        _searched("ppo", 400, 1, _001=0.7, _003=0.6),
        _searched("ppo", 400, 5, _001=0.7),
        _searched("ppo", 100, 5, _001=0.7),
        _searched("ppo", 100, 2, _001=0.7, _003=0.6),
        _searched("ppo", 400, 5, _001=0.7, _003=0.6).model_copy(update={"task": "room-c4-v1"}),
        _searched("ppo", 400, 5, _001=0.7, _003=0.6).model_copy(update={"learner": "stable-baselines3"}),
    ],
    ids=[
        "fewer seeds",
        "one configuration",
        "more seeds of fewer configurations",
        "as large",
        "another task",
        "another learner",
    ],
)
def test_what_does_not_outweigh_a_search_does_not_decide(other, tmp_path):
    short = _searched("ppo", 100, 2, _001=0.1, _003=0.2)
    keep_search([other], tmp_path)
    assert [ledger for ledger, _ in keep_search([short], tmp_path)] == [short]


def test_several_agents_on_the_edge_of_a_box_are_named():
    box = Box.over(RANGES, 20)
    by_rate = sorted(box.configurations, key=lambda each: each["learning_rate"])

    def ledger(agent, chosen):
        fields = {"scope": "a", "task": "b", "learner": "batched", "budget": 1, "seeds": [0], "trials": []}
        return Ledger(agent=agent, chosen=chosen, **fields)

    found = [ledger("ppo", by_rate[10]), ledger("ppo+fold", by_rate[-1]), ledger("ppo+wide", by_rate[0])]
    sentence = tuning._on_the_edge(box, box.grown([each.chosen for each in found]), found, rounds_left=1)
    assert sentence == (
        "The best of ppo+fold, ppo+wide lies on the edge of what was tried. All agents try 10 more configurations."
    )


@pytest.mark.covering
def test_the_best_are_run_again_and_the_choice_is_made_over_all_seeds(tmp_path):
    agents = ("ppo", "ppo+homomorphic")
    space = Fixed(Box.over(RANGES, 7).configurations)
    first, further = (10_000, 10_001), (10_002, 10_003, 10_004)
    plan = tuning.Plan("none", "grid-catch-vector-v1", agents, first, 512, "batched", space)
    store = RecordStore(tmp_path / "records")
    before = tuning.tune(plan, Sweep(store, LocalEngine(1)))
    told = []
    after = tuning.tune(replace(plan, finals=further), Sweep(store, LocalEngine(1)), told.append)
    assert told[-1] == "Finals on 3 further seeds: the 5 best of each agent, those of ppo first."
    choice = after[0].chosen
    for early, late, plain in zip(before, after, (None, choice), strict=True):
        chosen_from = tuning.finalists(early, plain)
        assert late.finals == list(further)
        assert [trial.settings for trial in late.trials] == [trial.settings for trial in early.trials]
        for old, new in zip(early.trials, late.trials, strict=True):
            assert new.data_efficiency[: len(first)] == old.data_efficiency
            assert new.runs == (5 if new.settings in chosen_from else 2)
        assert late.best.score == max(late.at(each).score for each in chosen_from)
    assert after[1].best.score >= after[1].at(choice).score, "never worse than at the plain agent's settings"
    in_finals = next(
        record for record in map(read_record, (tmp_path / "records").rglob("*.json")) if record.seed == 10_004
    )
    elsewhere = in_finals.provenance.model_copy(update={"device": "cuda (a card)"})
    store.write(in_finals.model_copy(update={"provenance": elsewhere}))
    devices = {
        ledger.agent: ledger.devices
        for ledger in tuning.tune(replace(plan, finals=further), Sweep(store, LocalEngine(1)))
    }
    assert devices.pop(in_finals.agent.id) == ["cpu", "cuda (a card)"]
    assert list(devices.values()) == [["cpu"]] * len(devices)


def test_the_last_finalist_makes_room_for_the_plain_agents_choice():
    def ledger(scores):
        trials = [
            Trial(settings={"gamma": each}, data_efficiency=[each], steps_to_threshold=[1.0], censored=0)
            for each in scores
        ]
        fields = {"agent": "ppo", "scope": "a", "task": "b", "learner": "batched", "budget": 1, "seeds": [0]}
        return Ledger(**fields, trials=trials, chosen={"gamma": max(scores)})

    def values(configurations):
        return [each["gamma"] for each in configurations]

    seven = ledger([0.1, 0.7, 0.3, 0.5, 0.2, 0.6, 0.4])
    assert values(tuning.finalists(seven)) == [0.7, 0.6, 0.5, 0.4, 0.3]
    assert values(tuning.finalists(seven, {"gamma": 0.1})) == [0.7, 0.6, 0.5, 0.4, 0.1]
    assert values(tuning.finalists(seven, {"gamma": 0.4})) == [0.7, 0.6, 0.5, 0.4, 0.3]
    assert values(tuning.finalists(ledger([0.1, 0.2]), {"gamma": 0.1})) == [0.2, 0.1]


def test_a_search_starts_from_no_other_searchs_choice():
    agent = get_agent("ppo+homomorphic")
    held = agent.untuned("cartpole", {"learning_rate"})
    assert held == {"entropy_coefficient": 0.01, "gae_lambda": 0.95}
    assert {name: getattr(get_agent("ppo").settings("none"), name) for name in held} == held
    assert agent.untuned("cartpole", {"learning_rate", "entropy_coefficient", "gae_lambda"}) == {}
    assert agent.untuned("acrobot", {"learning_rate"}) == {}


def test_settings_by_hand_have_no_ledger_only_where_they_were_tuned():
    agent = get_agent("ppo")
    assert agent.ledger("cartpole") == "cartpole/ppo"
    assert agent.ledger("cartpole", {"gamma": 0.9}) == "cartpole/ppo"
    assert agent.ledger("cartpole", {"learning_rate": 0.1}) is None
