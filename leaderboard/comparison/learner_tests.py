"""Two learners, or two kernels of one, and one truth: the tests of equivalence that records hold.

A test is a plain agent and the same with a prior (or several), on one task, by both learners, in one *round*: fresh seeds. A
repeat is another round; the version of the suite `equivalence` is the round's number, and every round is kept.
Suites that exist for both learners, `name` and `name-sb3`, are held to the same margins; no pilot set their size.
A round of the batched learner alone holds the fused kernel against torch: its own runs in torch, else those of the last
earlier round with its settings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from symprior.leaderboard.comparison.cells import check_hyperparameters
from symprior.leaderboard.records.learners import BATCHED, FUSED, REFERENCE, TORCH
from symprior.leaderboard.records.places import by_suite, by_version
from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.statistics.equivalence import Arm, Equivalence, efficiencies_equal, gains_equal, runs_needed
from symprior.leaderboard.statistics.runs.scores import RunScore, score_run
from symprior.symmetry.errors import SympriorError
from symprior.tasks import get_task

SUITE, TWIN = "equivalence", "-sb3"
LEARNERS = (BATCHED, REFERENCE)
KERNELS = (FUSED, TORCH)

Side = Callable[[RunRecord], str]
"""Which of the two sides of a test a record is on."""


@dataclass(frozen=True)
class AgentPair:
    """One agent on both sides of a test, such as (batched, Stable-Baselines3).

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
    """Agents of one algorithm on one task: are they equal on both sides?

    Attributes:
        sides: two learners, or two kernels of one.
        suite, round: where the runs are from; a repeat on fresh seeds has a higher round.
        task, algorithm: what was run.
        agents: the plain one, then those with a prior.
        quantities: data efficiency of every agent, then the logarithm of the gain of all but the plain one.
    """

    sides: tuple[str, str]
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
    """The test of two learners that finished runs of one round make.

    Raises:
        SympriorError: they are not a plain agent and at least one other on one task, each by both learners.
    """
    chosen = list(records)
    _check_rounds(chosen)
    return _test(chosen, LEARNERS, lambda record: record.agent.learner)


def kernel_test(made: Iterable[RunRecord], known: Iterable[RunRecord]) -> LearnerTest:
    """The test of two kernels that finished runs of one round of the batched learner make.

    Args:
        made: by the fused kernel, and in torch where the round has such runs.
        known: else of these the last earlier round in torch with the same settings.

    Raises:
        SympriorError: they are not a plain agent and at least one other on one task, each by both kernels.
    """
    runs = list(made)
    fused = [record for record in runs if _kernel(record) == FUSED]
    in_torch = [record for record in runs if _kernel(record) == TORCH] or _torch_runs_of(fused, known)
    return _test([*fused, *in_torch], KERNELS, _kernel)


def _test(records: list[RunRecord], sides: tuple[str, str], side: Side) -> LearnerTest:
    arms: dict[tuple[str, str], list[RunRecord]] = defaultdict(list)
    for record in records:
        arms[side(record), record.agent.id].append(record)
    agents = _agents(arms, sides)
    for agent in agents:
        _check_alike(*(arms[name, agent] for name in sides))
    first = arms[sides[0], agents[0]][0]
    references = get_task(first.task).references
    scores = {key: [score_run(run, references) for run in runs] for key, runs in arms.items()}
    reduced = {key: Arm.of(of_arm) for key, of_arm in scores.items()}
    return LearnerTest(
        sides=sides,
        suite=first.suite,
        round=first.suite_version,
        task=first.task,
        algorithm=first.agent.algorithm,
        agents=tuple(_pair(agent, scores, sides, arms[sides[0], agent][0].hyperparameters) for agent in agents),
        quantities=(
            *(_efficiencies(agent, reduced, sides) for agent in agents),
            *(_gains(agents[0], agent, reduced, sides) for agent in agents[1:]),
        ),
    )


def learner_tests(records: Iterable[RunRecord]) -> list[LearnerTest]:
    """Every test among the records: those of the suite `equivalence`, then the suites that exist for both learners.

    Of these the arms that both have; each version of the one is held against the newest of its twin.
    """
    chosen = list(records)
    groups: dict[tuple[str, str, str], list[RunRecord]] = defaultdict(list)
    for record in chosen:
        if record.suite == SUITE:
            groups[record.task, record.agent.algorithm, record.suite_version].append(record)
    tests = [
        kernel_test(group, chosen) if all(record.agent.learner == BATCHED for record in group) else learner_test(group)
        for _, group in sorted(groups.items())
    ]
    return [*tests, *_tests_of_twins(chosen)]


def _tests_of_twins(records: list[RunRecord]) -> list[LearnerTest]:
    """Each version of a suite against the newest of its twin: a test for each task and algorithm."""
    suites, found = by_suite(records), []
    for suite in sorted(suites, key=by_version):
        twins = [each for each in suites if each.rpartition("-")[0] == suite.rpartition("-")[0] + TWIN]
        groups: dict[tuple[str, str], list[RunRecord]] = defaultdict(list)
        for record in [*suites[suite], *suites[max(twins, key=by_version)]] if twins else []:
            groups[record.task, record.agent.algorithm].append(record)
        found += [learner_test(_by_both(group)) for _, group in sorted(groups.items())]
    return found


def _torch_runs_of(fused: list[RunRecord], records: Iterable[RunRecord]) -> list[RunRecord]:
    """The runs in torch of the last round before these, by the fused kernel, with their settings."""
    settings = {record.agent.id: record.hyperparameters for record in fused}
    alike = [
        record
        for record in records
        if _is_earlier_in_torch(record, fused[0].task, int(fused[0].suite_version))
        and settings.get(record.agent.id) == record.hyperparameters
    ]
    last = max((int(record.suite_version) for record in alike), default=0)
    return [record for record in alike if int(record.suite_version) == last]


def last_in_torch(records: Iterable[RunRecord], task: str, agent: str, test_round: int) -> RunRecord:
    """A run of the batched learner in torch of the last round before this one.

    Raises:
        SympriorError: there is none.
    """
    earlier = [
        record for record in records if _is_earlier_in_torch(record, task, test_round) and record.agent.id == agent
    ]
    if not earlier:
        raise SympriorError(
            f"No round before {test_round} has runs of {agent} on {task} in torch. Make one first (symprior equivalence "
            f"{task} --publish), or name a later --round."
        )
    return max(earlier, key=lambda record: int(record.suite_version))


def _kernel(record: RunRecord) -> str:
    return record.provenance.computed_by


def _is_earlier_in_torch(record: RunRecord, task: str, test_round: int) -> bool:
    own = record.suite, record.task, record.agent.learner, _kernel(record)
    return own == (SUITE, task, BATCHED, TORCH) and int(record.suite_version) < test_round


def _check_alike(first: list[RunRecord], second: list[RunRecord]) -> None:
    """Each side has one kernel, and both have the same hyperparameters."""
    for runs in (first, second):
        check_hyperparameters(runs)
    if first[0].hyperparameters != second[0].hyperparameters:
        raise SympriorError(
            f"{first[0].agent.id} on {first[0].task} has other hyperparameters on one side of the test than on the other. "
            "Run both with the same ones."
        )


def _round(record: RunRecord) -> str:
    """The round of the suite `equivalence`; a suite of its own has none, and its version is no matter here."""
    return record.suite_version if record.suite == SUITE else ""


def _by_both(records: list[RunRecord]) -> list[RunRecord]:
    """Those of agents that both learners ran."""
    of_learner = [{record.agent.id for record in records if record.agent.learner == name} for name in LEARNERS]
    return [record for record in records if record.agent.id in set.intersection(*of_learner)]


def _efficiencies(agent: str, arms: Mapping[tuple[str, str], Arm], sides: tuple[str, str]) -> Equivalence:
    test = efficiencies_equal(*(arms[side, agent] for side in sides))
    return replace(test, quantity=f"data efficiency of {agent}")


def _gains(plain: str, agent: str, arms: Mapping[tuple[str, str], Arm], sides: tuple[str, str]) -> Equivalence:
    test = gains_equal(*((arms[side, plain], arms[side, agent]) for side in sides))
    return replace(test, quantity=f"gain of {agent}")


def _check_rounds(records: list[RunRecord]) -> None:
    if len({_round(record) for record in records}) > 1:
        raise SympriorError("A test of two learners is of one round; the records are of several.")


def _agents(arms: Mapping[tuple[str, str], list[RunRecord]], sides: tuple[str, str]) -> list[str]:
    """The plain agent, then the others."""
    records = [record for runs in arms.values() for record in runs]
    plain = {record.agent.id for record in records if record.agent.prior == "plain"}
    others = sorted({record.agent.id for record in records} - plain)
    cells = {(record.task, record.agent.algorithm) for record in records}
    if len(plain) != 1 or not others or len(cells) != 1 or len(arms) != 2 * (1 + len(others)):
        raise SympriorError(
            f"A test of equivalence takes a plain agent and one with a prior, on one task, by {' and '.join(sides)}; "
            f"the records hold {', '.join(' of '.join(reversed(key)) for key in sorted(arms)) or 'nothing'}."
        )
    return [*plain, *others]


def _pair(
    agent: str, scores: dict[tuple[str, str], list[RunScore]], sides: tuple[str, str], settings: dict[str, object]
) -> AgentPair:
    first, second = (scores[side, agent] for side in sides)
    return AgentPair(
        agent=agent,
        final=(_mean_final(first), _mean_final(second)),
        censored=(sum(score.censored for score in first), sum(score.censored for score in second)),
        runs=(len(first), len(second)),
        settings=settings,
    )


def _mean_final(scores: list[RunScore]) -> float:
    return float(np.mean([score.final for score in scores]))
