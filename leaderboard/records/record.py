"""The record of one run: its schema, and reading and writing it without ever leaving half a file.

A record is self-describing: curve, budget, agent card, hyperparameters and provenance. The leaderboard needs
nothing else.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
    model_validator,
)

from symprior.leaderboard.records.learners import TORCH
from symprior.leaderboard.records.reading import many_records, parsed, read_bytes
from symprior.symmetry.errors import SympriorError
from symprior.tasks.files.atomic import write_text_atomically

SCHEMA_VERSION: Literal[1] = 1

DIVERGED = "The run diverged: its parameters are no finite numbers any more."
"""The error of a run that is an answer all the same: the settings do not work."""

Finite = Annotated[float, Field(allow_inf_nan=False)]


MOST_BYTES = 64 * 1024 * 1024
"""Of a record: an hour of evaluations of a thousand episodes has a fiftieth of that."""

MOST_NAMED = 20
"""Bad files that are named at once."""

CLOCKS = timedelta(hours=1)
"""By how much the clocks of two machines may differ."""

CUSTOM_SUITE = "custom"
"""The suite of single runs. Nobody froze its tasks and seeds, so that none can be missing."""

SOURCE_DIGEST = "source"
"""A hyperparameter that only agents from a user's file have: the digest of that file."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Grown(_Part):
    """A part that says more than in older records; where there is nothing of that to say, it is not there."""

    later: ClassVar[tuple[str, ...]]

    @model_serializer(mode="wrap")
    def _without_what_it_has_not(self, handler: SerializerFunctionWrapHandler) -> dict[str, object]:
        fields: dict[str, object] = handler(self)
        return {name: fields[name] for name in fields if name not in self.later or fields[name] is not None}


class EquivarianceError(_Grown):
    """Distance of π(g s) from g π(s) on frozen states, all g, divided by that of two independent states.

    `None` where that divisor is under .01: a (nearly) constant policy is equivariant for free, so the ratio
    says nothing. Of a Gaussian policy the distance is that of its means over half the action's range, and `log_std` is the
    largest difference of the logarithms of its standard deviations, not divided; other policies have none.
    """

    later = ("log_std",)

    mean: Finite | None
    maximum: Finite | None
    raw_maximum: Finite
    log_std: Finite | None = None


class LatentMeasure(_Part):
    """What a latent model is worth on transitions that it did not learn from.

    `diagram_error` is how far its steps miss where transitions lead, over the distance of two independent codes, both mean
    squares; `None` where all codes are one. `effective_rank` is how many directions the codes use.
    """

    diagram_error: Annotated[Finite, Field(ge=0)] | None
    effective_rank: Annotated[Finite, Field(ge=1)]


class Checkpoint(_Grown):
    """One evaluation: environment steps used until then, and the undiscounted return of every episode.

    Where a task has goals, the steps of every episode stand beside it; where an agent has a latent model, how good it is.
    """

    later = ("lengths", "latent")

    step: Annotated[int, Field(ge=0)]
    returns: Annotated[list[Finite], Field(min_length=1)]
    equivariance: EquivarianceError | None = None
    lengths: list[Annotated[int, Field(ge=1)]] | None = None
    latent: LatentMeasure | None = None


class OtherMode(_Part):
    """The final evaluation repeated in the mode of acting that does not count.

    Greedy for PPO and A2C; for DQN ε-greedy, each row on its own, with the ε at the end of training.
    """

    mode: Literal["sample", "greedy", "mean", "epsilon-greedy"]
    returns: Annotated[list[Finite], Field(min_length=1)]


class AgentCard(_Grown):
    """What a reader of results needs to know of an agent, without the code that trained it."""

    later = ("baseline",)

    id: str
    algorithm: str
    prior: str
    description: str
    learner: str = Field(
        description="what carries the algorithm out, e.g. 'stable-baselines3'; part of a row's identity"
    )
    parameters: int | None = Field(default=None, ge=0, description="trainable numbers")
    symmetry_used: str = Field(default="none", description="the group that the agent was given")
    bibtex: str = ""
    control: bool = Field(default=False, description="whether its prior keeps claims honest and is none to be claimed")
    baseline: str | None = Field(
        default=None,
        description="the plain agent that the gain of a user's agent is against; null: as the algorithm has it",
    )


class Effort(_Part):
    """What the training cost besides environment steps."""

    gradient_steps: int | None = Field(default=None, ge=0)
    samples_per_update: int | None = Field(default=None, ge=0)
    training_seconds: Annotated[Finite, Field(ge=0)]
    evaluation_seconds: Annotated[Finite, Field(ge=0)]


class Provenance(_Grown):
    """Where a number comes from; no host names, no user names."""

    later = ("kernel", "portable", "isolation")

    symprior: str
    commit: str | None
    dirty: bool | None
    python: str
    packages: dict[str, str]
    platform: str
    processor: str
    threads: int
    device: str = "cpu"
    task_source: str | None = Field(default=None, description="a digest of the task's file, where a user brought it")
    ledger: str | None = Field(
        default=None, description="the tuning that the settings come from, `cartpole/ppo`, and a digest of its ledger"
    )
    stack_size: int = Field(default=1, ge=1, description="seeds trained together in one computation")
    kernel: str | None = Field(
        default=None, description="what computes the updates, where it is not the learner's torch"
    )
    portable: Literal[True] | None = Field(
        default=None, description="true where libraries were held to kernels that every processor with AVX2 has"
    )
    isolation: Literal["namespaces", "process"] | None = Field(
        default=None, description="what kept the code of a user's agent apart from the run; null: it is no user's agent"
    )
    started: str

    @property
    def began(self) -> datetime | None:
        """When the run was started; None where that is no time."""
        try:
            found = datetime.fromisoformat(self.started)
        except ValueError:
            return None
        return found if found.tzinfo else found.replace(tzinfo=UTC)

    def began_before(self, moment: datetime) -> bool:
        """Whether the run was started before this moment, by more than clocks differ."""
        return self.began is not None and self.began + CLOCKS < moment

    @property
    def computed_by(self) -> str:
        """The kernel that computed the updates."""
        return self.kernel or TORCH


class RunRecord(_Part):
    """One run: (suite and its version, task, agent, seed), finished or failed."""

    schema_version: Literal[1] = SCHEMA_VERSION
    suite: str
    suite_version: str
    task: str
    agent: AgentCard
    seed: Annotated[int, Field(ge=0)]
    status: Literal["finished", "failed"]
    error: str | None = Field(default=None, description="the traceback of a failed run")
    budget: Annotated[int, Field(gt=0, description="environment steps allowed, over all copies")]
    steps_used: Annotated[int, Field(ge=0)]
    mode: Literal["sample", "greedy", "mean"] = "sample"
    evaluate_every: int | None = Field(
        default=None, gt=0, description="steps between evaluations; null: the protocol's points"
    )
    curve: list[Checkpoint]
    other_mode: OtherMode | None = None
    hyperparameters: dict[str, object]
    effort: Effort
    provenance: Provenance

    @model_validator(mode="after")
    def _consistent(self) -> RunRecord:
        steps = [point.step for point in self.curve]
        if steps != sorted(set(steps)):
            raise ValueError("the curve's steps must increase")
        if self.steps_used > self.budget or (steps and steps[-1] > self.budget):
            raise ValueError(f"the run used more than its budget of {self.budget} steps")
        if self.status == "finished" and len(self.curve) < 2:
            raise ValueError("a finished run has at least two evaluations")
        if self.status == "finished" and steps[-1] < self.steps_used:
            raise ValueError(f"the curve ends at step {steps[-1]}, but the run used {self.steps_used}")
        if (self.status == "failed") != (self.error is not None):
            raise ValueError("a failed run carries its error, a finished one none")
        return self

    @property
    def key(self) -> tuple[str, str, str, str, str, int]:
        """What makes a run one run: suite, version, task, agent, learner, seed."""
        return (self.suite, self.suite_version, self.task, self.agent.id, self.agent.learner, self.seed)

    @property
    def suite_id(self) -> str:
        """The suite with its version, `quick-1`."""
        return f"{self.suite}-{self.suite_version}"

    def is_of(self, suite: str | None) -> bool:
        """Whether it belongs to a suite that is named with or without its version; None: to any."""
        return suite in (None, self.suite, self.suite_id)


def record_path(folder: Path, *, suite: str, learner: str, task: str, agent: str, seed: int) -> Path:
    """Where a run's record lies below a records folder; `suite` is its name and version, `quick-1`."""
    return folder / suite / learner / task / agent / record_name(seed)


def record_name(seed: int) -> str:
    """The name of the file that holds a run's record."""
    return f"seed-{seed:04d}.json"


def path_of(folder: Path, record: RunRecord) -> Path:
    """Where a record lies below `folder`."""
    return record_path(
        folder,
        suite=record.suite_id,
        learner=record.agent.learner,
        task=record.task,
        agent=record.agent.id,
        seed=record.seed,
    )


def write_record(folder: Path, record: RunRecord) -> Path:
    """Write one record below `folder` and return its path."""
    path = path_of(folder, record)
    write_text_atomically(path, record.model_dump_json(indent=1) + "\n")
    return path


def read_record(path: Path) -> RunRecord:
    """Read one record.

    Raises:
        SympriorError: the file is no regular one or absurdly large, truncated, of another schema version, names a key twice,
            or says something impossible.
    """
    text = read_bytes(path, MOST_BYTES)
    try:
        record = RunRecord.model_validate_json(text)
        parsed(text)
        return record
    except ValidationError as error:
        raise SympriorError(f"{path} is no valid record: {_first_problem(error)}") from error
    except ValueError as error:
        raise SympriorError(f"{path} is no valid record: {error}.") from error


def _first_problem(error: ValidationError) -> str:
    problem = error.errors()[0]
    place = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "json_invalid":
        return f"{problem['msg']}. The file may be truncated: delete it and run the same command again."
    if place == "schema_version":
        return (
            f"its schema version is {problem['input']!r}, this symprior reads version {SCHEMA_VERSION}. "
            "Read it with the version of symprior that wrote it, or run it again."
        )
    return f"{place or 'the record'}: {problem['msg']}. Delete it and run the same command again."


def _read_all(paths: list[Path]) -> list[tuple[Path, RunRecord]]:
    """Every record, or one error that names all bad files."""
    read, problems = [], []
    for path in paths:
        try:
            read.append((path, read_record(path)))
        except SympriorError as error:
            problems.append(str(error))
    if problems:
        more = [f"… and {len(problems) - MOST_NAMED} more."] if len(problems) > MOST_NAMED else []
        raise SympriorError("\n".join([*problems[:MOST_NAMED], *more]))
    return read


@many_records()
def read_records(folder: Path) -> list[RunRecord]:
    """All records below `folder` (one file a run), in the order of their keys; identical copies count once.

    Raises:
        SympriorError: no such folder, no record in it, a record that cannot be read, or two of one run that
            differ.
    """
    if not folder.is_dir():
        raise SympriorError(
            f"There is no records folder {folder}. Run `symprior run` first or name another with --records."
        )
    found: dict[tuple[Any, ...], tuple[RunRecord, Path]] = {}
    for path, record in _read_all(sorted(folder.rglob("seed-*.json"))):
        earlier = found.setdefault(record.key, (record, path))
        if earlier[0] != record:
            raise SympriorError(
                f"{earlier[1]} and {path} are two different records of one run. Keep the one you trust and "
                f"delete the other."
            )
    if not found:
        raise SympriorError(
            f"The folder {folder} holds no records. Run `symprior run` first or name another with --records."
        )
    return [found[key][0] for key in sorted(found)]
