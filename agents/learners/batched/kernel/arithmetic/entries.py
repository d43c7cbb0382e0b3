"""The compiled functions that python calls: seed after seed, each with all that it needs in the cache."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from symprior.agents.learners.batched.kernel.arithmetic.adam import BETA_1, BETA_2, adam_step
from symprior.agents.learners.batched.kernel.arithmetic.compiled import compiled, inlined
from symprior.agents.learners.batched.kernel.arithmetic.functions import exp
from symprior.agents.learners.batched.kernel.arithmetic.losses import (
    Transitions,
    Weights,
    gaussian_log_probability,
    log_softmax,
    pull_of,
    standardised,
    to_logits,
    to_means,
)
from symprior.agents.learners.batched.kernel.arithmetic.passes import backward, expand, forward, gather, look, turn
from symprior.agents.learners.batched.kernel.arithmetic.tables import Doubles, Floats, Integers, Tables


class State(NamedTuple):
    """What is trained; one row for each seed.

    Attributes:
        memory: parameters, and behind them the weights as they were written out last, [seeds, …].
        moments: Adam's, [seeds, 2, parameters].
        shift, factor: how observations are scaled, [seeds, size].
        limit: where they are cut off then.
        rates, epsilons, largest: Adam's, and the norm that gradients are clipped to; [seeds] in double precision.
        decays: β₁ᵗ and β₂ᵗ after the steps t so far, [2].
    """

    memory: Floats
    moments: Floats
    shift: Floats
    factor: Floats
    limit: float
    rates: Doubles
    epsilons: Doubles
    largest: Doubles
    decays: Doubles


class Room(NamedTuple):
    """Where one seed's update computes.

    Attributes:
        features, pulls: of all layers for a batch.
        turned: transposed weights.
        ones: as many as a batch has rows, then zeros.
        gradient: laid out as a seed's memory.
        sums: for sums of squares.
        numbers: [4, rows or actions]: one row's log π or log σ, advantages, the gradient of log σ, one row's π.
    """

    features: Floats
    pulls: Floats
    turned: Floats
    ones: Floats
    gradient: Floats
    sums: Floats
    numbers: Doubles


class Lived(NamedTuple):
    """What was lived through since the last update, [seeds, steps, copies, …]; of one kind of action it has no entries.

    Attributes:
        goes_on: 1 where the episode did, else 0.
    """

    observations: Floats
    choices: Integers
    vectors: Floats
    log_probabilities: Floats
    values: Floats
    rewards: Floats
    goes_on: Floats


class Rollout(NamedTuple):
    """What is learned from, [seeds, transitions, …]; of the two kinds of action one has no entries.

    Attributes:
        order: which transitions each gradient step sees, [seeds, steps, rows].
    """

    observations: Floats
    choices: Integers
    vectors: Floats
    old: Floats
    advantages: Floats
    returns: Floats
    order: Integers


@compiled
def write_out(net: Tables, state: State) -> None:
    """Expand the weights of all seeds."""
    for seed in range(len(state.memory)):
        expand(net, seed, state.memory[seed])


@compiled
def outputs_of(net: Tables, state: State, observations: Floats, features: Floats, outputs: Floats) -> None:
    """The networks' outputs [seeds, rows, outputs] of observations [seeds, rows, size], from weights as written out.

    `features` is room for all layers of one seed, or of every seed, [seeds or 1, …], where they are wanted afterwards.
    """
    rows, last = observations.shape[1], len(net.sizes) - 1
    for seed in range(len(observations)):
        own = features[seed if len(features) > 1 else 0]
        look_at_all(net, state, seed, observations[seed], own)
        forward(net, state.memory[seed], rows, own)
        start = rows * net.feature_at[last]
        for row in range(rows):
            for i in range(net.sizes[last]):
                outputs[seed, row, i] = own[start + row * net.widths[last] + i]


@compiled
def act(
    net: Tables,
    state: State,
    features: Floats,
    observations: Floats,
    numbers: Doubles,
    t: int,
    lived: Lived,
    actions: Floats,
) -> None:
    """Look at observations [seeds, rows, size], choose step t's actions and remember both, with values and log π.

    Discrete actions, [seeds, rows, 1], are the first whose cumulative probability reaches the uniform number in `numbers`
    [seeds, steps, rows, 1]. Vectors [seeds, rows, size] are μ + σ z with the standard normals in it. `features` is room.
    """
    rows, last = observations.shape[1], len(net.sizes) - 1
    start, width, count = rows * net.feature_at[last], net.widths[last], net.sizes[last] - 1
    policy, probabilities = np.empty(count), np.empty(count)
    for seed in range(len(observations)):
        look_at_all(net, state, seed, observations[seed], features)
        forward(net, state.memory[seed], rows, features)
        read_log_std(net, state.memory[seed], policy)
        for row in range(rows):
            at = start + row * width
            for i in range(observations.shape[2]):
                lived.observations[seed, t, row, i] = observations[seed, row, i]
            lived.values[seed, t, row] = features[at + count]
            if net.log_std_at >= 0:
                vector = lived.vectors[seed, t, row]
                for i in range(count):
                    mean = np.float64(features[at + i])
                    vector[i] = np.float32(mean + exp(policy[i]) * numbers[seed, t, row, i])
                    actions[seed, row, i] = vector[i]
                lived.log_probabilities[seed, t, row] = gaussian_log_probability(features, at, vector, policy)
            else:
                log_softmax(features, at, count, policy, probabilities)
                chosen, total = 0, probabilities[0]
                while chosen < count - 1 and total < numbers[seed, t, row, 0]:
                    chosen += 1
                    total += probabilities[chosen]
                lived.choices[seed, t, row] = chosen
                actions[seed, row, 0] = chosen
                lived.log_probabilities[seed, t, row] = policy[chosen]


@inlined
def read_log_std(net: Tables, parameters: Floats, log_std: Doubles) -> None:
    """Log σ of every entry of an action vector."""
    for i in range(len(net.log_std_of)):
        log_std[i] = parameters[net.log_std_at + net.log_std_of[i]]


@compiled
def advantages_of(
    lived: Lived, last_values: Floats, gamma: Doubles, decay: Doubles, advantages: Floats, returns: Floats
) -> None:
    """Generalised advantage estimation (Schulman et al., 2016), [seeds, steps, copies]; `gamma` and λγ are [seeds]."""
    seeds, steps, copies = lived.rewards.shape
    for seed in range(seeds):
        discount, fading = np.float32(gamma[seed]), np.float32(decay[seed])
        for copy in range(copies):
            following, advantage = last_values[seed, copy], np.float32(0)
            for t in range(steps - 1, -1, -1):
                on, value = lived.goes_on[seed, t, copy], lived.values[seed, t, copy]
                surprise = lived.rewards[seed, t, copy] + discount * following * on - value
                advantage = surprise + fading * on * advantage
                advantages[seed, t, copy] = advantage
                following = value
                returns[seed, t, copy] = advantage + value


@compiled
def train_policies(net: Tables, state: State, room: Room, rollout: Rollout, weights: Weights) -> None:
    """All gradient steps of an update, seed after seed."""
    steps = rollout.order.shape[1]
    for seed in range(len(rollout.order)):
        decay_1, decay_2 = state.decays[0], state.decays[1]
        observations, shift, factor = rollout.observations[seed], state.shift[seed], state.factor[seed]
        for step in range(steps):
            decay_1, decay_2 = decay_1 * BETA_1, decay_2 * BETA_2
            index = rollout.order[seed, step]
            expand(net, seed, state.memory[seed])
            for r in range(len(index)):
                look(observations, index[r], shift, factor, state.limit, room.features, r * net.widths[0])
            forward(net, state.memory[seed], len(index), room.features)
            policy_pulls(net, state, room, rollout, weights, seed, index)
            descend(net, state, room, room.features, seed, len(index), decay_1, decay_2)
    for _ in range(steps):
        state.decays[0] *= BETA_1
        state.decays[1] *= BETA_2
    for seed in range(len(rollout.order)):
        expand(net, seed, state.memory[seed])


@inlined
def policy_pulls(
    net: Tables, state: State, room: Room, rollout: Rollout, weights: Weights, seed: int, index: Integers
) -> None:
    """The loss's gradient with respect to the outputs; that of log σ goes into the third row of `room.numbers`."""
    rows, last = len(index), len(net.sizes) - 1
    start, width, count = rows * net.feature_at[last], net.widths[last], net.sizes[last] - 1
    policy, advantages, to_log_std = room.numbers[0], room.numbers[1], room.numbers[2]
    to_log_std[:] = 0
    if weights.normalises:
        standardised(rollout.advantages[seed], index, advantages)
    else:
        for r in range(rows):
            advantages[r] = rollout.advantages[seed, index[r]]
    is_gaussian = net.log_std_at >= 0
    if is_gaussian:
        read_log_std(net, state.memory[seed], policy)
    clip, entropy, to_value = weights.clip[seed], weights.entropy[seed] / rows, 2.0 * weights.value[seed] / rows
    old_of, returns, choices, probabilities = (
        rollout.old[seed],
        rollout.returns[seed],
        rollout.choices[seed],
        room.numbers[3],
    )
    for r in range(rows):
        at, row = start + r * width, index[r]
        old, value = np.float64(old_of[row]), np.float64(room.features[at + count])
        if is_gaussian:
            action = rollout.vectors[seed, row]
            probability = gaussian_log_probability(room.features, at, action, policy)
            pull = pull_of(weights.policy_loss, probability, old, advantages[r], clip) / rows
            to_means(room.features, at, action, policy, pull, entropy, room.pulls, to_log_std)
        else:
            chosen = choices[row]
            log_softmax(room.features, at, count, policy, probabilities)
            pull = pull_of(weights.policy_loss, policy[chosen], old, advantages[r], clip) / rows
            to_logits(at, count, chosen, pull, entropy, policy, probabilities, room.pulls)
        room.pulls[at + count] = np.float32((value - returns[row]) * to_value)


@inlined
def descend(
    net: Tables, state: State, room: Room, features: Floats, seed: int, rows: int, decay_1: float, decay_2: float
) -> None:
    """From the gradient with respect to the outputs to new parameters; that of log σ stands in `room.numbers`."""
    memory, count = state.memory[seed], state.moments.shape[2]
    turn(net, memory, room.turned)
    backward(net, memory, rows, features, room.pulls, room.turned, room.ones, room.gradient)
    for i in range(len(net.log_std_of)):
        room.gradient[net.log_std_at + net.log_std_of[i]] = 0
    for i in range(len(net.log_std_of)):
        room.gradient[net.log_std_at + net.log_std_of[i]] += np.float32(room.numbers[2, i])
    gather(net, seed, memory, room.gradient)
    adam_step(memory[:count], state.moments[seed], room.gradient[:count], state.largest[seed], state.rates[seed],
              state.epsilons[seed], decay_1, decay_2, room.sums)  # fmt: skip


@compiled
def step_against(net: Tables, state: State, room: Room, features: Floats, pulls: Floats, to_log_std: Doubles) -> None:
    """One gradient step of every seed, for a loss that others know.

    The features of all layers, [seeds, …], are as `outputs_of` wrote them, from the same parameters. `pulls` is the loss's
    gradient with respect to the outputs, [seeds, rows, outputs], and `to_log_std` that to log σ of the entries of an action
    vector, [seeds, entries].
    """
    seeds, rows, outputs = pulls.shape
    last = len(net.sizes) - 1
    start, width = rows * net.feature_at[last], net.widths[last]
    state.decays[0] *= BETA_1
    state.decays[1] *= BETA_2
    for seed in range(seeds):
        room.pulls[start : start + rows * width] = 0
        for row in range(rows):
            for i in range(outputs):
                room.pulls[start + row * width + i] = pulls[seed, row, i]
        for i in range(to_log_std.shape[1]):
            room.numbers[2, i] = to_log_std[seed, i]
        descend(net, state, room, features[seed], seed, rows, state.decays[0], state.decays[1])


@compiled
def train_values(net: Tables, state: State, target: State, room: Room, batch: Transitions, gamma: Doubles) -> None:
    """One gradient step of DQN for every seed on a batch [seeds, rows, …] (`losses.Transitions`)."""
    seeds, rows = batch.actions.shape
    last = len(net.sizes) - 1
    start, width, count = rows * net.feature_at[last], net.widths[last], net.sizes[last]
    state.decays[0] *= BETA_1
    state.decays[1] *= BETA_2
    goals = room.numbers[0]
    for seed in range(seeds):
        look_at_all(net, state, seed, batch.following[seed], room.features)
        forward(net, target.memory[seed], rows, room.features)
        for row in range(rows):
            best = room.features[start + row * width]
            for a in range(1, count):
                best = max(best, room.features[start + row * width + a])
            goals[row] = batch.rewards[seed, row] + (1.0 - batch.terminated[seed, row]) * gamma[seed] * best
        expand(net, seed, state.memory[seed])
        look_at_all(net, state, seed, batch.observations[seed], room.features)
        forward(net, state.memory[seed], rows, room.features)
        room.pulls[start : start + rows * width] = 0
        for row in range(rows):
            at = start + row * width + batch.actions[seed, row]
            error = room.features[at] - goals[row]
            room.pulls[at] = np.float32(min(max(error, -1.0), 1.0) / rows)
        descend(net, state, room, room.features, seed, rows, state.decays[0], state.decays[1])


@inlined
def look_at_all(net: Tables, state: State, seed: int, observations: Floats, features: Floats) -> None:
    """All rows as first features."""
    shift, factor = state.shift[seed], state.factor[seed]
    for row in range(len(observations)):
        look(observations, row, shift, factor, state.limit, features, row * net.widths[0])
