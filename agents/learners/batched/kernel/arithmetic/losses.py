"""The gradients of the algorithms' losses with respect to a network's outputs, in closed form, row by row.

They are those of `PolicyGradient`, `HuberLoss` and `MirrorLoss`, which the tests hold them to.
"""

from __future__ import annotations

from math import log as logarithm
from math import pi
from typing import NamedTuple

import numpy as np

from symprior.agents.learners.batched.kernel.arithmetic.compiled import inlined
from symprior.agents.learners.batched.kernel.arithmetic.functions import exp, log
from symprior.agents.learners.batched.kernel.arithmetic.tables import Doubles, Floats, Images, Integers

HALF_LOG_2_PI = 0.5 * logarithm(2 * pi)

PLAIN_GRADIENT, CLIPPED_RATIO = 0, 1
"""The policy losses: −A log π, and PPO's."""

POLICY_LOSSES = {"a2c": PLAIN_GRADIENT, "ppo": CLIPPED_RATIO}
"""The algorithms whose losses are known here."""

NO_MIRROR, SQUARED, KULLBACK_LEIBLER = 0, 1, 2
"""What a policy's images are compared by, where they are."""

DIVERGENCES = {"squared": SQUARED, "kl": KULLBACK_LEIBLER}
"""Of the mirror loss, by their names in its settings."""


class Weights(NamedTuple):
    """What the losses of all seeds are made of; each float [seeds].

    Attributes:
        policy_loss: which one.
        normalises: whether advantages are standardised in each minibatch.
        mirror: by what the policy's images are compared.
        pull_together: weight of the mirror loss.
    """

    policy_loss: int
    normalises: bool
    clip: Doubles
    entropy: Doubles
    value: Doubles
    mirror: int
    pull_together: Doubles


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


@inlined
def mirror_pulls(images: Images, divergence: int, weight: float, is_gaussian: bool, said: Floats, start: int, width: int,
                 states: int, numbers: Doubles, pulls: Floats) -> None:  # fmt: skip
    """Add the gradient of weight / (|G| − 1) · mean over states of Σ_g distance(π(s), g⁻¹ π(g s)) to `pulls`.

    Rows of outputs [elements, states, width] begin at `start` in both arrays, the first element's are the states' own.
    """
    elements, count = len(images.sources), width - 1
    scale = weight / (max(elements - 1, 1) * states)
    for row in range(states):
        own = start + row * width
        read_policy(divergence, is_gaussian, said, own, count, numbers[0], numbers[3])
        numbers[6, :count] = 0
        for g in range(1, elements):
            other = start + (g * states + row) * width
            sources, factors = images.back_sources[g], images.back_factors[g]
            read_policy(divergence, is_gaussian, said, other, count, numbers[4], numbers[5])
            numbers[1, :count] = 0
            for a in range(count):
                moved, moved_policy = 0.0, 0.0
                for k in range(sources.shape[1]):
                    moved += factors[a, k] * numbers[4, sources[a, k]]
                    moved_policy += factors[a, k] * numbers[5, sources[a, k]]
                to_own, to_moved = distance_pulls(divergence, numbers[0, a], moved, numbers[3, a], moved_policy)
                numbers[6, a] += scale * to_own
                for k in range(sources.shape[1]):
                    numbers[1, sources[a, k]] += factors[a, k] * scale * to_moved
            add_through_policy(divergence, is_gaussian, numbers[1], numbers[5], count, pulls, other)
        add_through_policy(divergence, is_gaussian, numbers[6], numbers[3], count, pulls, own)


@inlined
def read_policy(
    divergence: int, is_gaussian: bool, said: Floats, at: int, count: int, out: Doubles, policy: Doubles
) -> None:
    """What is compared, means or π or log π, and π where there is one."""
    if is_gaussian:
        for i in range(count):
            out[i] = said[at + i]
    else:
        log_softmax(said, at, count, out, policy)
        if divergence == SQUARED:
            for a in range(count):
                out[a] = policy[a]


@inlined
def distance_pulls(
    divergence: int, own: float, moved: float, policy: float, moved_policy: float
) -> tuple[float, float]:
    """The distance's derivatives: of (p − q)², or of ½ (eᵖ − e^q) (p − q)."""
    apart = own - moved
    if divergence == SQUARED:
        return 2.0 * apart, -2.0 * apart
    both = policy - moved_policy
    return 0.5 * (policy * apart + both), -0.5 * (moved_policy * apart + both)


@inlined
def add_through_policy(divergence: int, is_gaussian: bool, pull: Doubles, policy: Doubles, count: int, pulls: Floats,
                       at: int) -> None:  # fmt: skip
    """From the gradient with respect to means, π or log π to that of the outputs, added to pulls[at:]."""
    if is_gaussian:
        for i in range(count):
            pulls[at + i] += np.float32(pull[i])
        return
    total = 0.0
    for a in range(count):
        total += pull[a] * policy[a] if divergence == SQUARED else pull[a]
    for a in range(count):
        inner = policy[a] * (pull[a] - total) if divergence == SQUARED else pull[a] - policy[a] * total
        pulls[at + a] += np.float32(inner)
