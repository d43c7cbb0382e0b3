"""Variants of augmentation: by one image, by episodes, with own probabilities, generic; and more gradient steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from array_api_compat import torch as torch_namespace
from torch import Tensor

from symprior.agents import get_agent
from symprior.agents.learners.initial import copy_seeds
from symprior.agents.networks.orbits import Orbit
from symprior.agents.priors.augmentation.turned_episodes import TurnedEpisodes
from symprior.agents.priors.batch import Minibatch, Replayed
from symprior.agents.priors.controls.generic_augment import SCALES, scaled, shifted
from symprior.agents.priors.prior import PRIORS
from symprior.tasks import SympriorError, get_task
from symprior.tasks.environments.simulators import SimulatorVectorEnv, training_seeds
from symprior.tasks.environments.streams import Streams

TASK_IDS = ["cartpole-v1", "grid-catch-vector-v1", "grid-catch-v1"]
LEARNERS = ["stable-baselines3", "batched"]
ROWS = 400


def draws_of(*seeds: int) -> Callable[[int], Tensor]:
    """As a learner of these seeds draws; of none as one that has a single seed and no seed axis."""
    streams = Streams(torch.tensor(seeds or (0,)))
    return streams.draw if seeds else lambda count: streams.draw(count)[0]


def replayed(task_id: str, *seeds: int) -> Replayed:
    """Random transitions."""
    symmetry = get_task(task_id).symmetry()
    leading = (*(len(seeds),) * bool(seeds), ROWS)
    observations, following = torch.randn(2, *leading, *symmetry.observation.shape)
    actions = torch.randint(0, symmetry.action.size, leading)
    return Replayed(observations, actions, following, (torch.rand(leading) < 0.5).float(), torch.randn(leading))


@pytest.mark.parametrize("seeds", [(), (3, 5, 7)])
@pytest.mark.parametrize("task_id", TASK_IDS)
def test_one_image_of_every_transition_by_any_element(task_id: str, seeds: tuple[int, ...]) -> None:
    symmetry, batch = get_task(task_id).symmetry(), replayed(task_id, *seeds)
    orbit = Orbit(symmetry)
    seen = PRIORS["augment-one"].minibatch(batch, orbit, draws_of(*seeds))
    assert all(getattr(seen, name).shape == column.shape for name, column in vars(batch).items())
    assert seen.rewards is batch.rewards and seen.terminated is batch.terminated
    elements = (draws_of(*seeds)(ROWS) * orbit.order).long()
    for g in range(orbit.order):
        here = elements == g
        assert 0.5 < here.double().mean() * orbit.order < 1.5
        for name in ("observations", "next_observations"):
            moved = symmetry.observation(g, getattr(batch, name)[here])
            torch.testing.assert_close(getattr(seen, name)[here], moved)
        assert torch.equal(seen.actions[here], symmetry.act_on_actions(g, batch.actions[here]))


def test_one_image_is_a_whole_turn_of_an_action_vector(point_mass: Callable[..., Any]) -> None:
    symmetry = point_mass("round").symmetry  # C8, by matrices that are no permutations
    states, actions, numbers = torch.randn(2, 9, 4), torch.randn(2, 9, 2), torch.randn(2, 9)
    batch = Minibatch(states, actions, *(numbers,) * 4)
    seen = PRIORS["augment-one"].minibatch(batch, Orbit(symmetry), draws_of(1, 2))
    elements = (draws_of(1, 2)(9) * 8).long()
    for seed in range(2):
        for row in range(9):
            g = int(elements[seed, row])
            torch.testing.assert_close(seen.observations[seed, row], symmetry.observation(g, states[seed, row]))
            torch.testing.assert_close(seen.actions[seed, row], symmetry.action(g, actions[seed, row]))


@pytest.mark.parametrize("namespace", ["numpy", "torch"])
@pytest.mark.parametrize("task_id", TASK_IDS)
def test_an_episode_is_seen_and_steered_through_one_element(task_id: str, namespace: str) -> None:
    task, copies = get_task(task_id), 12
    symmetry = task.symmetry()
    place = {"namespace": torch_namespace} if namespace == "torch" else {}
    inner, mine = (SimulatorVectorEnv(task.simulator(), copies, **place) for _ in range(2))  # type: ignore[misc]
    turned = TurnedEpisodes(mine, Orbit(symmetry), copy_seeds([4], copies))
    starts = training_seeds(task_id, 4, copies)
    seen, _ = turned.reset(seed=starts)
    plain, _ = inner.reset(seed=starts)
    assert type(seen) is type(plain)
    met, ends = set(turned.elements.tolist()), 0
    rng = np.random.default_rng(0)

    def image(states: Any, elements: Tensor) -> np.ndarray:
        rows = [symmetry.observation(int(g), np.asarray(state)) for g, state in zip(elements, states, strict=True)]
        return np.stack(rows)

    for _ in range(150):
        np.testing.assert_allclose(np.asarray(seen), image(plain, turned.elements), atol=1e-6)
        before = turned.elements.clone()
        actions = rng.integers(symmetry.action.size, size=copies)
        moved = [
            int(symmetry.act_on_actions(int(symmetry.group.inverse[g]), np.asarray(a)))
            for g, a in zip(before, actions, strict=True)
        ]
        wrap = torch.as_tensor if namespace == "torch" else np.asarray
        seen, rewards, terminated, truncated, infos = turned.step(wrap(actions))
        plain, expected, *ended, own = inner.step(wrap(np.array(moved)))
        np.testing.assert_array_equal(np.asarray(rewards), np.asarray(expected))
        np.testing.assert_array_equal(np.asarray(terminated), np.asarray(ended[0]))
        over = np.asarray(terminated) | np.asarray(truncated)
        if over.any():
            last = image(np.asarray(own["final_obs"])[over], before[over])
            np.testing.assert_allclose(np.asarray(infos["final_obs"])[over], last, atol=1e-6)
        assert torch.equal(turned.elements[~over], before[~over]), "an episode keeps its element"
        ends += int(over.sum())
        met |= set(turned.elements.tolist())
    assert ends > 5 and met == set(range(len(symmetry.group)))


def test_action_vectors_are_turned_back(point_mass: Callable[..., Any]) -> None:
    task = point_mass("plane")
    inner, orbit = task.environments([1], 6), Orbit(task.symmetry)
    turned = TurnedEpisodes(task.environments([1], 6), orbit, copy_seeds([1], 6))
    seen, (plain, _) = turned.reset()[0], inner.reset()
    actions = np.random.default_rng(0).uniform(-1, 1, (6, 2)).astype(np.float32)
    there = np.stack(
        [task.symmetry.action(int(orbit.inverse[g]), a) for g, a in zip(turned.elements, actions, strict=True)]
    )
    seen, rewards, *_ = turned.step(actions)
    plain, expected, *_ = inner.step(there)
    np.testing.assert_allclose(rewards, expected, atol=1e-6)
    moved = [task.symmetry.observation(int(g), row) for g, row in zip(turned.elements, plain, strict=True)]
    np.testing.assert_allclose(seen, np.stack(moved), atol=1e-6)


@pytest.mark.parametrize("learner", LEARNERS)
@pytest.mark.parametrize("name", ["ppo+augment-episode", "dqn+augment-episode"])
def test_both_learners_collect_turned_episodes(name: str, learner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An equivariant policy cannot tell; so the agent's transitions are compared with the environment's."""
    met: list[Tensor] = []
    back = TurnedEpisodes._back

    def noted(self: TurnedEpisodes, actions: Any) -> Any:
        met.append(self.elements.clone())
        return back(self, actions)

    monkeypatch.setattr(TurnedEpisodes, "_back", noted)
    task, shipped = get_task("grid-catch-vector-v1"), get_agent(name)
    settings = shipped.settings(task.family, {"num_envs": 8})
    agent: Any = shipped.build(shipped.problem(task, settings), [3], [settings], learner)
    env = SimulatorVectorEnv(task.simulator(), 8)
    env.reset(seed=training_seeds(task.id, 3, 8))
    agent.learn(env, 400)
    assert len(met) >= 50
    expected = (Streams(torch.as_tensor(copy_seeds([3], 8))).draw(1)[:, 0] * 4).long()
    assert torch.equal(met[0], expected), "the same on both learners"
    assert set(torch.cat(met).tolist()) == {0, 1, 2, 3}


def test_copies_have_the_probability_that_the_old_policy_gave_to_themselves() -> None:
    task, shipped = get_task("grid-catch-vector-v1"), get_agent("ppo+augment-own-probability")
    settings = shipped.settings(task.family, {"widths": (8, 8)})
    stack = shipped.build(shipped.problem(task), [1, 2], [settings] * 2, "batched").population  # type: ignore[attr-defined]
    for parameter in stack.network.parameters():
        parameter.data.mul_(3)  # a policy that is far from uniform
    states, actions, numbers = torch.randn(2, 20, 2), torch.randint(0, 5, (2, 20)), torch.randn(2, 20)
    rollout = Minibatch(states, actions, numbers, stack._log_probabilities(states, actions), numbers, numbers)
    prior, orbit = PRIORS["augment-own-probability"], Orbit(task.symmetry())
    collected = prior.collected(rollout, orbit, stack._log_probabilities)
    rows = torch.tensor([3, 11, 4, 19])
    batch = replace(collected, **{name: column[:, rows] for name, column in vars(collected).items()})
    seen = prior.minibatch(batch, orbit)
    assert seen.actions.shape == (2, 16)
    own = stack._log_probabilities(seen.observations, seen.actions)
    torch.testing.assert_close(seen.old_log_probabilities, own)
    original = batch.old_log_probabilities.repeat(1, 4)
    torch.testing.assert_close(own[:, :4], original[:, :4])
    assert (own - original).abs().max() > 0.1
    kept = PRIORS["augment"].minibatch(
        Minibatch(**{k: v for k, v in vars(batch).items() if k != "image_log_probabilities"}), orbit
    )
    assert torch.equal(kept.old_log_probabilities, original)


@pytest.mark.parametrize("algorithm", ["a2c", "dqn"])
def test_own_probabilities_are_refused_where_nothing_reads_them(algorithm: str) -> None:
    with pytest.raises(SympriorError, match=rf"differs from {algorithm}\+augment .* {algorithm} never reads"):
        get_agent(f"{algorithm}+augment-own-probability")


@pytest.mark.parametrize("seeds", [(), (3, 5)])
@pytest.mark.parametrize("task_id", TASK_IDS)
def test_generic_copies_are_as_many_as_the_orbits_and_keep_all_but_the_observation(
    task_id: str, seeds: tuple[int, ...]
) -> None:
    batch, orbit = replayed(task_id, *seeds), Orbit(get_task(task_id).symmetry())
    seen = PRIORS["generic-augment"].minibatch(batch, orbit, draws_of(*seeds))
    alike = PRIORS["augment"].minibatch(batch, orbit)
    axis = len(seeds[:1])
    assert all(getattr(seen, name).shape == column.shape for name, column in vars(alike).items())
    for copy in range(orbit.order):
        part = {name: column.narrow(axis, ROWS * copy, ROWS) for name, column in vars(seen).items()}
        for name in ("actions", "terminated", "rewards"):
            assert torch.equal(part[name], getattr(batch, name))
        assert torch.equal(part["observations"], batch.observations) == (copy == 0)
        if len(orbit.observations.shape) == 1:
            factors = [part[name] / getattr(batch, name) for name in ("observations", "next_observations")]
            torch.testing.assert_close(factors[0], factors[0][..., :1].expand_as(factors[0]))
            torch.testing.assert_close(factors[0], factors[1])


def test_vectors_are_scaled_by_one_factor_in_the_range() -> None:
    found = scaled(torch.ones(1000, 3), torch.rand(1000, 1, dtype=torch.float64))
    assert found.dtype == torch.float32
    assert torch.equal(found[:, 0], found[:, 2])
    low, high = SCALES
    assert low <= found.min() < low + 0.01 and high - 0.01 < found.max() <= high


@pytest.mark.parametrize(("size", "most"), [(15, 1), (21, 1), (48, 2), (84, 4)])
def test_images_are_shifted_by_whole_pixels_and_their_edge_repeated(size: int, most: int) -> None:
    image = torch.arange(2 * size * size).reshape(2, size, size).to(torch.uint8)
    grid = (torch.arange(2 * most + 1) + 0.5) / (2 * most + 1)
    uniforms = torch.cartesian_prod(grid, grid)
    found = shifted(image.expand(len(uniforms), -1, -1, -1), uniforms)
    padded = np.pad(image.numpy(), ((0, 0), (most, most), (most, most)), mode="edge")
    crops = [padded[:, y : y + size, x : x + size] for y in range(2 * most, -1, -1) for x in range(2 * most, -1, -1)]
    assert found.dtype == torch.uint8
    np.testing.assert_array_equal(found.numpy(), np.stack(crops))


@pytest.mark.parametrize("learner", LEARNERS)
@pytest.mark.parametrize(("algorithm", "settings"), [("ppo", {}), ("a2c", {}), ("dqn", {"learning_starts": 32})])
def test_more_steps_are_as_many_as_augmentation_has_copies(
    algorithm: str, settings: dict[str, Any], learner: str
) -> None:
    task, steps = get_task("grid-catch-vector-v1"), {}
    for prior in ("plain", "augment", "more-steps"):
        shipped = get_agent(f"{algorithm}+{prior}")
        own = shipped.settings(task.family, settings)
        agent: Any = shipped.build(shipped.problem(task, own), [1], [own], learner)
        env = SimulatorVectorEnv(task.simulator(), agent.num_envs)
        env.reset(seed=1)
        agent.learn(env, 256)
        steps[prior] = agent.gradient_steps
    assert steps["more-steps"] == 4 * steps["plain"] == 4 * steps["augment"] > 0
