"""A symmetry in one's own script with Stable-Baselines3: by the network, by the data, or by the loss."""

from pathlib import Path
from tempfile import TemporaryDirectory

from stable_baselines3 import PPO, SAC
from stable_baselines3.common.evaluation import evaluate_policy
from stable_baselines3.common.monitor import Monitor

import symprior

env = Monitor(symprior.make("cartpole-v1"))
symmetry = symprior.task("cartpole-v1").symmetry()

# By the network: the policy is equivariant before training and after it.
model = PPO(symprior.HomomorphicPolicy, env, policy_kwargs={"symmetry": symmetry}, seed=0, device="cpu")
model.learn(2048)
print("homomorphic network:", evaluate_policy(model, env, n_eval_episodes=5))

# By the data: every minibatch holds each transition and its mirror image.
model = PPO(
    "MlpPolicy",
    env,
    rollout_buffer_class=symprior.AugmentedRolloutBuffer,
    rollout_buffer_kwargs={"symmetry": symmetry},
    seed=0,
    device="cpu",
)
model.learn(2048)
print("augmentation:", evaluate_policy(model, env, n_eval_episodes=5))

# By the loss: the policy is pulled towards its mirror image.
model = PPO(
    symprior.MirrorPolicy, env, policy_kwargs={"symmetry": symmetry, "mirror_weight": 4.0}, seed=0, device="cpu"
)
model.learn(2048)
print("mirror loss:", evaluate_policy(model, env, n_eval_episodes=5))

# SAC, TD3 and DQN have a homomorphic policy each, and share AugmentedReplayBuffer. Models are saved and loaded as any other.
pendulum = symprior.make("pendulum-v1")
kwargs = {"symmetry": symprior.task("pendulum-v1").symmetry(), "widths": (64, 64)}
model = SAC(symprior.HomomorphicSACPolicy, pendulum, policy_kwargs=kwargs, learning_starts=100, seed=0, device="cpu")
model.learn(300)
with TemporaryDirectory() as folder:
    model.save(Path(folder) / "sac")
    loaded = SAC.load(Path(folder) / "sac", device="cpu")
observation, _ = pendulum.reset(seed=0)
actions = [each.predict(observation, deterministic=True)[0] for each in (model, loaded)]
print("saved and loaded:", *actions)
