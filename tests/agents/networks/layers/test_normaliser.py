"""Normalised observations: the moments of what was seen, symmetrised where they must be, the same on both learners."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from symprior.agents import Problem, get_agent
from symprior.agents.networks.layers.normaliser import Normaliser
from symprior.symmetry.groups import cyclic
from symprior.symmetry.representations import direct_sum, generated, permutation, signs, trivial_representation
from symprior.tasks import SympriorError, get_task

LEARNERS = ["stable-baselines3", "batched"]
SMALL: dict[str, Any] = {
    "num_envs": 3,
    "steps": 8,
    "widths": (16, 24),
    "channels": (7, 9),
    "learning_rate": 3e-3,
    "normalise_observations": True,
}
Make = Callable[..., Any]
C4 = cyclic(4)
SIGNED = direct_sum(
    generated(C4, {1: [[0, -1], [1, 0]]}),
    permutation(C4, [np.roll(range(4), -g) for g in range(4)]),
    signs(C4, [[1], [-1], [1], [-1]]),
    trivial_representation(C4),
)


def agent_of(task: Any, name: str, seeds: list[int], learner: str, **overrides: Any) -> Any:
    shipped = get_agent(name)
    settings = shipped.settings("none", {**SMALL, **overrides})
    return shipped.build(task.problem, seeds, [settings] * len(seeds), learner)


def trained(task: Any, name: str, seeds: list[int], learner: str, steps: int, **overrides: Any) -> Any:
    agent = agent_of(task, name, seeds, learner, **overrides)
    agent.learn(task.environments(seeds, agent.num_envs), steps)
    return agent


def rows_seen(size: int) -> torch.Tensor:
    rng = np.random.default_rng(0)
    return torch.as_tensor(rng.normal(rng.normal(size=size) * 5, rng.uniform(0.5, 9, size), (700, size)))


def taken_in(representation: Any, rows: torch.Tensor) -> Normaliser:
    normaliser = Normaliser(representation)
    for part in rows.tensor_split([1, 100, 350]):
        normaliser.take_in(part)
    return normaliser


def test_ordinary_statistics_are_those_of_all_rows() -> None:
    rows = rows_seen(8)
    normaliser = taken_in(trivial_representation(C4, 8), rows)
    scaled = normaliser(rows.float()).double()
    expected = (rows - rows.mean(0)) / rows.std(0, unbiased=False)
    torch.testing.assert_close(scaled, expected, atol=1e-4, rtol=1e-4)


def test_symmetrised_statistics_are_those_of_the_closed_rows() -> None:
    rows = rows_seen(8)
    closed = torch.cat([SIGNED(g, rows) for g in range(4)])
    normaliser, expected = taken_in(SIGNED, rows), taken_in(trivial_representation(C4, 8), closed)
    torch.testing.assert_close(normaliser.shift, expected.shift, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(normaliser.factor, expected.factor, atol=1e-5, rtol=1e-5)


def test_scaling_commutes_with_the_group(point_mass: Make) -> None:
    for representation in (SIGNED, point_mass("round").symmetry.observation):
        normaliser = taken_in(representation, rows_seen(representation.size))
        x = 5 * torch.randn(64, representation.size)
        assert normaliser(x).abs().max() <= 10 or representation is not SIGNED
        for g in range(len(representation.group)):
            torch.testing.assert_close(
                normaliser(representation(g, x)), representation(g, normaliser(x)), atol=1e-5, rtol=1e-5
            )


def test_entries_that_never_moved_and_far_ones_stay_finite() -> None:
    normaliser = taken_in(trivial_representation(C4, 2), torch.tensor([[1.0, 0.0]]).repeat(700, 1))
    assert normaliser(torch.tensor([[1.0, 1e6], [1.1, -1e-3]])).tolist() == [[0, 10], [10, -10]]


@pytest.mark.parametrize("name", ["plane", "round"])
@pytest.mark.parametrize("learner", LEARNERS)
def test_equivariant_networks_stay_so(point_mass: Make, name: str, learner: str) -> None:
    task = point_mass(name)
    agent = trained(task, "ppo+homomorphic", [1], learner, 480)
    assert agent.network.normaliser.factor.max() > 3, "the statistics are at work"
    rows = task.observations(16)
    means = agent.action_means(rows)
    assert np.abs(means).max() > 1e-2
    for g in range(len(task.symmetry.group)):
        moved = agent.action_means(task.symmetry.observation(g, rows))
        np.testing.assert_allclose(moved, task.symmetry.action(g, means), atol=1e-5)


def test_plain_agents_and_controls_have_ordinary_statistics_unless_they_are_asked_for_symmetrised_ones(
    point_mass: Make,
) -> None:
    task = point_mass("plane")
    for name in ("ppo", "ppo+wide", "ppo+augment", "ppo+random-basis", "ppo+nullspace"):
        ordinary = trained(task, name, [1], "batched", 240).network.normaliser
        assert (ordinary.shift != 0).all()
        control = trained(task, name, [1], "batched", 240, symmetrise_statistics=True).network.normaliser
        assert (control.shift == 0).all()
        assert (control.factor[..., 0] == control.factor[..., 1]).all()


def test_both_learners_take_in_every_whole_rollout_before_the_next_one(point_mass: Make) -> None:
    task = point_mass("plane")
    for learner in LEARNERS:
        agent, seen = agent_of(task, "ppo", [1], learner), []
        env = task.environments([1], agent.num_envs)
        reset, step = env.reset, env.step

        def noted(result: Any, seen: list[Any] = seen) -> Any:
            seen.append(result[0].copy())
            return result

        env.reset = lambda reset=reset, noted=noted, **_: noted(reset())
        env.step = lambda actions, step=step, noted=noted: noted(step(actions))
        agent.learn(env, 4 * 24)
        rows = np.concatenate(seen[: 3 * 8])  # the fourth rollout was trained on under the statistics of three
        found = agent.network.normaliser
        np.testing.assert_allclose(np.atleast_2d(found.mean)[0], rows.mean(axis=0), atol=1e-6)
        np.testing.assert_allclose(np.atleast_2d(found.variance)[0], rows.var(axis=0), atol=1e-6)
        before = found.shift.clone()
        agent.act(10 + task.observations(6))
        agent.act_greedily(10 + task.observations(6))
        assert torch.equal(found.shift, before), "frozen where it only acts"


@pytest.mark.parametrize("name", ["ppo", "ppo+homomorphic"])
def test_a_seed_does_not_depend_on_its_companions(point_mass: Make, name: str) -> None:
    task = point_mass("plane")

    def network_of(seeds: list[int]) -> Any:
        agent = trained(task, name, seeds, "batched", 240)
        row = seeds.index(7)
        tensors = [*agent.network.parameters(), agent.network.normaliser.shift, agent.network.normaliser.factor]
        return torch.cat([tensor[row].flatten() for tensor in tensors]).detach().numpy()

    alone = network_of([7])
    for seeds in ([9, 7], [2, 5, 7], list(range(25))):
        np.testing.assert_array_equal(network_of(seeds), alone)


def test_images_are_refused() -> None:
    task, shipped = get_task("grid-catch-v1"), get_agent("ppo")
    with pytest.raises(SympriorError, match="normalise_observations is for vectors"):
        shipped.build(Problem.of(task), [1], [shipped.settings(task.family, {"normalise_observations": True})])
