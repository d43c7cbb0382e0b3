"""`python -m symprior.agents.learners.batched.kernel`: compile the kernel, as the set-up does."""

from symprior.agents.learners.batched.kernel.preparation import prepare

prepare()
