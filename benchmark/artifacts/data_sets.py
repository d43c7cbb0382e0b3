"""Given transitions as data sets in Minari's format: written from a task and a seed, read back, and held against both."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from pydantic import BaseModel, ConfigDict, NonNegativeInt, PositiveInt, ValidationError

from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.errors import SympriorError
from symprior.symmetry.representations import Representation
from symprior.tasks import Task, get_task
from symprior.tasks.certificates.kept import kept_path
from symprior.tasks.custom.source_files import digest_of
from symprior.tasks.environments.extras import install_command
from symprior.tasks.files.atomic import HALF
from symprior.tasks.files.json_files import first_problem
from symprior.tasks.task.transitions import GivenData, Transitions

if TYPE_CHECKING:
    from minari.dataset.minari_storage import MinariStorage

NAMESPACE, ABOUT = "symprior", "symprior"
"""Of the sets' ids, and the entry of a set's metadata that says what it is."""
DATA, METADATA = "data", "metadata.json"
"""Minari's names in a set's folder."""


class About(BaseModel):
    """What a set says of itself.

    Attributes:
        task: whose data they are.
        seed: of the run that they are given to.
        episodes: how many there are.
        certificate: a digest of the task's kept certificate.
        group: the group that acts.
        observation, action: digests of how it acts on what is seen of the world, and on actions.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    task: str
    seed: NonNegativeInt
    episodes: PositiveInt
    certificate: str
    group: str
    observation: str
    action: str

    @classmethod
    def of(cls, task: Task, seed: int, episodes: int) -> About:
        """What a set of a task says."""
        half = task.symmetry().half()
        return cls(
            task=task.id,
            seed=seed,
            episodes=episodes,
            certificate=_certificate(task),
            group=half.group.name,
            observation=_digest(half.observation),
            action=_digest(half.action),
        )

    @property
    def dataset_id(self) -> str:
        """Minari's name of the set."""
        return f"{NAMESPACE}/{self.task}/seed-{self.seed}-episodes-{self.episodes}-v0"


def write_data_set(task: Task, seed: int, episodes: int, root: Path) -> Path:
    """Write the transitions that a run of a seed is given, as Minari lays sets out below `root`, whole or not at all.

    Raises:
        SympriorError: the task gives none, Minari is not installed, the set is there already, or the folder cannot be
            written.
    """
    data = _data_of(task).transitions(task.id, seed, episodes)
    about = About.of(task, seed, episodes)
    path = root / about.dataset_id
    if path.exists():
        raise SympriorError(f"There is a data set in {path} already. Remove it, or name another folder with --out.")
    with _whole_or_nothing(path) as folder:
        storage = _new_storage(task, folder)
        storage.update_episodes(_episodes(data))
        storage.update_metadata(
            {
                "dataset_id": about.dataset_id,
                "minari_version": version("minari"),
                "algorithm_name": "uniformly random actions",
                "description": task.card.description,
                ABOUT: about.model_dump(),
            }
        )
    return path


def read_data_set(path: Path) -> tuple[About, Transitions]:
    """What a set says of itself, and its transitions, whose states are what was seen.

    Raises:
        SympriorError: there is no set in the folder, it is damaged, or it is none of this project's.
    """
    storage, about = _storage(path), _about(path)
    try:
        found = list(storage.get_episodes(range(about.episodes)))
        seen, taken, earned = (
            np.stack([np.asarray(each[name]) for each in found]) for name in ("observations", "actions", "rewards")
        )
    except (OSError, KeyError, ValueError, AssertionError) as error:
        raise SympriorError(f"The data set in {path} is damaged: {error}. Write it again.") from error
    return about, Transitions(seen, taken.astype(np.int64), earned.astype(np.float64), lambda states: states)


def check_data_set(path: Path) -> About:
    """Hold a set against its task: certificate, group and representations, and every transition, made anew from the seed.

    Raises:
        SympriorError: the task or its certificate is another one now, or a transition is not what the seed gives.
    """
    about, found = read_data_set(path)
    task = get_task(about.task)
    expected = About.of(task, about.seed, about.episodes)
    if others := [name for name in type(about).model_fields if getattr(about, name) != getattr(expected, name)]:
        raise SympriorError(
            f"The data set in {path} was written with another {' and '.join(others)} than {task.id} has now. Write it again "
            f"with `symprior data write {task.id} --seed {about.seed} --episodes {about.episodes}`."
        )
    made = _data_of(task).transitions(task.id, about.seed, about.episodes)
    parts = _parts(made)
    if differ := [name for name, part in _parts(found).items() if not np.array_equal(part, parts[name])]:
        raise SympriorError(
            f"The data set in {path} is not what {task.id} gives with seed {about.seed}: its {' and '.join(differ)} differ."
        )
    return about


def _parts(data: Transitions) -> dict[str, NumpyArray]:
    """All that a set holds, by name; observations are [episodes · (T + 1), …]."""
    seen = data.observe(data.states.reshape(-1, *data.states.shape[2:]))
    return {"actions": data.taken, "rewards": data.earned, "observations": np.asarray(seen)}


def _episodes(data: Transitions) -> Iterator[object]:
    """Minari's episodes: T + 1 observations and T of all else."""
    from minari.data_collector import EpisodeBuffer

    last = np.arange(data.steps) == data.steps - 1
    for states, taken, earned in zip(data.states, data.taken, data.earned, strict=True):
        yield EpisodeBuffer(
            observations=np.asarray(data.observe(states)),
            actions=taken,
            rewards=earned,
            terminations=np.zeros(data.steps, dtype=bool),
            truncations=last,
        )


def _data_of(task: Task) -> GivenData:
    if task.given is None:
        raise SympriorError(f"{task.id} gives no transitions; tasks of the track planning do, such as plan-room-v1.")
    return task.given


def _storage_class() -> type[MinariStorage]:
    try:
        from minari.dataset.minari_storage import MinariStorage
    except ModuleNotFoundError as error:
        raise SympriorError(
            "Data sets are in Minari's format, and Minari is not installed. Install it with "
            f"`{install_command('planning')}`."
        ) from error
    found: type[MinariStorage] = MinariStorage
    return found


def _new_storage(task: Task, folder: Path) -> MinariStorage:
    world = _data_of(task).world()
    return _storage_class().new(folder, world.observation_space, world.action_space, jpeg_encoding=False)


def _storage(path: Path) -> MinariStorage:
    if not (path / DATA / METADATA).is_file():
        raise SympriorError(f"There is no data set in {path}: name the folder that holds {DATA}/{METADATA}.")
    try:
        return _storage_class().read(path / DATA)
    except (OSError, KeyError, ValueError, AssertionError) as error:
        raise SympriorError(f"The data set in {path} is damaged: {error}. Write it again.") from error


def _about(path: Path) -> About:
    said = json.loads((path / DATA / METADATA).read_text(encoding="utf-8")).get(ABOUT)
    if said is None:
        raise SympriorError(
            f"The data set in {path} does not say of which task of symprior it is; it is somebody else's."
        )
    try:
        return About.model_validate(said)
    except ValidationError as error:
        raise SympriorError(f"The data set in {path} is damaged: {first_problem(error)}. Write it again.") from error


@contextmanager
def _whole_or_nothing(path: Path) -> Iterator[Path]:
    """A folder to write into that gets its name when it is whole."""
    half: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        half = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}.", suffix=HALF))
        half.chmod(0o755)
        (half / DATA).mkdir()
        yield half / DATA
        half.replace(path)
    except OSError as error:
        raise SympriorError(f"Cannot write {path}: {error.strerror or error}. Choose a writable folder.") from error
    finally:
        if half is not None:
            shutil.rmtree(half, ignore_errors=True)


def _certificate(task: Task) -> str:
    """A digest of what is kept of the task's certificate."""
    if not kept_path(task).is_file():
        raise SympriorError(
            f"No certificate of {task.id} is kept. Measure it with `symprior check {task.name_to_type} --write`."
        )
    return digest_of(kept_path(task))


def _digest(representation: Representation) -> str:
    """Twelve characters that change with what any element does: it is let act on the numbers 1, 2, 3 and so on."""
    numbers = np.arange(1.0, representation.size + 1).reshape(representation.shape)
    images = [cast(NumpyArray, representation(g, numbers[None])) for g in range(len(representation.group))]
    return sha256(np.round(np.stack(images), 9).tobytes()).hexdigest()[:12]
