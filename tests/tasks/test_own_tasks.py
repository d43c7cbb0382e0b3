"""Tasks from a user's file or an installed package: certified, found by name, and never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import count
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest

from symprior.tasks import Exactness, SympriorError, get_task
from symprior.tasks.certificates import certify

CORRIDOR = '''
import gymnasium
import numpy as np

from symprior.tasks import Symmetry, own_task
from symprior.tasks.groups import cyclic
from symprior.tasks.representations import permutation, signs


def mirror():
    """C2: left and right swap."""
    group = cyclic(2)
    return Symmetry(signs(group, [[1], [-1]]), permutation(group, [[0, 1], [1, 0]]), discrete=True)


@own_task(symmetry=mirror, description="Walk to either end of a corridor.", time_limit=20)
class Corridor(gymnasium.Env):
    observation_space = gymnasium.spaces.Box(-5, 5, (1,), np.float32)
    action_space = gymnasium.spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return self.set_state(np.array([self.np_random.choice([-1.0, 1.0])])), {}

    def get_state(self):
        return self.place.copy()

    def set_state(self, state):
        self.place = np.array(state)
        return self.place.astype(np.float32)

    def boundary_states(self, rng, count):
        return rng.integers(-4, 5, (count, 1)).astype(float)

    def step(self, action):
        self.place = self.place + (1 if action == 1 else -1)
        done = bool(abs(self.place[0]) >= 5)
        return self.place.astype(np.float32), float(done), done, False, {}
'''


numbers = count()  # gymnasium forgets no name


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / f"own_{next(numbers)}.py"
    path.write_text(CORRIDOR.replace("class Corridor", f"class Corridor{path.stem.rpartition('_')[2]}"))
    return path


def name_of(path: Path) -> str:
    return f"{path}:Corridor{path.stem.rpartition('_')[2]}"


def test_a_decorated_class_is_a_task_with_a_certificate(file: Path) -> None:
    task = get_task(name_of(file))
    assert task.id.startswith("corridor") and task.id.endswith("-v1")
    assert get_task(task.id) is task is get_task(name_of(file)), "known by its id from then on"
    certificate = certify(task, samples=20, resets=400)
    assert certificate.dynamics is Exactness.EXACT
    environments = task.make_vector(2)
    environments.reset(seed=[1, 2])
    assert environments.step(np.array([0, 1]))[0].shape == (2, 1)


def test_a_wrong_declaration_in_a_file_is_measured_broken(file: Path) -> None:
    text = file.read_text().replace("[[0, 1], [1, 0]]", "[[0, 1], [0, 1]]")
    file.write_text(text)
    assert certify(get_task(name_of(file)), samples=20, resets=400).dynamics is Exactness.BROKEN


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("time_limit=20", "time_limit=0"), "at least one step"),
        (("[[1], [-1]]", "[[1], [2]]"), "signs of a signed permutation"),
        (("[[1], [-1]]", "[[1, 1], [-1, -1]]"), "acts on observations of shape"),
        (("cyclic(2)", "cyclic(3)"), "representation of C3 on 1 entries needs"),
        (("import numpy as np", "import nothing_like_it"), "does not import: ModuleNotFoundError"),
        (('description="Walk', 'id="Corridor", description="Walk'), "is no name of a task"),
    ],
)
def test_a_wrong_file_is_answered_with_a_sentence(file: Path, change: tuple[str, str], complaint: str) -> None:
    file.write_text(file.read_text().replace(*change))
    with pytest.raises(SympriorError, match=complaint):
        certify(get_task(name_of(file)), samples=10, resets=200)


def test_names_that_lead_nowhere(file: Path) -> None:
    with pytest.raises(SympriorError, match="no task file"):
        get_task("nowhere.py:Task")
    with pytest.raises(SympriorError, match="defines no 'Room'"):
        get_task(f"{file}:Room")
    with pytest.raises(SympriorError, match=r"is no task but function.*own_task"):
        get_task(f"{file}:mirror")


def test_an_installed_package_brings_a_task_by_its_entry_point(tmp_path: Path) -> None:
    (tmp_path / "corridors.py").write_text(CORRIDOR + "\nprint('loaded')\n")
    metadata = tmp_path / "corridors-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: corridors\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[symprior.tasks]\ncorridor-v1 = corridors:Corridor\n")
    code = dedent(
        """
        from symprior.tasks import TASKS, get_task
        assert "corridor-v1" in TASKS
        print("listed", "corridor-v1" in list(TASKS))
        print(get_task("corridor-v1").card.description)
        print(TASKS.origin("corridor-v1"))
        """
    )
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH")])),
    }
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert found.stdout.splitlines() == [
        "listed True",
        "loaded",
        "Walk to either end of a corridor.",
        "the installed package corridors",
    ]


def test_an_environment_that_cannot_be_put_into_states_is_judged_by_its_roll_outs(file: Path) -> None:
    text = file.read_text().replace("def get_state", "def where").replace("self.set_state(", "self._set(")
    text = text.replace("def set_state", "def _set")
    text = text.replace("discrete=True", 'discrete=True, exactness="in distribution", reset="in distribution"')
    file.write_text(text)
    certificate = certify(get_task(name_of(file)), resets=4000, episodes=1000)
    assert certificate.dynamics == certificate.reset == Exactness.IN_DISTRIBUTION
    assert "single steps from chosen states" in dict(certificate.lines())["not checked"]
