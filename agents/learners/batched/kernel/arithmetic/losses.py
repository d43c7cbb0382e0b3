"""The gradients of the algorithms' losses with respect to a network's outputs, in closed form, row by row.

They are those of `OnPolicyAlgorithm.gradients` and `DQN.gradients`, which the tests hold them to.
"""

from __future__ import annotations

from math import log as logarithm
from math import pi
from typing import NamedTuple

import numpy as np

from symprior.agents.learners.batched.kernel.arithmetic.compiled import inlined
from symprior.agents.learners.batched.kernel.arithmetic.functions import exp, log
from symprior.agents.learners.batched.kernel.arithmetic.tables import Doubles, Floats, Integers

HALF_LOG_2_PI = 0.5 * logarithm(2 * pi)

PLAIN_GRADIENT, CLIPPED_RATIO = 0, 1
"""The policy losses: −A log π, and PPO's."""

POLICY_LOSSES = {"a2c": PLAIN_GRADIENT, "ppo": CLIPPED_RATIO}
"""The algorithms whose losses are known here."""


class Weights(NamedTuple):
    """What the losses of all seeds are made of; each float [seeds].

    Attributes:
        policy_loss: which one.
        normalises: whether advantages are standardised in each minibatch.
    """

    policy_loss: int
    normalises: bool
    clip: Doubles
    entropy: Doubles
    value: Doubles


class Transitions(NamedTuple):
    """A minibatch of replayed transitions, [seeds, rows, …]."""

    observations: Floats
    actions: Integers
    following: Floats
    terminated: Floats
    rewards: Floats


@inlined
def log_softmax(logits: Floats, at: int, actions: int, out: Doubles, probabilities: Doubles) -> None:
    """Log π and π of every action, from logits[at:]."""
    largest = np.float64(logits[at])
    for a in range(1, actions):
        largest = max(largest, np.float64(logits[at + a]))
    total = 0.0
    for a in range(actions):
        out[a] = np.float64(logits[at + a]) - largest
        probabilities[a] = exp(out[a])
        total += probabilities[a]
    shift = log(total)
    for a in range(actions):
        out[a] -= shift
        probabilities[a] /= total


@inlined
def pull_of(loss: int, log_probability: float, old: float, advantage: float, clip: float) -> float:
    """∂ policy loss / ∂ log π(a | s)."""
    if loss == PLAIN_GRADIENT:
        return -advantage
    ratio = exp(log_probability - old)
    surrogate = ratio * advantage
    clipped = min(max(ratio, 1.0 - clip), 1.0 + clip) * advantage
    return -surrogate if surrogate <= clipped else 0.0


@inlined
def standardised(advantages: Floats, index: Integers, out: Doubles) -> None:
    """The chosen advantages, less their mean and over their standard deviation."""
    count = len(index)
    mean = 0.0
    for r in range(count):
        mean += advantages[index[r]]
    mean /= count
    square = 0.0
    for r in range(count):
        square += (advantages[index[r]] - mean) ** 2
    deviation = np.sqrt(square / (count - 1))
    for r in range(count):
        out[r] = (advantages[index[r]] - mean) / (deviation + 1e-8)


@inlined
def to_logits(at: int, actions: int, chosen: int, pull: float, entropy: float, policy: Doubles, probabilities: Doubles,
              out: Floats) -> None:  # fmt: skip
    """∂ (pull · log π(a) − entropy · H) / ∂ logits into out[at:], from log π and π."""
    mean = 0.0
    for a in range(actions):
        mean += probabilities[a] * policy[a]
    for a in range(actions):
        p = probabilities[a]
        own = pull if a == chosen else 0.0
        out[at + a] = np.float32(entropy * (p * policy[a] - p * mean) - pull * p + own)


@inlined
def gaussian_log_probability(means: Floats, at: int, action: Floats, log_std: Doubles) -> float:
    """−½ Σ z² − Σ log σ − size/2 · log 2π with z = (a − μ)/σ."""
    total = 0.0
    for i in range(len(action)):
        z = (np.float64(action[i]) - np.float64(means[at + i])) * exp(-log_std[i])
        total += -0.5 * z * z - log_std[i] - HALF_LOG_2_PI
    return total


@inlined
def to_means(means: Floats, at: int, action: Floats, log_std: Doubles, pull: float, entropy: float, out: Floats,
             to_log_std: Doubles) -> None:  # fmt: skip
    """∂ (pull · log π(a) − entropy · H) / ∂ μ into out[at:], and added to `to_log_std` that of log σ."""
    for i in range(len(action)):
        narrow = exp(-log_std[i])
        z = (np.float64(action[i]) - np.float64(means[at + i])) * narrow
        out[at + i] = np.float32(pull * z * narrow)
        to_log_std[i] += pull * (z * z - 1.0) - entropy
