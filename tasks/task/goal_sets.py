"""Evaluations on a task whose starts lie in several sets, such as those with goals that were seen and with others."""

from __future__ import annotations

from symprior.symmetry.arrays import Array, array_namespace
from symprior.tasks.environments.simulators import Simulator

LEAST = 2.0**-53
"""By how much the largest random number is less than 1."""


class SetsInTurn(Simulator):
    """The same dynamics, where every set of starts has as many of the episodes as any other.

    The `of` whose starts lie in n sets decides by its first random number u which it is: the first set where u < 1/n, and so
    on. Here the first episodes of each run start in the first set, the next as many in the second.

    Args:
        of: the dynamics.
        sets: how many there are.
        episodes: of one run, a multiple of `sets`; those of a run lie together.
    """

    def __init__(self, of: Simulator, sets: int, episodes: int) -> None:
        self._of, self._sets, self._episodes = of, sets, episodes
        self.observation_space, self.action_space = of.observation_space, of.action_space
        self.max_episode_steps = of.max_episode_steps
        self.reset_draws, self.step_draws = of.reset_draws, of.step_draws

    def initial(self, uniforms: Array) -> Array:
        """Starts of the sets, in turn."""
        xp = array_namespace(uniforms)
        number = xp.arange(uniforms.shape[0]) % self._episodes * self._sets // self._episodes
        first = (xp.astype(number, xp.float64) + uniforms[:, 0]) / self._sets
        last = xp.astype(number + 1, xp.float64) / self._sets - LEAST
        first = xp.where(first > last, last, first)  # rounded up, it would be the next set's
        return self._of.initial(xp.concat([first[:, None], uniforms[:, 1:]], axis=1))

    def step(self, states: Array, actions: Array, uniforms: Array) -> tuple[Array, Array, Array]:
        """A step of the dynamics."""
        return self._of.step(states, actions, uniforms)

    def observe(self, states: Array) -> Array:
        """What is seen of the states."""
        return self._of.observe(states)
