"""A task of one's own: an environment with a declared symmetry, certified, and an agent trained on it.

The command line takes it as well: `symprior check examples/custom_task.py:Corridor`.
"""

import gymnasium
import numpy as np

import symprior
from symprior.symmetry.groups import cyclic
from symprior.symmetry.representations import permutation, signs


def mirror():
    """C2: left and right swap, so the position changes its sign. The starts are random: equal in distribution."""
    group = cyclic(2)
    positions, moves = signs(group, [[1], [-1]]), permutation(group, [[0, 1], [1, 0]])
    return symprior.Symmetry(positions, moves, discrete=True, reset=symprior.Exactness.IN_DISTRIBUTION)


@symprior.custom_task(
    symmetry=mirror,
    group_in_words="C2: left and right swap.",
    description="Walk to the nearer end of a corridor.",
    time_limit=30,
    threshold=-8.0,
)
class Corridor(gymnasium.Env):
    """Eighteen steps long."""

    observation_space = gymnasium.spaces.Box(-9, 9, (1,), np.float32)
    action_space = gymnasium.spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return self.set_state(self.np_random.choice([-4.0, -3.0, 3.0, 4.0], 1)), {}

    def step(self, action):
        observation = self.set_state(self.place + (1 if action == 1 else -1))
        return observation, -1.0, bool(abs(self.place[0]) >= 9), False, {}

    def get_state(self):
        return self.place.copy()

    def set_state(self, state):
        self.place = np.array(state)
        return self.place.astype(np.float32)


if __name__ == "__main__":
    from stable_baselines3 import PPO
    from stable_baselines3.common.evaluation import evaluate_policy
    from stable_baselines3.common.monitor import Monitor

    print("as declared:", symprior.certify(Corridor).agrees)
    kwargs = {"symmetry": Corridor.symmetry()}
    model = PPO(symprior.HomomorphicPolicy, Corridor.make(), policy_kwargs=kwargs, n_steps=256, seed=0, device="cpu")
    model.learn(2048)
    print("mean return:", evaluate_policy(model, Monitor(Corridor.make()), n_eval_episodes=20)[0])
