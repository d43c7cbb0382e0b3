"""`symprior run`: train and evaluate, in parallel, resumable."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from symprior.agents.learners.learner import TORCH, learner_names, reference_learner
from symprior.benchmark.command_line.console import console
from symprior.benchmark.command_line.set_option import SettingOption, parse_settings
from symprior.benchmark.jobs import contestants
from symprior.benchmark.jobs.isolation.described import warning
from symprior.benchmark.jobs.job import CPU, Job, Run, parse_seeds, parse_share, share
from symprior.benchmark.run.snapshots import EVERY
from symprior.benchmark.sweep.devices import GpuNeed
from symprior.benchmark.sweep.engines.chosen import ENGINES, engine_named
from symprior.benchmark.sweep.estimate import Estimate
from symprior.benchmark.sweep.progress.telling.json_lines import JsonLines
from symprior.benchmark.sweep.progress.telling.quiet import Quiet
from symprior.benchmark.sweep.progress.telling.telling import Telling
from symprior.benchmark.sweep.progress.telling.words import Words
from symprior.benchmark.sweep.progress.watch import watched
from symprior.benchmark.sweep.store import RECORDS, RecordStore
from symprior.benchmark.sweep.suite import get_suite
from symprior.leaderboard.records.record import CUSTOM_SUITE
from symprior.symmetry.errors import SympriorError, unknown_name
from symprior.tasks import Task, get_task
from symprior.tasks.custom.source_files import names_a_file

DECLARED, DISCOVERED = "declared", "discovered"
TELLABLE = "+homomorphic"
"""What is told of a task, and the agents that can be told something else than what it declares."""

SEEDS = "0-4"
"""Where nothing else is asked for; a suite has its own."""


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("run")(run)


def run(
    suite: Annotated[str | None, typer.Option(help="A suite: a frozen list of tasks, agents and seeds.")] = None,
    task: Annotated[
        list[str] | None,
        typer.Option(help="Instead of a suite: a task, `cartpole-v1` or `path/to/file.py:Name`; may be given again."),
    ] = None,
    agent: Annotated[
        list[str] | None,
        typer.Option(help="An agent, `ppo+homomorphic` or `path/to/file.py:Name`; may be given again."),
    ] = None,
    symmetry: Annotated[
        str,
        typer.Option(help="What +homomorphic agents are told: declared, or discovered, which makes them +discovered."),
    ] = DECLARED,
    seeds: Annotated[
        str | None,
        typer.Option(help="Seeds: 0-9, 4, or 0-4,7; of a suite: only these.", show_default=SEEDS),
    ] = None,
    budget: Annotated[int | None, typer.Option(help="Environment steps, where not the task's own.")] = None,
    evaluate_every: Annotated[
        int | None, typer.Option(help="Steps between evaluations, where not the protocol's.")
    ] = None,
    setting: SettingOption = None,
    records: Annotated[
        Path, typer.Option(help="Where records are kept; finished runs found there are skipped.")
    ] = RECORDS,
    workers: Annotated[int, typer.Option(min=1, help="Processes side by side, one thread each.")] = 2,
    engine: Annotated[str, typer.Option(help=f"Where runs are carried out: {' or '.join(ENGINES)}.")] = ENGINES[0],
    address: Annotated[
        str | None, typer.Option(help="Of a Ray cluster, HOST:PORT or auto.", show_default="one is started here")
    ] = None,
    cpus: Annotated[
        float | None, typer.Option(min=0, help="Cores that a stack takes of a node of Ray.", show_default="1")
    ] = None,
    gpus: Annotated[
        float | None,
        typer.Option(min=0, help="The part of a GPU that a stack takes.", show_default="on Ray 1 on cuda, else 0"),
    ] = None,
    gpu_memory: Annotated[
        float | None, typer.Option(min=0, help="Instead: GiB of a GPU's memory; as many stacks share one as fit.")
    ] = None,
    learner: Annotated[
        str | None,
        typer.Option(help=f"What trains: {' or '.join(learner_names())}.", show_default=reference_learner()),
    ] = None,
    device: Annotated[str | None, typer.Option(help="Where torch computes: cpu or cuda.", show_default=CPU)] = None,
    kernel: Annotated[
        str | None,
        typer.Option(help="What the learner computes updates with, fused or torch.", show_default=TORCH),
    ] = None,
    portable: Annotated[
        bool,
        typer.Option(
            "--portable", help="Hold libraries to kernels of every processor with AVX2, for the same bits there."
        ),
    ] = False,
    save_policies: Annotated[
        bool, typer.Option("--save-policies", help="Keep the trained policies beside the records, as safetensors.")
    ] = False,
    time_limit: Annotated[
        float | None,
        typer.Option(min=0, help="Seconds by the clock until a run is ended.", show_default="20 times its like"),
    ] = None,
    memory_limit: Annotated[
        float | None,
        typer.Option(min=0, help="GiB of memory until a run is ended.", show_default="nine tenths of the machine's"),
    ] = None,
    csv: Annotated[
        bool, typer.Option("--csv", help="Write each run's curve beside its record while it is trained, as CSV.")
    ] = False,
    tensorboard: Annotated[
        bool, typer.Option("--tensorboard", help="The same for TensorBoard: tensorboard --logdir runs.")
    ] = False,
    snapshot_every: Annotated[
        float,
        typer.Option(min=0, help="Seconds after which a run is put down again, to go on from there if it is killed."),
    ] = EVERY,
    only: Annotated[
        str | None,
        typer.Option(help="One share of the runs, K/N: what one of N machines with a common folder of records does."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing but what failed.")] = False,
    json_lines: Annotated[
        bool, typer.Option("--json-lines", help="Say everything as JSON objects, one a line.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would run and how long it would take.")
    ] = False,
) -> None:
    """Train and evaluate agents; finished runs are skipped, so the same command carries on after a stop.

    `symprior suites`, `symprior tasks` and `symprior agents` list what there is.

    Examples:
      symprior run --suite quick

      symprior run --suite quick --agent ./my_agent.py:MyAgent

      symprior run --task cartpole-v1 --agent ppo --agent ppo+homomorphic --seeds 0-9
    """
    told = _told(agent, symmetry)
    jobs = _jobs(suite, task, told, seeds, budget, evaluate_every, setting, learner, device, kernel, portable)
    if only is not None:
        jobs = _share_of(jobs, only)
    logs = tuple(name for name, is_asked in (("csv", csv), ("tensorboard", tensorboard)) if is_asked)
    telling, store = _telling(quiet, json_lines), RecordStore(records, save_policies, logs, snapshot_every)
    need = GpuNeed(gpus, gpu_memory)
    chosen = engine_named(engine, workers, time_limit, memory_limit, address, cpus, need)
    estimate = Estimate(store)
    sweep = watched(telling, store, chosen, estimate)
    waiting = sweep.pending(jobs)
    telling.plan(jobs, waiting, estimate.sentence(waiting, workers), records)
    _tell_of_missing_policies(telling, store, jobs, waiting)
    if said := warning():
        telling.note(said)
    if dry_run or not waiting:
        return
    outcome = sweep.run(waiting)
    telling.conclude(outcome, records)
    if outcome.failed:
        raise typer.Exit(1)


def _told(agents: list[str] | None, symmetry: str) -> list[str] | None:
    """The agents under a symmetry that was found: plain ones as they are, homomorphic ones as +discovered."""
    if symmetry not in (DECLARED, DISCOVERED):
        raise unknown_name("symmetry", symmetry, (DECLARED, DISCOVERED))
    if symmetry == DECLARED:
        return agents
    if agents is None:
        raise SympriorError(f"A suite fixes what agents are told. Give --task and --agent with --symmetry {symmetry}.")
    if others := [agent for agent in agents if names_a_file(agent) or ("+" in agent and not agent.endswith(TELLABLE))]:
        raise SympriorError(f"--symmetry {symmetry} is for plain and {TELLABLE} agents, not for {', '.join(others)}.")
    return [agent.replace(TELLABLE, f"+{symmetry}") for agent in agents]


def _share_of(jobs: list[Job], text: str) -> list[Job]:
    """The jobs with the seeds of one share; those that have none in it are left out."""
    seeds: dict[Job, list[int]] = {}
    for run in share([run for job in jobs for run in job.runs], *parse_share(text)):
        seeds.setdefault(run.job, []).append(run.seed)
    if not seeds:
        raise SympriorError(f"The share {text} is empty: there are too few runs for so many shares.")
    return [replace(job, seeds=tuple(own)) for job, own in seeds.items()]


def _telling(quiet: bool, json_lines: bool) -> Telling:
    if quiet and json_lines:
        raise SympriorError("--quiet says nothing and --json-lines everything; give one of them.")
    return Quiet() if quiet else JsonLines() if json_lines else Words(console)


def _tell_of_missing_policies(telling: Telling, store: RecordStore, jobs: list[Job], waiting: list[Run]) -> None:
    """Policies of runs that are finished are not to be had any more."""
    if not store.keeps_policies:
        return
    still_to_do = set(waiting)
    finished = [run for job in jobs for run in job.runs if run not in still_to_do]
    if missing := sum(map(store.lacks_policy, finished)):
        telling.note(
            f"{missing} finished runs have no policy beside their records: they were trained without --save-policies. To "
            "keep theirs, delete these records and run again."
        )


def _jobs(
    suite: str | None,
    tasks: list[str] | None,
    agents: list[str] | None,
    seeds: str | None,
    budget: int | None,
    evaluate_every: int | None,
    settings: list[str] | None,
    learner: str | None,
    device: str | None,
    kernel: str | None = None,
    portable: bool = False,
) -> list[Job]:
    if suite is not None:
        is_own = all(names_a_file(agent) for agent in agents or ())
        fixed = (tasks, budget, evaluate_every, settings, learner, kernel, portable or None)
        if any(given is not None for given in fixed) or not is_own:
            raise SympriorError(
                "A suite fixes its tasks, agents, budgets, learner, kernels and settings. Give --suite alone (or with some "
                "of its --seeds, a --device, or an --agent path/to/file.py:Name of your own to be run by its rules), or "
                "--task and --agent."
            )
        jobs = _some_seeds(get_suite(suite).jobs(), seeds)
        if agents:
            return _distinct([replace(job, device=device or job.device) for job in _by_the_rules_of(jobs, agents)])
        return jobs if device is None else [_checked(replace(job, device=device)) for job in jobs]
    if not tasks or not agents:
        raise SympriorError("Say what to run: --suite NAME, or --task TASK and --agent AGENT.")
    chosen = learner or reference_learner()
    if chosen not in learner_names():
        raise unknown_name("learner", chosen, learner_names())
    jobs = [
        Job(
            suite=CUSTOM_SUITE,
            suite_version="1",
            task=task.id,
            agent=agent,
            seeds=parse_seeds(SEEDS if seeds is None else seeds),
            budget=_budget(task) if budget is None else budget,
            learner=chosen,
            settings=parse_settings(settings or []),
            evaluate_every=evaluate_every,
            device=device or CPU,
            kernel=kernel or TORCH,
            portable=portable,
        )
        for task in map(get_task, tasks)
        for agent in agents
    ]
    return _distinct(jobs)


def _by_the_rules_of(jobs: list[Job], agents: list[str]) -> list[Job]:
    """Jobs of own agents on each task of a suite, with its seeds, budgets and evaluations."""
    of_tasks = {job.task: job for job in jobs}
    return [replace(job, agent=agent, settings=(), ledger=None) for job in of_tasks.values() for agent in agents]


def _distinct(jobs: list[Job]) -> list[Job]:
    """The jobs, each checked and each of an agent of its own."""
    cells: dict[tuple[str, str], str] = {}
    for job in jobs:  # a wrong name, setting or combination is found before anything runs
        contestant = contestants.check(job)
        if (job.task, contestant.id) in cells:
            other = cells[job.task, contestant.id]
            raise SympriorError(
                f"{other} and {job.agent} are one agent to the records, {contestant.id!r}; give one of them."
            )
        cells[job.task, contestant.id] = job.agent
    return jobs


def _checked(job: Job) -> Job:
    contestants.check(job)
    return job


def _budget(task: Task) -> int:
    try:
        return task.budget
    except SympriorError as error:
        raise SympriorError(f"{error} Or give --budget.") from error


def _some_seeds(jobs: list[Job], text: str | None) -> list[Job]:
    """The jobs of a suite with only these of its seeds: a part that can be finished first."""
    if text is None:
        return jobs
    seeds = parse_seeds(text)
    if unknown := sorted({seed for job in jobs for seed in seeds if seed not in job.seeds}):
        raise SympriorError(
            f"The suite has no seeds {', '.join(map(str, unknown))}; it has {len(jobs[0].seeds)} of them."
        )
    return [replace(job, seeds=seeds) for job in jobs]
