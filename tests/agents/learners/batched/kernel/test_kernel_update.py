"""One update in the fused kernel is the one in torch, from the same parameters and transitions, whatever the prior."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from symprior.agents import get_agent
from symprior.agents.networks.layers.frames import WholeGroup
from symprior.agents.priors.batch import Minibatch, Replayed
from symprior.agents.priors.mirror import MirrorLoss
from symprior.agents.priors.prior import PRIORS, PlainNetwork
from symprior.symmetry.errors import SympriorError
from symprior.tasks import get_task

SEEDS = (3, 4, 5)
SMALL: dict[str, Any] = {"num_envs": 4, "steps": 6, "widths": (24, 40), "channels": (12, 20)}
SETTINGS: dict[str, dict[str, Any]] = {
    "ppo": {**SMALL, "minibatches": 2, "epochs": 2, "clip_range": 0.1},
    "a2c": SMALL,
    "dqn": {"widths": (24, 40), "channels": (12, 20), "gradient_steps": 4},
}
DISCRETE, VECTORS = ("cartpole-v1", "grid-catch-vector-v1"), ("pendulum-v1", "reacher-v1")


def pair_of(agent: str, task_id: str, overrides: dict[str, Any]) -> tuple[Any, Any]:
    """The same seeds of an agent in torch and in the fused kernel; skips what there is not."""
    task, shipped = get_task(task_id), get_agent(agent)
    if not task.is_installed:
        pytest.skip(f"{task_id} is not installed")
    settings = shipped.settings("none", {**SETTINGS[shipped.algorithm.name], **overrides})
    try:
        problem = shipped.problem(task, settings)
    except SympriorError as reason:
        pytest.skip(str(reason))
    return tuple(  # type: ignore[return-value]
        shipped.build(problem, SEEDS, [settings] * len(SEEDS), "batched", kernel=kernel)
        for kernel in ("torch", "fused")
    )


def numbers(rng: np.random.Generator, *shape: int) -> Tensor:
    return torch.as_tensor(rng.standard_normal((len(SEEDS), *shape)), dtype=torch.float32)


def rollout_for(agent: Any) -> tuple[Minibatch, Tensor]:
    """Transitions of which some are within the clipped range and some are not, and their order."""
    rng, count = np.random.default_rng(0), SMALL["num_envs"] * SMALL["steps"]
    problem, stack = agent.problem, agent.population
    observations = numbers(rng, count, *problem.observation_space.shape)
    actions = numbers(rng, count, problem.symmetry.action.size)
    if problem.symmetry.discrete:
        actions = actions.argmax(-1)
    with torch.no_grad():
        policy = stack.network.distribution(stack.network(observations)[0])
    old = policy.log_probability(actions) + 0.1 * numbers(rng, count)
    columns = [numbers(rng, count) for _ in range(3)]
    order = [[rng.permutation(count) for _ in range(stack._epochs)] for _ in SEEDS]
    return Minibatch(observations, actions, columns[0], old, *columns[1:]), torch.as_tensor(np.array(order))


def replayed_for(agent: Any, rows: int = 64) -> Replayed:
    rng, problem = np.random.default_rng(0), agent.problem
    size, actions = problem.observation_space.shape[0], problem.symmetry.action.size
    return Replayed(
        observations=numbers(rng, rows, size),
        actions=numbers(rng, rows, actions).argmax(-1),
        next_observations=numbers(rng, rows, size),
        terminated=(numbers(rng, rows) > 1).float(),
        rewards=numbers(rng, rows),
    )


def largest_gap(first: Any, second: Any) -> float:
    pairs = zip(first.network.parameters(), second.network.parameters(), strict=True)
    return max(float((mine - theirs).detach().abs().max()) for mine, theirs in pairs if mine.numel())


def agents(algorithm: str) -> list[str]:
    """The algorithm with every prior that it can be combined with."""
    kind = get_agent(algorithm).algorithm
    return [f"{algorithm}+{name}" for name in PRIORS if not PRIORS[name].refusal(kind)]


@pytest.mark.parametrize(
    ("agent", "task_id"),
    [(agent, task_id) for algorithm in ("ppo", "a2c") for agent, task_id in product(agents(algorithm), DISCRETE)],
)
def test_an_update_equals_that_in_torch(agent: str, task_id: str) -> None:
    in_torch, fused = pair_of(agent, task_id, {"normalise_advantage": task_id == DISCRETE[1]})
    assert (in_torch.kernel, fused.kernel) == ("torch", "fused")
    before = largest_gap(in_torch, fused)
    rollout, order = rollout_for(in_torch)
    assert in_torch.population.train(rollout, order) == fused.population.train(rollout, order) > 0
    assert before == 0
    assert largest_gap(in_torch, fused) < 1e-5


@pytest.mark.parametrize(("agent", "task_id"), list(product(agents("ppo"), VECTORS)))
def test_an_update_on_action_vectors_equals_that_in_torch(agent: str, task_id: str) -> None:
    overrides = {"normalise_advantage": True, "normalise_observations": True, "activation": "tanh"}
    in_torch, fused = pair_of(agent, task_id, overrides)
    rollout, order = rollout_for(in_torch)
    for each in (in_torch, fused):
        each.population.network.normaliser.take_in(3 + 2 * rollout.observations)
        each.population.train(rollout, order)
    assert fused.kernel == "fused"
    assert largest_gap(in_torch, fused) < 1e-5


@pytest.mark.parametrize(
    ("agent", "task_id", "overrides"),
    [
        ("ppo+mirror", "grid-catch-vector-v1", {"mirror_divergence": "kl"}),  # four elements
        ("ppo+mirror", "reacher-turned-8-v1", {}),  # matrices that are no signed permutations
        ("ppo+average", "reacher-turned-8-v1", {}),
        ("ppo+fold", "reacher-turned-8-v1", {}),
    ],
)
def test_other_divergences_and_actions_of_the_group(agent: str, task_id: str, overrides: dict[str, Any]) -> None:
    in_torch, fused = pair_of(agent, task_id, overrides)
    rollout, order = rollout_for(in_torch)
    for each in (in_torch, fused):
        each.population.train(rollout, order)
    assert fused.kernel == "fused"
    assert largest_gap(in_torch, fused) < 1e-5


def test_states_that_a_part_of_the_group_fixes_are_folded_as_in_torch() -> None:
    in_torch, fused = pair_of("ppo+fold", "grid-catch-vector-v1", {})
    rollout, order = rollout_for(in_torch)
    observations = rollout.observations.clone()
    observations[:, ::2] = 0  # every element leads to the representative
    for each in (in_torch, fused):
        each.population.train(replace(rollout, observations=observations), order)
    assert largest_gap(in_torch, fused) < 1e-5


class UnknownFrame(WholeGroup):
    """A frame of one's own."""


class WithUnknownFrame(type(PRIORS["average"])):  # type: ignore[misc]
    def network(self, kind: Any, symmetry: Any, sizes: Any, rng: Any, settings: Any = None) -> Any:
        return PlainNetwork.network(self, kind, symmetry, sizes, rng).averaged_over(UnknownFrame, symmetry)


class UnknownLoss(MirrorLoss):
    """A loss of one's own."""


class WithUnknownLoss(type(PRIORS["mirror"])):  # type: ignore[misc]
    def auxiliary_loss(self, orbit: Any, settings: Any) -> UnknownLoss:
        return UnknownLoss(orbit, settings.mirror_weight)


@pytest.mark.parametrize(("prior", "own"), [("average", WithUnknownFrame()), ("mirror", WithUnknownLoss())])
def test_what_the_kernel_does_not_know_of_a_prior_is_left_to_torch(prior: str, own: Any) -> None:
    shipped, task = replace(get_agent(f"ppo+{prior}"), prior=own), get_task("cartpole-v1")
    settings = shipped.settings("none", SETTINGS["ppo"])
    agent: Any = shipped.build(shipped.problem(task, settings), SEEDS, [settings] * 3, "batched", kernel="fused")
    assert agent.kernel == "torch"


@pytest.mark.parametrize(("agent", "task_id"), list(product(agents("dqn"), DISCRETE)))
def test_steps_on_replayed_transitions_equal_those_in_torch(agent: str, task_id: str) -> None:
    in_torch, fused = pair_of(agent, task_id, {})
    batch = replayed_for(in_torch)
    for each in (in_torch, fused):
        for step in range(4):
            each.population.train(batch)
            if step == 1:
                each.population.renew_target()
    assert fused.kernel == "fused"
    assert largest_gap(in_torch, fused) < 1e-5


@pytest.mark.parametrize("agent", ["ppo", "ppo+fold", "ppo+average", "a2c+homomorphic", "dqn", "dqn+fold"])
def test_a_policy_says_the_same_as_in_torch(agent: str) -> None:
    in_torch, fused = pair_of(agent, "cartpole-v1", {})
    observations = np.random.default_rng(0).standard_normal((3 * 7, 4)).astype(np.float32)
    said = [each.action_probabilities(observations) for each in (in_torch, fused)]
    np.testing.assert_allclose(*said, atol=1e-6)


@pytest.mark.parametrize("task_id", ["grid-catch-v1", "room-v1"])
def test_images_are_left_to_torch(task_id: str) -> None:
    task, shipped = get_task(task_id), get_agent("ppo")
    settings = shipped.settings(task.family, {"widths": (4, 8, 16)})
    agent: Any = shipped.build(shipped.problem(task), [1], [settings], "batched", kernel="fused")
    assert agent.kernel == "torch"


def test_an_unknown_kernel_is_refused() -> None:
    task, shipped = get_task("cartpole-v1"), get_agent("ppo")
    with pytest.raises(SympriorError, match="fuse"):
        shipped.build(shipped.problem(task), [1], [shipped.settings("cartpole")], "batched", kernel="fuse")
