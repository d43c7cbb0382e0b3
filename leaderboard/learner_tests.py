"""Two learners, one truth: the tests of the batched learner against Stable-Baselines3 that records hold.

A test is a plain agent and the same with a prior, on one task, by both learners, in one *round*: fresh seeds. The version
of the suite `equivalence` is the round's number. A test that is repeated is another round, and every round is kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from symprior.leaderboard.equivalence import Arm, Equivalence, efficiencies_equal, gains_equal, runs_needed
from symprior.leaderboard.gains import PLAIN_PRIORS
from symprior.leaderboard.records import RunRecord
from symprior.leaderboard.scores import RunScore, score_run
from symprior.tasks import get_task
from symprior.tasks.errors import SympriorError

SUITE = "equivalence"
BATCHED, REFERENCE = LEARNERS = ("batched", "stable-baselines3")


@dataclass(frozen=True)
class AgentPair:
    """One agent by both learners, (batched, Stable-Baselines3).

    Attributes:
        agent: its id.
        final: mean normalised score of the last evaluation.
        censored: runs that never reached the threshold.
        runs: how many there are.
    """

    agent: str
    final: tuple[float, float]
    censored: tuple[int, int]
    runs: tuple[int, int]


@dataclass(frozen=True)
class LearnerTest:
    """Three quantities of one algorithm and one prior on one task: are they equal by both learners?

    Attributes:
        round: its number; a repeat on fresh seeds has a higher one.
        task, algorithm, prior: what was run.
        agents: the plain one and the one with the prior.
        quantities: data efficiency of the plain agent, of the one with the prior, and the logarithm of the gain.
    """

    round: str
    task: str
    algorithm: str
    prior: str
    agents: tuple[AgentPair, AgentPair]
    quantities: tuple[Equivalence, ...]

    @property
    def holds(self) -> bool:
        """Whether every quantity was shown to be equal."""
        return all(quantity.holds for quantity in self.quantities)

    def needed(self, quantity: Equivalence) -> tuple[int, int]:
        """Runs of (batched, Stable-Baselines3) in each arm for 90 % power, by this test's spread and its ratio of runs."""
        batched, reference = (min(pair.runs[i] for pair in self.agents) for i in (0, 1))
        return runs_needed(quantity, batched / reference)


def learner_test(records: Iterable[RunRecord]) -> LearnerTest:
    """The test that finished runs of one round make.

    Raises:
        SympriorError: they are not one plain agent and one prior on one task by both learners.
    """
    arms: dict[tuple[str, str], list[RunRecord]] = defaultdict(list)
    for record in records:
        arms[record.agent.learner, record.agent.id].append(record)
    plain, prior = _agents(arms)
    first = arms[REFERENCE, prior][0]
    references = get_task(first.task).references
    scores = {key: [score_run(run, references) for run in runs] for key, runs in arms.items()}
    reduced = {key: Arm.of(of_arm) for key, of_arm in scores.items()}
    efficiencies = [
        replace(
            efficiencies_equal(reduced[BATCHED, agent], reduced[REFERENCE, agent]),
            quantity=f"data efficiency of {agent}",
        )
        for agent in (plain, prior)
    ]
    batched, reference = ((reduced[learner, plain], reduced[learner, prior]) for learner in LEARNERS)
    return LearnerTest(
        round=first.suite_version,
        task=first.task,
        algorithm=first.agent.algorithm,
        prior=first.agent.prior,
        agents=(_pair(plain, scores), _pair(prior, scores)),
        quantities=(*efficiencies, gains_equal(batched, reference)),
    )


def learner_tests(records: Iterable[RunRecord]) -> list[LearnerTest]:
    """Every test among the records of the suite `equivalence`, by task, algorithm, prior and round."""
    groups: dict[tuple[str, str, str], list[RunRecord]] = defaultdict(list)
    for record in records:
        if record.suite == SUITE:
            groups[record.task, record.agent.algorithm, record.suite_version].append(record)
    found = [learner_test(group) for group in groups.values()]
    return sorted(found, key=lambda test: (test.task, test.algorithm, test.prior, test.round))


def _agents(arms: dict[tuple[str, str], list[RunRecord]]) -> tuple[str, str]:
    """The plain agent and the one with the prior."""
    records = [record for runs in arms.values() for record in runs]
    plain = {record.agent.id for record in records if record.agent.prior in PLAIN_PRIORS}
    other = {record.agent.id for record in records} - plain
    cells = {(record.task, record.agent.algorithm, record.suite_version) for record in records}
    if len(plain) != 1 or len(other) != 1 or len(cells) != 1 or len(arms) != 4:
        raise SympriorError(
            f"A test of two learners takes a plain agent and one with a prior, on one task, by {' and '.join(LEARNERS)}; "
            f"the records hold {', '.join(' of '.join(reversed(key)) for key in sorted(arms)) or 'nothing'}."
        )
    return plain.pop(), other.pop()


def _pair(agent: str, scores: dict[tuple[str, str], list[RunScore]]) -> AgentPair:
    batched, reference = (scores[learner, agent] for learner in LEARNERS)
    return AgentPair(
        agent=agent,
        final=(_mean_final(batched), _mean_final(reference)),
        censored=(sum(score.censored for score in batched), sum(score.censored for score in reference)),
        runs=(len(batched), len(reference)),
    )


def _mean_final(scores: list[RunScore]) -> float:
    return float(np.mean([score.final for score in scores]))
