"""`symprior equivalence`: hold the batched learner against Stable-Baselines3, as distributions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from symprior.benchmark import contestants, runner
from symprior.benchmark.job import BATCHED, STABLE_BASELINES3, Job, parse_seeds
from symprior.benchmark.progress import progress_over
from symprior.benchmark.store import RecordStore
from symprior.leaderboard.equivalence import Arm, Equivalence, efficiencies_equal, gains_equal, runs_needed
from symprior.leaderboard.records import read_record
from symprior.leaderboard.scores import score_run
from symprior.tasks import Task, get_task
from symprior.tasks.errors import SympriorError

console = Console()


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("equivalence")(equivalence)


def equivalence(
    task: Annotated[str, typer.Argument(help="The task.")],
    algorithm: Annotated[str, typer.Option(help="Its plain agent and --prior are run by both learners.")] = "ppo",
    prior: Annotated[str, typer.Option(help="The prior whose gain is compared.")] = "homomorphic",
    pilot: Annotated[str, typer.Option(help="Seeds of the pilot, which sets the sample size.")] = "20000-20009",
    first_seed: Annotated[int, typer.Option(min=0, help="Fresh seeds of the final test begin here.")] = 21000,
    at_most: Annotated[int, typer.Option(min=2, help="Runs in each arm that can be afforded.")] = 100,
    records: Annotated[Path, typer.Option(help="Where records are kept.")] = Path("runs-equivalence"),
    workers: Annotated[int, typer.Option(min=1, help="Processes side by side.")] = 2,
) -> None:
    """Two one-sided tests that both learners give the same data efficiency (±.03) and symmetry gain (±10 %).

    A pilot sets the number of runs for 90 % power; then one final test on fresh seeds. Exits with 1 where equivalence is
    not shown.
    """
    chosen, store = get_task(task), RecordStore(records)
    agents = (algorithm, f"{algorithm}+{prior}")
    for agent in agents:
        contestants.find(agent)
    pilot_seeds = parse_seeds(pilot)
    piloted = _compare(chosen, agents, pilot_seeds, "pilot", store, workers)
    needed = {test.quantity: runs_needed(test, len(pilot_seeds)) for test in piloted}
    console.print(_table(f"{task}: pilot, {len(pilot_seeds)} runs an arm", piloted, needed))
    count = min(max(needed.values()), at_most)
    if count < max(needed.values()):
        console.print(
            f"90 % power would take {max(needed.values())} runs an arm; --at-most allows {count}.", soft_wrap=True
        )
    final = _compare(chosen, agents, tuple(range(first_seed, first_seed + count)), "final", store, workers)
    console.print(_table(f"{task}: final test, {count} fresh seeds an arm", final, None))
    if not all(test.holds for test in final):
        console.print("Equivalence is not shown for every quantity.")
        raise typer.Exit(1)


def _compare(
    task: Task, agents: tuple[str, str], seeds: tuple[int, ...], stage: str, store: RecordStore, workers: int
) -> list[Equivalence]:
    jobs = {
        (learner, agent): Job("equivalence", stage, task.id, agent, seeds, task.budget, learner)
        for learner in (BATCHED, STABLE_BASELINES3)
        for agent in agents
    }
    waiting = runner.pending(list(jobs.values()), store)
    if waiting:
        with progress_over(waiting, console) as advance:
            outcome = runner.run(waiting, store, workers, advance)
        if outcome.failed:
            run, error = outcome.failed[0]
            raise SympriorError(f"The test stops: {run} failed: {error}. The same command tries again.")
    arms = {key: _arm(task, job, store) for key, job in jobs.items()}
    batched, reference = (tuple(arms[learner, agent] for agent in agents) for learner in (BATCHED, STABLE_BASELINES3))
    tests = [efficiencies_equal(batched[i], reference[i]) for i in range(2)]
    named = [replace(test, quantity=f"data efficiency of {agent}") for test, agent in zip(tests, agents, strict=True)]
    return [*named, gains_equal((batched[0], batched[1]), (reference[0], reference[1]))]


def _arm(task: Task, job: Job, store: RecordStore) -> Arm:
    return Arm.of([score_run(read_record(store.path(run)), task.references) for run in job.runs])


def _table(title: str, tests: list[Equivalence], needed: dict[str, int] | None) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("batched − Stable-Baselines3")
    for column in ("difference", "90 % interval", "margin", "p", "runs for 90 % power" if needed else "equivalent"):
        table.add_column(column, justify="right")
    for test in tests:
        last = str(needed[test.quantity]) if needed else ("yes" if test.holds else "not shown")
        interval = f"{test.low:+.3f} … {test.high:+.3f}"
        table.add_row(
            test.quantity, f"{test.difference:+.3f}", interval, f"±{test.margin:.3f}", f"{test.p_value:.3g}", last
        )
    return table
