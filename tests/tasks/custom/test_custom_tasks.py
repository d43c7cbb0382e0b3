"""Tasks from a user's file or an installed package: certified, found by name, and never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from textwrap import dedent
from zlib import crc32

import numpy as np
import pytest

from symprior.symmetry.representations import trivial_representation
from symprior.tasks import Exactness, Names, SympriorError, get_task, task_names
from symprior.tasks.certificates import certify
from symprior.tasks.certificates.kept import keep, kept
from symprior.tasks.custom.source_files import load
from symprior.tasks.references.frozen_states import uniform_play
from symprior.tasks.references.reference_scores import measure, write

CORRIDOR = '''
import gymnasium
import numpy as np

from symprior.tasks import Symmetry, custom_task
from symprior.symmetry.groups import cyclic
from symprior.symmetry.representations import permutation, signs


def mirror():
    """C2: left and right swap."""
    group = cyclic(2)
    return Symmetry(signs(group, [[1], [-1]]), permutation(group, [[0, 1], [1, 0]]), discrete=True)


@custom_task(symmetry=mirror, description="Walk to either end of a corridor.", time_limit=20)
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


@pytest.fixture
def file(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Each test's task has a name of its own, as gymnasium forgets none, and the same in any order: seeds follow it."""
    path = tmp_path / f"own_{crc32(request.node.name.encode())}.py"
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


def test_entries_are_called_what_their_author_calls_them(file: Path) -> None:
    file.write_text(file.read_text().replace("float(done), done", "0.0, False"))
    task = get_task(name_of(file))
    assert (task.called.observation, task.called.action) == (("x0",), ("0", "1"))
    broken = replace(task.symmetry(), action=trivial_representation(task.symmetry().group, 2))
    for names, said in ((("place",), "(place)"), (None, "observation[0] is")):
        stated = replace(task, names=names and Names(names, ("left", "right")))
        assert said in dict(certify(stated, samples=10, symmetry=broken).lines())["worst case"]
    with pytest.raises(SympriorError, match="has 2 observation names, and the symmetry moves 1"):
        certify(replace(task, names=Names(("place", "speed"), ("left", "right"))), samples=10)


def test_a_wrong_declaration_in_a_file_is_measured_broken(file: Path) -> None:
    text = file.read_text().replace("[[0, 1], [1, 0]]", "[[0, 1], [0, 1]]")
    file.write_text(text)
    assert certify(get_task(name_of(file)), samples=20, resets=400).dynamics is Exactness.BROKEN


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("time_limit=20", "time_limit=0"), "states time_limit=0: input should be greater than 0"),
        (("time_limit=20", "time_limit=30.5"), "states time_limit=30.5: input should be a valid integer"),
        (("time_limit=20", "time_limit=20, threshold=float('nan')"), "threshold=nan: input should be a finite number"),
        (("time_limit=20", "time_limit=20, evaluation_episodes=2.5"), "evaluation_episodes=2.5"),
        (("time_limit=20", "time_limit=20, id=5"), "states id=5: input should be a valid string"),
        (("symmetry=mirror", "symmetry=None"), "states symmetry=None"),
        (("return Symmetry(", "return str("), "symmetry of corridor.* raised TypeError"),
        (("    return Symmetry(", "    return 'C2' or Symmetry("), "symmetry of corridor.* is no Symmetry but str"),
        (("class Corridor0(gymnasium.Env)", "class Corridor0"), "is no gymnasium.Env but Corridor"),
        (("action_space =", "actions ="), "has no `action_space`"),
        (
            ("super().reset(seed=seed)", "raise OSError('no licence')"),
            r"in reset, raised OSError: no licence \(own_\d+.py, line \d+\)",
        ),
        (("done = bool", "bool.done ="), "in step, raised"),
        (
            ("float(done), done", "float('nan'), done"),
            r"reward of corridor.* after action . in the state \[.*\] is not f",
        ),
        (("float(done), done", "None, done"), "A reward is one number; step of corridor.* gave None"),
        (("float(done), done", "self.place, done"), r"one number; .* an array of shape \(1,\)"),
        (("done, False, {}", "done, {}"), r"returns \(observation, reward, .* not 4 values"),
        (
            ("(np.float32)\n\n    def boundary", "(np.float32).sum()\n\n    def boundary"),
            r"shape \(1,\) .* gave one of shape \(\)",
        ),
        (
            ("self.np_random.choice([-1.0, 1.0])", "np.random.default_rng().uniform()"),
            "Two episodes of corridor.* with the same seed and actions differ: .* draw from self.np_random",
        ),
        (
            ("float(done), done", "float(np.random.default_rng().random()), done"),
            r"same seed and actions differ: observation and reward are \[.*\], 0.\d+ and",
        ),
        (("return self.place.copy()", "return {'place': self.place}"), "get_state of corridor.* numbers, not dict"),
        (
            ("return self.place.copy()", "return np.zeros(1)"),
            r"get_state of corridor.* gave \[0.0\] where \[-?1.0\] was observed, but put back there, \[0.0\] is",
        ),
        (("return rng.integers(-4, 5, (count, 1))", "return np.array([1, 2])"), r"boundary_states .* shape \(1,\)"),
        (
            ("time_limit=20", "time_limit=20, reference_policy=lambda seen: seen"),
            "The reference policy of .* gives 1 act",
        ),
        (
            ("time_limit=20", "time_limit=20, reference_policy=lambda seen: None.x"),
            "reference policy of .* raised Attr",
        ),
        (("[[1], [-1]]", "[[1], [2]]"), "signs of a signed permutation"),
        (("[[1], [-1]]", "[[1, 1], [-1, -1]]"), "acts on observations of shape"),
        (
            ("spaces.Box(-5, 5, (1,), np.float32)", "spaces.Dict(x=gymnasium.spaces.Discrete(2))"),
            r"acts on observations of shape \(1,\), corridor.* has None",
        ),
        (("cyclic(2)", "cyclic(3)"), "representation of C3 on 1 entries needs"),
        (
            ("import numpy as np", "import nothing_like_it"),
            r"does not import: ModuleNotFoundError: .* \(own_\d+.py, line \d+\)",
        ),
        (('description="Walk', 'id="Corridor", description="Walk'), "is no name of a task"),
    ],
)
def test_a_wrong_file_is_answered_with_a_sentence(file: Path, change: tuple[str, str], complaint: str) -> None:
    before, after = (part.replace("Corridor0", f"Corridor{file.stem.rpartition('_')[2]}") for part in change)
    assert before in file.read_text()
    file.write_text(file.read_text().replace(before, after))
    with pytest.raises(SympriorError, match=complaint):
        certify(get_task(name_of(file)), samples=10, resets=200)


def test_one_name_is_one_environment(tmp_path: Path) -> None:
    files = [tmp_path / name / "twice.py" for name in ("a", "b")]
    for file in files:
        file.parent.mkdir()
        file.write_text(CORRIDOR.replace("Corridor(", "Twice("))
    first = get_task(f"{files[0]}:Twice")
    with pytest.raises(
        SympriorError, match=r"^Two tasks are called 'twice-v1': .*a/twice.py:Twice and .*b/twice.py:Twice"
    ):
        get_task(f"{files[1]}:Twice")
    assert first.make().unwrapped.__class__ is load(f"{files[0]}:Twice", "agent").probe().env.unwrapped.__class__


def test_a_task_of_a_file_takes_nothing_that_belongs_to_a_shipped_family(file: Path) -> None:
    file.write_text(file.read_text().replace("time_limit", 'id="cartpole-v2", time_limit'))
    shipped = {get_task(name).family for name in task_names()}
    assert get_task(name_of(file)).family == "custom-cartpole" and not any(
        name.startswith("custom-") for name in shipped
    )


def test_observations_that_share_one_array_are_kept_apart(file: Path) -> None:
    text = file.read_text().replace("return self.place.astype(np.float32)", "return self.shown()")
    text = text.replace("self.place.astype(np.float32), float", "self.shown(), float")
    file.write_text(
        text
        + """
    def shown(self):
        self.buffer = getattr(self, "buffer", np.zeros(1, np.float32))
        self.buffer[:] = self.place
        return self.buffer
"""
    )
    environment = get_task(name_of(file)).make()
    before, _ = environment.reset(seed=0)
    assert environment.step(1)[0] - before == 1


def test_an_environment_without_bounds_on_its_actions_has_no_random_play(file: Path) -> None:
    text = file.read_text().replace("gymnasium.spaces.Discrete(2)", "gymnasium.spaces.Box(-np.inf, np.inf, (1,))")
    file.write_text(text)
    with pytest.raises(SympriorError, match=r"not bounded.*finite bounds"):
        uniform_play(get_task(name_of(file)))(np.zeros((2, 1)))


def test_names_that_lead_nowhere(file: Path) -> None:
    with pytest.raises(SympriorError, match=r"names a file but no task in it. Write my_task.py:Name"):
        get_task("my_task.py")
    with pytest.raises(SympriorError, match="no task file"):
        get_task("nowhere.py:Task")
    with pytest.raises(SympriorError, match="defines no 'Room'"):
        get_task(f"{file}:Room")
    with pytest.raises(SympriorError, match=r"is no task but function.*custom_task"):
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


def test_what_was_measured_before_a_file_changed_is_not_believed(file: Path) -> None:
    task = replace(get_task(name_of(file)), stated_threshold=(0.9, "stated"))
    write(task, {**measure(task), "budget": 100, "budget_source": "set by hand"})
    keep(task, certify(task, samples=10, resets=200))
    assert task.is_measured and kept(task) is not None
    edited = replace(task, file_digest="another")
    with pytest.raises(
        SympriorError, match=rf"not measured with .* as it is now. .*symprior references {name_of(file)}"
    ):
        _ = edited.references
    assert not edited.is_measured
    found = kept(edited)
    assert found is not None and found.lines[0][0] == "out of date" and not found.agrees
    with pytest.raises(SympriorError, match=r"no budget yet.* was not set for"):
        write(edited, measure(edited))
    packaged = replace(task, file=None, file_digest="")
    assert packaged.is_measured, "a package that ships what its file measured"


def test_a_file_that_needs_one_beside_it_is_told_why_it_cannot(file: Path) -> None:
    (file.parent / "helper_of_corridor.py").write_text("LENGTH = 5\n")
    file.write_text("import helper_of_corridor\n" + file.read_text())
    with pytest.raises(
        SympriorError, match=r"line 1\)\. Only this file is read, .* install helper_of_corridor as a pack"
    ):
        get_task(name_of(file))
