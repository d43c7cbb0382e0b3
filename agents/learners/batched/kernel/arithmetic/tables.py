"""What the arithmetic works on, in flat arrays: networks, images of states, what is trained and lived through."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


class Tables(NamedTuple):
    """One network for all seeds; layer l leads from size l to size l + 1, and the heads are the last one.

    A seed's memory is its parameters and behind them its expanded weights; a layer whose weights are coefficients as they
    stand has them among the parameters. Weights of hidden layers are [size, following width], those of the heads [outputs,
    width], so that each is multiplied along its rows in most products.

    Attributes:
        sizes, widths: of the observation, the hidden layers and the outputs; and padded, but for the outputs.
        weight_at, bias_at: where a layer's weights and biases stand in a seed's memory.
        turned_at: where a hidden layer's transposed weights [following size, width] stand.
        feature_at: where layer l's input [rows, width] stands, for each row of a batch.
        blocks: [blocks, 7]: where in the weights, the step between its rows there, where among the coefficients, rows,
            columns, whether it is the first there in the weights, and among the coefficients.
        values: what a block's coefficients are multiplied with, [seeds or 1, blocks].
        pulls: ∂² / ∂ c² of a loss on the coefficients, [parameters]; of no length where there is none.
        is_tanh: whether hidden layers end in tanh; else in max(0, x).
        log_std_at, log_std_of: where log σ of action vectors stand among the parameters, and whose each entry's is.
    """

    sizes: Integers
    widths: Integers
    weight_at: Integers
    bias_at: Integers
    turned_at: Integers
    feature_at: Integers
    blocks: Integers
    values: Floats
    pulls: Floats
    is_tanh: bool
    log_std_at: int
    log_std_of: Integers


class Images(NamedTuple):
    """At which images of a state a network is asked, and how what it says of them is put together.

    Entry i of the image of s under g is Σ_k factors[g, i, k] · s[sources[g, i, k]].

    Attributes:
        frame: one of `ALONE`, `WHOLE_GROUP` and `REPRESENTATIVE`.
        sources, factors: of observations, [elements, size, terms].
        back_sources, back_factors: likewise ρ(g)⁻¹ on the outputs of all heads, [elements, outputs, terms].
        logits: so many outputs, the first ones, are logits, and it is their probabilities that are averaged.
        directions: along which the images under g are compared, transposed to the state, [size, elements, directions].
        tie: along a direction images this close, relative to their size, are tied.
    """

    frame: int
    sources: Integers
    factors: Floats
    back_sources: Integers
    back_factors: Floats
    logits: int
    directions: Doubles
    tie: float


ALONE, WHOLE_GROUP, REPRESENTATIVE = 0, 1, 2
"""A network is asked at the state itself, at all its images, or at the one that represents its orbit."""


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


class Sight(NamedTuple):
    """Where a network is asked at a batch of states of one seed.

    Attributes:
        features: of all layers, for all images.
        image: one.
        keys: of a state's images along the directions.
        weights: with which each element's answer counts, [states, elements].
        said: the outputs put together, [states, outputs], where there is a frame.
        moved: one image's outputs, moved back.
        numbers: [3, outputs]: one image's log π, its gradient, outputs that are summed.
        policies: π of each image, moved back, [states, elements, logits].
        averages: of these, [states, logits].
    """

    features: Floats
    image: Floats
    keys: Doubles
    weights: Doubles
    said: Floats
    moved: Floats
    numbers: Doubles
    policies: Doubles
    averages: Doubles


class Room(NamedTuple):
    """Where one seed's update computes.

    Attributes:
        sight: of the batch.
        pulls: the loss's gradient with respect to the features.
        to_said: that with respect to the outputs put together.
        turned: transposed weights.
        ones: as many as a batch has images, then zeros.
        gradient: laid out as a seed's memory.
        sums: for sums of squares.
        numbers: [7, images or outputs]: one row's log π or log σ, advantages, the gradient of log σ, one row's π, and three
            that the mirror loss takes.
    """

    sight: Sight
    pulls: Floats
    to_said: Floats
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
        observations: or the representatives of their orbits.
        weights: with which each element's answer counts there, [seeds, transitions, elements]; else of no length.
        order: which transitions each gradient step sees, [seeds, steps, rows].
    """

    observations: Floats
    weights: Doubles
    choices: Integers
    vectors: Floats
    old: Floats
    advantages: Floats
    returns: Floats
    order: Integers


class Transitions(NamedTuple):
    """A minibatch of replayed transitions, [seeds, rows, …]."""

    observations: Floats
    actions: Integers
    following: Floats
    terminated: Floats
    rewards: Floats
