"""Is this a symmetry of my environment? Measured on the environment itself."""

import gymnasium
import numpy as np

import symprior
from symprior.symmetry.groups import cyclic
from symprior.symmetry.representations import permutation, signs


class Corridor(gymnasium.Env):
    """Walk to an end of a corridor; a draught pushes to the right."""

    observation_space = gymnasium.spaces.Box(-9, 9, (1,), np.float32)
    action_space = gymnasium.spaces.Discrete(2)

    def __init__(self, draught):
        self.draught = draught

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return self.set_state(self.np_random.choice([-4.0, -3.0, 3.0, 4.0], 1)), {}

    def step(self, action):
        observation = self.set_state(self.place + (1 if action == 1 else -1) + self.draught)
        return observation, -1.0, bool(abs(self.place[0]) >= 9), False, {}

    # With these two the certificate compares single steps; without them it compares episodes.
    def get_state(self):
        return self.place.copy()

    def set_state(self, state):
        self.place = np.clip(state, -9, 9)
        return self.place.astype(np.float32)


group = cyclic(2)
mirror = symprior.Symmetry(
    observation=signs(group, [[1], [-1]]),  # the position changes its sign
    action=permutation(group, [[0, 1], [1, 0]]),  # left and right swap
    discrete=True,
    reset=symprior.Exactness.IN_DISTRIBUTION,  # the starts are drawn
)
for draught in (0.0, 0.5):
    env = gymnasium.wrappers.TimeLimit(Corridor(draught), 30)
    certificate = symprior.certify(env, mirror)
    print(
        f"draught {draught}: dynamics {certificate.dynamics}, starts {certificate.reset}, as declared: {certificate.agrees}"
    )
