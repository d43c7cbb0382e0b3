"""Reference scores: which returns are score 0 and score 1 of a task, and its threshold.

Where a task can be enumerated they are exact, by dynamic programming; else they come from episodes on the
array simulator. They never come from the agents that are compared.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.errors import SympriorError
from symprior.tasks.environments.simulators import TabularSimulator
from symprior.tasks.environments.streams import seed_from
from symprior.tasks.files.atomic import write_text_atomically
from symprior.tasks.files.json_files import Json, check_values, read_json
from symprior.tasks.references.dynamic_programming import (
    Numbering,
    blind_return,
    optimal_return,
    optimal_steps,
    tabulate,
    uniform_return,
)
from symprior.tasks.references.frozen_states import Policy, uniform_play
from symprior.tasks.references.price_of_symmetry import PriceOfSymmetry, price_of_symmetry
from symprior.tasks.task import REFERENCES, Task, TaskVectorEnv

EPISODES, SINGLE_EPISODES = 10_000, 1_000
"""Episodes of a policy on an array simulator, and where environments are stepped one by one."""
POLICY_EPISODES = 100
"""Episodes of a reference policy there, unless it turns out to be score 1."""
ATTAINED = 0.999
"""So much of a bound on the return a reference policy must attain before the bound is taken for the optimum."""
SIDE_BY_SIDE = 50
"""Environments that are stepped one by one in one vector environment."""
STATED = "stated threshold"


def measure(task: Task, learned: tuple[str, Json] | None = None) -> Json:
    """The references of a task without its budget, which is measured by training: the fields of `References`.

    Args:
        task: what is measured.
        learned: name and return of a trained plain agent. Where the optimum is unknown, that or the reference policy is
            score 1, whichever is better: both can be reached.

    Raises:
        SympriorError: nothing is known that could be score 1, or a return is not finite.
    """
    simulator = None if task.simulator is None else task.simulator()
    policies = _exact(task, simulator) if isinstance(simulator, TabularSimulator) else _by_episodes(task)
    if learned is not None and "optimal" not in policies:
        policies[learned[0]] = learned[1]
    _check_finite(task, policies)
    one, provisional = _score_one(task, policies, learned)
    if one == "reference policy" and task.simulator is None and task.reference_policy is not None:
        policies[one] = _mean_return(task, task.reference_policy, one)
    zero = "blind" if task.blind_policy is not None else "random"
    if not policies[one]["value"] > policies[zero]["value"]:
        raise SympriorError(
            f"{one} is no score 1 of {task.id}: it reaches {policies[one]['value']:.4g}, and {zero}, which is score 0, "
            f"{policies[zero]['value']:.4g}. Train a plain agent for longer: `--plain ppo --steps N`."
        )
    threshold, source = _threshold(task, policies, zero, one)
    found = {
        "policies": policies,
        "zero": zero,
        "one": one,
        "threshold": threshold,
        "threshold_source": source,
        "provisional": provisional,
    }
    if task.goal_sets and isinstance(simulator, TabularSimulator):
        found["of_goal_sets"] = _of_goal_sets(task, simulator)
    if task.track == "dial" and isinstance(simulator, TabularSimulator):
        found["price_of_symmetry"] = _price(price_of_symmetry(simulator, task.symmetry()))
    return found


def _check_finite(task: Task, policies: Json) -> None:
    for name, found in policies.items():
        if not np.isfinite(found["value"]):
            raise SympriorError(
                f"The mean return of {name} on {task.id} is {found['value']}: a reward of it is not finite, as all must be."
            )


def _price(price: PriceOfSymmetry) -> Json:
    """To 9 decimals: below that the two sides of an equation differ by round-off."""
    return {"least": round(price.least, 9), "most": round(price.most, 9), "method": price.method}


def _score_one(task: Task, policies: Json, learned: tuple[str, Json] | None) -> tuple[str, str]:
    """Which policy is score 1, and what is provisional about that."""
    if "optimal" in policies:
        return "optimal", ""
    if learned is not None:
        reference = policies.get("reference policy", learned[1])
        return ("reference policy" if reference["value"] > learned[1]["value"] else learned[0]), ""
    stated = _stated_threshold(task)
    least = policies["random"]["value"] if stated is None else stated[0]
    if "reference policy" in policies and policies["reference policy"]["value"] > least:
        return "reference policy", "score 1 is the reference policy's until a plain agent was trained for ten budgets"
    if stated is not None:
        policies[STATED] = _reference(stated[0], 0.0, stated[1])
        return STATED, "score 1 is the stated threshold until a plain agent was trained for ten budgets"
    raise SympriorError(
        f"The optimum of {task.id} is unknown: it cannot be enumerated, states no `greatest_reward`, and has no good "
        f"reference policy. Train a plain agent: `symprior references {task.name_to_type} --plain ppo --steps N`."
    )


def write(task: Task, data: Json, folder: Path | None = None) -> Path:
    """Write the references of a task; the budget in the file stays unless `data` brings one and says its source.

    Without a folder they lie where the task looks for them.

    Raises:
        SympriorError: there is no budget, or it is not positive; a number is not finite; or the folder cannot be written.
    """
    path = (folder or task.data) / f"{task.id}.json"
    given: Json = {key: data[key] for key in ("budget", "budget_source") if key in data}
    if len(given) == 1:
        raise SympriorError(f"Give `budget` and `budget_source` of {task.id} together, not {next(iter(given))} alone.")
    budget = given or held_budget(task, path)
    if budget["budget"] < 1:
        raise SympriorError(f"A budget is a positive number of environment steps, not {budget['budget']}.")
    values = {**data, **budget, "file_digest": task.file_digest}
    kept = {key: value for key, value in values.items() if value != ""}
    check_values(kept, REFERENCES, f"What was measured of {task.id}")
    write_text_atomically(path, json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
    return path


def held_budget(task: Task, path: Path | None = None) -> Json:
    """The budget that is kept in a file, by default where the task looks for it, and its source.

    Raises:
        SympriorError: there is none, or the file is damaged or older than the task's own.
    """
    path, problem = path or task.data / f"{task.id}.json", ""
    if path.is_file():
        try:
            found = read_json(path, REFERENCES, "What is measured now takes its place.")
            if task.is_as_it_was(found.file_digest):
                return {"budget": found.budget, "budget_source": found.budget_source}
            problem = f" The one in {path} was not set for {task.file} as it is now."
        except SympriorError as error:
            problem = f" {error}"
    raise SympriorError(f"{task.id} has no budget yet: give its environment steps, {task.how_to_measure}.{problem}")


def _reference(value: float, standard_error: float, method: str) -> Json:
    return {"value": value, "standard_error": standard_error, "method": method}


def _exact(task: Task, simulator: TabularSimulator) -> Json:
    mdp, horizon = tabulate(simulator), simulator.max_episode_steps
    returns = {"optimal": optimal_return(mdp, horizon), "random": uniform_return(mdp, horizon)}
    if (blind := task.blind_policy) is not None:
        returns["blind"] = blind_return(mdp, horizon, lambda step: int(blind(step)))
    return {name: _reference(value, 0.0, "dynamic programming") for name, value in returns.items()}


def _of_goal_sets(task: Task, simulator: TabularSimulator) -> Json:
    """The optimum from the starts of each set alone; see `SetsInTurn` for how a start says its set."""
    mdp, horizon, number = tabulate(simulator), simulator.max_episode_steps, Numbering(simulator.all_states())
    uniforms, probabilities = simulator.reset_support()
    starts = number(np.asarray(simulator.initial(uniforms)))
    set_of = (uniforms[:, 0] * len(task.goal_sets)).astype(np.int64)
    found: Json = {}
    for place, name in enumerate(task.goal_sets):
        start = np.bincount(starts, weights=probabilities * (set_of == place), minlength=len(mdp.start))
        alone = replace(mdp, start=start / start.sum())
        found[name] = {
            "optimal_return": optimal_return(alone, horizon),
            "optimal_steps": optimal_steps(alone, horizon),
        }
    return found


def _by_episodes(task: Task) -> Json:
    policies = {"random": _mean_return(task, uniform_play(task), "random")}
    if task.blind_policy is not None:
        policies["blind"] = _mean_return(task, _ignore_states(task.blind_policy), "blind")
    if task.greatest_reward is not None:
        policies = {"optimal": _bound_that_is_attained(task, task.greatest_reward), **policies}
    elif task.reference_policy is not None:
        episodes = None if task.simulator is not None else POLICY_EPISODES
        policies["reference policy"] = _mean_return(task, task.reference_policy, "reference policy", episodes)
    return policies


def _mean_return(task: Task, policy: Policy, name: str, episodes: int | None = None) -> Json:
    returns = episode_returns(task, policy, name, episodes)
    return _reference(float(returns.mean()), _standard_error(returns), f"{len(returns):,} episodes")


def _standard_error(returns: NDArray[np.float64]) -> float:
    return float(returns.std(ddof=1) / np.sqrt(len(returns)))


def _ignore_states(blind: Callable[[int], Any]) -> Policy:
    """A blind policy as one of states that is called once a step."""
    steps = iter(range(1 << 62))

    def same_for_all(states: NumpyArray) -> NumpyArray:
        action = np.asarray(blind(next(steps)))
        return np.broadcast_to(action, (len(states), *action.shape))

    return same_for_all


def _bound_that_is_attained(task: Task, greatest_reward: float) -> Json:
    if task.reference_policy is None:
        raise SympriorError(f"{task.id} states a `greatest_reward` and no reference policy that attains it.")
    bound = task.max_episode_steps * greatest_reward
    returns = episode_returns(task, task.reference_policy, "reference policy")
    if returns.max() > bound + 1e-9 * abs(bound):
        raise SympriorError(
            f"{task.id} states that a step's reward is {greatest_reward:g} at most, and an episode of its reference policy "
            f"returned {returns.max():g}, more than {bound:g}."
        )
    if bound - returns.mean() > (1 - ATTAINED) * abs(bound):
        raise SympriorError(
            f"The optimum of {task.id} is not shown: of the bound {bound:g} its reference policy attains "
            f"{returns.mean():g}, the mean of {len(returns):,} episodes, which is less than {ATTAINED:.1%}."
        )
    exact = (returns == bound).all()
    how_far = "in every one" if exact else f"but for {bound - returns.mean():.2g}, in the mean"
    limit = f"max_episode_steps × {greatest_reward:g}"
    method = f"the bound {limit}, attained by the reference policy {how_far} of {len(returns):,} episodes"
    return _reference(float(bound), float(bound - returns.mean()), method)


def episode_returns(task: Task, policy: Policy, name: str, episodes: int | None = None) -> NDArray[np.float64]:
    """Undiscounted returns of a policy on states, [episodes]; every episode has a seed of its own."""
    if episodes is None:
        episodes = EPISODES if task.simulator is not None else SINGLE_EPISODES
    together = episodes if task.simulator is not None else min(SIDE_BY_SIDE, episodes)
    environments = task.make_vector(together)
    start = seed_from(task.id, "reference episodes", name) >> (1 if task.simulator is not None else 33)
    rounds = [
        _play(environments, start + first, policy, task.max_episode_steps) for first in range(0, episodes, together)
    ]
    environments.close()
    return np.concatenate(rounds)[:episodes]


def _play(environments: TaskVectorEnv, seed: int, policy: Policy, steps: int) -> NDArray[np.float64]:
    """One episode in every environment."""
    environments.reset(seed=seed)
    returns, running = np.zeros(environments.num_envs), np.ones(environments.num_envs, dtype=bool)
    for _ in range(steps):
        _, rewards, terminated, truncated, _ = environments.step(policy(np.asarray(environments.states)))
        returns += rewards * running
        running &= ~(terminated | truncated)
        environments.rest(~running)
        if not running.any():
            break
    return returns


def _threshold(task: Task, policies: Json, zero: str, one: str) -> tuple[float, str]:
    """A part of the way leads to the reference policy, never to a trained one: budgets follow from thresholds."""
    stated, fraction = _stated_threshold(task), task.threshold_fraction
    if stated is not None:
        return stated
    assert fraction is not None
    known = one in ("optimal", "reference policy") or "reference policy" not in policies
    top, name = (one, "score 1") if known else ("reference policy", "the reference policy's return")
    low, high = policies[zero]["value"], policies[top]["value"]
    return low + fraction * (high - low), f"{100 * fraction:g} % of the way from score 0 to {name}"


def _stated_threshold(task: Task) -> tuple[float, str] | None:
    """The task's own, or gymnasium's; None where it is a part of the way from score 0 to score 1."""
    if task.stated_threshold is not None:
        return task.stated_threshold
    if task.threshold_fraction is not None:
        return None
    stated = gymnasium.spec(task.gym_id).reward_threshold
    if stated is None:
        raise SympriorError(
            f"{task.id} has no threshold: give it a `threshold_fraction`, or register {task.gym_id} with a "
            "`reward_threshold`."
        )
    return float(stated), f"reward_threshold of gymnasium's {task.gym_id}"
