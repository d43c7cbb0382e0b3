"""Exact planning in a room and in its orbits, and what Q-learning needs where an orbit is one state."""

import numpy as np

import symprior
from symprior.agents import get_agent
from symprior.tasks.references.discounted import policy_iteration, reduced, value_iteration
from symprior.tasks.references.dynamic_programming import tabulate
from symprior.tasks.references.price_of_symmetry.ties import find_ties

task = symprior.task("room-vector-v1")
room = task.simulator()
whole, ties = tabulate(room), find_ties(room, task.symmetry())
orbits = reduced(whole, ties)
for name, mdp in (("the room", whole), ("its orbits", orbits)):
    swept, improved = value_iteration(mdp, gamma=0.9), policy_iteration(mdp, gamma=0.9)
    assert np.allclose(swept.values, improved.values)
    print(f"{name}: {len(swept.values)} states, {swept.rounds} sweeps or {improved.rounds} policies")
lifted = value_iteration(orbits, gamma=0.9).lifted(ties)
print("the same values:", np.allclose(lifted.values, value_iteration(whole, gamma=0.9).values))

for name in ("q-learning", "q-learning+fold"):
    shipped = get_agent(name)
    settings = shipped.settings(task.family)
    agent = shipped.build(shipped.problem(task, settings), seeds=[0], settings=[settings])
    agent.learn(task.make_vector(1), budget=10_000)

    rooms = task.make_vector(200)
    observations, _ = rooms.reset(seed=1)
    reached = np.zeros(200, dtype=bool)
    for _ in range(task.max_episode_steps):
        observations, _, terminated, _, _ = rooms.step(agent.act(observations))
        reached |= terminated
    print(f"{name}, 10,000 steps: reaches the goal in {reached.mean():.0%} of 200 rooms")
