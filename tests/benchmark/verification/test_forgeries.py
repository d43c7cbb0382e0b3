"""Forged records of twenty kinds: each is found where its run is drawn, and a draw holds one as often as is stated."""

from __future__ import annotations

import math
import subprocess
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from symprior.benchmark.verification.comparable import impossible
from symprior.benchmark.verification.pack import Pack
from symprior.benchmark.verification.replay import replay_of
from symprior.leaderboard.records.record import Checkpoint, EquivarianceError, OtherMode, RunRecord
from symprior.leaderboard.verification.agreement import Verdict
from symprior.leaderboard.verification.drawing import drawn, power_of
from symprior.leaderboard.verification.levels import levels
from symprior.leaderboard.verification.record import Verification

Train = Callable[..., list[RunRecord]]
Forge = Callable[[RunRecord, Sequence[RunRecord]], RunRecord]


def with_curve(record: RunRecord, curve: Sequence[Checkpoint]) -> RunRecord:
    return record.model_copy(update={"curve": list(curve)})


def with_returns(record: RunRecord, change: Callable[[list[float]], list[float]], points: slice) -> RunRecord:
    chosen = record.curve[points]
    return with_curve(
        record,
        [
            point.model_copy(update={"returns": change(point.returns)}) if point in chosen else point
            for point in record.curve
        ],
    )


def of_another_seed(record: RunRecord, others: Sequence[RunRecord]) -> RunRecord:
    """Another run of the same cell, the best at its end."""
    cell = [each for each in others if each.key[:5] == record.key[:5] and each.seed != record.seed]
    return max(cell, key=lambda each: float(np.mean(each.curve[-1].returns)))


def card(record: RunRecord, **changes: object) -> RunRecord:
    return record.model_copy(update={"agent": record.agent.model_copy(update=changes)})


def effort(record: RunRecord, **changes: object) -> RunRecord:
    return record.model_copy(update={"effort": record.effort.model_copy(update=changes)})


def other_agent(record: RunRecord, others: Sequence[RunRecord]) -> RunRecord:
    return next(
        each
        for each in others
        if (each.task, each.seed) == (record.task, record.seed) and each.agent.id != record.agent.id
    )


def without_errors(record: RunRecord) -> RunRecord:
    clean = EquivarianceError(mean=0.0, maximum=0.0, raw_maximum=0.0)
    return with_curve(record, [point.model_copy(update={"equivariance": clean}) for point in record.curve])


def ahead(record: RunRecord) -> RunRecord:
    """Each evaluation shows what the next one reached, at this one's step."""
    curve = record.curve
    moved = [one.model_copy(update={"returns": following.returns}) for one, following in pairwise(curve)]
    return with_curve(record, [*moved, curve[-1]])


FORGERIES: dict[str, Forge] = {
    "last returns raised": lambda run, _: with_returns(run, lambda r: [each + 20 for each in r], slice(-1, None)),
    "one return raised by one": lambda run, _: with_returns(run, lambda r: [r[0] + 1, *r[1:]], slice(4, 5)),
    "one return raised by a last bit": lambda run, _: with_returns(
        run, lambda r: [math.nextafter(r[0], math.inf), *r[1:]], slice(2, 3)
    ),
    "bad episodes replaced by good ones": lambda run, _: with_returns(
        run, lambda r: [*sorted(r)[1:], max(r) + 1], slice(1, None)
    ),
    "everything before training raised": lambda run, _: with_returns(
        run, lambda r: [each + 5 for each in r], slice(0, 1)
    ),
    "curve of a better seed": lambda run, others: with_curve(run, of_another_seed(run, others).curve),
    "another seed under this one's number": lambda run, others: of_another_seed(run, others).model_copy(
        update={"seed": run.seed}
    ),
    "curve of another agent": lambda run, others: with_curve(run, other_agent(run, others).curve),
    "evaluated in the other mode": lambda run, _: with_curve(
        run, [*run.curve[:-1], run.curve[-1].model_copy(update={"returns": [9.0] * len(run.curve[-1].returns)})]
    ),
    "evaluations from later": lambda run, _: ahead(run),
    "smoothed": lambda run, _: with_returns(run, lambda r: [float(np.mean(r))] * len(r), slice(None)),
    "equivariance error set to nothing": lambda run, _: without_errors(run),
    "fewer parameters": lambda run, _: card(run, parameters=(run.agent.parameters or 0) - 1),
    "another group": lambda run, _: card(run, symmetry_used="D4"),
    "fewer gradient steps": lambda run, _: effort(run, gradient_steps=1),
    "fewer environment steps": lambda run, _: run.model_copy(update={"steps_used": run.steps_used - 16}),
    "another mode of acting": lambda run, _: run.model_copy(update={"mode": "greedy"}),
    "returns in the other mode raised": lambda run, _: run.model_copy(
        update={"other_mode": OtherMode(mode="greedy", returns=[499.0] * 20)}
    ),
    "a failed run that is said to have finished elsewhere": lambda run, _: run.model_copy(
        update={"status": "failed", "error": "The machine was lost.", "curve": run.curve[:1]}
    ),
    "fewer evaluations": lambda run, _: with_curve(run, [*run.curve[:3], *run.curve[4:]]),
}


@pytest.mark.parametrize("kind", FORGERIES)
def test_every_kind_is_found_where_it_is_drawn(kind: str, honest: list[RunRecord]) -> None:
    for target in (honest[3], honest[25]):
        forged = FORGERIES[kind](target, honest)
        assert forged != target, "the forger changed nothing"
        records = [forged if record is target else record for record in honest]
        replay = replay_of(Pack(Path(), tuple(records)), [target, honest[4]], 22, "text")
        verdicts = {(run.task, run.agent, run.seed): run.verdict for run in replay.runs}
        assert verdicts.pop((target.task, target.agent.id, target.seed)) == Verdict.DIFFERS
        assert set(verdicts.values()) == {Verdict.EQUAL}


def test_training_again_gives_the_same_bits_whatever_runs_beside_it(honest: list[RunRecord], train: Train) -> None:
    again = train("ppo", "cartpole-v1", range(3, 4)) + train("ppo+homomorphic", "grid-catch-vector-v1", range(2, 7, 2))
    replay = replay_of(Pack(Path(), tuple(honest)), again, 4, "text")
    assert [run.verdict for run in replay.runs] == [Verdict.EQUAL] * 4


@pytest.mark.parametrize(
    ("kind", "trained_with"),
    [
        ("another learning rate", {"settings": (("learning_rate", 0.02),)}),
        ("twice the budget", {"budget": 1024}),
        ("a wrong group", {"agent": "ppo+wrong-group"}),
        ("another learner", {"learner": "stable-baselines3"}),
    ],
)
def test_a_run_that_was_made_otherwise_than_it_says_is_found(
    kind: str, trained_with: dict[str, object], honest: list[RunRecord], train: Train
) -> None:
    agent = str(trained_with.pop("agent", "ppo+homomorphic"))
    target = next(record for record in honest if record.agent.id == "ppo+homomorphic")
    (made,) = train(agent, target.task, range(1), **trained_with)
    curve = [
        point.model_copy(update={"step": said.step}) for said, point in zip(target.curve, made.curve, strict=False)
    ]
    forged = with_curve(target, curve)
    records = [forged if record is target else record for record in honest]
    (run,) = replay_of(Pack(Path(), tuple(records)), [target], 22, "text").runs
    assert run.verdict == Verdict.DIFFERS, kind


def test_a_run_from_before_its_commit_was_made_cannot_be(honest: list[RunRecord]) -> None:
    root = Path(__file__).parents[3]
    head = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=False
    ).stdout.strip()
    if not head:
        pytest.skip("this is no checkout")
    early = honest[0].model_copy(
        update={
            "provenance": honest[0].provenance.model_copy(
                update={"commit": head, "started": "2020-01-01T00:00:00+00:00"}
            )
        }
    )
    (said,) = impossible([early, *honest[1:]])
    assert f"was started 2020-01-01T00:00:00+00:00, before its commit {head[:12]} was made" in said
    assert impossible(honest) == []


def test_a_start_that_is_no_time_cannot_be(honest: list[RunRecord]) -> None:
    timeless = honest[0].provenance.model_copy(update={"started": "yesterday"})
    (said,) = impossible([honest[0].model_copy(update={"provenance": timeless}), *honest[1:]])
    assert "was started 'yesterday', which is no time" in said


def test_another_processor_and_another_version_are_not_comparable(honest: list[RunRecord]) -> None:
    target = honest[0]
    for change, said in (
        ({"processor": "GenuineIntel (AVX2), 8 cores"}, "it was made on GenuineIntel (AVX2), and this is"),
        ({"packages": {**target.provenance.packages, "numpy": "1.0"}}, "it was made with numpy 1.0 (here"),
        ({"commit": "f" * 40}, "it was made by commit ffffffffffff"),
        ({"dirty": True}, "the checkout was changed when it was made"),
    ):
        elsewhere = target.model_copy(update={"provenance": target.provenance.model_copy(update=change)})
        forged = FORGERIES["last returns raised"](elsewhere, honest)
        for record, verdict in ((elsewhere, Verdict.EQUAL), (forged, Verdict.NOT_COMPARABLE)):
            records = [record if each is target else each for each in honest]
            (run,) = replay_of(Pack(Path(), tuple(records)), [target], 22, "text").runs
            assert run.verdict == verdict
            assert (said in run.note) == (verdict == Verdict.NOT_COMPARABLE)


@pytest.mark.exhaustive
def test_two_hundred_random_forgeries_are_found_where_they_are_drawn(
    honest: list[RunRecord], capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(0)
    of_keys = {record.key: record for record in honest}
    found = holds = 0
    kinds = list(FORGERIES)
    for number in range(200):
        bad = set(rng.permutation(len(honest))[: len(honest) // 10].tolist())
        kind = kinds[number % len(kinds)]
        records = [FORGERIES[kind](record, honest) if i in bad else record for i, record in enumerate(honest)]
        text = f"text {number}"
        chosen = drawn(records, 22, text)
        replay = replay_of(Pack(Path(), tuple(records)), [of_keys[record.key] for record in chosen], 22, text)
        forged = {records[i].key for i in bad}
        differing = {run for run in replay.runs if run.verdict == Verdict.DIFFERS}
        assert len(differing) == sum(record.key in forged for record in chosen), kind
        holds += any(record.key in forged for record in chosen)
        subject = Pack(Path(), tuple(records)).subject
        kept = Verification(subject=subject, by="Ada", machine=honest[0].provenance, replay=replay)
        found += any(level.is_challenged for level in levels(records, [kept]).values())
    stated = power_of(honest, 22)
    with capsys.disabled():
        print(f"\n{found} of 200 forged packs found, {holds} drawn; stated power {stated:.1%} at least")
    assert found == holds
    assert found / 200 > stated - 3 * math.sqrt(stated * (1 - stated) / 200)
