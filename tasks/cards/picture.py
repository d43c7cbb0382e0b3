"""Pictures of a task: a state beside its images under the group, as far as the simulator can show them."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np

from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.description import ElementDescription, describe
from symprior.symmetry.errors import SympriorError
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.environments.probes.rollout_probe import RolloutProbe
from symprior.tasks.environments.streams import seed_from
from symprior.tasks.files.atomic import write_bytes_atomically
from symprior.tasks.references.frozen_states import frozen_observations
from symprior.tasks.task import Task

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from symprior.tasks.environments.probes.probe import Probe

STEPS = 40
"""The state shown is the least symmetric of so many from play."""
COLUMNS, MOST_ELEMENTS = 4, 8
SIZE, RESOLUTION = 2.6, 80
LETTERS, TITLE_LINES = 38, 3
"""Of a title: letters in a line, and lines under the element's name."""
IMAGE, RGB = 3, 3
"""Axes of an image observation, and channels of a coloured one."""
LINE = 16
"""So many times as wide as the line between them is what is seen beside its goal."""


def write_picture(task: Task, path: Path) -> Path:
    """Draw a state and its images g·s, for up to eight elements of the group that generate it, as PNG.

    States are rendered by the simulator where it can be put into them; images that are observations are shown as they
    are; other observations are shown as bars, an entry each.

    Raises:
        SympriorError: the name does not end in .png, or the file cannot be written.
    """
    if path.suffix != ".png":
        raise SympriorError(f"A picture is written as .png, not {path.name!r}.")
    os.environ.setdefault("MUJOCO_GL", "egl")  # off-screen, where nobody chose otherwise
    os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
    buffer = BytesIO()
    symmetry = task.symmetry()
    group = symmetry.group
    shown = sorted(list(dict.fromkeys([0, *group.generators, *range(len(group))]))[:MOST_ELEMENTS])
    _draw(task, symmetry, shown).savefig(buffer, format="png", dpi=RESOLUTION, metadata={"Software": None})
    write_bytes_atomically(path, buffer.getvalue())
    return path


def _draw(task: Task, symmetry: Symmetry, elements: list[int]) -> Any:
    from matplotlib.figure import Figure

    columns, rows = min(len(elements), COLUMNS), -(-len(elements) // COLUMNS)
    figure = Figure(figsize=(SIZE * columns, (SIZE + 0.5) * rows), layout="constrained")
    words, drawings = describe(symmetry, task.called), _drawings(task, symmetry, elements)
    for axes in figure.subplots(rows, columns, squeeze=False).flat:
        axes.set_axis_off()
        if elements:
            g, drawing = elements.pop(0), drawings.pop(0)
            _show(axes, drawing)
            axes.set_title(_title(words[g]), fontsize=8)
    return figure


def _title(words: ElementDescription) -> str:
    """The element, and what it does to actions if that is short; the map of the symmetry says all of it."""
    does = fill(f"actions: {words.action}", LETTERS)
    return f"{words.element}\n{does}" if does.count("\n") < TITLE_LINES else words.element


def _drawings(task: Task, symmetry: Symmetry, elements: list[int]) -> list[NumpyArray]:
    """A drawing for each element: pixels [height, width (, 3)], or a vector's entries."""
    is_image = len(symmetry.observation.shape) == IMAGE
    found = None if is_image and task.simulator is not None else _of_states(task, symmetry, elements, is_image)
    if found is not None:
        return found
    seen = frozen_observations(task, STEPS)
    if is_image:
        return _as_seen(task, symmetry, elements, seen)
    one = _least_symmetric(symmetry, seen)
    return [np.ravel(symmetry.observation(g, one[None])[0]) for g in elements]


def _of_states(task: Task, symmetry: Symmetry, elements: list[int], is_image: bool) -> list[NumpyArray] | None:
    """What is seen, or rendered, in states of the simulator; None where it cannot be put into them, or draws none."""
    rng = np.random.default_rng(seed_from(task.id, "picture"))
    probe = task.probe()
    try:
        if isinstance(probe, RolloutProbe):
            return _of_observations(task, probe, symmetry, elements)
        if is_image:  # frozen states of single environments lie soon after the start
            states = probe.rollout_states(None, rng, STEPS)
            return _as_seen(task, symmetry, elements, np.stack([probe.observation(state) for state in states]))
        return _rendered(probe, symmetry, elements, rng)
    finally:
        probe.env.close()


def _of_observations(
    task: Task, probe: RolloutProbe, symmetry: Symmetry, elements: list[int]
) -> list[NumpyArray] | None:
    """Pictures of what is observed in g·s; None where none are drawn."""
    one = _least_symmetric(symmetry, frozen_observations(task, STEPS))
    return _all_or_none([probe.render(np.asarray(symmetry.observation(g, one[None])[0])) for g in elements])


def _as_seen(task: Task, symmetry: Symmetry, elements: list[int], observations: NumpyArray) -> list[NumpyArray]:
    """One of the images that are observations, and its images."""
    seen, draw = _least_symmetric(symmetry, observations), beside_its_goal if task.goal_sets else as_pixels
    return [draw(np.asarray(symmetry.observation(g, seen[None])[0])) for g in elements]


def beside_its_goal(image: NumpyArray) -> NumpyArray:
    """What is seen of the world on the left, of its goal on the right, up to three channels each, [height, width, 3]."""
    present, goal = (np.moveaxis(_coloured(half), 0, -1) for half in np.split(image, 2))
    line = np.full((len(present), max(1, len(present) // LINE), RGB), 255, dtype=image.dtype)
    return np.concatenate([present, line, goal], axis=1)


def _rendered(
    probe: Probe, symmetry: Symmetry, elements: list[int], rng: np.random.Generator
) -> list[NumpyArray] | None:
    """The simulator's own pictures of g·s; None where it cannot be put into states, or draws none."""
    try:
        states = probe.states_to_show(rng, STEPS)
        observations = np.stack([probe.observation(state) for state in states])
        state = states[_place_of_least_symmetric(symmetry, observations)]
        pictures = [probe.render(probe.act_on_states(symmetry, g, state[None])[0]) for g in elements]
    except SympriorError:
        return None
    return _all_or_none(pictures)


def _all_or_none(pictures: list[NumpyArray | None]) -> list[NumpyArray] | None:
    return None if any(picture is None for picture in pictures) else [np.asarray(picture) for picture in pictures]


def _least_symmetric(symmetry: Symmetry, observations: NumpyArray) -> NumpyArray:
    found: NumpyArray = observations[_place_of_least_symmetric(symmetry, observations)]
    return found


def _place_of_least_symmetric(symmetry: Symmetry, observations: NumpyArray) -> int:
    """Where the nearest image of an observation is furthest from it, entries in units of their spread."""
    values = observations.astype(np.float64)
    spread = np.maximum(values.std(axis=0), 1e-9)
    moved = [np.asarray(symmetry.observation(g, values)) for g in range(1, len(symmetry.group))]
    if not moved:
        return 0
    distances = [
        (np.minimum(np.abs(image - values) / spread, 3)).reshape(len(values), -1).sum(axis=1) for image in moved
    ]
    return int(np.min(distances, axis=0).argmax())


def as_pixels(image: NumpyArray) -> NumpyArray:
    """An image observation [channels, height, width] as something to look at: [height, width] or [height, width, 3].

    Three channels are red, green and blue; of a stack of frames the last one is shown.
    """
    return np.moveaxis(image, 0, -1) if len(image) == RGB else image[-1]


def _coloured(image: NumpyArray) -> NumpyArray:
    """Three channels: one alone is grey, and those that are missing are black."""
    return np.repeat(image, RGB, axis=0) if len(image) == 1 else np.pad(image, ((0, RGB - len(image)), (0, 0), (0, 0)))


def _show(axes: Axes, drawing: NumpyArray) -> None:
    from matplotlib.ticker import MaxNLocator

    if drawing.ndim > 1:
        axes.imshow(drawing, cmap="gray", interpolation="nearest")
        return
    axes.set_axis_on()
    axes.bar(np.arange(len(drawing)), drawing, color=["#0173b2" if entry >= 0 else "#d55e00" for entry in drawing])
    axes.axhline(0, color="black", linewidth=0.6)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    reach = 1.1 * (np.abs(drawing).max() or 1.0)
    axes.set_ylim(-reach, reach)
    axes.tick_params(labelsize=6)
