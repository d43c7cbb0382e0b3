"""Levels follow from the verifications that are kept, and nobody sets one: not the author, not who chose the runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.verification.agreement import Verdict
from symprior.leaderboard.verification.beforehand import known_beforehand
from symprior.leaderboard.verification.drawing import digest_of, drawn, power_of
from symprior.leaderboard.verification.levels import levels
from symprior.leaderboard.verification.record import (
    CheckedRun,
    FreshSeeds,
    Replay,
    Subject,
    Verification,
    check_line,
    read_verification,
    read_verifications,
    write_verification,
)
from symprior.leaderboard.verification.two_samples import Sample, losses, told_apart
from symprior.symmetry.errors import SympriorError

Run = Callable[..., RunRecord]
ENTRY = ("custom", "mine")


@pytest.fixture
def records(make_run: Run) -> list[RunRecord]:
    of_tasks = [("cartpole-v1", seed) for seed in range(20)] + [("grid-catch-vector-v1", seed) for seed in range(20)]
    return [make_run(agent="mine", task=task, seed=seed, learner="custom") for task, seed in of_tasks]


def verification(
    records: Sequence[RunRecord],
    by: str | None = "Ada",
    verdicts: dict[int, Verdict] | None = None,
    chosen: Sequence[RunRecord] | None = None,
    **rest: object,
) -> Verification:
    """A replay of a draw by the text "t"; the verdicts are of runs by their number in it."""
    runs = tuple(
        CheckedRun(
            learner=record.agent.learner,
            agent=record.agent.id,
            task=record.task,
            seed=record.seed,
            verdict=(verdicts or {}).get(number, Verdict.EQUAL),
        )
        for number, record in enumerate(drawn(records, 22, "t") if chosen is None else chosen)
    )
    subject = Subject(suite=records[0].suite_id, digest=digest_of(records), runs=len(records))
    fields: dict[str, object] = {
        "subject": subject,
        "by": by,
        "machine": records[0].provenance,
        "replay": Replay(seed_from="t", cells=22, power=0.99, runs=runs),
    }
    return Verification.model_validate(fields | rest)


def fresh(told: bool, detectable: float) -> FreshSeeds:
    return FreshSeeds(
        learner=ENTRY[0],
        agent=ENTRY[1],
        seed_from="t",
        tasks=(),
        inflation=1.1,
        p_value=0.01 if told else 0.4,
        told_apart=told,
        detectable=detectable,
    )


def test_records_alone_are_claimed_and_a_replay_says_how_much_it_would_have_found(records: list[RunRecord]) -> None:
    assert levels(records, [])[ENTRY].in_words == "claimed"
    level = levels(records, [verification(records)])[ENTRY]
    found = power_of(records, 22)
    assert (level.name, level.replayed, level.runs, level.power) == ("replayed", 22, 40, pytest.approx(found))
    assert level.in_words == f"replayed 22/40 (10 % of forged runs found with {found:.0%})"


def test_a_second_draw_adds_to_the_first(records: list[RunRecord]) -> None:
    other = Replay(
        seed_from="u",
        cells=22,
        power=0.9,
        runs=tuple(
            CheckedRun(learner="custom", agent="mine", task=record.task, seed=record.seed, verdict=Verdict.EQUAL)
            for record in drawn(records, 22, "u")
        ),
    )
    level = levels(records, [verification(records), verification(records, by="Grace", replay=other)])[ENTRY]
    assert level.power == pytest.approx(1 - (1 - power_of(records, 22)) ** 2)
    assert level.replayed == len({record.key for text in "tu" for record in drawn(records, 22, text)})


@pytest.mark.parametrize("by", [None, "Bob", " bob "])
def test_neither_a_nameless_verification_nor_the_authors_own_raises_a_level(
    records: list[RunRecord], by: str | None
) -> None:
    assert levels(records, [verification(records, by=by)], authors=["Bob"])[ENTRY].in_words == "claimed"


def test_runs_that_somebody_chose_and_stated_powers_have_no_power(records: list[RunRecord]) -> None:
    chosen = verification(records, chosen=records[:22])
    assert levels(records, [chosen])[ENTRY].name == "claimed"
    assert levels(records, [chosen])[ENTRY].replayed == 22
    too_few = Replay(seed_from="t", cells=1, power=1.0, runs=chosen.replay.runs[:1] if chosen.replay else ())
    assert levels(records, [verification(records, replay=too_few)])[ENTRY].power == 0


def test_a_forger_cannot_hide_behind_another_processor(records: list[RunRecord]) -> None:
    level = levels(records, [verification(records, verdicts={3: Verdict.NOT_COMPARABLE})])[ENTRY]
    assert (level.name, level.replayed, level.not_comparable, level.power) == ("claimed", 21, 1, 0)
    assert level.in_words == "claimed; replayed 21/40; 1 not comparable"


def test_a_verification_of_other_records_says_nothing(records: list[RunRecord]) -> None:
    edited = [records[0].model_copy(update={"steps_used": 19_999}), *records[1:]]
    assert levels(edited, [verification(records, verdicts={0: Verdict.DIFFERS})])[ENTRY].in_words == "claimed"


def test_one_run_that_differs_challenges_the_row_and_the_replay_stays_beside_it(records: list[RunRecord]) -> None:
    sceptic = verification(records, by="Grace", verdicts={0: Verdict.DIFFERS})
    level = levels(records, [verification(records), sceptic])[ENTRY]
    assert level.is_challenged and level.name == "replayed"
    assert level.in_words.endswith("; challenged by Grace, 2026-01-02")
    impossible = verification(records, by=None, impossible=("A run was started before its commit was made.",))
    assert levels(records, [impossible])[ENTRY].in_words.endswith("; challenged by somebody unnamed, 2026-01-02")


def test_fresh_seeds_count_where_they_could_have_seen_enough(records: list[RunRecord]) -> None:
    sharp = verification(records, replay=None, fresh=(fresh(False, 1.38),))
    blunt = verification(records, replay=None, fresh=(fresh(False, 1.6),))
    caught = verification(records, replay=None, fresh=(fresh(True, 1.2),))
    assert levels(records, [sharp, verification(records)])[ENTRY].in_words.startswith("re-run; replayed 22/40")
    assert levels(records, [blunt])[ENTRY].name == "claimed"
    assert levels(records, [caught])[ENTRY].is_challenged


def test_a_verification_comes_back_as_it_was_written(records: list[RunRecord], tmp_path: Path) -> None:
    written = verification(records, remark="On my own machine.")
    path = write_verification(tmp_path / "verifications", written)
    assert read_verification(path) == written and read_verifications(path.parent) == [written]
    assert read_verifications(tmp_path / "none") == []


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('"by": "Ada"', '"by": "Ada", "level": "replayed"', "level: Extra inputs are not permitted"),
        ('"bits equal"', '"surely equal"', "Input should be 'bits equal'"),
        ('"by": "Ada"', '"by": "Ada", "by": "Eve"', "the key 'by' stands twice"),
        ("}", "", "Invalid JSON"),
    ],
)
def test_what_is_no_verification_is_refused(
    records: list[RunRecord], tmp_path: Path, before: str, after: str, said: str
) -> None:
    path = write_verification(tmp_path, verification(records))
    path.write_text(path.read_text().replace(before, after))
    with pytest.raises(SympriorError, match=said):
        read_verification(path)


@pytest.mark.parametrize("text", ["", "x" * 201, "two\nlines"])
def test_a_name_that_could_not_be_kept_is_refused_at_once(text: str) -> None:
    with pytest.raises(SympriorError, match="--by takes one line of 1 to 200 characters"):
        check_line("--by", text)


def samples(make_run: Run, speed: float, seeds: int = 20) -> list[Sample]:
    """The claimed agent against one of this speed, on seeds of its own."""
    found = []
    for task in ("cartpole-v1", "grid-catch-vector-v1"):
        claimed = [make_run(task=task, seed=seed, speed=4.0) for seed in range(seeds)]
        again = [make_run(task=task, seed=seed + 500, speed=speed) for seed in range(seeds)]
        found.append(Sample(task, losses(claimed, task), losses(again, task), relabelled=False))
    return found


def test_an_honest_agent_is_not_told_apart_and_an_inflated_one_is(make_run: Run) -> None:
    honest = told_apart(ENTRY, "t", samples(make_run, 4.0))
    assert not honest.told_apart and 1 < honest.detectable < 1.4 and honest.inflation == pytest.approx(1, abs=0.2)
    slower = told_apart(ENTRY, "t", samples(make_run, 2.0))
    assert slower.told_apart and slower.inflation > honest.detectable
    assert told_apart(ENTRY, "t", samples(make_run, 4.0, seeds=5)).detectable > honest.detectable
    with pytest.raises(SympriorError, match="too few runs to be told apart"):
        told_apart(ENTRY, "t", samples(make_run, 4.0, seeds=1))


def test_the_stated_inflation_is_found_in_four_of_five(make_run: Run) -> None:
    rng = np.random.default_rng(0)
    pool = losses([make_run(seed=seed, speed=4.0) for seed in range(300)], "cartpole-v1")
    found = []
    for _ in range(300):
        claimed, again = (pool[rng.integers(len(pool), size=20)] for _ in range(2))
        stated = told_apart(ENTRY, "t", [Sample("cartpole-v1", claimed, again, False)]).detectable
        found.append(told_apart(ENTRY, "t", [Sample("cartpole-v1", claimed, again * stated, False)]).told_apart)
    assert 0.72 < np.mean(found) < 0.88


def test_an_agent_that_is_good_before_its_first_step_is_named(make_run: Run) -> None:
    honest = [make_run(seed=seed) for seed in range(5)]
    loaded = [make_run(agent="mine", seed=seed, scores=[0.9, 0.95, 1.0]) for seed in range(5)]
    assert known_beforehand(honest + loaded) == [
        "mine knows cartpole-v1 before its first step: its runs score 0.90 there."
    ]


def test_what_is_said_of_one_agent_contradicts_no_other(make_run: Run) -> None:
    """The same word, `contradicts`, of a whole verification and of its part on one row."""
    of_two = [make_run(agent=agent, seed=seed, learner="custom") for agent in ("mine", "yours") for seed in range(5)]
    found = verification(of_two, chosen=of_two, verdicts={7: Verdict.DIFFERS})
    assert found.contradicts and found.about("custom", "yours").contradicts
    own = found.about(*ENTRY)
    assert not own.contradicts and own.replay is not None and {run.agent for run in own.replay.runs} == {"mine"}
    of_rows = levels(of_two, [found])
    assert of_rows["custom", "yours"].is_challenged and not of_rows[ENTRY].is_challenged
    everybodys = verification(of_two, chosen=of_two, impossible=("A run was started before its commit was made.",))
    assert all(level.is_challenged for level in levels(of_two, [everybodys]).values())
