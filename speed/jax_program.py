"""The rival in JAX: the paper's PPO on CartPole as one compiled program, run by the Python of an environment of its own.

`make bench-jax` makes that environment from `speed/requirements-jax.lock`; nothing of symprior is imported here. Everything
is one `jit` with `scan` over rollouts, steps, epochs and minibatches; seeds side by side by `vmap`, or one after the other
by `lax.map`. Network, settings and dynamics are those of `speed.comparisons.learners.PAPER_PPO`, but the value of a state
in which the time limit cut an episode off is not asked for, as in programs of this kind: it spares a forward pass.

It prints a line of JSON: seconds of compiling, and environment steps a second of each repeat, by the clock and by CPU time.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import time
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import jax  # type: ignore[import-not-found, unused-ignore]
import jax.numpy as jnp  # type: ignore[import-not-found, unused-ignore]

COPIES, STEPS, EPOCHS, MINIBATCHES = 16, 5, 4, 4
GAMMA, LAMBDA, CLIP, VALUE, ENTROPY, LARGEST_NORM, RATE, EPSILON = 0.99, 1.0, 0.1, 1.0, 0.01, 1.0, 1e-3, 1e-5
WIDTHS = (64, 128)


class Adam(NamedTuple):
    """Parameters, the moments of their gradients, and the number of steps."""

    parameters: Any
    first: Any
    second: Any
    steps: Any


def initial_network(key: Any) -> list[tuple[Any, Any]]:
    """Weights and biases of 4-64-128 and the two heads side by side."""
    sizes, layers = (4, *WIDTHS, 3), []
    for inputs, outputs in pairwise(sizes):
        key, own = jax.random.split(key)
        gain = math.sqrt(2 / inputs) if outputs != 3 else 0.01
        layers.append((gain * jax.random.normal(own, (inputs, outputs)), jnp.zeros(outputs)))
    return layers


def network(layers: Any, observations: Any) -> tuple[Any, Any]:
    """Log π of both actions, and values."""
    x = observations
    for weight, bias in layers[:-1]:
        x = jax.nn.relu(x @ weight + bias)
    weight, bias = layers[-1]
    both = x @ weight + bias
    return jax.nn.log_softmax(both[..., :2]), both[..., 2]


def step_cartpole(state: Any, elapsed: Any, actions: Any, fresh: Any) -> tuple[Any, Any, Any]:
    """One step of CartPole-v1 with a reset in the same step: states, elapsed steps, whether episodes ended."""
    x, x_dot, theta, theta_dot = state.T
    force = jnp.where(actions == 1, 10.0, -10.0)
    cos, sin = jnp.cos(theta), jnp.sin(theta)
    temp = (force + 0.05 * theta_dot**2 * sin) / 1.1
    theta_acc = (9.8 * sin - cos * temp) / (0.5 * (4.0 / 3.0 - 0.1 * cos**2 / 1.1))
    x_acc = temp - 0.05 * theta_acc * cos / 1.1
    moved = jnp.stack(
        [x + 0.02 * x_dot, x_dot + 0.02 * x_acc, theta + 0.02 * theta_dot, theta_dot + 0.02 * theta_acc], 1
    )
    elapsed = elapsed + 1
    fell = (jnp.abs(moved[:, 0]) > 2.4) | (jnp.abs(moved[:, 2]) > 12 * 2 * math.pi / 360)
    done = fell | (elapsed >= 500)
    return jnp.where(done[:, None], fresh, moved), jnp.where(done, 0, elapsed), done


def loss(layers: Any, batch: Any) -> Any:
    """PPO's."""
    observations, actions, old, advantages, returns = batch
    policy, values = network(layers, observations)
    chosen = jnp.take_along_axis(policy, actions[:, None], 1)[:, 0]
    ratio = jnp.exp(chosen - old)
    clipped = jnp.clip(ratio, 1 - CLIP, 1 + CLIP)
    entropy = -(jnp.exp(policy) * policy).sum(-1).mean()
    surrogate = jnp.minimum(ratio * advantages, clipped * advantages).mean()
    return -surrogate - ENTROPY * entropy + VALUE * ((values - returns) ** 2).mean()


def gradient_step(adam: Adam, batch: Any) -> tuple[Adam, None]:
    """Clipped gradient, Adam."""
    gradients = jax.grad(loss)(adam.parameters, batch)
    norm = jnp.sqrt(sum(jnp.sum(each**2) for each in jax.tree.leaves(gradients)))
    gradients = jax.tree.map(lambda g: g * jnp.minimum(1.0, LARGEST_NORM / (norm + 1e-6)), gradients)
    steps = adam.steps + 1
    first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, adam.first, gradients)
    second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, adam.second, gradients)
    size, scale = RATE / (1 - 0.9**steps), 1 / jnp.sqrt(1 - 0.999**steps)
    parameters = jax.tree.map(
        lambda p, m, v: p - size * m / (jnp.sqrt(v) * scale + EPSILON), adam.parameters, first, second
    )
    return Adam(parameters, first, second, steps), None


def rollout(carry: Any, _: Any) -> tuple[Any, Any]:
    """Collect a rollout and learn from it."""
    adam, state, elapsed, key = carry

    def act(carry: Any, _: Any) -> tuple[Any, Any]:
        state, elapsed, key = carry
        key, choice, start = jax.random.split(key, 3)
        policy, values = network(adam.parameters, state)
        actions = (jax.random.uniform(choice, (COPIES,)) > jnp.exp(policy[:, 0])).astype(jnp.int32)
        log_probability = jnp.take_along_axis(policy, actions[:, None], 1)[:, 0]
        fresh = jax.random.uniform(start, (COPIES, 4), minval=-0.05, maxval=0.05)
        following, elapsed, done = step_cartpole(state, elapsed, actions, fresh)
        return (following, elapsed, key), (state, actions, log_probability, values, done)

    (state, elapsed, key), lived = jax.lax.scan(act, (state, elapsed, key), None, STEPS)
    observations, actions, old, values, done = lived
    _, last = network(adam.parameters, state)

    def back(carry: Any, now: Any) -> tuple[Any, Any]:
        advantage, following = carry
        value, ended = now
        goes_on = 1.0 - ended
        advantage = 1.0 + GAMMA * following * goes_on - value + GAMMA * LAMBDA * goes_on * advantage
        return (advantage, value), advantage

    _, advantages = jax.lax.scan(back, (jnp.zeros(COPIES), last), (values, done), reverse=True)
    flat = jax.tree.map(
        lambda each: each.reshape(COPIES * STEPS, *each.shape[2:]),
        (observations, actions, old, advantages, advantages + values),
    )

    def epoch(carry: Any, _: Any) -> tuple[Any, None]:
        adam, key = carry
        key, own = jax.random.split(key)
        order = jax.random.permutation(own, COPIES * STEPS)
        batches = jax.tree.map(lambda each: each[order].reshape(MINIBATCHES, -1, *each.shape[1:]), flat)
        adam, _ = jax.lax.scan(gradient_step, adam, batches)
        return (adam, key), None

    (adam, key), _ = jax.lax.scan(epoch, (adam, key), None, EPOCHS)
    return (adam, state, elapsed, key), done.mean()


def start(key: Any) -> Any:
    """One seed before training."""
    key, own, states = jax.random.split(key, 3)
    layers = initial_network(own)
    zeros = jax.tree.map(jnp.zeros_like, layers)
    adam = Adam(layers, zeros, zeros, jnp.zeros((), jnp.int32))
    return adam, jax.random.uniform(states, (COPIES, 4), minval=-0.05, maxval=0.05), jnp.zeros(COPIES, jnp.int32), key


@partial(jax.jit, static_argnames=("rollouts", "by"))
def train(carries: Any, rollouts: int, by: str) -> Any:
    """So many rollouts of each seed; the mean length of episodes is in the second part."""

    def one(carry: Any) -> Any:
        return jax.lax.scan(rollout, carry, None, rollouts)

    return jax.vmap(one)(carries) if by == "vmap" else jax.lax.map(one, carries)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, required=True)
    parser.add_argument("--rollouts", type=int, required=True)
    parser.add_argument("--by", choices=("vmap", "map"), required=True)
    parser.add_argument("--repeats", type=int, default=1)
    given = parser.parse_args()
    carries = jax.vmap(start)(jax.random.split(jax.random.key(0), given.seeds))
    started = time.perf_counter()
    compiled = train.lower(carries, rollouts=given.rollouts, by=given.by).compile()
    compiling = time.perf_counter() - started
    carries, ended = jax.block_until_ready(compiled(carries))
    rates, cpu_rates = [], []
    for _ in range(given.repeats):
        clock, cpu = time.perf_counter(), time.process_time()
        carries, ended = jax.block_until_ready(compiled(carries))
        steps = given.seeds * given.rollouts * COPIES * STEPS
        rates.append(steps / (time.perf_counter() - clock))
        cpu_rates.append(steps / (time.process_time() - cpu))
    length = float(1 / ended[:, -5:].mean()) if float(ended[:, -5:].mean()) else math.inf
    found = {"compiling": compiling, "rates": rates, "cpu_rates": cpu_rates, "length": min(length, 1e9)}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
