"""What a reviewer is told to look at: failed runs, effort beside the plain agent's, code that the rules may forbid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.submissions.checks.against import Against
from symprior.leaderboard.submissions.checks.checked import check
from symprior.leaderboard.submissions.checks.effort import efforts
from symprior.leaderboard.submissions.submission import Submission

Submitted = Any
Known = Callable[..., Against]


def changed(submission: Submission, change: Callable[[RunRecord], RunRecord]) -> Submission:
    """The submission with other records, as if they had been packed."""
    return replace(submission, records=tuple(map(change, submission.records)))


def test_an_ordinary_submission_has_one_remark(submitted: Submitted, known: Known) -> None:
    """The fixture's runs are those of a homomorphic network, which has as many parameters and gradient steps as plain."""
    submission = submitted.make()
    assert check(submission, known(submission)).remarks == ()


def test_effort_stands_beside_the_plain_agents(submitted: Submitted, known: Known) -> None:
    submission = submitted.make()
    found = {(each.task, each.what): each for each in efforts(submission, known(submission))}
    steps = found["cartpole-v1", "gradient steps"]
    assert steps.own == steps.plain == 6240 and steps.ratio == 1
    assert len(found) == 6


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"gradient_steps": 18_720}, "18,720 gradient steps, where ppo has 6,240; rule 5.1 asks for as many"),
        ({"gradient_steps": None}, "it does not say its gradient steps (an attribute gradient_steps)"),
    ],
)
def test_other_effort_is_to_be_looked_at(
    submitted: Submitted, known: Known, change: dict[str, object], words: str
) -> None:
    def other(run: RunRecord) -> RunRecord:
        return run.model_copy(update={"effort": run.effort.model_copy(update=change)})

    submission = changed(submitted.make(), other)
    checked = check(submission, known(submission))
    assert checked.problems == () and any(words in remark for remark in checked.remarks)


def test_a_larger_network_is_to_be_looked_at(submitted: Submitted, known: Known) -> None:
    def larger(run: RunRecord) -> RunRecord:
        return run.model_copy(update={"agent": run.agent.model_copy(update={"parameters": 100_000})})

    submission = changed(submitted.make(), larger)
    checked = check(submission, known(submission))
    assert checked.problems == ()
    assert any("100,000 parameters, where ppo has 4,675; rule 5.2" in remark for remark in checked.remarks)


def test_a_failed_run_is_a_record_and_said(submitted: Submitted, known: Known) -> None:
    def failed(run: RunRecord) -> RunRecord:
        if run.seed != 5:
            return run
        return run.model_copy(update={"status": "failed", "error": "It fell.", "curve": run.curve[:4]})

    submission = changed(submitted.make(), failed)
    checked = check(submission, known(submission))
    assert checked.problems == ()
    assert "cartpole-v1: seed 5 failed, so that its row has bounds, and neither interval nor rank" in checked.remarks


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("import gymnasium", "line 1: gymnasium makes environments, which an agent may not do"),
        ("import urllib.request", "line 1: urllib.request uses the network"),
        ("from pickle import loads", "line 1: pickle reads weights"),
        ("from symprior.tasks import get_task", "symprior.tasks holds environments, evaluation or results"),
        ("from symprior import make", "symprior.make holds environments"),
        ("exec('x')", "exec() runs text as code"),
        ("open('/tmp/weights')", "open() reads files"),
        ("name = 'cartpole-v1'", "'cartpole-v1' is a task's id"),
    ],
)
def test_code_that_the_rules_may_forbid_is_named_and_not_run(
    submitted: Submitted, known: Known, line: str, words: str
) -> None:
    code = f"{line}\nraise SystemExit('it was run')\nclass NAME: ..."
    submission = submitted.make("Mine", None, code=code)
    checked = check(submission, known(submission))
    assert checked.problems == () and any(words in remark for remark in checked.remarks), checked.remarks


def test_what_a_prior_needs_of_the_project_is_no_remark(submitted: Submitted, known: Known) -> None:
    code = "from symprior.agents.priors.prior import PlainNetwork\nimport symprior\nimport torch\nclass NAME: ..."
    submission = submitted.make("Mine", None, code=code)
    assert check(submission, known(submission)).remarks == ()


def test_what_could_not_be_looked_up_is_said(submitted: Submitted, known: Known) -> None:
    submission = submitted.make()
    assert "there is no git repository" in " ".join(check(submission, known(submission, repository=None)).remarks)
