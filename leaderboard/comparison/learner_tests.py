"""Two learners, one truth: the tests of the batched learner against Stable-Baselines3 that records hold.

A test is a plain agent and the same with a prior (or several), on one task, by both learners, in one *round*: fresh seeds. A
repeat is another round; the version of the suite `equivalence` is the round's number, and every round is kept.
Suites that exist for both learners, `name` and `name-sb3`, are held to the same margins; no pilot set their size.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from symprior.leaderboard.comparison.cells import check_hyperparameters
from symprior.leaderboard.records.learners import BATCHED, REFERENCE
from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.statistics.equivalence import Arm, Equivalence, efficiencies_equal, gains_equal, runs_needed
from symprior.leaderboard.statistics.runs.scores import RunScore, score_run
from symprior.symmetry.errors import SympriorError
from symprior.tasks import get_task

SUITE, TWIN = "equivalence", "-sb3"
LEARNERS = (BATCHED, REFERENCE)


@dataclass(frozen=True)
class AgentPair:
    """One agent by both learners, (batched, Stable-Baselines3).

    Attributes:
        agent: its id.
        final: mean normalised score of the last evaluation.
        censored: runs that never reached the threshold.
        runs: how many there are.
        settings: those of every run; another round may have others.
    """

    agent: str
    final: tuple[float, float]
    censored: tuple[int, int]
    runs: tuple[int, int]
    settings: dict[str, object]


@dataclass(frozen=True)
class LearnerTest:
    """Agents of one algorithm on one task: are they equal by both learners?

    Attributes:
        suite, round: where the runs are from; a repeat on fresh seeds has a higher round.
        task, algorithm: what was run.
        agents: the plain one, then those with a prior.
        quantities: data efficiency of every agent, then the logarithm of the gain of all but the plain one.
    """

    suite: str
    round: str
    task: str
    algorithm: str
    agents: tuple[AgentPair, ...]
    quantities: tuple[Equivalence, ...]

    @property
    def holds(self) -> bool:
        """Whether every quantity was shown to be equal."""
        return all(quantity.holds for quantity in self.quantities)

    def plan(self, ratio: float) -> dict[str, tuple[int, int]]:
        """From this test as a pilot: each agent's runs, (batched, Stable-Baselines3), for 90 % power in all that it enters.

        Args:
            ratio: batched runs for each of Stable-Baselines3.
        """
        plain, *others = agents = [pair.agent for pair in self.agents]
        entered = [(agent,) for agent in agents] + [(plain, other) for other in others]
        needed: dict[str, list[tuple[int, int]]] = {agent: [] for agent in agents}
        for quantity, arms in zip(self.quantities, entered, strict=True):
            for agent, runs in zip(arms, runs_needed(quantity, ratio), strict=True):
                needed[agent].append(runs)
        return {agent: max(runs) for agent, runs in needed.items()}


def learner_test(records: Iterable[RunRecord]) -> LearnerTest:
    """The test that finished runs of one round make.

    Raises:
        SympriorError: they are not a plain agent and at least one other on one task, each by both learners.
    """
    arms: dict[tuple[str, str], list[RunRecord]] = defaultdict(list)
    for record in records:
        arms[record.agent.learner, record.agent.id].append(record)
    agents = _agents(arms)
    for agent in agents:
        check_hyperparameters([*arms[BATCHED, agent], *arms[REFERENCE, agent]])
    first = arms[BATCHED, agents[0]][0]
    references = get_task(first.task).references
    scores = {key: [score_run(run, references) for run in runs] for key, runs in arms.items()}
    reduced = {key: Arm.of(of_arm) for key, of_arm in scores.items()}
    return LearnerTest(
        suite=first.suite,
        round=first.suite_version,
        task=first.task,
        algorithm=first.agent.algorithm,
        agents=tuple(_pair(agent, scores, arms[BATCHED, agent][0].hyperparameters) for agent in agents),
        quantities=(
            *(_efficiencies(agent, reduced) for agent in agents),
            *(_gains(agents[0], agent, reduced) for agent in agents[1:]),
        ),
    )


def learner_tests(records: Iterable[RunRecord]) -> list[LearnerTest]:
    """Every test among the records: those of the suite `equivalence`, then the suites that exist for both learners.

    Of these the arms that both have; either may be at another version.
    """
    chosen = list(records)
    suites = {record.suite for record in chosen}
    groups: dict[tuple[bool, str, str, str, str], list[RunRecord]] = defaultdict(list)
    for record in chosen:
        name = record.suite.removesuffix(TWIN)
        if name == SUITE or {name, name + TWIN} <= suites:
            groups[name != SUITE, name, record.task, record.agent.algorithm, _round(record)].append(record)
    return [learner_test(_by_both(groups[key]) if key[0] else groups[key]) for key in sorted(groups)]


def _round(record: RunRecord) -> str:
    """The round of the suite `equivalence`; a suite of its own has none, and its version is no matter here."""
    return record.suite_version if record.suite == SUITE else ""


def _by_both(records: list[RunRecord]) -> list[RunRecord]:
    """Those of agents that both learners ran."""
    of_learner = [{record.agent.id for record in records if record.agent.learner == name} for name in LEARNERS]
    return [record for record in records if record.agent.id in set.intersection(*of_learner)]


def _efficiencies(agent: str, arms: Mapping[tuple[str, str], Arm]) -> Equivalence:
    test = efficiencies_equal(arms[BATCHED, agent], arms[REFERENCE, agent])
    return replace(test, quantity=f"data efficiency of {agent}")


def _gains(plain: str, agent: str, arms: Mapping[tuple[str, str], Arm]) -> Equivalence:
    batched, reference = ((arms[learner, plain], arms[learner, agent]) for learner in LEARNERS)
    return replace(gains_equal(batched, reference), quantity=f"gain of {agent}")


def _agents(arms: Mapping[tuple[str, str], list[RunRecord]]) -> list[str]:
    """The plain agent, then the others."""
    records = [record for runs in arms.values() for record in runs]
    plain = {record.agent.id for record in records if record.agent.prior == "plain"}
    others = sorted({record.agent.id for record in records} - plain)
    cells = {(record.task, record.agent.algorithm, _round(record)) for record in records}
    if len(plain) != 1 or not others or len(cells) != 1 or len(arms) != 2 * (1 + len(others)):
        raise SympriorError(
            f"A test of two learners takes a plain agent and one with a prior, on one task, by {' and '.join(LEARNERS)}; "
            f"the records hold {', '.join(' of '.join(reversed(key)) for key in sorted(arms)) or 'nothing'}."
        )
    return [*plain, *others]


def _pair(agent: str, scores: dict[tuple[str, str], list[RunScore]], settings: dict[str, object]) -> AgentPair:
    batched, reference = (scores[learner, agent] for learner in LEARNERS)
    return AgentPair(
        agent=agent,
        final=(_mean_final(batched), _mean_final(reference)),
        censored=(sum(score.censored for score in batched), sum(score.censored for score in reference)),
        runs=(len(batched), len(reference)),
        settings=settings,
    )


def _mean_final(scores: list[RunScore]) -> float:
    return float(np.mean([score.final for score in scores]))
