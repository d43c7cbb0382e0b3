"""Finds all that is registered as it is imported, in the process that workers fork from, so that no worker has to look."""

from contextlib import suppress

from symprior.agents.algorithms.algorithm import ALGORITHMS
from symprior.agents.learners.learner import LEARNERS
from symprior.agents.priors.prior import PRIORS
from symprior.tasks import TASKS

for registry in (TASKS, ALGORITHMS, PRIORS, LEARNERS):
    with suppress(Exception):  # whoever needs an entry is told
        list(registry)
