"""How shipped agents act from what they say of the action, with random streams of their own, one for each row."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, cast

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.agents.acting.distributions import standard_normals
from symprior.symmetry.arrays import A, Array, NumpyArray, array_namespace, device
from symprior.tasks.environments.gymnasium_types import Space
from symprior.tasks.environments.streams import Streams, seed_from

if TYPE_CHECKING:
    from symprior.agents.agent import Problem

TIE = 1e-5
"""Values this close to a row's best, relative to it, are tied: float32 round-off decides no symmetric choice."""


class RowStreams(Protocol):
    """A stream of random numbers for each row."""

    def draw(self, count: int, /) -> Array:
        """The next numbers of every stream, uniform on [0, 1), [rows, count]."""


class Actor(ABC):
    """Random numbers for acting: a stream of its own for each row of observations.

    Attributes:
        problem: what is acted in.
        seed: what the streams start from where `seed_policy` is not called.
    """

    problem: Problem
    seed: int
    _streams: RowStreams | None = None
    _rows = 0

    def seed_policy(self, seeds: NDArray[np.int64]) -> None:
        """Start a random stream for each row of observations to come."""
        self._streams, self._rows = Streams(seeds), len(seeds)

    def _uniforms(self, rows: Any, count: int) -> Any:
        """The next `count` numbers of each row's stream, [batch, count]; rows of numpy or torch."""
        self._start_streams(rows)
        assert self._streams is not None
        return self._streams.draw(count)

    def _start_streams(self, rows: Any) -> None:
        """Streams of the agent's own for these rows, where `seed_policy` gave none."""
        if self._streams is None or len(rows) != self._rows:
            self.seed_policy(np.array([seed_from(self.seed, "policy", i) for i in range(len(rows))], dtype=np.int64))


class CategoricalActor(Actor):
    """Acting for discrete actions: sampled from the policy (`act`) or its mode (`act_greedily`)."""

    @abstractmethod
    def action_probabilities(self, observations: NumpyArray) -> NDArray[np.float64]:
        """The policy, [batch, actions]."""

    def act(self, observations: NumpyArray) -> NDArray[np.int64]:
        """Actions [batch] sampled from the policy."""
        actions: NDArray[np.int64] = self._sampled(self.action_probabilities(observations))
        return actions

    def act_greedily(self, observations: NumpyArray) -> NDArray[np.int64]:
        """The most probable action of each row, [batch]."""
        return np.asarray(self.action_probabilities(observations).argmax(axis=1))

    def _sampled(self, probabilities: Any) -> Any:
        """Actions [batch] by one number of each row's stream."""
        return sampled(probabilities, self._uniforms(probabilities, 1))


class GreedyActor(CategoricalActor):
    """Acting by action values: greedily, ties split at random (`act`), or ε-greedily (`act_exploring`)."""

    @abstractmethod
    def action_values(self, observations: NumpyArray) -> NDArray[np.float64]:
        """Q, [batch, actions]."""

    @abstractmethod
    def final_epsilon(self, rows: int) -> NDArray[np.float64]:
        """The probability of a random action at the end of training, [rows, 1]."""

    def action_probabilities(self, observations: NumpyArray) -> NDArray[np.float64]:
        """The policy as executed: uniform over the best actions, [batch, actions]."""
        policy: NDArray[np.float64] = greedy_policy(self.action_values(observations))
        return policy

    def act_greedily(self, observations: NumpyArray) -> NDArray[np.int64]:
        """The same as `act`: it is greedy."""
        return self.act(observations)

    def act_exploring(self, observations: NumpyArray) -> NDArray[np.int64]:
        """Actions [batch], each uniformly random with the final ε, row by row."""
        greedy = self.action_probabilities(observations)
        epsilon = self.final_epsilon(len(greedy))
        actions: NDArray[np.int64] = self._sampled(exploring(greedy, epsilon))
        return actions


class ActionLimits:
    """The bounds of a space of action vectors.

    Args:
        space: a `Box` of shape [size].
    """

    def __init__(self, space: Space) -> None:
        assert isinstance(space, gymnasium.spaces.Box)
        self.low, self.high, self.type = space.low, space.high, np.dtype(space.dtype).name
        self._placed: dict[Any, tuple[Array, ...]] = {}

    def clip(self, actions: A) -> A:
        """The nearest actions within the bounds, numpy or torch [..., size], in the space's type; 0 for what is no number.

        The last is for a seed that diverged among others that did not.
        """
        xp, place = array_namespace(actions), (device(actions), actions.dtype)
        if place not in self._placed:
            bounds = (xp.asarray(bound, dtype=actions.dtype, device=place[0]) for bound in (self.low, self.high))
            self._placed[place] = tuple(bounds)
        numbers = xp.where(xp.isnan(actions), xp.zeros_like(actions), actions)
        return cast(A, xp.astype(xp.clip(numbers, *self._placed[place]), getattr(xp, self.type)))


class GaussianActor(Actor):
    """Acting for action vectors: sampled from the policy (`act`) or its mean (`act_greedily`), clipped to the space."""

    @cached_property
    def limits(self) -> ActionLimits:
        """The bounds of the action space."""
        return ActionLimits(self.problem.action_space)

    @abstractmethod
    def action_distribution(self, observations: NumpyArray) -> tuple[NumpyArray, NumpyArray]:
        """Means and logarithms of standard deviations, each [batch, size]; not clipped."""

    def action_means(self, observations: NumpyArray) -> NumpyArray:
        """The policy's means, [batch, size]; not clipped."""
        return self.action_distribution(observations)[0]

    def action_log_stds(self, observations: NumpyArray) -> NumpyArray:
        """The logarithms of the policy's standard deviations, [batch, size]."""
        return self.action_distribution(observations)[1]

    def act(self, observations: NumpyArray) -> NumpyArray:
        """Actions [batch, size] sampled from the policy."""
        means, log_stds = self.action_distribution(observations)
        normals = standard_normals(self._uniforms(means, means.shape[1]))
        return self.limits.clip(means + array_namespace(means).exp(log_stds) * normals)

    def act_greedily(self, observations: NumpyArray) -> NumpyArray:
        """The means, [batch, size]."""
        return self.limits.clip(self.action_means(observations))


def sampled(probabilities: A, uniforms: A) -> A:
    """Actions [batch] of a policy [batch, actions], by one number each, [batch, 1]; numpy or torch."""
    xp = array_namespace(probabilities)
    cumulative = xp.cumulative_sum(probabilities, axis=1)
    return cast(A, xp.sum(cumulative[:, :-1] < uniforms, axis=1))


def exploring(policy: NDArray[np.float64], epsilon: NDArray[np.float64]) -> NDArray[np.float64]:
    """The policy [batch, actions] where each action is uniformly random with probability ε, [batch, 1]."""
    mixed: NDArray[np.float64] = (1 - epsilon) * policy + epsilon / policy.shape[1]
    return mixed


def greedy_policy(values: A) -> A:
    """Probabilities of the best actions, ties shared; [batch, actions] of numpy or torch. Uniform where values are NaN."""
    xp = array_namespace(values)
    best = xp.max(values, axis=1, keepdims=True)
    tied = xp.astype(~(values < best - TIE * xp.abs(best)), values.dtype)
    return cast(A, tied / xp.sum(tied, axis=1, keepdims=True))
