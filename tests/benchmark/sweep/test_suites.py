"""The shipped suites say what their agents take, and the paper's suites have the paper's networks."""

import numpy as np
import pytest

from symprior.agents import get_agent
from symprior.agents.ledgers.ledger import load
from symprior.agents.networks.heads.actor_critic import ActorCritic
from symprior.agents.networks.sizes import Sizes, count_parameters
from symprior.benchmark.jobs import contestants
from symprior.benchmark.sweep.suite import get_suite, suite_names
from symprior.benchmark.tuning import search as tuning
from symprior.tasks import DIALS, get_task

PAPER_SIZES = {
    "paper-cartpole": {"ppo": 9027, "ppo+homomorphic": 8770},
    "paper-grid": {"a2c": 33606, "a2c+homomorphic": 31395},
}


@pytest.mark.parametrize("name", suite_names())
def test_every_setting_of_a_suite_is_one_that_its_agents_take(name):
    for job in get_suite(name).jobs():
        settings = get_agent(job.agent).settings(get_task(job.task).family, dict(job.settings))
        assert all(getattr(settings, key) == value for key, value in job.settings)


@pytest.mark.parametrize("name", suite_names())
def test_every_agent_of_a_suite_can_be_told_what_it_needs(name):
    for job in get_suite(name).jobs():
        contestants.resolve(job)


def test_every_value_of_a_dial_has_the_budget_of_the_symmetric_one():
    jobs = get_suite("dials").jobs()
    budgets = {(job.task.partition("@")[0], job.budget) for job in jobs}
    assert len(budgets) == len({dial for dial, _ in budgets}) == 2
    assert {job.task for job in jobs} == {name for dial, _ in budgets for name in DIALS[dial].names}


@pytest.mark.parametrize(("name", "agent"), [(name, agent) for name, of in PAPER_SIZES.items() for agent in of])
def test_the_papers_suites_have_its_networks(name, agent):
    job = next(job for job in get_suite(name).jobs() if job.agent == agent)
    shipped, task = get_agent(agent), get_task(job.task)
    settings = shipped.settings(task.family, dict(job.settings))
    sizes = Sizes(settings.widths, settings.channels)
    network = shipped.prior.network(ActorCritic, task.symmetry(), sizes, np.random.default_rng(0))
    assert count_parameters(network) == PAPER_SIZES[name][agent]


@pytest.mark.parametrize("name", [name for name in suite_names() if get_suite(name).search])
def test_suites_with_a_search_try_the_same_for_every_arm_on_other_seeds(name):
    suite = get_suite(name)
    plan = tuning.plan_of(suite)
    assert plan.agents == tuple(suite.agents)
    assert not set(plan.seeds) & {seed for job in suite.jobs() for seed in job.seeds}


@pytest.mark.parametrize("name", ["paper-cartpole", "paper-cartpole-sb3"])
def test_a_suite_with_its_own_search_names_its_ledgers(name):
    for job in get_suite(name).jobs():
        scope, _, agent = job.ledger.partition("/")
        assert (scope, agent) == ("paper-cartpole", job.agent)
        assert load(scope, agent).chosen.items() <= dict(job.settings).items()
    assert all(job.ledger is None for job in get_suite("quick").jobs()), "the agents' own"
