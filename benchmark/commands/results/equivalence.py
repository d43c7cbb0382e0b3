"""`symprior equivalence`: hold two learners, or two kernels of one, against each other, as distributions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.table import Table

from symprior.agents.learners.learner import TORCH, reference_learner, stacking_learner
from symprior.benchmark.command_line.console import console
from symprior.benchmark.command_line.set_option import SettingOption, parse_settings
from symprior.benchmark.jobs import contestants
from symprior.benchmark.jobs.job import Job
from symprior.benchmark.sweep.progress.telling.words import Words
from symprior.benchmark.sweep.progress.watch import sweep_on
from symprior.benchmark.sweep.sweep import Sweep
from symprior.leaderboard.comparison.learner_tests import (
    SUITE,
    LearnerTest,
    kernel_test,
    last_in_torch,
    learner_test,
    learner_tests,
)
from symprior.leaderboard.pages.learner_pages import PAGE, row, to_markdown
from symprior.leaderboard.records.published import PUBLISHED_RESULTS, publish, read_published, read_published_cell
from symprior.leaderboard.records.record import RunRecord, read_record
from symprior.symmetry.errors import SympriorError
from symprior.tasks import get_task
from symprior.tasks.files.atomic import write_text_atomically

ROUND_SEEDS, FINAL_SEEDS, TORCH_SEEDS = 100_000, 1_000, 50_000
"""Seeds of round r: the pilot's from 100,000 r on, the final test's from 100,000 r + 1,000 on.

Of a round by two kernels those in torch from 100,000 r + 50,000 on.
"""


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("equivalence")(equivalence)


def equivalence(
    task: Annotated[str | None, typer.Argument(help="The task.")] = None,
    algorithm: Annotated[str, typer.Option(help="Its plain agent and --prior are run by both learners.")] = "ppo",
    prior: Annotated[str, typer.Option(help="The prior whose gain is compared.")] = "homomorphic",
    test_round: Annotated[
        int, typer.Option("--round", min=1, help="A repeat is another round: it has fresh seeds, and is counted.")
    ] = 1,
    pilot: Annotated[int, typer.Option(min=2, max=FINAL_SEEDS, help="Runs an arm of the pilot of each learner.")] = 30,
    at_most: Annotated[int, typer.Option(min=2, help="Runs of Stable-Baselines3 an arm that can be afforded.")] = 100,
    ratio: Annotated[
        float,
        typer.Option(
            min=1, help="Batched runs for each of Stable-Baselines3; cheapest is the root of the ratio of their costs."
        ),
    ] = 4.0,
    kernel: Annotated[
        str | None,
        typer.Option(
            help="Instead: --runs of the batched learner by this kernel, at the settings of the last earlier round in torch "
            "and against it, or against --torch-runs."
        ),
    ] = None,
    runs: Annotated[int, typer.Option(min=2, max=TORCH_SEEDS - FINAL_SEEDS, help="Runs an arm, with --kernel.")] = 250,
    torch_runs: Annotated[
        int | None, typer.Option(min=2, max=TORCH_SEEDS, help="Fresh runs an arm in torch, with --kernel.")
    ] = None,
    evaluate_every: Annotated[
        int | None, typer.Option(help="Steps between evaluations, where not the protocol's.")
    ] = None,
    setting: SettingOption = None,
    records: Annotated[Path, typer.Option(help="Where records are kept.")] = Path("runs-equivalence"),
    workers: Annotated[int, typer.Option(min=1, help="Processes side by side.")] = 2,
    keep: Annotated[
        bool, typer.Option("--publish", help="Add the final test's runs to the published results.")
    ] = False,
    published: Annotated[
        bool, typer.Option("--published", help="Instead: show every published test and write their page.")
    ] = False,
    results: Annotated[
        Path | None, typer.Option(help="Where published results are kept; the checkout's own by default.")
    ] = None,
) -> None:
    """Two one-sided tests that both learners give the same data efficiency (±.03) and symmetry gain (±10 %).

    A pilot sets the number of runs of each arm for 90 % power; then one final test on fresh seeds. Exits with 1 where
    equivalence is not shown. Both agents have their tuned settings, but for what is --set; settings under which runs differ
    less take fewer of them. With --kernel the two sides are two kernels of the batched learner.
    """
    folder = results or PUBLISHED_RESULTS
    if published:
        _show_published(folder)
        return
    if task is None:
        raise SympriorError("Say on which task, for example cartpole-v1, or show what is --published.")
    chosen, agents = get_task(task), (algorithm, f"{algorithm}+{prior}")
    if torch_runs is not None and kernel is None:
        raise SympriorError("--torch-runs go with --kernel: name the kernel that is held against torch.")
    seed, sweep = ROUND_SEEDS * test_round, sweep_on(Words(console), records, workers)
    if kernel is not None:
        known = [record for agent in agents for record in read_published_cell(SUITE, chosen.id, agent, folder)]
        seeds = {kernel: range(seed + FINAL_SEEDS, seed + FINAL_SEEDS + runs)}
        if torch_runs is not None:
            seeds[TORCH] = range(seed + TORCH_SEEDS, seed + TORCH_SEEDS + torch_runs)
        like = [_like_in_torch(known, chosen.id, agent, test_round) for agent in agents]
        made = _carry_out(
            [replace(job, kernel=name, seeds=tuple(of)) for name, of in seeds.items() for job in like], sweep
        )
        _conclude(kernel_test(made, known), made, folder if keep else None)
        return
    alike = Job(
        suite=SUITE,
        suite_version=str(test_round),
        task=chosen.id,
        agent=algorithm,
        seeds=(),
        budget=chosen.budget,
        settings=parse_settings(setting or []),
        evaluate_every=evaluate_every,
    )
    pilots = _jobs(replace(alike, suite_version=f"pilot-{test_round}"), dict.fromkeys(agents, (pilot, pilot)), seed)
    for job in pilots:
        contestants.check(job)
    piloted = learner_test(_carry_out(pilots, sweep))
    console.print(_table(f"{task}: pilot", piloted))
    needed = piloted.plan(ratio)
    most = (round(ratio * at_most), at_most)
    planned = {agent: min(each, most, key=lambda pair: pair[1]) for agent, each in needed.items()}
    for agent in agents:
        console.print(
            f"{agent}: 90 % power takes {_in_words(needed[agent])}; there will be {_in_words(planned[agent])}.",
            soft_wrap=True,
            highlight=False,
        )
    jobs = _jobs(alike, planned, seed + FINAL_SEEDS)
    made = _carry_out(jobs, sweep)
    _conclude(learner_test(made), made, folder if keep else None)


def _conclude(final: LearnerTest, made: list[RunRecord], folder: Path | None) -> None:
    """Show the final test, and publish its runs where there is a folder."""
    console.print(_table(f"{final.task}: final test, round {final.round}", final))
    for path in publish(map(_for_the_test, made), folder) if folder else []:
        console.print(f"Published {path}", soft_wrap=True, highlight=False, markup=False)
    if not final.holds:
        console.print("Equivalence is not shown for every quantity.")
        raise typer.Exit(1)


def _like_in_torch(known: list[RunRecord], task: str, agent: str, test_round: int) -> Job:
    """A job of this round at the settings of the last earlier round in torch, without runs yet.

    Raises:
        SympriorError: there is none.
    """
    last = last_in_torch(known, task, agent, test_round)
    return Job(
        suite=SUITE,
        suite_version=str(test_round),
        task=task,
        agent=agent,
        seeds=(),
        budget=last.budget,
        learner=last.agent.learner,
        settings=_as_settings(last.hyperparameters),
        evaluate_every=last.evaluate_every,
    )


def _as_settings(hyperparameters: Mapping[str, object]) -> tuple[tuple[str, object], ...]:
    """Settings of a job: sorted pairs, lists as tuples, without what was left open."""
    given = {name: value for name, value in hyperparameters.items() if value is not None}
    return tuple((name, tuple(value) if isinstance(value, list) else value) for name, value in sorted(given.items()))


def _show_published(folder: Path) -> None:
    tests = learner_tests(read_published(folder))
    for test in tests:
        console.print(_table(f"{test.algorithm} on {test.task}, {test.suite} {test.round}", test))
    write_text_atomically(folder / PAGE, to_markdown(tests))
    console.print(f"Wrote {folder / PAGE}", soft_wrap=True, highlight=False, markup=False)


def _jobs(alike: Job, runs: dict[str, tuple[int, int]], first_seed: int) -> list[Job]:
    """Every agent by both learners, else alike; `runs` are its (batched, Stable-Baselines3)."""
    return [
        replace(alike, agent=agent, learner=learner, seeds=tuple(range(first_seed, first_seed + count)))
        for agent, counts in runs.items()
        for learner, count in zip((stacking_learner(), reference_learner()), counts, strict=True)
    ]


def _in_words(runs: tuple[int, int]) -> str:
    return f"{runs[0]:,} batched and {runs[1]:,} Stable-Baselines3 runs"


def _carry_out(jobs: list[Job], sweep: Sweep) -> list[RunRecord]:
    """The finished records of the jobs."""
    waiting = sweep.pending(jobs)
    if waiting:
        outcome = sweep.run(waiting)
        if outcome.failed:
            run, error = outcome.failed[0]
            raise SympriorError(f"The test stops: {run} failed: {error.rstrip('.')}. The same command tries again.")
    return [read_record(sweep.store.path(run)) for job in jobs for run in job.runs]


def _for_the_test(record: RunRecord) -> RunRecord:
    """The record without what the tests do not use and would be most of its size: of an evaluation its mean return stays."""
    curve = [
        point.model_copy(update={"returns": [float(np.mean(point.returns))], "equivariance": None})
        for point in record.curve
    ]
    return record.model_copy(update={"curve": curve, "other_mode": None})


def _table(title: str, test: LearnerTest) -> Table:
    table = Table(title=title, title_justify="left")
    shown = {"": 0, "difference": 3, "90 % interval": 4, "p": 6, "runs": 7, "verdict": 9}
    for heading in shown:
        table.add_column(heading, justify="right" if heading else "left")
    for quantity in test.quantities:
        cells = row(quantity)
        table.add_row(*(cells[place] for place in shown.values()))
    return table
