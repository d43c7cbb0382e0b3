"""Episodes seen through an element of the group: each is another image of what the environment does."""

from __future__ import annotations

import numpy as np
import torch
from gymnasium.vector import VectorWrapper
from numpy.typing import NDArray
from torch import Tensor

from symprior.agents.acting.actors import ActionLimits
from symprior.agents.acting.distributions import as_given
from symprior.agents.networks.orbits import Orbit
from symprior.symmetry.arrays import Array
from symprior.tasks.environments.gymnasium_types import Infos, VectorEnvironment, VectorStep
from symprior.tasks.environments.streams import Streams
from symprior.tasks.files.states import State


class TurnedEpisodes(VectorWrapper):
    """The agent sees g s, and where it acts a the environment gets g⁻¹ a; g is drawn anew for each episode of each copy.

    Where a turn does not keep the bounds of action vectors (by 45°, say), what leaves them is clipped.

    Args:
        env: the environments, on numpy or torch; an episode that ends is followed by the next in the same step.
        orbit: the symmetry.
        seeds: of each copy's stream, [num_envs].
    """

    def __init__(self, env: VectorEnvironment, orbit: Orbit, seeds: NDArray[np.int64]) -> None:
        super().__init__(env)
        self._orbit = orbit
        self._limits = None if orbit.discrete else ActionLimits(env.single_action_space)
        self._streams = Streams(torch.as_tensor(seeds, device=orbit.inverse.device))
        self.elements = torch.zeros(len(seeds), dtype=torch.int64, device=orbit.inverse.device)
        self._goes_on = False

    def reset(self, *, seed: int | None = None, options: Infos | None = None) -> tuple[Array, Infos]:
        """Start all episodes, each with an element of its own; those that go on keep theirs."""
        observations, infos = self.env.reset(seed=seed, options=options)
        if not self._goes_on:
            self._draw(torch.ones_like(self.elements, dtype=torch.bool))
        self._goes_on = False
        return self._turned(observations), infos

    def step(self, actions: Array) -> VectorStep:
        """Step all copies; where an episode ends, its last observation is still seen through its own element."""
        observations, rewards, terminated, truncated, infos = self.env.step(self._back(actions))
        if "final_obs" in infos:
            infos = {**infos, "final_obs": self._turned(infos["final_obs"])}
        self._draw(torch.as_tensor(terminated | truncated, device=self.elements.device))
        return self._turned(observations), rewards, terminated, truncated, infos

    def save(self) -> State:
        """The elements of all copies, and their streams."""
        return {"elements": self.elements.cpu().numpy(), "streams": self._streams.save()}

    def load(self, state: State) -> None:
        """Go on from there: the next reset only says what is seen."""
        self.elements = torch.as_tensor(state["elements"], device=self.elements.device)
        self._streams.load(state["streams"])
        self._goes_on = True

    def _draw(self, started: Tensor) -> None:
        """An element for every episode that starts; the other copies' streams stand still."""
        drawn = (self._streams.draw_where(started, 1)[:, 0] * self._orbit.order).long()
        self.elements = torch.where(started, drawn, self.elements)

    def _turned(self, observations: Array) -> Array:
        turned = self._orbit.observations.by(*self._alone(self.elements, observations)).squeeze(1)
        return as_given(observations, turned)

    def _back(self, actions: Array) -> Array:
        moved = self._orbit.actions_by(*self._alone(self._orbit.inverse[self.elements], actions)).squeeze(1)
        if self._limits is not None:
            moved = self._limits.clip(moved)
        return as_given(actions, moved)

    def _alone(self, elements: Tensor, array: Array) -> tuple[Tensor, Tensor]:
        """Each copy as a batch of its own: a product of matrices then rounds it off as if it had no companions."""
        return elements.unsqueeze(1), torch.as_tensor(array, device=elements.device).unsqueeze(1)
