"""A task: environment, declared symmetry, budget, evaluation, reference scores and card."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal, cast

import gymnasium
import numpy as np

from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.errors import SympriorError
from symprior.symmetry.names import Names, numbered
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.environments.extras import install_command, is_installed
from symprior.tasks.environments.gymnasium_types import Environment, NumpyVectorEnvironment, Space
from symprior.tasks.environments.gymnasium_vector import GymnasiumVectorEnv, single_precision
from symprior.tasks.environments.simulators import SimulatorVectorEnv
from symprior.tasks.files.json_files import read_json
from symprior.tasks.task.card import Card
from symprior.tasks.task.goal_sets import SetsInTurn
from symprior.tasks.task.measured import REFERENCES, References
from symprior.tasks.task.registry import Registry

if TYPE_CHECKING:
    from symprior.tasks.environments.probes.probe import Probe
    from symprior.tasks.environments.probes.rollout_probe import RolloutProbe
    from symprior.tasks.environments.simulators import Simulator
    from symprior.tasks.task.transitions import GivenData

Track = Literal["headline", "diagnostic", "approximate", "dial", "control", "planning"]
"""`headline` tasks count in the headline; the other tracks stand beside it: tasks too easy or too hard for their budget,
tasks whose symmetry is only approximate, dials, tasks that have no symmetry, and goals to plan for from given data."""


def unit_of(track: str) -> str:
    """What the budget of a task of this track counts."""
    return "transitions" if track == "planning" else "environment steps"


TaskVectorEnv = SimulatorVectorEnv | GymnasiumVectorEnv
"""Copies of a task's environment; both kinds behave alike."""

DATA = Path(__file__).parents[1] / "data"


@dataclass(frozen=True)
class Task:
    """A task of the registry.

    Attributes:
        id: name with a version, `cartpole-v1`; a change of anything that moves scores is a new version.
        family: tasks of one family count together as one in the headline.
        gym_id: the registered single gymnasium environment.
        symmetry: makes the declared symmetry, when it is first asked for.
        probe: makes what a certificate drives the real single environment with.
        arguments: what the registered environment is made with, as pairs.
        simulator: makes the task's dynamics as array operations over a batch of states; None: the task is the
            gymnasium environment and nothing else.
        vector: makes a vector environment of so many copies that is faster than single ones side by side, where there
            is no simulator; it follows `GymnasiumVectorEnv`'s conventions.
        reference_policy: actions for a batch of simulator states, or of observations where there is no simulator; half
            of the frozen states come from its roll-outs. None: from random actions that are held for some steps.
        blind_policy: where penalties dominate the range of returns, the action of a policy that sees only the
            step; its return is then score 0.
        greatest_reward: of a step. Where dynamic programming cannot find the optimum, it is this times the
            time limit, if the reference policy attains 99.9 % of that.
        return_bounds: the least and the greatest return that an episode can have, whatever happens; None where none is
            proven. A record beyond them is refused.
        stated_threshold: the raw return from which on the task counts as solved, and its source; None: it is
            `threshold_fraction` of the way from score 0 to the optimum or, where that is unknown, the reference policy's
            return; or without that the `reward_threshold` of the gymnasium registration.
        extra: the extra of this package that installs the simulator, such as `mujoco`.
        data: the folder in which its references lie.
        file: `path/to/file.py:Name`, where a user brought it; `file_digest` is that of the file as it was then.
        names: what the entries of observations and the actions are called, or what makes that; see `called`.
        packages: what the simulator stands on beside gymnasium and numpy; certificates name their versions.
        given: how the transitions are made that are given beforehand; None: agents learn from its environments alone.
        goal_sets: the names of the sets of goals, in the order in which an evaluation plays them, all equally often; empty
            where a task has none.
        declared_track: where it belongs once what its score rests on is measured; see `Track` and `track`.
        evaluation_episodes: episodes per evaluation point.
    """

    id: str
    family: str
    gym_id: str
    symmetry: Callable[[], Symmetry]
    probe: Callable[[], Probe | RolloutProbe]
    card: Card
    arguments: tuple[tuple[str, object], ...] = ()
    simulator: Callable[[], Simulator] | None = None
    vector: Callable[[int], NumpyVectorEnvironment] | None = None
    reference_policy: Callable[[np.ndarray], np.ndarray] | None = None
    blind_policy: Callable[[int], int | NumpyArray] | None = None
    greatest_reward: float | None = None
    return_bounds: tuple[float | None, float | None] = (None, None)
    stated_threshold: tuple[float, str] | None = None
    threshold_fraction: float | None = 0.9
    given: GivenData | None = None
    goal_sets: tuple[str, ...] = ()
    declared_track: Track = "headline"
    evaluation_episodes: int = 20
    extra: str | None = None
    packages: tuple[str, ...] = ()
    names: Names | Callable[[], Names] | None = field(default=None, compare=False)
    origin: str = field(default="", compare=False)
    data: Path = field(default=DATA, compare=False)
    file: str | None = field(default=None, compare=False)
    file_digest: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "symmetry", cache(self.symmetry))

    def make(self, **arguments: object) -> Environment:
        """The single environment, with its time limit.

        Args:
            arguments: of the environment; every task draws itself with `render_mode="rgb_array"`.

        Raises:
            SympriorError: its simulator is not installed; the message has the command.
        """
        if arguments.get("render_mode") == "rgb_array" and "DISPLAY" not in os.environ:
            os.environ.setdefault("MUJOCO_GL", "egl")  # off-screen, where nobody chose otherwise
        try:
            return gymnasium.make(self.gym_id, **cast(dict[str, Any], {**dict(self.arguments), **arguments}))
        except (ImportError, gymnasium.error.DependencyNotInstalled, gymnasium.error.UnregisteredEnv) as error:
            raise self._not_installed(error) from error

    def make_vector(self, num_envs: int, namespace: ModuleType = np, device: str | None = None) -> TaskVectorEnv:
        """Copies of the environment side by side, all stepped by one call.

        An episode that ends is followed by the next in the same step; `infos["final_obs"]` [num_envs, …] then holds the
        last observations of ended episodes, where `infos["_final_obs"]` is true. `states` are what `reference_policy`
        acts on.

        Args:
            num_envs: how many.
            namespace: of the arrays, numpy or torch.
            device: where torch's arrays lie.

        Raises:
            SympriorError: the simulator is not installed.
        """
        if self.simulator is not None:
            return SimulatorVectorEnv(self.simulator(), num_envs, namespace, device)
        try:
            inner = None if self.vector is None else self.vector(num_envs)
        except ImportError as error:
            raise self._not_installed(error) from error
        return GymnasiumVectorEnv(self.make if inner is None else inner, num_envs, namespace, device)

    def make_evaluation(self, runs: int) -> TaskVectorEnv:
        """An environment for each episode of an evaluation of so many runs; those of a run lie together, set after set."""
        episodes = self.evaluation_episodes
        if not self.goal_sets or self.simulator is None:
            return self.make_vector(episodes * runs)
        in_turn = SetsInTurn(self.simulator(), len(self.goal_sets), episodes)
        return SimulatorVectorEnv(in_turn, episodes * runs)

    def by_goal_set(self, returns: Sequence[float]) -> dict[str, list[float]]:
        """The returns of an evaluation's episodes by the set of their goals; nothing where a task has none."""
        each = len(returns) // max(len(self.goal_sets), 1)
        return {name: list(returns[i * each : (i + 1) * each]) for i, name in enumerate(self.goal_sets)}

    def _not_installed(self, error: Exception) -> SympriorError:
        if self.extra is None:
            return SympriorError(f"The environment of {self.id} cannot be made: {error}")
        return SympriorError(
            f"{self.id} needs the extra {self.extra!r}, which is not installed. Install it with "
            f"`{install_command(self.extra)}`; every other task works without it. ({error})"
        )

    @cached_property
    def _spaces(self) -> tuple[Space, Space, int]:
        if self.simulator is not None:
            simulator = self.simulator()
            return simulator.observation_space, simulator.action_space, simulator.max_episode_steps
        env = self.make()
        limit = env.spec.max_episode_steps if env.spec is not None else None
        env.close()
        if limit is None:
            raise SympriorError(f"{self.gym_id} has no time limit; register it with `max_episode_steps`.")
        return single_precision(env.observation_space), env.action_space, limit

    def is_as_it_was(self, file_digest: str) -> bool:
        """Whether what was measured with a file of this digest holds; a shipped task has a version for that."""
        return self.file_digest in ("", file_digest)

    @cached_property
    def called(self) -> Names:
        """What the entries of observations and the actions are called; numbers, where that is not known.

        Raises:
            SympriorError: there are not as many names as entries.
        """
        symmetry = self.symmetry()
        if self.names is None or not self.is_installed:
            return numbered(symmetry)
        found = self.names() if callable(self.names) else self.names
        found.check(self.id, symmetry)
        return found

    @property
    def name_to_type(self) -> str:
        """What names it to a command: its file's `path/to/file.py:Name` where a user brought it, else its id."""
        return self.file or self.id

    @property
    def how_to_measure(self) -> str:
        """The command that measures and keeps the references."""
        return f"`symprior references {self.name_to_type} --budget N --write`"

    @property
    def observation_space(self) -> Space:
        """The space of a single environment's observations, as agents get them: floats in single precision."""
        return self._spaces[0]

    @property
    def action_space(self) -> Space:
        """The space of a single environment's actions."""
        return self._spaces[1]

    @property
    def max_episode_steps(self) -> int:
        """The time limit; reaching it truncates."""
        return self._spaces[2]

    @cached_property
    def references(self) -> References:
        """The frozen measurements.

        Raises:
            SympriorError: they were never measured, or the file with them is damaged or older than the task's own file.
        """
        file, again = self.data / f"{self.id}.json", self.how_to_measure
        if not file.is_file():
            raise SympriorError(
                f"{self.id} has no reference scores yet. Measure them with {again}, N environment steps."
            )
        found = read_json(file, REFERENCES, f"Measure again with {again}.")
        if not self.is_as_it_was(found.file_digest):
            raise SympriorError(
                f"The references of {self.id} in {file} were not measured with {self.file} as it is now. "
                f"Measure again with {again}."
            )
        return found

    @property
    def is_installed(self) -> bool:
        """Whether the task's simulator can be imported; one that needs no extra always is."""
        return self.extra is None or is_installed(self.extra)

    @property
    def track(self) -> Track:
        """The declared one, but `diagnostic` for a headline task whose budget or score 1 is not measured by the rules yet.

        A task without references, such as a user's own, stays where it was put: it has no score to be counted.
        """
        if self.declared_track != "headline" or not self.is_measured:
            return self.declared_track
        return "diagnostic" if self.references.is_provisional else "headline"

    @property
    def is_measured(self) -> bool:
        """Whether the task has references that can be used; `references` says why it has none."""
        try:
            return bool(self.references)
        except SympriorError:
            return False

    @property
    def portions(self) -> tuple[int, ...]:
        """How many transitions are given, portion after portion; empty where none are given."""
        return () if self.given is None else self.given.portions

    @property
    def unit(self) -> str:
        """What its budget counts."""
        return unit_of(self.declared_track)

    @property
    def budget(self) -> int:
        """Environment steps that an agent may train on, over all copies, or transitions where these are given."""
        return self.references.budget

    @property
    def threshold(self) -> float:
        """Raw mean return from which on the task counts as solved."""
        return self.references.threshold


TASKS: Registry[Task] = Registry("task", "symprior.tasks.families", entry_points="symprior.tasks")


def register(task: Task) -> Task:
    """Put a task into the registry, as one of the calling module.

    Raises:
        SympriorError: another task has its id.
    """
    TASKS.register(task.id, task, task.origin or str(sys._getframe(1).f_globals.get("__name__")))
    return task
