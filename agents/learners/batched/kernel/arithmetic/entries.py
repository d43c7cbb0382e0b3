"""The compiled functions that python calls: seed after seed, each with all that it needs in the cache."""

from __future__ import annotations

import numpy as np

from symprior.agents.learners.batched.kernel.arithmetic.adam import BETA_1, BETA_2, adam_step
from symprior.agents.learners.batched.kernel.arithmetic.compiled import compiled, inlined
from symprior.agents.learners.batched.kernel.arithmetic.functions import exp
from symprior.agents.learners.batched.kernel.arithmetic.images import enter, represent, see, share_out
from symprior.agents.learners.batched.kernel.arithmetic.losses import (
    NO_MIRROR,
    Weights,
    gaussian_log_probability,
    log_softmax,
    mirror_pulls,
    pull_of,
    standardised,
    to_logits,
    to_means,
)
from symprior.agents.learners.batched.kernel.arithmetic.passes import backward, expand, forward, gather, turn
from symprior.agents.learners.batched.kernel.arithmetic.tables import (
    ALONE,
    REPRESENTATIVE,
    WHOLE_GROUP,
    Doubles,
    Floats,
    Images,
    Integers,
    Lived,
    Rollout,
    Room,
    Sight,
    State,
    Tables,
    Transitions,
)


@compiled
def write_out(net: Tables, state: State) -> None:
    """Expand the weights of all seeds."""
    for seed in range(len(state.memory)):
        expand(net, seed, state.memory[seed])


@compiled
def outputs_of(net: Tables, images: Images, state: State, sight: Sight, observations: Floats, outputs: Floats) -> None:
    """What the networks say, [seeds, rows, outputs], of observations [seeds, rows, size], by weights as written out."""
    rows, count = observations.shape[1], outputs.shape[2]
    for seed in range(len(observations)):
        said, start = look_at(net, images, state, state.memory[seed], seed, observations[seed], sight)
        for row in range(rows):
            for i in range(count):
                outputs[seed, row, i] = said[start + row * count + i]


@compiled
def act(
    net: Tables,
    images: Images,
    state: State,
    sight: Sight,
    observations: Floats,
    numbers: Doubles,
    t: int,
    lived: Lived,
    actions: Floats,
) -> None:
    """Look at observations [seeds, rows, size], choose step t's actions and remember both, with values and log π.

    Discrete actions, [seeds, rows, 1], are the first whose cumulative probability reaches the uniform number in `numbers`
    [seeds, steps, rows, 1]. Vectors [seeds, rows, size] are μ + σ z with the standard normals in it.
    """
    rows, width = observations.shape[1], net.sizes[len(net.sizes) - 1]
    count = width - 1
    policy, probabilities = np.empty(count), np.empty(count)
    for seed in range(len(observations)):
        said, start = look_at(net, images, state, state.memory[seed], seed, observations[seed], sight)
        read_log_std(net, state.memory[seed], policy)
        for row in range(rows):
            at = start + row * width
            for i in range(observations.shape[2]):
                lived.observations[seed, t, row, i] = observations[seed, row, i]
            lived.values[seed, t, row] = said[at + count]
            if net.log_std_at >= 0:
                vector = lived.vectors[seed, t, row]
                for i in range(count):
                    mean = np.float64(said[at + i])
                    vector[i] = np.float32(mean + exp(policy[i]) * numbers[seed, t, row, i])
                    actions[seed, row, i] = vector[i]
                lived.log_probabilities[seed, t, row] = gaussian_log_probability(said, at, vector, policy)
            else:
                log_softmax(said, at, count, policy, probabilities)
                chosen = first_that_reaches(numbers[seed, t, row, 0], probabilities)
                lived.choices[seed, t, row] = chosen
                actions[seed, row, 0] = chosen
                lived.log_probabilities[seed, t, row] = policy[chosen]


@compiled
def sampled(
    net: Tables, images: Images, state: State, sight: Sight, observations: Floats, numbers: Doubles, actions: Integers
) -> None:
    """Discrete actions [seeds, rows] at observations [seeds, rows, size], by uniform numbers [seeds, rows], as in `act`."""
    rows, width = observations.shape[1], net.sizes[len(net.sizes) - 1]
    policy, probabilities = np.empty(width - 1), np.empty(width - 1)
    for seed in range(len(observations)):
        said, start = look_at(net, images, state, state.memory[seed], seed, observations[seed], sight)
        for row in range(rows):
            log_softmax(said, start + row * width, width - 1, policy, probabilities)
            actions[seed, row] = first_that_reaches(numbers[seed, row], probabilities)


@compiled
def sampled_vectors(
    net: Tables, images: Images, state: State, sight: Sight, observations: Floats, numbers: Doubles, actions: Doubles
) -> None:
    """Action vectors [seeds, rows, entries] at observations [seeds, rows, size], by as many standard normals."""
    rows, entries = actions.shape[1:]
    log_std = np.empty(entries)
    for seed in range(len(observations)):
        said, start = look_at(net, images, state, state.memory[seed], seed, observations[seed], sight)
        read_log_std(net, state.memory[seed], log_std)
        for i in range(entries):
            deviation = exp(log_std[i])
            for row in range(rows):
                actions[seed, row, i] = said[start + row * (entries + 1) + i] + deviation * numbers[seed, row, i]


@inlined
def first_that_reaches(number: float, probabilities: Doubles) -> int:
    """The first action whose cumulative probability reaches the number."""
    chosen, total = 0, probabilities[0]
    while chosen < len(probabilities) - 1 and total < number:
        chosen += 1
        total += probabilities[chosen]
    return chosen


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
def representatives(images: Images, sight: Sight, observations: Floats, found: Floats, weights: Doubles) -> None:
    """Those of observations' orbits, [seeds, rows, size], and the weights of elements that lead there."""
    for seed in range(len(observations)):
        for row in range(observations.shape[1]):
            represent(images, observations[seed, row], sight.keys, found[seed, row], weights[seed, row])


@compiled
def train_policies(net: Tables, images: Images, state: State, room: Room, rollout: Rollout, weights: Weights) -> None:
    """All gradient steps of an update, seed after seed; weights are written out before, and are again behind each step."""
    steps, rows = rollout.order.shape[1:]
    shows_all = images.frame == WHOLE_GROUP or weights.mirror != NO_MIRROR
    shown = rows * len(images.sources) if shows_all else rows
    for seed in range(len(rollout.order)):
        decay_1, decay_2 = state.decays[0], state.decays[1]
        for step in range(steps):
            decay_1, decay_2 = decay_1 * BETA_1, decay_2 * BETA_2
            index = rollout.order[seed, step]
            for r in range(rows):
                own = rollout.observations[seed, index[r]]
                enter(net, images, WHOLE_GROUP if shows_all else ALONE, state, seed, own, r, rows, room.sight)
                if images.frame == REPRESENTATIVE:
                    room.sight.weights[r] = rollout.weights[seed, index[r]]
            policy_step(net, images, state, room, rollout, weights, seed, index, shown)
            descend(net, state, room, seed, shown, decay_1, decay_2)
    for _ in range(steps):
        state.decays[0] *= BETA_1
        state.decays[1] *= BETA_2


@inlined
def policy_step(
    net: Tables, images: Images, state: State, room: Room, rollout: Rollout, weights: Weights, seed: int, index: Integers,
    shown: int,
) -> None:  # fmt: skip
    """From the first features of what is shown to the loss's gradient with respect to the outputs there."""
    rows, width = len(index), net.sizes[len(net.sizes) - 1]
    if images.frame != ALONE:
        said, start = see(net, images, state.memory[seed], rows, room.sight)
        policy_pulls(net, state, room, rollout, weights, seed, index, said, start, room.to_said)
        share_out(net, images, rows, room.sight, room.to_said, room.pulls)
        return
    forward(net, state.memory[seed], shown, room.sight.features)
    start = shown * net.feature_at[len(net.sizes) - 1]
    policy_pulls(net, state, room, rollout, weights, seed, index, room.sight.features, start, room.pulls)
    if weights.mirror != NO_MIRROR:
        room.pulls[start + rows * width : start + shown * width] = 0
        mirror_pulls(images, weights.mirror, weights.pull_together[seed], net.log_std_at >= 0, room.sight.features, start,
                     width, rows, room.numbers, room.pulls)  # fmt: skip


@inlined
def policy_pulls(
    net: Tables, state: State, room: Room, rollout: Rollout, weights: Weights, seed: int, index: Integers, said: Floats,
    start: int, pulls: Floats,
) -> None:  # fmt: skip
    """The loss's gradient with respect to what is said, [rows, outputs] from `start` on in both arrays.

    That of log σ goes into the third row of `room.numbers`.
    """
    rows, width = len(index), net.sizes[len(net.sizes) - 1]
    count = width - 1
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
        old, value = np.float64(old_of[row]), np.float64(said[at + count])
        if is_gaussian:
            action = rollout.vectors[seed, row]
            probability = gaussian_log_probability(said, at, action, policy)
            pull = pull_of(weights.policy_loss, probability, old, advantages[r], clip) / rows
            to_means(said, at, action, policy, pull, entropy, pulls, to_log_std)
        else:
            chosen = choices[row]
            log_softmax(said, at, count, policy, probabilities)
            pull = pull_of(weights.policy_loss, policy[chosen], old, advantages[r], clip) / rows
            to_logits(at, count, chosen, pull, entropy, policy, probabilities, pulls)
        pulls[at + count] = np.float32((value - returns[row]) * to_value)


@inlined
def descend(net: Tables, state: State, room: Room, seed: int, rows: int, decay_1: float, decay_2: float) -> None:
    """From the gradient with respect to the outputs to new parameters, written out; that of log σ is in `room.numbers`."""
    memory, count = state.memory[seed], state.moments.shape[2]
    turn(net, memory, room.turned)
    backward(net, memory, rows, room.sight.features, room.pulls, room.turned, room.ones, room.gradient)
    for i in range(len(net.log_std_of)):
        room.gradient[net.log_std_at + net.log_std_of[i]] = 0
    for i in range(len(net.log_std_of)):
        room.gradient[net.log_std_at + net.log_std_of[i]] += np.float32(room.numbers[2, i])
    gather(net, seed, memory, room.gradient)
    adam_step(memory[:count], state.moments[seed], room.gradient[:count], state.largest[seed], state.rates[seed],
              state.epsilons[seed], decay_1, decay_2, room.sums)  # fmt: skip
    expand(net, seed, memory)


@compiled
def train_values(
    net: Tables, images: Images, state: State, target: State, room: Room, batch: Transitions, gamma: Doubles
) -> None:
    """One gradient step of DQN for every seed on a batch [seeds, rows, …]; weights are written out before and behind it."""
    seeds, rows = batch.actions.shape
    count = net.sizes[len(net.sizes) - 1]
    state.decays[0] *= BETA_1
    state.decays[1] *= BETA_2
    goals, sight = room.numbers[0], room.sight
    for seed in range(seeds):
        said, start = look_at(net, images, state, target.memory[seed], seed, batch.following[seed], sight)
        for row in range(rows):
            best = said[start + row * count]
            for a in range(1, count):
                best = max(best, said[start + row * count + a])
            goals[row] = batch.rewards[seed, row] + (1.0 - batch.terminated[seed, row]) * gamma[seed] * best
        said, start = look_at(net, images, state, state.memory[seed], seed, batch.observations[seed], sight)
        if images.frame == ALONE:
            value_pulls(batch.actions[seed], said, start, count, goals, room.pulls)
        else:
            value_pulls(batch.actions[seed], said, start, count, goals, room.to_said)
            share_out(net, images, rows, sight, room.to_said, room.pulls)
        descend(net, state, room, seed, rows, state.decays[0], state.decays[1])


@inlined
def value_pulls(actions: Integers, said: Floats, start: int, count: int, goals: Doubles, pulls: Floats) -> None:
    """The gradient of the mean Huber loss with respect to what is said, [rows, count] from `start` on in both arrays."""
    rows = len(actions)
    pulls[start : start + rows * count] = 0
    for row in range(rows):
        at = start + row * count + actions[row]
        error = said[at] - goals[row]
        pulls[at] = np.float32(min(max(error, -1.0), 1.0) / rows)


@inlined
def look_at(
    net: Tables, images: Images, state: State, memory: Floats, seed: int, observations: Floats, sight: Sight
) -> tuple[Floats, int]:
    """What a seed's weights in `memory` say of observations [rows, size], as `see` returns it."""
    rows = len(observations)
    for row in range(rows):
        enter(net, images, images.frame, state, seed, observations[row], row, rows, sight)
    return see(net, images, memory, rows, sight)
