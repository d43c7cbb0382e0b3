"""The user's class in its process: it is read, described, made, and does what its run asks."""

from __future__ import annotations

import json
import socket
import traceback
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

import numpy as np

from symprior.agents.agent import Problem
from symprior.agents.agent.abilities import MayDiverge
from symprior.agents.agent.generators import (
    global_generators,
    isolated_random_numbers,
    load_global_generators,
    seed_global_generators,
)
from symprior.agents.agent.given import counted
from symprior.agents.agent.source import BudgetExhausted
from symprior.benchmark.artifacts.policies import packed, unpacked
from symprior.benchmark.jobs.isolation.channel import ENDED, EXHAUSTED, RESET, REST, STEPPED, Channel, Gone
from symprior.benchmark.jobs.isolation.errors import traceback_now
from symprior.benchmark.jobs.isolation.inside.environment import RemoteVectorEnv
from symprior.benchmark.jobs.isolation.inside.late_seeding import seed_torch_when_it_comes
from symprior.benchmark.jobs.isolation.questions import (
    ACTING,
    GIVING,
    LOADING,
    SAVING,
    SAYING,
    SEEDING,
    TAKING,
    answer_of,
    checked,
)
from symprior.benchmark.jobs.isolation.shared_arrays import MemoryFiles, QuestionArrays, TrainingArrays, show, shown
from symprior.symmetry.errors import SympriorError
from symprior.tasks import get_task
from symprior.tasks.custom.source_files import load
from symprior.tasks.files.states import state_as_bytes, state_from_bytes

METHODS = ("learn", "act")
LONGEST_ODD = 100
"""Characters of what is no number of copies."""
ANSWERS = (STEPPED, ENDED, EXHAUSTED, RESET, REST)


class Server:
    """Does what a run asks of its agent, one message after another.

    Args:
        name: `path/to/file.py:Name`.
        end: the descriptor of its end of the channel.
        memory: those of the files in memory.
    """

    def __init__(self, name: str, end: int, memory: Sequence[int]) -> None:
        self._name, self._channel = name, Channel(socket.socket(fileno=end))
        self._files, self._is_answering = MemoryFiles(*memory), False
        self._arrays: dict[tuple[str, int], QuestionArrays] = {}
        self._agent: Any = None
        self._apart: AbstractContextManager[None] | None = None

    def serve(self, unconfined: str) -> None:
        """Until the run closes its end.

        Args:
            unconfined: why this process is not in namespaces of its own, if it is not.
        """
        with suppress(Gone):
            self._channel.send(unconfined=unconfined)
            while True:
                self._do(self._channel.hear())

    def _do(self, packet: bytes) -> None:
        """Carry one message out and answer it."""
        asked = json.loads(packet)
        try:
            answer = getattr(self, f"_{asked.pop('do')}")(**asked)
        except Gone:
            raise
        except SympriorError as error:
            answer = {"raised": str(error)}
        except (Exception, SystemExit, KeyboardInterrupt):
            answer = {"raised": traceback_now()}
        try:
            self._channel.send(**answer)
        except (TypeError, ValueError) as error:
            self._channel.send(raised=f"{self._name} says of itself what cannot be passed on: {error}.")

    def _ask(self, word: bytes) -> bytes:
        """Have the run do something in training; what it asks meanwhile, as for an evaluation, is done first."""
        if self._is_answering:
            raise SympriorError("The agent used the training's environment outside of `learn`.")
        self._channel.say(word)
        while (packet := self._channel.hear()) not in ANSWERS:
            self._do(packet)
        return packet

    def _describe(self) -> dict[str, Any]:
        kind = _class(self._name)
        described = (kind.__doc__ or "").strip() or "An agent from outside the project."
        texts = {name: getattr(kind, name, None) for name in ("algorithm", "prior", "bibtex", "baseline")}
        said = {name: None if value is None else str(value) for name, value in texts.items()}
        return {
            **said,
            "describes": described.splitlines()[0],
            "bibtex": said["bibtex"] or "",
            "settings": _settings(kind),
        }

    def _make(self, task: str, seed: int, generators: int) -> dict[str, Any]:
        kind, self._problem = _class(self._name), Problem.of(get_task(task))
        seed_global_generators(generators)
        seed_torch_when_it_comes(generators)
        self._agent = kind(self._problem, seed)
        return self._state()

    def _learn(self, budget: int, copies: int) -> dict[str, Any]:
        spaces = self._problem.observation_space, self._problem.action_space
        env = RemoteVectorEnv(*spaces, copies, TrainingArrays(self._files, *spaces, copies), self._ask)
        with suppress(BudgetExhausted):
            self._agent.learn(env, budget)
        return self._state()

    def _answer(self, method: str, rows: int) -> dict[str, Any]:
        problem, key = self._problem, (method, rows)
        if key not in self._arrays:
            row = answer_of(method, problem)
            self._arrays[key] = QuestionArrays(self._files, problem.observation_space, row, rows)
        observations = self._arrays[key].asked.take()["observations"].copy()
        with self._answering():
            given = getattr(self._agent, method)(observations)
        found = checked(given, method, problem, type(self._agent).__name__, rows)
        self._arrays[key].answered.give(answers=found)
        return {"done": True}

    def _seed_policy(self, seeds: list[int]) -> dict[str, Any]:
        self._agent.seed_policy(np.array(seeds, dtype=np.int64))
        return {"done": True}

    def _set_apart(self, seed: int) -> dict[str, Any]:
        self._apart = isolated_random_numbers(seed)
        self._apart.__enter__()
        return {"done": True}

    def _put_back(self) -> dict[str, Any]:
        assert self._apart is not None
        self._apart.__exit__(None, None, None)
        return {"done": True}

    def _give_policy(self, run: int) -> dict[str, Any]:
        policy = packed(self._agent.policy_arrays(run))
        show(self._files.policy, policy)
        return {"done": True, "size": len(policy)}

    def _take_policy(self, size: int) -> dict[str, Any]:
        self._agent.take_policy(unpacked(shown(self._files.policy, size)))
        return {"done": True}

    def _save(self) -> dict[str, Any]:
        """Show what the agent goes on from; what does not work costs a place to go on from, not the run."""
        try:
            saved = self._saved()
            show(self._files.saved, saved)
        except Exception:
            traceback.print_exc()
            saved = b""
        return {"done": True, "size": len(saved)}

    def _saved(self) -> bytes:
        """What the agent gives, with this process's generators as they were before; nothing where it gives None."""
        generators = global_generators()
        try:
            with self._answering():
                given = self._agent.save()
        finally:
            load_global_generators(generators)
        if given is None:
            return b""
        if not isinstance(given, bytes):
            raise TypeError(
                f"`save` gave {type(given).__name__}; it gives bytes, which `load` is given again, or None."
            )
        return state_as_bytes({"agent": np.frombuffer(given, np.uint8), "generators": generators})

    def _load(self, size: int) -> dict[str, Any]:
        saved = state_from_bytes(shown(self._files.saved, size))
        if saved["generators"]["torch"] is not None:
            import torch  # noqa: F401  (its generators go on, too)
        try:
            with self._answering():
                self._agent.load(saved["agent"].tobytes())
        except Exception:
            traceback.print_exc()
            raise
        load_global_generators(saved["generators"])
        return {"done": True}

    @contextmanager
    def _answering(self) -> Iterator[None]:
        """While the agent answers, the training's environment is not its to use."""
        self._is_answering = True
        try:
            yield
        finally:
            self._is_answering = False

    def _state(self) -> dict[str, Any]:
        """What the agent says of itself now."""
        agent, methods = self._agent, (*ACTING, *SAYING, SEEDING, GIVING, TAKING, SAVING, LOADING)
        copies = getattr(agent, "num_envs", 1)
        diverged = agent.diverged if isinstance(agent, MayDiverge) else False
        return {
            "copies": copies if type(copies) is int else repr(copies)[:LONGEST_ODD],
            "abilities": [name for name in methods if callable(getattr(agent, name, None))],
            "parameters": counted(agent, "parameters"),
            "gradient_steps": counted(agent, "gradient_steps"),
            "diverged": bool(np.any(diverged)),
        }


def _class(name: str) -> type[Any]:
    kind = load(name, "agent")
    path, _, attribute = name.rpartition(":")
    if not isinstance(kind, type):
        raise SympriorError(f"{path} defines no class {attribute!r}.")
    missing = [method for method in METHODS if not callable(getattr(kind, method, None))]
    if missing:
        raise SympriorError(
            f"{attribute} in {path} lacks {' and '.join(missing)}. An agent is made by {attribute}(problem, seed) and has "
            "learn(env, budget) and act(observations)."
        )
    return kind


def _settings(kind: type[Any]) -> dict[str, Any]:
    given = getattr(kind, "settings", {})
    try:
        settings: dict[str, Any] = json.loads(json.dumps(dict(given), allow_nan=False))
    except (TypeError, ValueError) as error:
        raise SympriorError(
            f"settings of {kind.__name__} must be a dictionary of numbers, texts, lists and the like: {error}."
        ) from error
    return settings
