"""A network's frame as data: at which images of a state it is asked, and how what it says of them is put together."""

from __future__ import annotations

import numpy as np

from symprior.agents.learners.batched.kernel.arithmetic.tables import (
    ALONE,
    REPRESENTATIVE,
    WHOLE_GROUP,
    Floats,
    Images,
    Integers,
)
from symprior.agents.networks.layers.frames import DIRECTIONS, TIE, Frame, Representative, WholeGroup
from symprior.agents.networks.trunk import Trunk
from symprior.symmetry.representations import (
    Representation,
    as_signed_permutation,
    direct_sum,
    trivial_representation,
)
from symprior.symmetry.symmetry import Symmetry

FRAMES: dict[type[Frame], int] = {WholeGroup: WHOLE_GROUP, Representative: REPRESENTATIVE}
"""The frames that can be written down."""


def refusal(frame: Frame | None) -> str | None:
    """Why the kernel does not take this frame; None where it does."""
    if frame is None or type(frame) in FRAMES:
        return None
    return f"frames of the kind {type(frame).__name__} are not described"


def images_of(network: Trunk, symmetry: Symmetry, is_exact: bool) -> Images:
    """The images of a state that this network is asked at, or that a loss compares, under a symmetry.

    Args:
        network: of one seed or many.
        symmetry: whose group moves observations and outputs.
        is_exact: whether observations are whole numbers, of which only equal ones tie.
    """
    outputs = network.outputs(symmetry)
    back = direct_sum(*(output.representation or trivial_representation(symmetry.group) for output in outputs))
    (sources, factors), (moved, by) = _entries(symmetry.observation), _entries(back)
    frame, inverse = network.frame, symmetry.group.inverse
    directions = np.zeros((0, len(symmetry.group) * DIRECTIONS))
    if isinstance(frame, Representative):
        directions = frame.directions.numpy().astype(np.float64)
    return Images(
        frame=ALONE if frame is None else FRAMES[type(frame)],
        sources=sources,
        factors=factors,
        back_sources=np.ascontiguousarray(moved[inverse]),
        back_factors=np.ascontiguousarray(by[inverse]),
        logits=sum(output.representation.size for output in outputs if output.logits and output.representation),
        directions=directions.reshape(-1, len(symmetry.group), DIRECTIONS),
        tie=0.0 if is_exact else TIE,
    )


def _entries(representation: Representation) -> tuple[Integers, Floats]:
    """Which entries with which factors make each entry of an image, both [elements, size, terms]."""
    signed = as_signed_permutation(representation)
    if signed is not None:
        return (
            np.ascontiguousarray(signed.source[..., None], dtype=np.int64),
            np.ascontiguousarray(signed.sign[..., None], dtype=np.float32),
        )
    matrices = np.stack([representation.matrix(g) for g in range(len(representation.group))])
    terms = int((matrices != 0).sum(-1).max())
    sources = np.argsort(matrices == 0, axis=-1, kind="stable")[..., :terms]
    factors = np.take_along_axis(matrices, sources, axis=-1)
    return np.ascontiguousarray(sources, dtype=np.int64), np.ascontiguousarray(factors, dtype=np.float32)
