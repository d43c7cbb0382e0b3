"""What is kept of a verification: who trained which runs again, where, and what came of each. One JSON file each."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from symprior.leaderboard.records.reading import parsed, read_bytes
from symprior.leaderboard.records.record import Finite, Provenance, RunRecord
from symprior.leaderboard.verification.agreement import Verdict
from symprior.leaderboard.verification.drawing import digest_of
from symprior.symmetry.errors import SympriorError
from symprior.tasks.files.atomic import write_text_atomically

SCHEMA_VERSION: Literal[1] = 1
MOST_BYTES = 16 * 1024 * 1024
LONGEST_LINE = 200
Line = Annotated[str, Field(min_length=1, max_length=LONGEST_LINE, pattern=r"^[^\x00-\x1f\x7f]+$")]
Text = Annotated[str, Field(max_length=4000)]


ONE_LINE = TypeAdapter(Line)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Subject(_Part):
    """The records that were verified.

    Attributes:
        suite: with its version.
        digest: of all of them, as `drawing.digest_of` counts it.
        runs: how many.
    """

    suite: Line
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    runs: Annotated[int, Field(ge=1)]


class CheckedRun(_Part):
    """One run that was trained again.

    Attributes:
        verdict: equal to the bit, not comparable, or not what the record says.
        note: what differs first, or why the two cannot be compared.
        distance: by how much the data efficiencies differ, where bits do; `bound` how far chance takes them.
    """

    learner: Line
    agent: Line
    task: Line
    seed: Annotated[int, Field(ge=0)]
    verdict: Verdict
    note: Text = ""
    distance: Finite | None = None
    bound: Finite | None = None


class Replay(_Part):
    """Runs that were drawn and trained again.

    Attributes:
        seed_from: the text of the draw.
        cells: how many were to be drawn.
        power: the least probability that the draw holds one of 10 % of forged runs.
        runs: those that were drawn.
    """

    seed_from: Line
    cells: Annotated[int, Field(ge=1)]
    power: Annotated[float, Field(ge=0, le=1)]
    runs: tuple[CheckedRun, ...]


class FreshTask(_Part):
    """Fresh seeds on one task.

    Attributes:
        relabelled: whether observations and actions had secret new places.
        claimed, fresh: runs by the records and now.
        ratio: mean lost data now over that of the records: over 1 the records show too good an agent.
    """

    task: Line
    relabelled: bool
    claimed: Annotated[int, Field(ge=2)]
    fresh: Annotated[int, Field(ge=2)]
    ratio: Finite


class FreshSeeds(_Part):
    """One agent on seeds that the submitter did not know.

    Attributes:
        inflation: mean lost data now over that of the records, the geometric mean over tasks.
        p_value: of no difference, two-sided.
        told_apart: whether the two samples differ, at 5 %.
        detectable: the inflation that would have been found with 80 % power.
    """

    learner: Line
    agent: Line
    seed_from: Line
    tasks: tuple[FreshTask, ...]
    inflation: Finite
    p_value: Annotated[float, Field(ge=0, le=1)]
    told_apart: bool
    detectable: Finite


class Verification(_Part):
    """One verification.

    Attributes:
        by: who vouches for it; null: nobody, so that no level rests on it.
        machine: what the runs were trained again with, and since when.
        impossible: what the records say of their origin and cannot be.
        remark: in the verifier's own words.
    """

    schema_version: Literal[1] = SCHEMA_VERSION
    subject: Subject
    by: Line | None
    machine: Provenance
    impossible: tuple[Text, ...] = ()
    replay: Replay | None = None
    fresh: tuple[FreshSeeds, ...] = ()
    remark: Line | Literal[""] = ""

    @model_validator(mode="after")
    def _says_something(self) -> Verification:
        if self.replay is None and not self.fresh and not self.impossible:
            raise ValueError("a verification says which runs were trained again, or what cannot be")
        return self

    @property
    def contradicts(self) -> bool:
        """Whether it says that the records are not what an honest run gives."""
        differs = self.replay is not None and any(run.verdict == Verdict.DIFFERS for run in self.replay.runs)
        return differs or bool(self.impossible) or any(fresh.told_apart for fresh in self.fresh)

    def about(self, learner: str, agent: str) -> Verification:
        """What it says of one agent; what cannot be concerns everybody's records."""

        def is_its_own(said: CheckedRun | FreshSeeds) -> bool:
            return (said.learner, said.agent) == (learner, agent)

        replay = self.replay and self.replay.model_copy(update={"runs": tuple(filter(is_its_own, self.replay.runs))})
        return self.model_copy(update={"replay": replay, "fresh": tuple(filter(is_its_own, self.fresh))})

    def is_of(self, records: Iterable[RunRecord]) -> bool:
        """Whether it is of these records as they are."""
        return self.subject.digest == digest_of(records)

    @property
    def file_name(self) -> str:
        """A name that begins with when it was made, and changes with what it says."""
        day = self.machine.started.replace(":", "").replace("+0000", "Z")
        return f"{day}-{sha256(self.model_dump_json().encode()).hexdigest()[:8]}.json"


def check_line(option: str, text: str) -> None:
    """Refuse what a verification could not keep, before hours of training.

    Raises:
        SympriorError: the text is empty, longer than 200 characters, or of several lines.
    """
    try:
        ONE_LINE.validate_python(text)
    except ValidationError as error:
        raise SympriorError(
            f"{option} takes one line of 1 to {LONGEST_LINE} characters, and {text[:20]!r} is none."
        ) from error


def write_verification(folder: Path, verification: Verification) -> Path:
    """Write it below `folder`, atomically, and return its path."""
    path = folder / verification.file_name
    write_text_atomically(path, verification.model_dump_json(indent=1) + "\n")
    return path


def read_verification(path: Path) -> Verification:
    """Read one.

    Raises:
        SympriorError: it is no regular file, too large, or no verification.
    """
    text = read_bytes(path, MOST_BYTES)
    try:
        found = Verification.model_validate_json(text)
        parsed(text)
        return found
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(map(str, problem["loc"]))
        raise SympriorError(
            f"{path} is no verification: {place or 'the file'}: {problem['msg']}. `symprior verify` writes one."
        ) from error
    except ValueError as error:
        raise SympriorError(f"{path} is no verification: {error}.") from error


def read_verifications(folder: Path) -> list[Verification]:
    """Those in a folder, the oldest first; none where there is no such folder.

    Raises:
        SympriorError: a file in it is none.
    """
    return [read_verification(path) for path in sorted(folder.glob("*.json"))]
