"""What sentences may claim: Holm-corrected together, with the interval they rest on, and with one more lost run."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from symprior.leaderboard.board.board import Board, build
from symprior.leaderboard.board.claims import Claim
from symprior.leaderboard.board.sentences import first, headline, of_task
from symprior.leaderboard.records.record import RunRecord
from symprior.tasks.task import Task

Make = Callable[..., RunRecord]
Runs = Callable[..., list[RunRecord]]

CARTPOLE = "cartpole-v1"
LEARNER = "stable-baselines3"


def arm(make_run: Make, agent: str, shares: list[float]) -> list[RunRecord]:
    """A run for each share of the budget at which its score jumps to 1."""
    return [
        make_run(agent=agent, seed=seed, scores=[float(point / 100 >= share) for point in range(101)])
        for seed, share in enumerate(shares)
    ]


def spread(middle: float, runs: int = 20, half: float = 0.08) -> list[float]:
    return list(middle + np.linspace(-half, half, runs))


def claim_of(board: Board, agent: str) -> Claim:
    claim = board.claims.about(LEARNER, agent, CARTPOLE)
    assert claim is not None
    return claim


def test_a_clear_difference_is_claimed_with_its_simultaneous_interval(tasks: dict[str, Task], make_run: Make) -> None:
    priors = {f"ppo+{name}": spread(0.5) for name in "abc"}
    records = [
        run
        for agent, shares in ({"ppo": spread(0.5), "ppo+fast": spread(0.2)} | priors).items()
        for run in arm(make_run, agent, shares)
    ]
    board = build(records, tasks=tasks)
    fast, slow = claim_of(board, "ppo+fast"), claim_of(board, "ppo+a")
    assert fast.differs and not slow.differs
    assert fast.confidence == pytest.approx(1 - 0.025 / 4)
    assert slow.confidence == pytest.approx(1 - 0.025 / 3)
    row = next(row for row in board.tasks[0].rows if row.agent == "ppo+fast")
    assert row.gain is not None and row.gain.estimate is not None and row.gain.estimate.interval is not None
    assert fast.interval[0] < row.gain.estimate.interval.low < row.gain.estimate.interval.high < fast.interval[1]
    sentences = of_task(board, board.tasks[0], LEARNER)
    said = next(sentence for sentence in sentences if "ppo+fast" in sentence)
    assert said == (
        f"On cartpole-v1, ppo+fast loses {row.gain.estimate.value:.2f}× less data within 20,000 steps than ppo (99.38 %: "
        f"{fast.interval[0]:.2f} – {fast.interval[1]:.2f}; with one more lost run {row.gain.with_lost_run:.2f}×)."
    )
    assert sum("are not told apart at 20 seeds: a gain of 1.00× (99.17 %: " in sentence for sentence in sentences) == 3


def test_more_sentences_need_more_evidence(tasks: dict[str, Task], make_run: Make) -> None:
    """What would be significant alone is not among many."""
    middle = 0.461
    alone = build(arm(make_run, "ppo", spread(0.5)) + arm(make_run, "ppo+x", spread(middle)), tasks=tasks)
    others = [run for name in "abcdef" for run in arm(make_run, f"ppo+{name}", spread(0.5))]
    among = build(arm(make_run, "ppo", spread(0.5)) + arm(make_run, "ppo+x", spread(middle)) + others, tasks=tasks)
    assert claim_of(alone, "ppo+x").rejected
    assert not claim_of(among, "ppo+x").rejected


def test_what_one_more_lost_run_would_undo_is_not_claimed(tasks: dict[str, Task], make_run: Make) -> None:
    plain, prior = spread(0.3, 10, 0.04), spread(0.25, 10, 0.04)
    board = build(arm(make_run, "ppo", plain) + arm(make_run, "ppo+x", prior), tasks=tasks)
    claim = claim_of(board, "ppo+x")
    assert claim.rejected and not claim.differs
    [sentence] = of_task(board, board.tasks[0], LEARNER)
    assert "ppo+x and ppo are not told apart at 10 seeds" in sentence
    assert "with one more lost run 0.9" in sentence


def test_a_loss_is_said_on_the_same_scale(tasks: dict[str, Task], make_run: Make) -> None:
    board = build(arm(make_run, "ppo", spread(0.3)) + arm(make_run, "ppo+x", spread(0.7)), tasks=tasks)
    [sentence] = of_task(board, board.tasks[0], LEARNER)
    assert sentence.startswith("On cartpole-v1, ppo+x loses more data within 20,000 steps than ppo: a gain of 0.4")
    assert "one more lost run of ppo" in sentence


def test_the_first_sentence_names_everybody_who_is_not_told_apart(tasks: dict[str, Task], make_run: Make) -> None:
    shares = {"ppo": 0.5, "ppo+a": 0.21, "ppo+b": 0.2, "ppo+c": 0.35}
    board = build([run for agent, at in shares.items() for run in arm(make_run, agent, spread(at))], tasks=tasks)
    assert first(board) == (
        "On cartpole-v1, ppo+b and ppo+a have the best data efficiency and are not told apart at 20 seeds."
    )
    assert "ppo+b loses" in headline(board) and "ppo+a loses" in headline(board)
    same = build([run for agent in shares for run in arm(make_run, agent, spread(0.5))], tasks=tasks)
    assert first(same).startswith("On cartpole-v1, ppo, ppo+a, ppo+b and ppo+c have the best")


def test_a_gain_over_one_task_is_counted_once(tasks: dict[str, Task], make_run: Make, suite_runs: Runs) -> None:
    board = build(arm(make_run, "ppo", spread(0.5)) + arm(make_run, "ppo+x", spread(0.4)), tasks=tasks)
    assert claim_of(board, "ppo+x").confidence == pytest.approx(0.975)
    assert board.claims.about(LEARNER, "ppo+x") == claim_of(board, "ppo+x")
    over_two = build(suite_runs(speeds={"ppo": 5, "ppo+x": 9}), tasks=tasks)
    claims = [over_two.claims.about(LEARNER, "ppo+x", task) for task in ("", CARTPOLE, "grid-catch-vector-v1")]
    assert sorted(round(1 / (1 - claim.confidence) / 40, 6) for claim in claims if claim) == [1, 2, 3]
