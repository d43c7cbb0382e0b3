"""Reference scores: which returns are score 0 and score 1 of a task, and its threshold.

Where a task can be enumerated they are exact, by dynamic programming; else they come from episodes on the
array simulator. They never come from the agents that are compared.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.tasks.dynamic_programming import blind_return, optimal_return, tabulate, uniform_return
from symprior.tasks.errors import SympriorError
from symprior.tasks.files import write_text_atomically
from symprior.tasks.frozen_states import uniform_play
from symprior.tasks.simulators import SimulatorVectorEnv, TabularSimulator
from symprior.tasks.streams import seed_from
from symprior.tasks.task import Task

DATA = Path(__file__).parent / "data"
EPISODES = 10_000


def measure(task: Task) -> dict[str, Any]:
    """The references of a task without its budget, which is measured by training: the fields of `References`.

    Raises:
        SympriorError: the optimum can neither be computed nor is it a bound that is attained.
    """
    simulator = task.simulator()
    policies = _exact(task, simulator) if isinstance(simulator, TabularSimulator) else _by_episodes(task)
    zero, one = "blind" if task.blind_policy is not None else "random", "optimal"
    threshold, source = _threshold(task, policies[zero]["value"], policies[one]["value"])
    return {
        "policies": policies,
        "zero": zero,
        "one": one,
        "threshold": threshold,
        "threshold_source": source,
    }


def write(task: Task, data: dict[str, Any], folder: Path = DATA) -> Path:
    """Write the references of a task; the budget in the file stays unless `data` brings one and says its source.

    Raises:
        SympriorError: there is no budget, or it is not positive; or the folder cannot be written.
    """
    path = folder / f"{task.id}.json"
    held = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    budget: dict[str, Any] = {key: data.get(key, held.get(key)) for key in ("budget", "budget_source")}
    if None in budget.values() or ("budget" in data) != ("budget_source" in data):
        raise SympriorError(f"{task.id} has no budget yet: give one, `budget`, with its `budget_source`.")
    if budget["budget"] < 1:
        raise SympriorError(f"A budget is a positive number of environment steps, not {budget['budget']}.")
    write_text_atomically(path, json.dumps({**data, **budget}, indent=1, ensure_ascii=False) + "\n")
    return path


def _reference(value: float, standard_error: float, method: str) -> dict[str, Any]:
    return {"value": value, "standard_error": standard_error, "method": method}


def _exact(task: Task, simulator: TabularSimulator) -> dict[str, Any]:
    mdp, horizon = tabulate(simulator), simulator.max_episode_steps
    returns = {"optimal": optimal_return(mdp, horizon), "random": uniform_return(mdp, horizon)}
    if task.blind_policy is not None:
        returns["blind"] = blind_return(mdp, horizon, task.blind_policy)
    return {name: _reference(value, 0.0, "dynamic programming") for name, value in returns.items()}


def _by_episodes(task: Task) -> dict[str, Any]:
    random = episode_returns(task, uniform_play(task), "random")
    policies = {
        "optimal": _bound_that_is_attained(task),
        "random": _reference(float(random.mean()), _standard_error(random), f"{EPISODES:,} episodes"),
    }
    if task.blind_policy is not None:
        blind = episode_returns(task, _ignore_states(task.blind_policy), "blind")
        policies["blind"] = _reference(float(blind.mean()), _standard_error(blind), f"{EPISODES:,} episodes")
    return policies


def _standard_error(returns: NDArray[np.float64]) -> float:
    return float(returns.std(ddof=1) / np.sqrt(len(returns)))


def _ignore_states(blind: Callable[[int], int]) -> Callable[[NDArray[Any]], NDArray[np.int64]]:
    """A blind policy as one of states that is called once a step."""
    steps = iter(range(1 << 62))
    return lambda states: np.full(len(states), blind(next(steps)))


def _bound_that_is_attained(task: Task) -> dict[str, Any]:
    if task.greatest_reward is None:
        raise SympriorError(
            f"The optimum of {task.id} is unknown: it cannot be enumerated and states no `greatest_reward`."
        )
    bound = task.simulator().max_episode_steps * task.greatest_reward
    returns = episode_returns(task, task.reference_policy, "reference policy")
    if not (returns == bound).all():
        raise SympriorError(
            f"The optimum of {task.id} is not shown: {np.sum(returns != bound):,} of {EPISODES:,} episodes "
            f"of its reference policy missed the bound {bound:g} (mean return {returns.mean():g})."
        )
    limit = f"max_episode_steps × {task.greatest_reward:g}"
    method = f"the bound {limit}, attained by the reference policy in every one of {EPISODES:,} episodes"
    return _reference(float(bound), 0.0, method)


def episode_returns(
    task: Task, policy: Callable[[NDArray[Any]], NDArray[Any]], name: str, episodes: int = EPISODES
) -> NDArray[np.float64]:
    """Undiscounted returns of a policy on states, each from an environment of its own, [episodes]."""
    simulator = task.simulator()
    environments = SimulatorVectorEnv(simulator, episodes)
    environments.reset(seed=seed_from(task.id, "reference episodes", name) >> 1)
    returns, running = np.zeros(episodes), np.ones(episodes, dtype=bool)
    for _ in range(simulator.max_episode_steps):
        _, rewards, terminated, truncated, _ = environments.step(policy(environments.states))
        returns += rewards * running
        running &= ~(terminated | truncated)
        if not running.any():
            break
    return returns


def _threshold(task: Task, zero: float, one: float) -> tuple[float, str]:
    fraction = task.threshold_fraction
    if fraction is not None:
        return zero + fraction * (one - zero), f"{100 * fraction:g} % of the way from score 0 to score 1"
    stated = gymnasium.spec(task.gym_id).reward_threshold
    if stated is None:
        raise SympriorError(
            f"{task.id} has no threshold: give it a `threshold_fraction`, or register {task.gym_id} with a "
            "`reward_threshold`."
        )
    return float(stated), f"reward_threshold of gymnasium's {task.gym_id}"
