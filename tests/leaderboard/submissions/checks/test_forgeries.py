"""Forged submissions: each is refused, and by one check alone, so that without this check it would be taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from symprior.leaderboard.records.record import Checkpoint, RunRecord
from symprior.leaderboard.submissions.checks.against import Against, OfARun
from symprior.leaderboard.submissions.checks.checked import PROBLEMS, _together, check
from symprior.leaderboard.submissions.statement import Status
from symprior.leaderboard.submissions.submission import Submission
from symprior.symmetry.errors import SympriorError

Submitted = Any
"""What the fixture gives."""

Known = Callable[..., Against]
Change = Callable[[RunRecord], RunRecord | None]
CARTPOLE, CATCH = "cartpole-v1", "grid-catch-v1"


@dataclass(frozen=True)
class Forgery:
    """What is forged.

    Attributes:
        check: the file that finds it.
        words: of the problem.
        change: of each record.
        said: other words in the statement.
        code: another file of code.
        name: another name.
    """

    check: str
    words: str
    change: Change = lambda record: record
    said: Mapping[str, str] = field(default_factory=dict)
    code: str | None = None
    name: str = "Mine"


def of(task: str, seed: int, /, **changes: object) -> Change:
    """Change one run."""
    return lambda run: run.model_copy(update=changes) if (run.task, run.seed) == (task, seed) else run


def origin(**changes: object) -> Change:
    """Change where all runs come from."""
    return lambda run: run.model_copy(update={"provenance": run.provenance.model_copy(update=changes)})


def began(later: timedelta) -> Change:
    return lambda run: origin(started=(datetime.fromisoformat(run.provenance.started) + later).isoformat())(run)


def curve(change: Callable[[list[list[float]]], list[list[float]]], task: str = CARTPOLE, seed: int = 3) -> Change:
    """Change the returns of one run."""

    def changed(run: RunRecord) -> RunRecord:
        if (run.task, run.seed) != (task, seed):
            return run
        found = change([point.returns for point in run.curve])
        points = [Checkpoint(step=point.step, returns=each) for point, each in zip(run.curve, found, strict=False)]
        return run.model_copy(update={"curve": points})

    return changed


def last(returns: Callable[[list[float]], list[float]]) -> Change:
    """Change the returns of one run's last evaluation."""
    return curve(lambda found: [*found[:-1], returns(found[-1])])


NUMBERS = "\nWEIGHTS = [" + "0.5, " * 1500 + "]"
FORGERIES = {
    "a return over the task's most": Forgery("completeness", "a return of 501, where", last(lambda _: [501.0] * 20)),
    "fewer episodes": Forgery("completeness", "an evaluation has 7 episodes", last(lambda found: found[:7])),
    "skipped evaluations": Forgery("completeness", "are not at the protocol's points", curve(lambda found: found[:-3])),
    "deleted seeds": Forgery(
        "completeness",
        "cartpole-v1 lacks seeds 3, 7 of quick-2: a run that failed is a record, too",
        lambda run: None if run.task == CARTPOLE and run.seed in (3, 7) else run,
    ),
    "a seed of one's own": Forgery(
        "completeness", "cartpole-v1 has seed 100, which quick-2 does not have", of(CARTPOLE, 3, seed=100)
    ),
    "a task left out": Forgery(
        "completeness", "grid-catch-v1 lacks seeds 0, 1, 2", lambda run: run if run.task == CARTPOLE else None
    ),
    "another task": Forgery("completeness", "acrobot-v1 is no task of quick-2", of(CARTPOLE, 3, task="acrobot-v1")),
    "another budget": Forgery(
        "completeness",
        "a budget of 100,000 environment steps, where the suite has 50,000",
        lambda run: run.model_copy(update={"budget": 100_000}) if run.task == CARTPOLE else run,
    ),
    "other evaluations": Forgery(
        "completeness", "evaluations every 500 steps, where the suite has None", of(CARTPOLE, 3, evaluate_every=500)
    ),
    "a return between rewards": Forgery(
        "returns",
        "where every published one is a multiple of 1",
        curve(lambda found: [[min(500.0, each + 0.37) for each in returns] for returns in found]),
    ),
    "a catch between rewards": Forgery(
        "returns",
        "a return of -1.27, where every published one is a multiple of 0.1",
        curve(lambda found: [*found[:-1], [-1.27, *found[-1][1:]]], CATCH),
    ),
    "other code": Forgery(
        "cards",
        "it was run with a file of digest 0123456789ab, and agent/agent.py has",
        lambda run: run.model_copy(update={"hyperparameters": {"source": "0123456789ab"}}),
    ),
    "other settings of one seed": Forgery(
        "cards",
        "cartpole-v1, seed 3: other settings than on cartpole-v1, seed 0",
        lambda run: of(CARTPOLE, 3, hyperparameters={**run.hyperparameters, "learning_rate": 1})(run),
    ),
    "another card of one seed": Forgery(
        "cards",
        "another card of its agent",
        lambda run: of(CARTPOLE, 3, agent=run.agent.model_copy(update={"description": "Another."}))(run),
    ),
    "a control": Forgery(
        "cards",
        "its card says that it is a control",
        lambda run: run.model_copy(update={"agent": run.agent.model_copy(update={"control": True})}),
    ),
    "a plain agent for others to be held against": Forgery(
        "cards",
        "its card says that its prior is 'plain'",
        lambda run: run.model_copy(update={"agent": run.agent.model_copy(update={"prior": "plain"})}),
    ),
    "another mode": Forgery(
        "cards", "the mode of acting is greedy", lambda run: run.model_copy(update={"mode": "greedy"})
    ),
    "another plain agent than was said": Forgery(
        "cards", "algorithm = 'ppo+wide', and the class that was run says", said={'"ppo"': '"ppo+wide"'}
    ),
    "a plain agent that is none": Forgery(
        "cards",
        "algorithm = 'ppo+augment' is no plain agent of quick-2, which has ppo, ppo+wide",
        lambda run: run.model_copy(update={"agent": run.agent.model_copy(update={"baseline": "ppo+augment"})}),
        said={'"ppo"': '"ppo+augment"'},
    ),
    "a search that was not made": Forgery(
        "cards",
        "tuning.ledgers names 'cartpole/mine'",
        said={
            'kind = "self-reported"\neffort = "Six learning rates on seeds 100 to 104 of cartpole-v1."': (
                'kind = "ledger"\nledgers = ["cartpole/mine"]'
            )
        },
    ),
    "a published agent's name": Forgery("cards", "ppo is the name of a published agent", name="ppo"),
    "the place of nobody": Forgery(
        "cards", "supersedes names 'Nobody'", said={'title = "An': 'supersedes = "Nobody"\ntitle = "An'}
    ),
    "another class": Forgery("code", "agent/agent.py defines no class Mine", code="class Other: ..."),
    "no Python": Forgery("code", "agent/agent.py is no Python", code="class Mine: (\n"),
    "weights as numbers": Forgery("code", "holds 1,500 numbers", code="class NAME: ..." + NUMBERS),
    "weights as a text": Forgery("code", "holds a text of 5,000 characters", code=f"class NAME: w = '{'A' * 5000}'"),
    "changed code of the project": Forgery("provenance", "from a checkout whose code was changed", origin(dirty=True)),
    "no commit": Forgery("provenance", "no commit of symprior is recorded", origin(commit=None)),
    "an option for a commit": Forgery("provenance", "'--output=x' is no commit", origin(commit="--output=x")),
    "an unknown commit": Forgery("provenance", "is not in the project's history", origin(commit="5" * 40)),
    "a commit of later": Forgery("provenance", "before its commit was made", began(timedelta(days=-300))),
    "a run of tomorrow": Forgery("provenance", "which is still to come", began(timedelta(days=10_000))),
    "no time": Forgery("provenance", "which is no time", origin(started="yesterday")),
    "not isolated": Forgery("provenance", "how the agent was isolated", origin(isolation=None)),
    "another device": Forgery("provenance", "it was computed on cuda:0", origin(device="cuda:0 (NVIDIA H200)")),
    "other versions": Forgery("provenance", "it was run with numpy 1.0.0", origin(packages={"numpy": "1.0.0"})),
    "an unnamed package": Forgery("provenance", "does not name secret", origin(packages={"secret": "1"})),
    "a stack of seeds": Forgery("provenance", "it names a stack, a kernel or a ledger", origin(stack_size=20)),
    "a task of one's own": Forgery("provenance", "its task came from a file", origin(task_source="0123456789ab")),
}


def changed(submission: Submission, change: Change) -> Submission:
    """The submission with other records, as if they had been packed."""
    records = tuple(run for record in submission.records if (run := change(record)) is not None)
    return replace(submission, records=records)


def finding(submission: Submission, against: Against) -> dict[str, list[str]]:
    """By the check that found them all problems."""
    found = {find.__module__.rpartition(".")[2]: [str(said) for said in find(submission, against)] for find in PROBLEMS}
    return {name: problems for name, problems in found.items() if problems}


def test_an_honest_submission_is_taken(submitted: Submitted, known: Known) -> None:
    submission = submitted.make()
    checked = check(submission, known(submission))
    assert checked.problems == ()
    checked.raise_problems()
    assert check(submission, known(submission, repository=None)).problems == ()


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_is_refused_by_one_check(submitted: Submitted, known: Known, name: str) -> None:
    forgery = FORGERIES[name]
    if forgery.said or forgery.code or forgery.name != "Mine":
        code = {} if forgery.code is None else {"code": forgery.code}
        submission = submitted.make(forgery.name, forgery.said, forgery.change, **code)
    else:
        submission = changed(submitted.make(), forgery.change)
    found = finding(submission, known(submission))
    assert set(found) == {forgery.check}, found
    assert any(forgery.words in problem for problem in found[forgery.check]), found
    with pytest.raises(SympriorError, match=f"{forgery.name} cannot be taken: "):
        check(submission, known(submission)).raise_problems()


def copied(of_whom: list[RunRecord], change: Callable[[list[list[float]]], list[list[float]]]) -> Change:
    """Give seed 3 on CartPole the curve of another run, changed."""
    [curve_of] = [[point.returns for point in run.curve] for run in of_whom]
    return curve(lambda _: change(curve_of))


def shuffled(found: list[list[float]]) -> list[list[float]]:
    rng = np.random.default_rng(0)
    return [list(rng.permutation(returns)) for returns in found]


COPIES: dict[str, Callable[[list[list[float]]], list[list[float]]]] = {
    "as it is": lambda found: found,
    "shuffled": shuffled,
    "earlier": lambda found: [*found[2:], found[-1], found[-1]],
    "with an end of its own": lambda found: [*found[:15], *([500.0] * 20 for _ in found[15:])],
}


@pytest.mark.parametrize("change", COPIES)
@pytest.mark.parametrize("whose", ["another seed", "a published run", "another submission"])
def test_a_copied_curve_is_refused(submitted: Submitted, known: Known, whose: str, change: str) -> None:
    other = submitted.make("Other", luck=1)
    runs = {
        "another seed": list(submitted.make().records),
        "another submission": list(other.records),
        "a published run": [run for run in known(other).of_suite if run.agent.id == "ppo+homomorphic"],
    }[whose]
    victim = [run for run in runs if (run.task, run.seed) == (CARTPOLE, 7)]
    submission = changed(submitted.make(), copied(victim, COPIES[change]))
    found = finding(submission, known(submission, others=(other,)))
    assert set(found) == {"copies"}, found
    assert any(f"{CARTPOLE}, seed 3: its evaluations are those of" in problem for problem in found["copies"])


@pytest.fixture
def earlier(submitted: Submitted) -> Submission:
    """A submission that says that `Again` took its place."""
    made: Submission = submitted.make("Earlier")
    status = Status(state="superseded", by="Again", reason="A mistake is corrected.")
    return replace(made, statement=made.statement.model_copy(update={"status": status}))


PLACE_OF_EARLIER = {'title = "An': 'supersedes = "Earlier"\ntitle = "An'}


def test_who_takes_the_place_of_a_submission_may_have_its_runs(
    submitted: Submitted, known: Known, earlier: Submission
) -> None:
    again = submitted.make("Again", PLACE_OF_EARLIER)
    assert check(again, known(again, others=(earlier,))).problems == ()
    stranger = submitted.make("Stranger")
    assert "its evaluations are those of" in " ".join(check(stranger, known(stranger, others=(earlier,))).problems)


def test_a_place_is_taken_by_agreement_and_by_an_author(
    submitted: Submitted, known: Known, earlier: Submission
) -> None:
    unaware = replace(earlier, statement=earlier.statement.model_copy(update={"status": Status()}))
    again = submitted.make("Again", PLACE_OF_EARLIER)
    [problem] = check(again, known(again, others=(unaware,))).problems
    assert "whose submission.toml does not say so yet" in problem
    others = submitted.make("Again", {**PLACE_OF_EARLIER, '"Emmy Noether", "Ada Lovelace"': '"A Stranger"'})
    [problem] = check(others, known(others, others=(earlier,))).problems
    assert problem == "supersedes names 'Earlier', which is by others: Emmy Noether, Ada Lovelace"


def test_names_that_differ_in_capitals_alone_are_refused(submitted: Submitted, known: Known) -> None:
    other = submitted.make("MINE", luck=1)
    submission = submitted.make("Mine")
    assert set(finding(submission, known(submission, others=(other,)))) == {"cards"}


def test_runs_of_other_suites_are_compared_too(submitted: Submitted, known: Known) -> None:
    against = known(submitted.make())
    other = next(run for run in against.published.runs if (run.suite, run.task) == ("priors", CARTPOLE))
    submission = changed(submitted.make(), copied([other], lambda found: found))
    assert set(finding(submission, known(submission))) == {"copies"}


def test_what_records_say_is_printed_as_text_alone(submitted: Submitted, known: Known) -> None:
    submission = changed(submitted.make(), origin(packages={"numpy": "1.0\x1b[2J\u202e"}, device="cuda\x07"))
    checked = check(submission, known(submission))
    assert any("numpy 1.0\\u001b[2J\\u202e" in problem for problem in checked.problems)
    assert all(problem.isprintable() for problem in checked.problems)


def test_what_is_wrong_with_many_runs_is_said_once(submitted: Submitted, known: Known) -> None:
    submission = changed(submitted.make(), origin(dirty=True))
    problems = check(submission, known(submission)).problems
    assert [problem.partition(": ")[0] for problem in problems] == [
        "cartpole-v1, seeds 0, 1, 2, 3, 4 and 15 more",
        "grid-catch-v1, seeds 0, 1, 2, 3, 4 and 15 more",
    ]
    two = changed(submitted.make(), lambda run: origin(dirty=True)(run) if run.seed in (3, 7) else run)
    assert check(two, known(two)).problems[0].startswith("cartpole-v1, seeds 3, 7: it was run from a checkout")


def test_a_sentence_that_reads_like_one_of_a_run_stays_as_it_is() -> None:
    """Which run is meant is told apart from what is said of it, and is not read back from words."""
    of_runs = [OfARun("cartpole-v1", seed, "odd, seed 3: so it says") for seed in range(7)]
    assert _together([*of_runs, "cartpole-v1, seed 9: odd", "cartpole-v1, seed 9: odd"]) == (
        "cartpole-v1, seeds 0, 1, 2, 3, 4 and 2 more: odd, seed 3: so it says",
        "cartpole-v1, seed 9: odd",
    )
