"""From a job's names to who and what they stand for."""

from __future__ import annotations

from symprior.agents.learners.learner import LEARNERS
from symprior.benchmark.jobs.contestant import Contestant
from symprior.benchmark.jobs.custom import Custom
from symprior.benchmark.jobs.job import CPU, Job
from symprior.benchmark.jobs.resolved import Resolved
from symprior.benchmark.jobs.shipped import Shipped
from symprior.symmetry.errors import SympriorError
from symprior.tasks import get_task
from symprior.tasks.custom.source_files import names_a_file


def find(name: str) -> Contestant:
    """Who is named: a shipped agent, or the class `path/to/file.py:Name`.

    Raises:
        SympriorError: no such shipped agent; or a file that is missing, does not import, or whose class lacks a method.
    """
    if names_a_file(name):
        return Custom.of(name)
    if name.endswith(".py"):
        raise SympriorError(f"{name} names a file but no class in it. Write {name}:ClassName.")
    from symprior.agents.catalogue import get_agent

    return Shipped(get_agent(name))


def resolve(job: Job) -> Resolved:
    """All that decides the job's runs.

    Raises:
        SympriorError: a wrong name or setting, or a task that the agent does not fit.
    """
    return find(job.agent).resolve(job, get_task(job.task))


def check(job: Job) -> Contestant:
    """Find out before anything is trained whether a job can be carried out.

    Raises:
        SympriorError: a wrong name or setting, a task that the agent does not fit, a learner that does not carry it out, or
            a device that is not there.
    """
    contestant = find(job.agent)
    resolved = contestant.resolve(job, get_task(job.task))
    _check_device(job)
    contestant.check(resolved)
    return contestant


def _check_device(job: Job) -> None:
    device, devices = job.device, LEARNERS[job.learner].devices
    if device.partition(":")[0] not in devices:
        raise SympriorError(f"{job.learner} computes on {' and '.join(devices)}, not on {device}.")
    if device == CPU:
        return
    import torch

    there, number = torch.cuda.device_count(), int(device.partition(":")[2] or 0)
    if number >= there:
        raise SympriorError(f"There is no device {device!r} here: torch sees {there} CUDA devices. Leave --device out.")
