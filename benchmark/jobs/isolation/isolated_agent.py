"""A user's agent as its run sees it: an agent like another, whose every method is carried out in its own process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from symprior.agents.agent import Problem
from symprior.agents.agent.abilities import PolicyArrays
from symprior.agents.agent.source import BudgetExhausted, may_rest
from symprior.benchmark.artifacts.policies import packed, unpacked
from symprior.benchmark.jobs.isolation.agent_process import AgentProcess, Confines
from symprior.benchmark.jobs.isolation.channel import ENDED, EXHAUSTED, RESET, REST, STEP, STEPPED
from symprior.benchmark.jobs.isolation.questions import (
    ACTING,
    GIVING,
    LOADING,
    SAVING,
    SAYING,
    SEEDING,
    TAKING,
    answer_of,
)
from symprior.benchmark.jobs.isolation.said import Done, State, read
from symprior.benchmark.jobs.isolation.shared_arrays import QuestionArrays, TrainingArrays, show, shown
from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.errors import SympriorError
from symprior.tasks.environments.gymnasium_types import VectorEnvironment
from symprior.tasks.files import states


class Made(NamedTuple):
    """What an agent is made with.

    Attributes:
        name: `path/to/file.py:Name`, with the whole path.
        task: by which its process finds the task.
        problem: what the agent is told.
        seed: of the run.
        generators: seed of the global generators.
    """

    name: str
    task: str
    problem: Problem
    seed: int
    generators: int


class IsolatedAgent:
    """An agent in a process of its own.

    What it is able to do beside learning and acting it has as attributes, so that it is recognised as any agent is.

    Args:
        made: what it is made with.
        confines: what surrounds its process.

    Attributes:
        num_envs: how many copies it wants, as it said.
        parameters, gradient_steps, diverged: what it said of itself at last.
        isolation: `namespaces`, or `process` where the system has none.

    Raises:
        SympriorError: the file does not import, making the agent raised something, or its process died.
    """

    def __init__(self, made: Made, confines: Confines) -> None:
        self._problem, self._arrays = made.problem, dict[tuple[str, int], QuestionArrays]()
        self._process = AgentProcess(made.name, confines)
        self.isolation = "process" if self._process.unconfined else "namespaces"
        self._process.send("make", task=made.task, seed=made.seed, generators=made.generators)
        state = self._process.hear(State)
        self.num_envs: Any = state.copies
        self._remember(state)
        self._take_on(state.abilities)

    def learn(self, env: VectorEnvironment, budget: int) -> None:
        """Let it train on these environments, which stay here."""
        arrays = TrainingArrays(
            self._process.files, env.single_observation_space, env.single_action_space, env.num_envs
        )
        self._process.send("learn", budget=budget, copies=env.num_envs)
        while (packet := self._process.next()) in DOING:
            self._process.say(DOING[packet](env, arrays))
        self._remember(read(packet, State))

    def act(self, observations: NumpyArray) -> NumpyArray:
        """Its actions, [batch, …]."""
        return self._asked("act", observations)

    @contextmanager
    def isolated_random_numbers(self, seed: int) -> Iterator[None]:
        """Start the global generators of its process anew, and put them back as they were."""
        self._do("set_apart", seed=seed)
        yield
        self._do("put_back")

    def close(self) -> None:
        """End its process, with all that it started."""
        self._process.close()

    def _asked(self, method: str, observations: NumpyArray) -> NumpyArray:
        arrays = self._arrays.get(key := (method, len(observations)))
        if arrays is None:
            row = answer_of(method, self._problem)
            arrays = QuestionArrays(self._process.files, self._problem.observation_space, row, len(observations))
            self._arrays[key] = arrays
        arrays.asked.give(observations=observations)
        self._do("answer", method=method, rows=len(observations))
        return arrays.answered.take()["answers"].copy()

    def _do(self, what: str, **message: Any) -> Done:
        """Have something done that is no training.

        Raises:
            SympriorError: it raised something, its process died, or it steps the environment meanwhile.
        """
        self._process.send(what, **message)
        packet = self._process.next()
        if packet in DOING:
            raise SympriorError("The agent used the training's environment outside of `learn`.")
        return read(packet, Done)

    def _remember(self, state: State) -> None:
        self.parameters, self.gradient_steps, self.diverged = state.parameters, state.gradient_steps, state.diverged

    def _take_on(self, abilities: Sequence[str]) -> None:
        """Have the methods that the agent has."""
        methods: dict[str, Callable[..., Any]] = {
            **{name: _named(name, self._asked) for name in (*ACTING, *SAYING)},
            SEEDING: self._seed_policy,
            GIVING: self._policy_arrays,
            TAKING: self._take_policy,
            SAVING: self._save,
            LOADING: self._load,
        }
        self.__dict__.update({name: methods[name] for name in abilities if name in methods})

    def _seed_policy(self, seeds: NDArray[np.int64]) -> None:
        self._do("seed_policy", seeds=seeds.tolist())

    def _policy_arrays(self, run: int) -> PolicyArrays:
        return unpacked(shown(self._process.files.policy, self._do("give_policy", run=run).size))

    def _take_policy(self, arrays: PolicyArrays) -> None:
        policy = packed(arrays)
        show(self._process.files.policy, policy)
        self._do("take_policy", size=len(policy))

    def _save(self) -> states.State | None:
        """What it goes on from: bytes that its own process alone understands; None where it gives none."""
        size = self._do("save").size
        return {"bytes": np.frombuffer(shown(self._process.files.saved, size), np.uint8)} if size else None

    def _load(self, state: states.State) -> None:
        saved = state["bytes"].tobytes()
        show(self._process.files.saved, saved)
        self._do("load", size=len(saved))


def _named(name: str, asked: Callable[[str, NumpyArray], NumpyArray]) -> Callable[[NumpyArray], NumpyArray]:
    def method(observations: NumpyArray) -> NumpyArray:
        return asked(name, observations)

    method.__name__ = name
    return method


def _reset(env: VectorEnvironment, arrays: TrainingArrays) -> bytes:
    """Start all episodes; the word of the answer."""
    arrays.seen.give(observations=env.reset()[0])
    return RESET


def _stepped(env: VectorEnvironment, arrays: TrainingArrays) -> bytes:
    """Step by the actions that were given; the word of the answer."""
    try:
        observations, rewards, terminated, truncated, infos = env.step(arrays.done.take()["actions"].copy())
    except BudgetExhausted:
        return EXHAUSTED
    arrays.seen.give(observations=observations, rewards=rewards, terminated=terminated, truncated=truncated)
    if "final_obs" not in infos:
        return STEPPED
    arrays.last.give(observations=infos["final_obs"], ended=infos["_final_obs"])
    return ENDED


def _rested(env: VectorEnvironment, arrays: TrainingArrays) -> bytes:
    """Put the run down where it is time for that; the word of the answer."""
    may_rest(env)
    return REST


DOING = {STEP: _stepped, RESET: _reset, REST: _rested}
"""What is done in training for each word that asks for something."""
