"""Catch in colours that mean nothing: permuting them changes what is seen, and neither the actions nor the rewards.

An *invariance*: the group S3 acts on observations and trivially on actions, so that an equivariant policy is one that
does not see which colour is which.
"""

from __future__ import annotations

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import Array, array_namespace
from symprior.symmetry.groups import symmetric
from symprior.symmetry.names import Names
from symprior.symmetry.representations import (
    ImageTransform,
    SignedPermutation,
    direct_sum,
    things,
    trivial_representation,
)
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.environments.gymnasium_types import Environment
from symprior.tasks.environments.probes.probe import RecognisingProbe
from symprior.tasks.environments.simulators import SimulatorEnv
from symprior.tasks.families.grid_worlds.grid_catch import (
    BIBTEX,
    CELL,
    MOVE_NAMES,
    MOVES,
    PREY,
    RADIUS,
    SIZE,
    GridCatch,
    agent_and_prey,
    sweep,
)
from symprior.tasks.families.grid_worlds.layout.tables import Table
from symprior.tasks.references.dynamic_programming import optimal_policy
from symprior.tasks.task import Card, Task, register

COLOURS = 3
_ONE_HOT = Table(np.eye(COLOURS, dtype=np.float32))


class ColourWorld(GridCatch):
    """Catch, where agent and prey each have one of three colours, drawn at reset: states [batch, 4].

    A state is the relative position of the prey (two numbers), the agent's colour and the prey's. Observations are
    float32 [8]: the relative position over 3, and both colours as one of three.
    """

    reset_draws = 2

    def __init__(self) -> None:
        super().__init__()
        low, high = np.zeros(2 + 2 * COLOURS, dtype=np.float32), np.ones(2 + 2 * COLOURS, dtype=np.float32)
        low[:2] = -1
        self.observation_space = gymnasium.spaces.Box(low, high)

    def initial(self, uniforms: Array) -> Array:
        """A start of catch, and any two colours."""
        xp = array_namespace(uniforms)
        pair = xp.astype(uniforms[:, 1] * COLOURS**2, xp.int64)
        return xp.concat([super().initial(uniforms), xp.stack([pair // COLOURS, pair % COLOURS], axis=1)], axis=1)

    def step(self, states: Array, actions: Array, uniforms: Array) -> tuple[Array, Array, Array]:
        """Step as in catch; the colours stay."""
        xp = array_namespace(states)
        positions, rewards, caught = super().step(states[:, :2], actions, uniforms)
        return xp.concat([positions, states[:, 2:]], axis=1), rewards, caught

    def observe(self, states: Array) -> Array:
        """The relative position, scaled to ±1, and the colours."""
        xp = array_namespace(states)
        return xp.concat([super().observe(states[:, :2]), _ONE_HOT(states[:, 2]), _ONE_HOT(states[:, 3])], axis=1)

    def picture(self, state: Array) -> NDArray[np.uint8]:
        """The image that the image task shows."""
        return np.moveaxis(np.asarray(ColourWorldImage().observe(state)[0]), 0, -1)

    def all_states(self) -> NDArray[np.int64]:
        """Every relative position in every two colours."""
        cells, pairs = super().all_states(), range(COLOURS**2)
        return np.concatenate([np.insert(cells, [2, 2], divmod(pair, COLOURS), axis=1) for pair in pairs])

    def reset_support(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Every state, equally likely."""
        cells, probabilities = super().reset_support()
        pairs = COLOURS**2
        uniforms = [np.insert(cells, 1, (pair + 0.5) / pairs, axis=1) for pair in range(pairs)]
        return np.concatenate(uniforms), np.tile(probabilities / pairs, pairs)


class ColourWorldImage(ColourWorld):
    """The same dynamics seen as an image: uint8 [3, 21, 21], agent and prey each drawn in the channel of its colour."""

    def __init__(self) -> None:
        super().__init__()
        pixels = SIZE * CELL
        self.observation_space = gymnasium.spaces.Box(0, 255, (COLOURS, pixels, pixels), np.uint8)
        self._pictures = Table(_pictures())

    def observe(self, states: Array) -> Array:
        """The picture of each state."""
        cell = (states[:, 1] + RADIUS) * SIZE + states[:, 0] + RADIUS
        return self._pictures((cell * COLOURS + states[:, 2]) * COLOURS + states[:, 3])


def _pictures() -> NDArray[np.uint8]:
    """The image of every relative position, agent's colour and prey's colour, [49 · 3 · 3, 3, 21, 21]."""
    agent, prey = agent_and_prey()
    channel = 255 * np.eye(COLOURS, dtype=np.uint8)[:, :, None, None]  # [colour, channel, 1, 1]
    drawn = np.maximum((agent * channel)[:, None], prey[:, None, None, None] * channel)
    return np.asarray(drawn.reshape(-1, *drawn.shape[3:]))


def colours() -> SignedPermutation:
    """S3 permutes the three colours."""
    return things(COLOURS)


def colours_of_images() -> Symmetry:
    """S3: the channels are permuted, pixels and actions stay."""
    group = symmetric(COLOURS)
    image = ImageTransform(trivial_representation(group, 2), colours(), SIZE * CELL)
    return Symmetry(image, trivial_representation(group, len(MOVES)), discrete=True)


def colours_of_vectors() -> Symmetry:
    """S3: both colours are permuted, position and actions stay."""
    group = symmetric(COLOURS)
    seen = direct_sum(trivial_representation(group, 2), colours(), colours())
    return Symmetry(seen, trivial_representation(group, len(MOVES)), discrete=True)


def make_env(image: bool = True, render_mode: str | None = None) -> Environment:
    """The single environment, as `gymnasium.make` calls it."""
    return SimulatorEnv(ColourWorldImage() if image else ColourWorld(), render_mode)


_COLOURS = ("red", "green", "blue")
_WHOSE = tuple(f"{whose} is {colour}" for whose in ("agent", "prey") for colour in _COLOURS)


def _register(task_id: str, gym_id: str, image: bool) -> None:
    seen = (
        "21×21 pixels in three colours" if image else "the prey's relative position and both colours, one of three each"
    )
    register(
        Task(
            id=task_id,
            family="colour-world" if image else "colour-world-vector",
            gym_id=gym_id,
            simulator=ColourWorldImage if image else ColourWorld,
            symmetry=colours_of_images if image else colours_of_vectors,
            probe=lambda: RecognisingProbe(gymnasium.make(gym_id)),
            names=Names(_COLOURS if image else (*PREY, *_WHOSE), MOVE_NAMES),
            reference_policy=optimal_policy(ColourWorld),
            blind_policy=sweep,
            return_bounds=(-10.0, 1.0),
            card=Card(
                description="Catch a randomly moving prey on a 7×7 torus; 1 for the catch, −0.1 a step. Agent and prey have "
                f"colours, drawn at reset, that mean nothing. The agent sees {seen}.",
                group_in_words="S3, an invariance: the three colours are permuted in what is seen; the actions stay.",
                source="The grid world of van der Pol et al. (2020), with colours added.",
                licence="MIT",
                bibtex=BIBTEX,
            ),
        )
    )


_register("colour-world-v1", "symprior/ColourWorld-v1", image=True)
_register("colour-world-vector-v1", "symprior/ColourWorldVector-v1", image=False)
