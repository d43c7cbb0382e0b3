"""A shipped agent as a contestant."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from symprior.agents.agent.given import counted
from symprior.agents.learners.learner import learner_refusal
from symprior.benchmark.jobs.contestant import Contestant, Hyperparameters
from symprior.benchmark.jobs.isolation.agent_process import UNBOUND, Confines
from symprior.benchmark.jobs.resolved import Resolved
from symprior.leaderboard.records.record import AgentCard
from symprior.symmetry.errors import SympriorError
from symprior.tasks.files.json_files import Json

if TYPE_CHECKING:
    from symprior.agents.agent import Agent
    from symprior.agents.catalogue import ShippedAgent
    from symprior.benchmark.jobs.job import Job
    from symprior.tasks import Task


@dataclass(frozen=True)
class Shipped(Contestant):
    """An algorithm with a prior, by its name."""

    agent: ShippedAgent

    @property
    def id(self) -> str:  # type: ignore[override]
        """The id under which its records lie."""
        return self.agent.id

    @property
    def mode(self) -> str:  # type: ignore[override]
        """How it acts in the evaluation that counts."""
        return self.agent.algorithm.mode

    @property
    def learns_from_given(self) -> bool:  # type: ignore[override]
        """Whether its algorithm learns from transitions that are given beforehand."""
        return self.agent.algorithm.learns_from_given

    @property
    def bibtex(self) -> str:
        """Those of its algorithm and of its prior."""
        return "\n\n".join(self.agent.bibtex)

    def learner(self, asked: str) -> str:
        """The one that is asked for; what does not learn has none."""
        return self.agent.learner(asked)

    def resolve(self, job: Job, task: Task) -> Resolved:
        """With its tuned settings, and the symmetry that its prior asks for."""
        overrides = dict(job.settings)
        settings = self.agent.settings(task.family, overrides)
        if reason := self.agent.algorithm.task_refusal(task):
            raise SympriorError(f"{self.id} cannot be run on {task.id}: {reason}")
        if self.learns_from_given and task.given is not None:
            task.given.check(task.id, job.budget, job.evaluate_every)
        return Resolved(
            job=job,
            task=task,
            problem=self.agent.problem(task, settings),
            settings=settings,
            hyperparameters=settings.model_dump(mode="json"),
            ledger=job.ledger or self.agent.ledger(task.family, overrides),
            samples_per_update=self.agent.samples_per_update(settings),
        )

    def build(self, runs: Sequence[Resolved], seeds: Sequence[int], confines: Confines = UNBOUND) -> Agent:
        """The agent that carries these runs out."""
        job, settings = runs[0].job, [run.settings for run in runs if run.settings is not None]
        computed = (job.learner, job.device, job.kernel, job.portable)
        return self.agent.build(runs[0].problem, seeds, settings, *computed)

    def check(self, resolved: Resolved) -> None:
        """Make one, which takes parts of a second: its settings have to fit what is seen and done there."""
        job = resolved.job
        if reason := learner_refusal(self.agent.algorithm, job.learner):
            raise SympriorError(reason)
        try:
            self.build([resolved], job.seeds[:1])
        except SympriorError as error:
            raise SympriorError(f"{self.id} cannot be run so on {job.task}: {error}") from error
        except MemoryError as error:
            raise SympriorError(
                f"{self.id} cannot be run so on {job.task}: it does not fit into memory. Choose smaller settings."
            ) from error

    def card(self, agent: Agent | None, group: str, learner: str) -> AgentCard:
        """What records say of it."""
        prior = self.agent.prior
        return AgentCard(
            id=self.id,
            algorithm=self.agent.algorithm.name,
            prior=prior.name if prior else "none",
            description=self.agent.description,
            learner=self.learner(learner),
            parameters=counted(agent, "parameters"),
            symmetry_used=group,
            bibtex=self.bibtex,
            control=prior is not None and prior.is_control,
        )

    def untuned(self, family: str, searched: Collection[str]) -> Json:
        """What a search of these settings holds fixed."""
        return self.agent.untuned(family, searched)

    def completed(self, recorded: Hyperparameters) -> Json:
        """A record's hyperparameters, with the defaults of those that did not exist when it was written."""
        return {**self.agent.settings_type().model_dump(mode="json"), **recorded}
