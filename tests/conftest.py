"""A task with continuous actions that is learned in seconds: push a point to the origin, on a line or in the plane."""

from __future__ import annotations

import atexit
import gc
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
from array_api_compat import array_namespace

from symprior.leaderboard import PUBLISHED_RESULTS, read_published
from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.submissions.git import Repository
from symprior.leaderboard.submissions.packing import pack
from symprior.leaderboard.submissions.submission import Submission
from symprior.symmetry.groups import Group, cyclic
from symprior.symmetry.representations import Representation, direct_sum, generated
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks import TASKS, Task, lookup
from symprior.tasks.custom import custom_tasks
from symprior.tasks.custom.source_files import digest_of
from symprior.tasks.environments.simulators import Simulator, SimulatorVectorEnv, training_seeds
from symprior.tasks.task import Card


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what the tests of the table of agents × tasks ask for."""
    parser.addoption("--whole-table", action="store_true", help="every agent on every task, instead of a part of them")


def pytest_configure() -> None:
    """One thread a process, as `make test` has it: processes that share the cores out wait for each other for minutes."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")


def pytest_collection_finish() -> None:
    """What is loaded by now stays; to search it for garbage takes as long as what makes many objects does otherwise."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to `.ci/run` and to `make test-all` what the marker `cells` of a test with many cells says."""
    of_tests: dict[str, list[pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("exhaustive") is None and item.get_closest_marker("cells") is not None:
            of_tests.setdefault(item.nodeid.partition("[")[0], []).append(item)
    for cells in of_tests.values():
        marker = cells[0].get_closest_marker("cells")
        assert marker is not None
        _leave_to_others(cells, **marker.kwargs)


def _leave_to_others(cells: list[pytest.Item], test: int, ci: int | None = None) -> None:
    """`make test` runs so many of the cells, `.ci/run` so many (all where it is not said), spread evenly over them."""
    in_ci = _spread(cells, len(cells) if ci is None else ci)
    in_test = _spread(in_ci, test)
    for cell in cells:
        if cell not in in_ci:
            cell.add_marker(pytest.mark.exhaustive)
        elif cell not in in_test:
            cell.add_marker(pytest.mark.covering)


def _spread(cells: list[pytest.Item], count: int) -> list[pytest.Item]:
    """So many of them, the first and the last among them."""
    if count >= len(cells):
        return cells
    return [cells[number * (len(cells) - 1) // max(count - 1, 1)] for number in range(count)]


SLOWEST = 40
"""Files of tests whose seconds are listed after the whole suite."""


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Show the table of agents × tasks, and after the whole suite where the time went."""
    _show_table(terminalreporter)
    if terminalreporter.config.args_source is not pytest.Config.ArgsSource.ARGS:
        _show_seconds(terminalreporter)


def _show_seconds(terminalreporter: Any) -> None:
    """By file, those of all its tests, preparations included, on whichever worker."""
    seconds: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                seconds[report.nodeid.partition("::")[0]] += report.duration
    terminalreporter.section(f"seconds of tests: {sum(seconds.values()):,.0f}")
    for name, spent in seconds.most_common(SLOWEST):
        terminalreporter.write_line(f"{spent:8,.0f}  {name}")


def _show_table(terminalreporter: Any) -> None:
    """By prior and algorithm how many of the tasks that were tried passed."""
    counts: dict[tuple[str, str], list[int]] = {}
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            cell = re.search(r"test_a_cell_of_the_table\[([\w-]+)\+?(\S*) on ", report.nodeid)
            if cell and report.when == "call":
                count = counts.setdefault((cell[2] or "plain", cell[1]), [0, 0])
                count[0] += outcome == "passed"
                count[1] += 1
    if not counts:
        return
    priors, algorithms = (sorted(set(names)) for names in zip(*counts, strict=True))
    terminalreporter.section("agents × tasks: passed / tried")
    widths = [max(9, 2 + len(algorithm)) for algorithm in algorithms]
    terminalreporter.write_line(f"{'':24}" + "".join(map(str.rjust, algorithms, widths)))
    for prior in priors:
        tried = [counts.get((prior, algorithm)) for algorithm in algorithms]
        cells = "".join(map(str.rjust, (f"{of[0]} / {of[1]}" if of else "–" for of in tried), widths))
        terminalreporter.write_line(f"{prior:24}{cells}")


@pytest.fixture(autouse=True)
def _custom_tasks_leave_with_their_test() -> Iterator[None]:
    """Whatever a test registers from a file of its own, the next one finds the registry as it is shipped."""
    yield
    for name in [name for name, task in TASKS._entries.items() if task.file is not None]:
        del TASKS._entries[name], TASKS._origins[name]
    custom_tasks._PLACES.clear()
    lookup._FROM_FILES.clear()


class PointMass(Simulator):
    """Position and velocity [batch, 2 · dimensions]; a force of at most 1 along each axis; reward −|position|²."""

    max_episode_steps = 20
    reset_draws = 2

    def __init__(self, dimensions: int, dtype: type = np.float32) -> None:
        self.dimensions, self.dtype = dimensions, dtype
        self.observation_space = gymnasium.spaces.Box(-np.inf, np.inf, (2 * dimensions,), dtype=dtype)
        self.action_space = gymnasium.spaces.Box(-1, 1, (dimensions,))

    def initial(self, uniforms: Any) -> Any:
        xp = array_namespace(uniforms)
        position = 2 * uniforms[:, : self.dimensions] - 1
        return xp.concat([position, xp.zeros_like(position)], axis=1)

    def step(self, states: Any, actions: Any, uniforms: Any) -> Any:
        xp = array_namespace(states)
        actions = xp.astype(actions, xp.float64)
        assert bool((xp.abs(actions) <= 1).all()), "whoever steps an environment clips the actions"
        position, velocity = states[:, : self.dimensions], states[:, self.dimensions :]
        velocity = 0.5 * velocity + 0.3 * actions
        position = position + velocity
        rewards = -(position * position).sum(axis=1)
        return xp.concat([position, velocity], axis=1), rewards, xp.zeros_like(rewards) > 0

    def observe(self, states: Any) -> Any:
        xp = array_namespace(states)
        return states if self.dtype is np.float64 else xp.astype(states, xp.float32)


def turns(group: Group, angle: float) -> Representation:
    """The group's generator turns the plane by this angle, in degrees."""
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    return generated(group, {1: [[cos, -sin], [sin, cos]]})


def _symmetry(dimensions: int, order: int) -> Symmetry:
    group = cyclic(order)
    on_vectors = generated(group, {1: [[-1]]}) if dimensions == 1 else turns(group, 360 / order)
    return Symmetry(direct_sum(on_vectors, on_vectors), on_vectors, discrete=False)


class PointMassTask:
    """What tests need of the task: `line` (C2), `plane` (C4) or `round` (C8, by matrices that are no permutations)."""

    def __init__(self, name: str, dtype: type = np.float32) -> None:
        from symprior.agents import Problem

        self.name = name
        dimensions, order = {"line": (1, 2), "plane": (2, 4), "round": (2, 8)}[name]
        self.simulator = PointMass(dimensions, dtype)
        self.symmetry = _symmetry(dimensions, order)
        self.problem = Problem(self.simulator.observation_space, self.simulator.action_space, self.symmetry)

    def environments(self, seeds: list[int], copies: int, **place: Any) -> SimulatorVectorEnv:
        """Training environments of the seeds, after their reset."""
        env = SimulatorVectorEnv(self.simulator, copies * len(seeds), **place)
        env.reset(seed=np.concatenate([training_seeds(self.name, seed, copies) for seed in seeds]))
        return env

    def observations(self, count: int) -> np.ndarray:
        """Observations as roll-outs may meet them."""
        rows = np.random.default_rng(0).uniform(-1, 1, (count, 2 * self.simulator.dimensions))
        return rows.astype(self.simulator.dtype)


@pytest.fixture
def point_mass() -> Callable[..., PointMassTask]:
    """Makes the task: `line`, `plane` or `round`."""
    return PointMassTask


@pytest.fixture
def registered_point_mass(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Task]:
    """Puts the task into the registry for a test: `line` or `plane`."""

    def register(name: str) -> Task:
        found = PointMassTask(name)
        task = Task(
            id=f"point-mass-{name}-v1",
            family="point-mass",
            gym_id="none",
            symmetry=lambda: found.symmetry,
            probe=lambda: pytest.fail("not certified"),
            simulator=lambda: found.simulator,
            card=Card("Push a point to the origin.", "", "", "", ""),
            evaluation_episodes=4,
        )
        list(TASKS)  # all that there is, before this one joins it
        monkeypatch.setitem(TASKS._entries, task.id, task)
        return task

    return register


ROOT = Path(__file__).resolve().parents[1]
SUBMITTED_SUITE, SUBMITTED_AS = "quick-2", "ppo+homomorphic"
STATEMENT = """
title = "An agent of the tests"
authors = ["Emmy Noether", "Ada Lovelace"]
licence = "MIT"
results_licence = "CC-BY-4.0"
source = "https://example.org/mine"
commit = "0123456789012345678901234567890123456789"
algorithm = "ppo"
symmetry = "The task's own group, by the network."
claim = "It loses less data than plain PPO."
bibtex = "@misc{noether2026mine, title = {Mine}}"

[tuning]
kind = "self-reported"
effort = "Six learning rates on seeds 100 to 104 of cartpole-v1."
"""
CODE = """
class NAME:
    baseline = "ppo"

    def __init__(self, problem, seed): ...
    def learn(self, env, budget): ...
    def act(self, observations): ...
"""


@cache
def _published_runs() -> tuple[RunRecord, ...]:
    found = read_published(PUBLISHED_RESULTS, SUBMITTED_SUITE)
    return tuple(record for record in found if record.agent.id == SUBMITTED_AS)


@cache
def _first_commit() -> tuple[str, datetime]:
    """A commit that is in the history of whatever is checked out, and when it was made."""
    repository = Repository.around(ROOT)
    assert repository is not None
    commit = repository.commit("HEAD")
    made = repository.date(commit)
    assert made is not None
    return commit, made


_version = cache(version)


def own_run(record: RunRecord, name: str, source: str, luck: int) -> RunRecord:
    """A run of an agent from a file: a published one of a shipped agent, each episode a step or two worse, or three."""
    rng = np.random.default_rng((luck, record.seed))
    worse = {"cartpole-v1": 1.0, "grid-catch-v1": 0.1}[record.task]

    def moved(returns: list[float]) -> list[float]:
        steps = rng.integers(0, 4, len(returns))
        least = {"cartpole-v1": 8.0, "grid-catch-v1": -10.0}[record.task]
        return [round(max(least, each - worse * step), 6) for each, step in zip(returns, steps, strict=True)]

    commit, made = _first_commit()
    origin = record.provenance.model_copy(
        update={
            "commit": commit,
            "ledger": None,
            "stack_size": 1,
            "isolation": "namespaces",
            "started": (made + timedelta(seconds=record.seed)).isoformat(),
            "packages": {package: _version(package) for package in record.provenance.packages},
        }
    )
    said = {"id": name, "algorithm": "custom", "prior": "custom", "learner": "custom", "baseline": "ppo"}
    curve = [point.model_copy(update={"returns": moved(point.returns)}) for point in record.curve]
    return record.model_copy(
        update={
            "agent": record.agent.model_copy(update=said),
            "hyperparameters": {"source": source},
            "curve": curve,
            "other_mode": None,
            "provenance": origin,
        }
    )


@dataclass
class Submitted:
    """Makes submissions of the published suite `quick-2` in a folder, whole and right unless something is changed.

    Attributes:
        folder: of all submissions.
    """

    scratch: Path
    changes: list[Callable[[RunRecord], RunRecord | None]] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return self.scratch / "submissions"

    def source(self, name: str = "Mine", said: Mapping[str, str] | None = None, code: str = CODE) -> Path:
        """An agent's folder as its author has it."""
        folder = self.scratch / "authors" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "agent.py").write_text(code.replace("NAME", name), encoding="utf-8")
        statement = STATEMENT
        for old, new in (said or {}).items():
            assert old in statement
            statement = statement.replace(old, new)
        (folder / "submission.toml").write_text(statement, encoding="utf-8")
        return folder

    def runs(self, source: Path, luck: int = 0) -> list[RunRecord]:
        """Its records, changed as asked."""
        digest = digest_of(source / "agent.py")
        found: list[RunRecord | None] = [own_run(record, source.name, digest, luck) for record in _published_runs()]
        for change in self.changes:
            found = [record and change(record) for record in found]
        return [record for record in found if record is not None]

    def make(
        self,
        name: str = "Mine",
        said: Mapping[str, str] | None = None,
        *changes: Callable[[RunRecord], RunRecord | None],
        code: str = CODE,
        luck: int = 0,
    ) -> Submission:
        """A packed submission; `changes` map each record to another, or to nothing."""
        self.changes = list(changes)
        if (said, changes, code) == (None, (), CODE):
            return self._copied(name, luck)
        source = self.source(name, said, code)
        return pack(source, self.runs(source, luck), self.folder)

    def _copied(self, name: str, luck: int) -> Submission:
        """An ordinary one, which is packed once."""
        if (name, luck) not in _PACKED:
            scratch = Submitted(Path(tempfile.mkdtemp(prefix="submitted-")))
            atexit.register(shutil.rmtree, scratch.scratch)
            source = scratch.source(name)
            _PACKED[name, luck] = pack(source, scratch.runs(source, luck), scratch.folder)
        self.source(name)
        place = self.folder / name
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(_PACKED[name, luck].folder, place)
        return replace(_PACKED[name, luck], folder=place)


_PACKED: dict[tuple[str, int], Submission] = {}


@pytest.fixture
def answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Calls the command line as `symprior` does, but in this process, so at once; workers are processes still."""

    def call(*arguments: object) -> subprocess.CompletedProcess[str]:
        from symprior.benchmark.cli import main

        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("COLUMNS", "200")
        monkeypatch.setattr(sys, "argv", ["symprior", *map(str, arguments)])
        monkeypatch.setattr(warnings, "formatwarning", warnings.formatwarning)  # main's own leaves with the test
        with pytest.raises(SystemExit) as ended:
            main()
        return subprocess.CompletedProcess(arguments, int(ended.value.code or 0), *capsys.readouterr())

    return call


OF_SCRIPTS = """
import os, runpy, sys
os.chdir({folder!r})
sys.argv = [{script!r}]
output = os.open({output!r}, os.O_WRONLY | os.O_CREAT)
os.dup2(output, 1)
os.dup2(output, 2)
runpy.run_path({script!r}, run_name="__main__")
"""


@pytest.fixture
def run_script(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path, Path], tuple[int, str]]:
    """Runs a script in a folder, in a process of its own, forked as workers are: torch and its company are loaded there.

    Gives the exit code and what it printed.
    """

    def call(script: Path, folder: Path) -> tuple[int, str]:
        from symprior.benchmark.sweep.engines import local

        output = tmp_path_factory.mktemp("printed") / "output"
        code = OF_SCRIPTS.format(folder=str(folder), output=str(output), script=str(script))
        context = multiprocessing.get_context("forkserver")
        with local._environment_of_workers(portable=False) as variables:
            local._start_what_workers_fork_from(context, variables)
            process = context.Process(target=exec, args=(code, {}))
            process.start()
        process.join()
        assert process.exitcode is not None
        return process.exitcode, output.read_text(encoding="utf-8")

    return call


@pytest.fixture
def submitted(tmp_path: Path) -> Submitted:
    """Makes submissions."""
    return Submitted(tmp_path)
