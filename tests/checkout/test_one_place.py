"""What is added is a file of its own: an algorithm, a prior and a task arrive without a line changed elsewhere."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ADDED = {
    "agents/algorithms/vanilla.py": """
from symprior.agents.algorithms.algorithm import OnPolicyAlgorithm, register
from symprior.agents.algorithms.settings import OnPolicySettings

class Settings(OnPolicySettings):
    steps: int = 16

@register
class Vanilla(OnPolicyAlgorithm[Settings]):
    name, title, description, bibtex, settings = "vanilla", "Vanilla", "One step on each rollout.", "", Settings

    def updates(self, settings):
        return 1, settings.num_envs * settings.steps
""",
    "agents/learners/stable_baselines3/algorithms/vanilla.py": """
from functools import partial
from stable_baselines3 import A2C
from symprior.agents.learners.learner import Recipe
from symprior.agents.learners.stable_baselines3.models.names import actor_critic_arguments
from symprior.agents.learners.stable_baselines3.on_policy import StableBaselinesCategoricalAgent

def model(settings, **arguments):
    return A2C(use_rms_prop=False, **actor_critic_arguments(settings), **arguments)

RECIPE = Recipe(discrete=partial(StableBaselinesCategoricalAgent, model=model))
""",
    "agents/priors/doubled.py": """
from symprior.agents.priors.prior import PlainNetwork, register

@register
class Doubled(PlainNetwork):
    name, title, description = "doubled", "doubled", "Each minibatch twice."

    def minibatch(self, batch, orbit, draws=None):
        import torch
        return type(batch)(**{name: torch.cat([each, each]) for name, each in vars(batch).items()})
""",
    "tasks/families/cartpole_again.py": """
from dataclasses import replace
from symprior.tasks import get_task
from symprior.tasks.families.classic_control import cartpole
from symprior.tasks.task import TASKS, register

register(replace(TASKS["cartpole-v1"], id="cartpole-again-v1", origin=__name__))
""",
}
SCRIPT = """
import importlib, sys
from contextlib import suppress
from pathlib import Path

added = Path(sys.argv[1])
rooms = {path.relative_to(added).parent for path in added.rglob("*.py")}
for room in rooms:
    importlib.import_module("symprior." + ".".join(room.parts)).__path__.append(str(added / room))

from symprior.agents import agent_names, get_agent
from symprior.agents.agent.source import BudgetExhausted
from symprior.benchmark.run.sources.metering import MeteredVectorEnv
from symprior.tasks import get_task, task_names
from symprior.tasks.environments.simulators import training_seeds

task = get_task("cartpole-again-v1")
assert "cartpole-again-v1" in task_names() and {"vanilla", "vanilla+doubled", "ppo+doubled"} <= set(agent_names())
for name in ("vanilla+doubled", "vanilla+homomorphic"):
    shipped = get_agent(name)
    settings = shipped.settings(task.family)
    agent = shipped.build(shipped.problem(task, settings), [0], [settings])
    copies = agent.num_envs
    env = MeteredVectorEnv(task.make_vector(copies), 1, 40 * copies, [], training_seeds(task.id, 0, copies), print)
    with suppress(BudgetExhausted):
        agent.learn(env, 40 * copies)
    print(name, env.used // copies, agent.gradient_steps)
"""


def test_an_algorithm_a_prior_and_a_task_are_files_of_their_own(tmp_path: Path) -> None:
    for path, source in ADDED.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(source, encoding="utf-8")
    command = [sys.executable, "-W", "ignore", "-c", SCRIPT, str(tmp_path)]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.stdout.splitlines() == ["vanilla+doubled 40 2", "vanilla+homomorphic 40 2"], result.stderr
