"""One's own script with Stable-Baselines3: a symmetry is one argument more; models are saved and loaded as any other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
import torch
from stable_baselines3 import A2C, DQN, PPO, SAC, TD3
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.env_util import make_vec_env

import symprior
from symprior.symmetry.symmetry import Symmetry

CARTPOLE, PENDULUM = "cartpole-v1", "pendulum-v1"
REPLAY = {"learning_starts": 50, "buffer_size": 1000, "batch_size": 32}
HOMOMORPHIC: list[tuple[type[BaseAlgorithm], str, type[Any], dict[str, Any]]] = [
    (PPO, CARTPOLE, symprior.HomomorphicPolicy, {"n_steps": 64, "n_epochs": 2, "learning_rate": 0.01}),
    (PPO, PENDULUM, symprior.HomomorphicPolicy, {"n_steps": 64, "n_epochs": 2, "learning_rate": 0.01}),
    (A2C, CARTPOLE, symprior.HomomorphicPolicy, {"learning_rate": 0.01}),
    (DQN, CARTPOLE, symprior.HomomorphicDQNPolicy, {**REPLAY, "learning_rate": 0.01}),
    (SAC, PENDULUM, symprior.HomomorphicSACPolicy, {**REPLAY, "learning_rate": 0.01}),
    (TD3, PENDULUM, symprior.HomomorphicTD3Policy, {**REPLAY, "learning_rate": 0.01}),
]
CASES = pytest.mark.parametrize(
    ("algorithm", "task", "policy", "settings"),
    HOMOMORPHIC,
    ids=[f"{each[0].__name__}-{each[1]}" for each in HOMOMORPHIC],
)


def trained(algorithm: type[Any], task: str, policy: Any, steps: int = 150, **settings: Any) -> Any:
    model = algorithm(policy, symprior.make(task), seed=1, device="cpu", **settings)
    return model.learn(steps)


def observations(task: str, count: int = 64) -> np.ndarray:
    env = gymnasium.make(symprior.task(task).gym_id)
    env.action_space.seed(0)
    seen = []
    for seed in range(count):
        env.reset(seed=seed)
        seen.append(env.step(env.action_space.sample())[0])
    return np.array(seen, dtype=np.float32)


def error(model: Any, symmetry: Symmetry, seen: np.ndarray) -> float:
    """The largest difference of actions at images from images of actions; a number of action counts as 0 or 1."""
    actions, _ = model.predict(seen, deterministic=True)
    apart = []
    for g in range(1, len(symmetry.group)):
        there, _ = model.predict(symmetry.observation(g, seen).astype(seen.dtype), deterministic=True)
        apart.append(np.abs(there - symmetry.act_on_actions(g, actions)).max())
    return float(max(apart))


@CASES
def test_a_homomorphic_policy_is_equivariant_after_training_and_after_loading(
    algorithm: type[Any], task: str, policy: type[Any], settings: dict[str, Any], tmp_path: Path
) -> None:
    symmetry, seen = symprior.task(task).symmetry(), observations(task)
    model = algorithm(
        policy, symprior.make(task), seed=1, device="cpu", policy_kwargs={"symmetry": symmetry}, **settings
    )
    before = model.policy.state_dict()
    before = {name: value.clone() for name, value in before.items()}
    model.learn(150)
    after = model.policy.state_dict()
    assert any(not torch.equal(before[name], after[name]) for name in before), "it learned nothing"
    assert error(model, symmetry, seen) < 1e-5
    model.save(tmp_path / "model")
    loaded = algorithm.load(tmp_path / "model", env=symprior.make(task), device="cpu")
    np.testing.assert_array_equal(
        loaded.predict(seen, deterministic=True)[0], model.predict(seen, deterministic=True)[0]
    )
    loaded.learn(60)
    assert error(loaded, symmetry, seen) < 1e-5


@CASES
def test_a_policy_alone_is_saved_and_loaded(
    algorithm: type[Any], task: str, policy: type[Any], settings: dict[str, Any], tmp_path: Path
) -> None:
    sizes = {"symmetry": symprior.task(task).symmetry(), "widths": (16, 16)}
    model = trained(algorithm, task, policy, policy_kwargs=sizes, **settings)
    model.policy.save(tmp_path / "policy")
    loaded, seen = policy.load(tmp_path / "policy", device="cpu"), observations(task)
    np.testing.assert_array_equal(
        loaded.predict(seen, deterministic=True)[0], model.predict(seen, deterministic=True)[0]
    )


def test_a_plain_policy_is_not_equivariant() -> None:
    symmetry, seen = symprior.task(PENDULUM).symmetry(), observations(PENDULUM)
    model = trained(
        PPO, PENDULUM, "MlpPolicy", n_steps=64, learning_rate=0.01, policy_kwargs={"activation_fn": torch.nn.ReLU}
    )
    assert error(model, symmetry, seen) > 1e-3


def test_the_seed_decides_the_weights() -> None:
    kwargs = {"symmetry": symprior.task(CARTPOLE).symmetry()}
    models = [
        PPO(symprior.HomomorphicPolicy, symprior.make(CARTPOLE), seed=seed, policy_kwargs=kwargs, device="cpu")
        for seed in (3, 3, 4)
    ]
    weights = [torch.cat([value.flatten() for value in model.policy.parameters()]) for model in models]
    assert torch.equal(weights[0], weights[1]) and not torch.equal(weights[0], weights[2])


def test_images_in_several_copies() -> None:
    task = symprior.task("grid-catch-v1")
    env = make_vec_env(task.make, n_envs=2, seed=0)
    kwargs = {"symmetry": task.symmetry(), "channels": (2, 2, 8)}
    model = A2C(symprior.HomomorphicPolicy, env, seed=0, policy_kwargs=kwargs, device="cpu").learn(40)
    seen = np.array([task.make().reset(seed=seed)[0] for seed in range(8)])
    logits = model.policy.get_distribution(torch.as_tensor(seen)).distribution.logits
    turned = np.ascontiguousarray(task.symmetry().observation(1, seen))
    there = model.policy.get_distribution(torch.as_tensor(turned)).distribution.logits
    actions = torch.arange(logits.shape[1])
    torch.testing.assert_close(there[:, task.symmetry().act_on_actions(1, actions)], logits, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize(
    ("policy", "task", "extra", "said"),
    [
        (symprior.HomomorphicPolicy, PENDULUM, {}, "acts on 2 discrete actions, but the action space is Box"),
        (symprior.HomomorphicPolicy, CARTPOLE, {"net_arch": [32]}, "takes no net_arch. Set `widths`"),
    ],
)
def test_what_does_not_fit_is_refused(policy: type[Any], task: str, extra: dict[str, Any], said: str) -> None:
    kwargs = {"symmetry": symprior.task(CARTPOLE).symmetry(), **extra}
    with pytest.raises(symprior.SympriorError, match=said):
        PPO(policy, symprior.make(task), policy_kwargs=kwargs, device="cpu")


def test_bounds_that_the_group_moves_are_refused() -> None:
    env = gymnasium.wrappers.RescaleAction(symprior.make(PENDULUM), 0.0, 1.0)
    kwargs = {"symmetry": symprior.task(PENDULUM).symmetry()}
    with pytest.raises(symprior.SympriorError, match="moves the bounds"):
        SAC(symprior.HomomorphicSACPolicy, env, policy_kwargs=kwargs, device="cpu")
    with pytest.raises(symprior.SympriorError, match="moves the bounds"):
        SAC(
            "MlpPolicy",
            env,
            replay_buffer_class=symprior.AugmentedReplayBuffer,
            replay_buffer_kwargs=kwargs,
            device="cpu",
        )


def test_state_dependent_noise_is_refused() -> None:
    kwargs = {"symmetry": symprior.task(PENDULUM).symmetry()}
    for policy in (symprior.HomomorphicPolicy, symprior.MirrorPolicy):
        with pytest.raises(symprior.SympriorError, match="use_sde must be False"):
            PPO(policy, symprior.make(PENDULUM), use_sde=True, policy_kwargs=kwargs, device="cpu")


@pytest.mark.parametrize(("algorithm", "task"), [(PPO, CARTPOLE), (PPO, PENDULUM), (A2C, CARTPOLE)])
def test_a_rollout_buffer_gives_every_image(algorithm: type[Any], task: str, tmp_path: Path) -> None:
    symmetry = symprior.task(task).symmetry()
    model = trained(
        algorithm,
        task,
        "MlpPolicy",
        steps=64,
        n_steps=32,
        rollout_buffer_class=symprior.AugmentedRolloutBuffer,
        rollout_buffer_kwargs={"symmetry": symmetry},
    )
    (batch,) = model.rollout_buffer.get(32)
    assert len(batch.observations) == 64
    first, image = batch.observations[:32].numpy(), batch.observations[32:].numpy()
    np.testing.assert_allclose(image, symmetry.observation(1, first), rtol=1e-6)
    actions = batch.actions.squeeze(-1) if symmetry.discrete else batch.actions
    np.testing.assert_allclose(actions[32:].numpy(), symmetry.act_on_actions(1, actions[:32].numpy()), rtol=1e-6)
    assert torch.equal(batch.advantages[:32], batch.advantages[32:])
    model.save(tmp_path / "model")
    assert algorithm.load(tmp_path / "model", env=symprior.make(task), device="cpu").learn(32)


@pytest.mark.parametrize(("algorithm", "task"), [(DQN, CARTPOLE), (SAC, PENDULUM), (TD3, PENDULUM)])
@pytest.mark.parametrize("one_image", [False, True])
def test_a_replay_buffer_gives_every_image_or_one(
    algorithm: type[Any], task: str, one_image: bool, tmp_path: Path
) -> None:
    symmetry = symprior.task(task).symmetry()
    model = trained(
        algorithm,
        task,
        "MlpPolicy",
        steps=80,
        replay_buffer_class=symprior.AugmentedReplayBuffer,
        replay_buffer_kwargs={"symmetry": symmetry, "one_image": one_image},
        **REPLAY,
    )
    batch = model.replay_buffer.sample(20)
    assert len(batch.observations) == (20 if one_image else 40)
    if not one_image:
        first, image = batch.next_observations[:20].numpy(), batch.next_observations[20:].numpy()
        np.testing.assert_allclose(image, symmetry.observation(1, first), rtol=1e-6)
        assert torch.equal(batch.rewards[:20], batch.rewards[20:])
    model.save_replay_buffer(tmp_path / "buffer")
    model.load_replay_buffer(tmp_path / "buffer")
    model.save(tmp_path / "model")
    algorithm.load(tmp_path / "model", env=symprior.make(task), device="cpu")


@pytest.mark.parametrize("task", [CARTPOLE, PENDULUM])
def test_the_mirror_loss_pulls_the_policy(task: str, tmp_path: Path) -> None:
    symmetry, seen = symprior.task(task).symmetry(), torch.as_tensor(observations(task))
    apart = []
    for weight in (0.0, 100.0):
        kwargs = {"symmetry": symmetry, "mirror_weight": weight, "activation_fn": torch.nn.ReLU}
        model = trained(
            PPO, task, symprior.MirrorPolicy, steps=512, n_steps=128, learning_rate=0.003, policy_kwargs=kwargs
        )
        apart.append(model.policy.mirror_distance(seen))
        assert model.policy.mirror_loss.latest is not None
    assert apart[1] < apart[0] / 3, apart
    model.save(tmp_path / "model")
    loaded = PPO.load(tmp_path / "model", device="cpu")
    assert loaded.policy.mirror_distance(seen) == apart[1]
