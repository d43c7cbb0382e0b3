"""Records that say what cannot be are refused with a sentence, all of them at once."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from symprior.leaderboard import PUBLISHED_RESULTS, read_published
from symprior.leaderboard.board.board import build
from symprior.leaderboard.records.checks import check_records, impossible, over_the_best_known
from symprior.leaderboard.records.evaluation_points import are_steps_of, evaluation_steps
from symprior.leaderboard.records.record import Checkpoint, RunRecord, read_records, write_record
from symprior.symmetry.errors import SympriorError
from symprior.tasks import get_task
from symprior.tasks.task import Task

Make = Callable[..., RunRecord]
CARTPOLE = "cartpole-v1"


@pytest.fixture(scope="module")
def published() -> RunRecord:
    """A real run on CartPole."""
    return next(run for run in read_published(PUBLISHED_RESULTS, "quick") if run.task == CARTPOLE)


def with_returns(run: RunRecord, point: int, returns: list[float]) -> RunRecord:
    curve = list(run.curve)
    curve[point] = curve[point].model_copy(update={"returns": returns})
    return run.model_copy(update={"curve": curve})


def test_a_return_over_what_the_task_gives_is_refused(published: RunRecord) -> None:
    task = get_task(CARTPOLE)
    assert impossible(published, task) == ""
    returns = [*published.curve[5].returns[:-1], 500.05]
    forged = with_returns(published, 5, returns)
    assert impossible(forged, task) == "a return of 500.05, where cartpole-v1 gives 500 at most"
    with pytest.raises(SympriorError, match=r"1 record says what cannot be:\n.*ppo.*seed 0: a return of 500\.05"):
        build([forged], suite_tasks=[CARTPOLE])


def test_a_return_under_what_the_task_gives_is_refused(published: RunRecord) -> None:
    task = get_task(CARTPOLE)
    nothing = with_returns(published, 1, [0.0, *published.curve[1].returns[1:]])
    assert impossible(nothing, task) == "a return of 0, where cartpole-v1 gives 1 at least"
    catch = get_task("grid-catch-v1")
    of_catch = next(run for run in read_published(PUBLISHED_RESULTS, "quick") if run.task == catch.id)
    for returns, words in (([-10.2], "-10.2, where grid-catch-v1 gives -10 at least"), ([1.1], "1.1, where")):
        forged = with_returns(of_catch, 4, [*returns, *of_catch.curve[4].returns[1:]])
        assert words in impossible(forged, catch)


def test_the_evaluation_in_the_other_mode_is_checked_too(published: RunRecord) -> None:
    task = get_task(CARTPOLE)
    assert published.other_mode is not None
    for returns, words in (([500.05] * 20, "500.05"), ([500.0] * 3, "3 episodes"), ([0.5] * 20, "1 at least")):
        forged = published.model_copy(
            update={"other_mode": published.other_mode.model_copy(update={"returns": returns})}
        )
        assert words in impossible(forged, task)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"steps_used": 50_001}, "more than its budget"),
        ({"evaluate_every": 0}, "evaluate_every: Input should be greater than 0"),
        ({"budget": "9" * 5000}, "integer"),
        ({"curve": [{"step": 0, "returns": [1e999]}]}, "finite"),
        ({"effort": {"training_seconds": -1, "evaluation_seconds": 0}}, "training_seconds"),
        ({"other_mode": {"mode": "greedy", "returns": []}}, "other_mode.returns"),
        ({"hyperparameters": {"x": "DEEP"}}, "recursion"),
        ({"unknown": 1}, "Extra inputs are not permitted"),
    ],
)
def test_what_is_absurd_is_refused_with_a_sentence(
    published: RunRecord, tmp_path: Path, change: dict[str, object], words: str
) -> None:
    tree = json.loads(published.model_dump_json()) | change
    path = tmp_path / "seed-0000.json"
    path.write_text(json.dumps(tree).replace('"DEEP"', "[" * 50_000 + "]" * 50_000), encoding="utf-8")
    with pytest.raises(SympriorError, match="is no valid record") as caught:
        read_records(tmp_path)
    assert words in str(caught.value)


def test_results_are_read_where_the_simulator_is_not_installed(
    published: RunRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = replace(get_task(CARTPOLE), extra="absent")
    monkeypatch.setattr(type(task), "_spaces", property(lambda self: pytest.fail("it was asked")))
    assert impossible(published, task) == ""
    assert "500 at most" in impossible(with_returns(published, 5, [501.0] * 20), task)


def test_episodes_and_evaluation_points_are_the_tasks_and_the_protocols(published: RunRecord) -> None:
    task = get_task(CARTPOLE)
    fewer = with_returns(published, 3, published.curve[3].returns[:7])
    assert impossible(fewer, task) == "an evaluation has 7 episodes, where cartpole-v1 has 20"
    skipped = published.model_copy(update={"curve": [*published.curve[:4], *published.curve[6:]]})
    assert "not at the protocol's points" in impossible(skipped, task)
    for later in (7, 16):  # in the midst of a vector step of sixteen copies, and a whole one too late
        late = published.curve[2].model_copy(update={"step": published.curve[2].step + later})
        moved = published.model_copy(update={"curve": [*published.curve[:2], late, *published.curve[3:]]})
        assert "not at the protocol's points" in impossible(moved, task)
    best = [point for point in published.curve if point.step in (0, published.curve[-1].step)]
    assert "not at the protocol's points" in impossible(published.model_copy(update={"curve": best}), task)


def test_means_alone_are_a_kind_of_their_own(published: RunRecord) -> None:
    curve = [Checkpoint(step=point.step, returns=[sum(point.returns) / 20]) for point in published.curve]
    means = published.model_copy(update={"curve": curve})
    means = means.model_copy(update={"other_mode": None})
    assert impossible(means, get_task(CARTPOLE)) == "an evaluation has 1 episode, where cartpole-v1 has 20"
    assert impossible(means.model_copy(update={"suite": "equivalence"}), get_task(CARTPOLE)) == ""
    whole = published.model_copy(update={"suite": "equivalence"})
    assert impossible(whole, get_task(CARTPOLE)) == (
        "an evaluation has 20 returns, where records of the tests of learners hold its mean alone"
    )


@pytest.mark.parametrize(
    ("steps", "budget", "every", "fine"),
    [
        (evaluation_steps(50_000), 50_000, None, True),
        ([*(-(-step // 16) * 16 for step in evaluation_steps(50_000)[:-1]), 50_000], 50_000, None, True),
        ([0, 16, 34], 34, None, True),
        ([0, 18, 34], 34, 18, True),
        (evaluation_steps(50_000), 50_000, 1, False),
        ([0, 512, 1008, *evaluation_steps(50_000)[3:]], 50_000, None, True),
        ([0, 515, 1008, *evaluation_steps(50_000)[3:]], 50_000, None, False),
        (list(range(0, 48_001, 480)), 48_000, 480, True),
        (list(range(0, 48_001, 9_600)), 48_000, 480, False),
        ([0, 50_000], 50_000, None, False),
        ([16, *evaluation_steps(50_000)[1:]], 50_000, None, False),
        ([*evaluation_steps(50_000), 50_001], 50_000, None, False),
        ([0, 250, *evaluation_steps(50_000)[1:]], 50_000, None, False),
    ],
)
def test_points_are_met_at_the_next_vector_step(steps: list[int], budget: int, every: int | None, fine: bool) -> None:
    assert are_steps_of(steps, budget, every) is fine


def test_a_run_over_the_best_known_return_is_flagged_not_refused(tasks: dict[str, Task], make_run: Make) -> None:
    run = make_run(scores=[0, 0.5, 1.4])
    assert over_the_best_known(run, tasks[CARTPOLE])
    assert not over_the_best_known(make_run(scores=[0, 0.5, 1.0]), tasks[CARTPOLE])
    [row] = build([run], tasks=tasks).rows
    assert row.shortfalls == (f"ppo on {CARTPOLE}: seed 0 over the best return known, to be looked at",)


def test_all_that_cannot_be_is_named_at_once(tasks: dict[str, Task], make_run: Make) -> None:
    bounded = replace(tasks[CARTPOLE], return_bounds=(1.0, 500.0))
    bounded.__dict__.update(references=tasks[CARTPOLE].references)
    runs = [make_run(seed=seed, scores=[0, 0.5, 1.2]) for seed in range(25)]
    with pytest.raises(SympriorError, match="25 records say what cannot be") as caught:
        check_records(runs, {CARTPOLE: bounded})
    assert str(caught.value).count("gives 500 at most") == 20
    assert "and 5 more" in str(caught.value)


def test_every_bad_file_is_named_at_once(tmp_path: Path, make_run: Make) -> None:
    paths = [write_record(tmp_path, make_run(seed=seed)) for seed in range(6)]
    paths[0].write_text("{")
    text = paths[1].read_text()
    paths[1].write_text(text.replace('"seed": 1', '"seed": 7, "seed": 1', 1))
    paths[2].unlink()
    os.mkfifo(paths[2])
    paths[3].unlink()
    paths[3].symlink_to("/dev/zero")
    paths[4].unlink()
    paths[4].mkdir()
    with pytest.raises(SympriorError) as caught:
        read_records(tmp_path)
    said = str(caught.value)
    assert said.count("\n") == 4
    assert f"{paths[0]} is no valid record" in said
    assert f"{paths[1]} is no valid record: the key 'seed' stands twice in one object" in said
    for path in paths[2:5]:
        assert f"{path} is no regular file" in said


def test_a_file_of_absurd_size_is_not_read(tmp_path: Path, make_run: Make) -> None:
    path = write_record(tmp_path, make_run())
    with path.open("ab") as file:
        file.truncate(65 * 1024 * 1024)
    with pytest.raises(SympriorError, match="68,157,440 bytes, and 67,108,864 are the most"):
        read_records(tmp_path)


def test_a_key_that_stands_twice_is_refused_where_it_is_published_too(tmp_path: Path) -> None:
    source = PUBLISHED_RESULTS / "paper-grid-1" / "grid-catch-v1" / "a2c.json"
    target = tmp_path / source.relative_to(PUBLISHED_RESULTS)
    target.parent.mkdir(parents=True)
    text = source.read_text(encoding="utf-8")
    assert json.loads(text)
    target.write_text(text.replace('{"seed":0,', '{"seed":3,"seed":0,', 1), encoding="utf-8")
    with pytest.raises(SympriorError, match="the key 'seed' stands twice"):
        read_published(tmp_path)


@pytest.mark.slow
@pytest.mark.covering
def test_every_published_record_can_be() -> None:
    for record in read_published(PUBLISHED_RESULTS):
        assert impossible(record, get_task(record.task)) == ""
        assert not over_the_best_known(record, get_task(record.task))
