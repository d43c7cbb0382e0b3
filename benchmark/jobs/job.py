"""A job: everything that decides what a run computes, as one frozen value."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from functools import cached_property

from symprior.agents.algorithms.algorithm import ALGORITHMS
from symprior.agents.learners.learner import LEARNERS, TORCH, learner_names, learner_of, reference_learner
from symprior.symmetry.errors import SympriorError, unknown_name
from symprior.tasks.custom.source_files import names_a_file

CPU = "cpu"
DEVICE = re.compile(r"cpu|cuda(:\d+)?")
SHARE = re.compile(r"([0-9]{1,9})/([0-9]{1,9})")
MOST_SEEDS, MOST_SEED = 1_000_000, 2**31 - 1
"""In one range, and the largest: generators of other packages take no more."""
MOST_BUDGET = 10**12
"""Environment steps: centuries of them."""
SMALLEST_SHARE = 5
"""Under this many runs in a stack, splitting it between workers gains nothing."""


@dataclass(frozen=True)
class Job:
    """One agent on one task for one or several seeds.

    Attributes:
        suite, suite_version: whose record this becomes.
        task: a task's id.
        agent: a shipped agent's name, or `path/to/file.py:Name`.
        seeds: the runs; each becomes a record of its own.
        budget: environment steps of each run.
        learner: what carries the algorithm out; the reference where nothing is said.
        settings: hyperparameters that differ from the tuned ones, as sorted pairs.
        ledger: of which tuning they are, `paper-cartpole/ppo`; None: of none, they were set.
        evaluate_every: environment steps between evaluations; None: the protocol's percentages.
        device: where torch computes.
        kernel: what the learner is asked to compute updates with.
        portable: whether libraries are held to kernels that every processor with AVX2 has.
    """

    suite: str
    suite_version: str
    task: str
    agent: str
    seeds: tuple[int, ...]
    budget: int
    learner: str = field(default_factory=reference_learner)
    settings: tuple[tuple[str, object], ...] = ()
    ledger: str | None = None
    evaluate_every: int | None = None
    device: str = CPU
    kernel: str = TORCH
    portable: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.budget <= MOST_BUDGET:
            raise SympriorError(f"A budget is from 1 to {MOST_BUDGET:,} environment steps, not {self.budget}.")
        if self.evaluate_every is not None and self.evaluate_every < 1:
            raise SympriorError(f"Evaluations are at least 1 environment step apart, not {self.evaluate_every}.")
        if not DEVICE.fullmatch(self.device):
            raise SympriorError(f"There is no device {self.device!r}; torch computes on cpu, cuda or cuda:N.")
        if self.portable and self.device != CPU:
            raise SympriorError(f"Portable kernels are those of processors, not of {self.device}: give one of the two.")
        if self.learner not in learner_names():
            raise unknown_name("learner", self.learner, learner_names())
        if self.kernel not in (kernels := LEARNERS[self.learner].kernels):
            raise unknown_name(f"kernel of the learner {self.learner}", self.kernel, kernels)

    def __hash__(self) -> int:
        return self._hash

    def __getstate__(self) -> dict[str, object]:
        return {name: value for name, value in self.__dict__.items() if name != "_hash"}  # another process has others

    @cached_property
    def _hash(self) -> int:
        """The hash of all fields, computed once: every run of a job has it for its own, and a job may have many seeds."""
        return hash(tuple(getattr(self, each.name) for each in fields(self)))

    @property
    def suite_id(self) -> str:
        """The suite with its version, as records have it: `quick-1`."""
        return f"{self.suite}-{self.suite_version}"

    @property
    def runs(self) -> list[Run]:
        """The job's runs, one for each seed."""
        return [Run(self, seed) for seed in self.seeds]


@dataclass(frozen=True)
class Run:
    """One seed of a job."""

    job: Job
    seed: int

    def __str__(self) -> str:
        return f"{self.job.agent} on {self.job.task}, seed {self.seed}"


@dataclass(frozen=True)
class Stack:
    """Runs that one computation carries out side by side: same task, agent, learner, budget and points.

    They may differ in seed and in settings that the learner takes for each run. Most learners take one run at a time.
    """

    runs: tuple[Run, ...]

    @property
    def job(self) -> Job:
        """What all runs have in common."""
        return self.runs[0].job

    @property
    def seeds(self) -> tuple[int, ...]:
        """The runs' seeds."""
        return tuple(run.seed for run in self.runs)

    @property
    def steps(self) -> int:
        """Environment steps of all runs."""
        return self.job.budget * len(self.runs)


def stacks(runs: list[Run], workers: int) -> list[Stack]:
    """The runs as units of work, in order: single runs, or where the learner takes many, a share for each worker."""
    together: dict[object, list[Run]] = {}
    for number, run in enumerate(runs):
        job = run.job
        alone = None if _goes_with_others(job) else number
        computed = (job.learner, job.device, job.kernel, job.portable)
        alike = (job.task, job.agent, job.budget, job.evaluate_every, computed, alone)
        together.setdefault(alike, []).append(run)
    found = []
    for group in together.values():
        shares = min(workers, -(-len(group) // SMALLEST_SHARE))
        size = -(-len(group) // shares)
        found += [Stack(tuple(group[start : start + size])) for start in range(0, len(group), size)]
    return found


def _goes_with_others(job: Job) -> bool:
    """Whether what carries the job out trains many seeds as one computation; where nothing is trained, the one asked for."""
    if names_a_file(job.agent):
        return False
    algorithm = ALGORITHMS[job.agent.partition("+")[0]]
    learner = LEARNERS[learner_of(algorithm, job.learner)]
    return (learner if learner.trains else LEARNERS[job.learner]).trains_many


def share(runs: list[Run], number: int, of: int) -> list[Run]:
    """One of so many shares of the runs, counted from 1; a share is whole stacks, and depends on the list of runs alone."""
    return [run for stack in stacks(runs, of)[number - 1 :: of] for run in stack.runs]


def most_shares(runs: list[Run]) -> int:
    """Into how many shares the runs can be cut at most: each is one stack then."""
    return len(stacks(runs, len(runs)))


def parse_share(text: str) -> tuple[int, int]:
    """The share K of N from `K/N`.

    Raises:
        SympriorError: the text is no such pair, or K is not from 1 to N.
    """
    found = SHARE.fullmatch(text)
    number, of = map(int, found.groups()) if found else (0, 0)
    if not 1 <= number <= of:
        raise SympriorError(f"{text!r} is no share. Write K/N with K from 1 to N: 3/8 is the third of eight.")
    return number, of


def parse_seeds(text: str) -> tuple[int, ...]:
    """Seeds from `4`, `0-9` or `0-4,7,9`.

    Raises:
        SympriorError: the text is no such list.
    """
    seeds: list[int] = []
    for part in text.split(","):
        first, dash, last = (piece.strip() for piece in part.partition("-"))
        if not _is_digits(first) or (dash and not _is_digits(last)):
            raise SympriorError(
                f"{text!r} is no list of seeds. Write a range such as 0-9, single seeds such as 4, or 0-4,7."
            )
        if len(greatest := (last or first).lstrip("0")) > len(str(MOST_SEED)) or int(greatest or "0") > MOST_SEED:
            raise SympriorError(f"The seed {greatest[:20]} is too large; seeds are numbers from 0 to {MOST_SEED:,}.")
        if dash and int(last) < int(first):
            raise SympriorError(f"The seed range {part.strip()!r} runs backwards; write {last}-{first}.")
        if int(last or first) - int(first) >= MOST_SEEDS:
            raise SympriorError(f"{part.strip()!r} are more than {MOST_SEEDS:,} seeds; run fewer at a time.")
        seeds += range(int(first), int(last or first) + 1)
    if len(set(seeds)) < len(seeds):
        raise SympriorError(f"The seeds {text!r} name one seed twice.")
    return tuple(seeds)


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdecimal()
